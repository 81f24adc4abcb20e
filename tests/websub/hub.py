"""A WebSub hub on the loopback, written from the Recommendation and independent of the code under test.

    with Hub() as hub:
        ...                                     # a subscriber POSTs to hub.url; it is verified within that request
        hub.deliver(b"<rss/>", "text/xml")      # to every active subscription, signed if it has a secret

Tests set how the hub deviates: `refuses`, `denies`, `silent`, `moved_to`, `lease`, `method`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

import requests


@dataclass
class HubSubscription:
    """An active subscription, as the hub stores it (§5)."""

    callback: str
    topic: str
    secret: str
    lease: int


@dataclass
class HubRequest:
    """One POST to the hub, and the callback's answers to the verification or denial."""

    path: str
    content_type: str
    form: Mapping[str, str]
    verified: bool | None = None
    answers: list[tuple[int, str, bytes]] = field(default_factory=list)  # (status, Content-Type, body)


class Hub:
    def __init__(self) -> None:
        self.requests: list[HubRequest] = []
        self.subscribers: dict[str, HubSubscription] = {}
        self.refuses = 0  # a status: answer it to every request
        self.denies = ""  # a reason: accept the request, then deny it
        self.silent = False  # accept the request, and never verify it
        self.moved_to: tuple[int, str] | None = None  # (307 or 308, where to)
        self.lease: int | None = None  # seconds; None: as requested
        self.method = "sha256"
        self.granted = threading.Event()  # set when a subscription is verified
        self.watch: Callable[[HubRequest], None] = lambda asked: (
            None
        )  # sees each request before it is answered
        self._http = requests.Session()
        self._http.trust_env = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hub"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._http.close()

    # ------------------------------------------------------------------------------- from subscribers

    def answer(self, request: HubRequest) -> tuple[int, dict[str, str]]:
        """§5.1.2: 202, an error, or a redirect to another hub."""
        self.requests.append(request)
        self.watch(request)
        if self.moved_to and request.path == "/hub":
            return self.moved_to[0], {"Location": self.moved_to[1]}
        if self.refuses:
            return self.refuses, {}
        if self.silent:
            return 202, {}
        form = request.form
        if self.denies:
            parameters = {"mode": "denied", "topic": form["hub.topic"], "reason": self.denies}
            request.answers.append(self.call_back(form["hub.callback"], **parameters))
            return 202, {}
        self._verify(request)
        return 202, {}

    def _verify(self, request: HubRequest) -> None:
        """§5.3, within the request, as hubs do."""
        form, challenge = request.form, secrets.token_urlsafe(24)
        lease = self.lease if self.lease is not None else int(form.get("hub.lease_seconds", "86400"))
        answer = self.call_back(
            form["hub.callback"],
            mode=form["hub.mode"],
            topic=form["hub.topic"],
            challenge=challenge,
            lease_seconds=str(lease),
        )
        request.answers.append(answer)
        request.verified = 200 <= answer[0] < 300 and answer[2] == challenge.encode()
        if not request.verified:
            return
        if form["hub.mode"] == "unsubscribe":
            self.subscribers.pop(form["hub.callback"], None)
        else:
            self.subscribers[form["hub.callback"]] = HubSubscription(
                form["hub.callback"], form["hub.topic"], form.get("hub.secret", ""), lease
            )
            self.granted.set()

    def call_back(self, callback: str, **hub_parameters: str) -> tuple[int, str, bytes]:
        """GET the callback with these `hub.` parameters. Returns (status, Content-Type, body)."""
        parameters = urlencode({f"hub.{name}": value for name, value in hub_parameters.items()})
        answer = self._http.get(f"{callback}?{parameters}", timeout=30, allow_redirects=False)
        return answer.status_code, answer.headers.get("Content-Type", ""), answer.content

    def deny(self, callback: str, topic: str, reason: str) -> int:
        """Deny a subscription (§5.2), which a hub may do at any time. Returns the status of the answer."""
        self.subscribers.pop(callback, None)
        return self.call_back(callback, mode="denied", topic=topic, reason=reason)[0]

    # -------------------------------------------------------------------------------- from publishers

    def deliver(self, body: bytes, content_type: str = "application/rss+xml", **headers: str) -> list[int]:
        """POST the document to every subscriber (§7). Returns the statuses of the answers.

        `headers` replace the hub's own, with `_` for `-`; one that is "" is left out.
        """
        return [
            self._deliver_to(subscription, body, content_type, headers)
            for subscription in list(self.subscribers.values())
        ]

    def _deliver_to(
        self, subscription: HubSubscription, body: bytes, content_type: str, headers: Mapping[str, str]
    ) -> int:
        sent = {
            "Content-Type": content_type,
            "Link": f'<{self.url}>; rel="hub", <{subscription.topic}>; rel="self"',
        }
        if subscription.secret:
            sent["X-Hub-Signature"] = signature(subscription.secret, body, self.method)
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self._http.post(
            subscription.callback,
            data=body,
            headers={name: value for name, value in sent.items() if value},
            timeout=30,
            allow_redirects=False,
        )
        return answer.status_code


def signature(secret: str, body: bytes, method: str) -> str:
    """§7.1: "method=signature"."""
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            form = {name: values[0] for name, values in parse_qs(body.decode(), strict_parsing=True).items()}
            asked = HubRequest(self.path, self.headers.get("Content-Type", ""), form)
            status, headers = hub.answer(asked)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
