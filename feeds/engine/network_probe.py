"""Probes whether the network is there: connects to hosts of sources that answered the last time.

A probe sends no HTTP request. For https it includes the TLS handshake, because a captive portal accepts connections for
every address and cannot present the host's certificate.
"""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from feeds.engine.network_watch import ProbeReport
from feeds.errors import FetchError
from feeds.fetch import Fetcher
from feeds.fetch.pacing import host_of
from feeds.model import Source, SourceState
from feeds.websub.thread_pool import ResultQueue

MAX_PROBED_HOSTS = 3
PROBE_TIMEOUT_SECONDS = 10.0

_LOCAL_ERRORS = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EHOSTUNREACH})
_LOCAL_LOOKUP_ERRORS = frozenset({socket.EAI_AGAIN, getattr(socket, "EAI_SYSTEM", socket.EAI_AGAIN)})

# Documentation addresses (RFC 5737, RFC 3849): they are never connected to, only routed.
_ROUTED_ADDRESSES = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def needs_network(source: Source, *, public_only: bool) -> bool:
    """Whether failures of the source may be the network's. `public_only`: not of sources on the private network, which
    answer while the internet is away."""
    return source.scheme.is_web and not (public_only and source.access.allow_private)


def choose_hosts(
    states: Sequence[SourceState], configured: Mapping[str, Source], held: Collection[str], turn: int
) -> list[tuple[Source, str]]:
    """(source, URL) of a few hosts that did not fail the last time, one source of each; https first, and hosts that did
    not just fail first.

    `configured`: the sources that need the network. `held`: hosts that just failed. `turn`: the number of the probe, so
    that each takes other hosts.
    """
    by_host: dict[str, tuple[Source, str]] = {}
    has_answered: set[str] = set()
    for state in sorted(states, key=lambda state: (not state.fetch_url.startswith("https:"), state.id)):
        source = configured.get(state.id)
        if source is not None and state.failures == 0:
            by_host.setdefault(state.host, (source, state.fetch_url))
            if state.succeeded_at is not None:
                has_answered.add(state.host)
    if len(by_host) == 1 and not has_answered:
        return []  # a single host that has never answered, such as a mistyped name, proves nothing
    others = [host for host in by_host if host not in held]
    start = turn * MAX_PROBED_HOSTS % len(others) if others else 0
    ordered = [*others[start:], *others[:start], *(host for host in by_host if host in held)]
    return [by_host[host] for host in ordered[:MAX_PROBED_HOSTS]]


def start_probe(
    fetcher: Fetcher, targets: Sequence[tuple[Source, str]], results: ResultQueue[ProbeReport]
) -> None:
    """Connect to all of them at once, in threads, and put one ProbeReport into `results`."""
    # Daemon threads: a connection that hangs must not keep the process from ending.
    threading.Thread(
        target=lambda: results.put(probe(fetcher, targets)), name="network-probe", daemon=True
    ).start()


def probe(fetcher: Fetcher, targets: Sequence[tuple[Source, str]]) -> ProbeReport:
    """The result of connecting to all targets. Ends as soon as one is reached."""
    has_ended = threading.Semaphore(0)
    errors: dict[int, FetchError | None] = {}

    def connect(position: int) -> None:
        source, url = targets[position]
        access = replace(source.access, timeout=min(source.access.timeout, PROBE_TIMEOUT_SECONDS))
        try:
            fetcher.probe(replace(source, access=access), url)
            errors[position] = None
        except FetchError as error:
            errors[position] = error
        has_ended.release()

    for position in range(len(targets)):
        threading.Thread(target=connect, args=[position], name=f"probe-{position}", daemon=True).start()
    for _ in targets:
        has_ended.acquire()
        if None in errors.values():
            return ProbeReport(reached=True)
    # A machine without a route reaches its own network all the same.
    is_public = bool(targets) and not any(source.access.allow_private for source, _ in targets)
    return ProbeReport(
        reached=False,
        unreachable=frozenset(host_of(url) for _, url in targets),
        no_route=is_public and not _has_route(),
        local_failure=bool(errors) and all(_is_local(error) for error in errors.values() if error),
    )


def _is_local(error: FetchError) -> bool:
    """Whether the error arises on this machine or at its name server."""
    cause = error.__cause__
    if isinstance(cause, socket.gaierror):
        return cause.errno in _LOCAL_LOOKUP_ERRORS
    return isinstance(cause, OSError) and cause.errno in _LOCAL_ERRORS


def _has_route() -> bool:
    """Whether this machine has a route to the internet. Nothing is sent."""
    return any(_is_routed(family, address) for family, address in _ROUTED_ADDRESSES)


def _is_routed(family: int, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((address, 9))
    except OSError:
        return False
    return True
