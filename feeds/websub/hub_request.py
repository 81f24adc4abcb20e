"""Requests to hubs: to subscribe and to unsubscribe (WebSub §5.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from feeds.errors import FetchError, internal_error
from feeds.fetch import Fetcher
from feeds.model import Access, Source, Subscription
from feeds.websub.subscription import REQUESTED_LEASE, Action


@dataclass(frozen=True, slots=True, kw_only=True)
class HubReply:
    """A request to a hub for one subscription (`token`) has ended; `error` if it failed."""

    token: str
    error: FetchError | None = None


def send_request(
    action: Action, subscription: Subscription, source: Source | None, fetcher: Fetcher
) -> HubReply:
    """Send one request to the subscription's hub. Runs in a thread. Raises nothing.

    `source`: the subscription's source; None if it is no longer configured.
    """
    form = {"hub.mode": action, "hub.topic": subscription.topic, "hub.callback": subscription.callback}
    if action == "subscribe":
        form["hub.lease_seconds"] = str(int(REQUESTED_LEASE.total_seconds()))
        if subscription.shared_secret:
            form["hub.secret"] = subscription.shared_secret
    try:
        fetcher.post(_requesting_source(subscription, source), subscription.hub, urlencode(form).encode())
    except FetchError as error:
        return HubReply(token=subscription.token, error=error)
    except Exception as error:
        internal = internal_error(subscription.source, "sending a request to the hub", error)
        return HubReply(token=subscription.token, error=internal)
    return HubReply(token=subscription.token)


def _requesting_source(subscription: Subscription, source: Source | None) -> Source:
    """The source for which the request is sent, without its headers. If it is no longer configured, its
    `allow_private` still holds."""
    if source is None:
        source = Source(
            id=subscription.source,
            url=subscription.topic,
            access=Access(allow_private=subscription.allow_private),
        )
    return replace(source, access=replace(source.access, headers=()))
