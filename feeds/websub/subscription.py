"""How a subscription changes: pure functions from one `Subscription` to the next. `now` and `jitter` (in [0, 1)) are
arguments.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from feeds.model import Subscription
from feeds.parse.hubs import DiscoveredHubs
from feeds.websub.signature import is_signed

Action = Literal["subscribe", "unsubscribe", "wait", "forget"]
Verdict = Literal["accept", "ignore", "unsigned", "ended"]

REQUESTED_LEASE = timedelta(days=10)
"""What the reference hub gives; the hub decides."""

MAX_LEASE = timedelta(days=90)
"""A longer lease is renewed by then."""

MIN_RENEWAL_DELAY = timedelta(minutes=5)
"""No lease is renewed sooner. A shorter lease lapses until then."""

VERIFICATION_TIMEOUT = timedelta(minutes=10)
"""For a hub to verify a request that it has accepted; "as soon as possible" (§5.1.2)."""

MIN_RETRY_DELAY = timedelta(minutes=10)
MAX_RETRY_DELAY = timedelta(hours=24)

RETRY_AFTER_DENIAL = timedelta(days=30)
"""A denial is final (§5.2), yet hubs also deny subscribers that they could not reach for a day."""

RETRY_AFTER_BAD_SIGNATURE = timedelta(hours=1)
"""A hub that always signs wrongly gets one request an hour at most."""

MAX_UNSUBSCRIBE_REQUESTS = 3
"""A hub that answers none of them stops at the end of the lease."""


# ------------------------------------------------------------------------------------ from what the source names


def new_subscription(
    source: str,
    offer: DiscoveredHubs,
    *,
    callback_prefix: str,
    token: str,
    secret: str,
    allow_private: bool,
    now: datetime,
) -> Subscription:
    """A pending subscription. `callback_prefix`: the common start of all callback URLs. `token`, `secret`: random, not
    guessable."""
    return Subscription(
        token=token,
        callback=callback_prefix + token,
        source=source,
        topic=offer.topic,
        hubs=offer.hubs,
        hub=offer.hubs[0],
        secret=secret,
        allow_private=allow_private,
        next_try=now,
    )


def matches_offer(subscription: Subscription, offer: DiscoveredHubs, callback_prefix: str) -> bool:
    """Whether the subscription fits the hubs and topic that the source names now. If not, it is replaced."""
    return (
        subscription.topic == offer.topic
        and subscription.hub in offer.hubs
        and subscription.callback == callback_prefix + subscription.token
    )


def leave(subscription: Subscription, now: datetime) -> Subscription | None:
    """The subscription on its way to its end. None if the hub does not know it, or has ended it itself."""
    if subscription.state == "denied" or (subscription.state == "pending" and not subscription.attempts):
        return None
    return replace(subscription, state="leaving", attempts=0, requested_at=None, next_try=now, error="")


# ------------------------------------------------------------------------------------------ what is due


def next_action(subscription: Subscription, now: datetime, jitter: float) -> tuple[Action, Subscription]:
    """(action, changed subscription) at its `next_try`. Save the subscription before you act: hubs verify a request
    before they answer it."""
    if subscription.requested_at is not None:
        error = "the hub did not verify the request; can it reach the callback?"
        subscription = request_failed(subscription, error, now, jitter)
    if subscription.state == "active" and not subscription.is_live(now):
        subscription = replace(subscription, state="expired", error=subscription.error or "the lease ended")
    if subscription.state == "leaving":
        if subscription.attempts >= MAX_UNSUBSCRIBE_REQUESTS:
            return "forget", subscription
    elif not subscription.hubs:
        if subscription.lease_end is None or not subscription.is_live(now):
            return "forget", subscription
        return "wait", replace(subscription, next_try=subscription.lease_end)
    if now < subscription.next_try:
        return "wait", subscription
    mode: Action = "unsubscribe" if subscription.state == "leaving" else "subscribe"
    return mode, _requesting(subscription, now)


def _requesting(subscription: Subscription, now: datetime) -> Subscription:
    restarts = subscription.state in ("denied", "expired")
    return replace(
        subscription,
        state="pending" if restarts else subscription.state,
        attempts=subscription.attempts + 1,
        requested_at=now,
        next_try=_within_lease(subscription, now + VERIFICATION_TIMEOUT),
    )


def request_failed(
    subscription: Subscription, error: str, now: datetime, jitter: float, until: datetime | None = None
) -> Subscription:
    """A request failed: the next hub gets it at once; after the last one, the first again, after a delay.

    `until`: the earliest retry, if the hub sent Retry-After. A request that was verified meanwhile has not failed,
    whatever the answer to it was.
    """
    if subscription.requested_at is None:
        return subscription
    hub, wait = subscription.hub, timedelta()
    if subscription.state == "pending" and subscription.hubs:
        at = subscription.hubs.index(hub) + 1 if hub in subscription.hubs else 0
        hub = subscription.hubs[at % len(subscription.hubs)]
    if hub == subscription.hub or hub == subscription.hubs[0]:
        rounds = (subscription.attempts - 1) // max(1, len(subscription.hubs))
        wait = min(MIN_RETRY_DELAY * 2.0 ** min(rounds, 16), MAX_RETRY_DELAY) * (1 + 0.2 * jitter)
        wait = max(wait, until - now) if until else wait
    return replace(
        subscription,
        hub=hub,
        requested_at=None,
        next_try=_within_lease(subscription, now + wait),
        error=error,
    )


def _within_lease(subscription: Subscription, moment: datetime) -> datetime:
    """At the latest the end of the lease: polling must then go on as before."""
    if subscription.state == "active" and subscription.lease_end is not None:
        return min(moment, subscription.lease_end)
    return moment


# ------------------------------------------------------------------------------------------ from what hubs send


def may_verify(subscription: Subscription, mode: str, topic: str) -> bool:
    """Whether to confirm a request that a hub asks about (§5.3.1): one that was sent, also if the hub is late, and was
    not verified yet. Otherwise whoever knows the callback could extend the lease."""
    wanted = {"subscribe": ("pending", "active", "expired"), "unsubscribe": ("leaving",)}
    is_pending = subscription.attempts > 0
    return is_pending and topic == subscription.topic and subscription.state in wanted.get(mode, ())


def verified(subscription: Subscription, lease: str, now: datetime, jitter: float) -> Subscription:
    """The hub has verified a request to subscribe. `lease`: seconds, as the hub wrote them.

    Renewal is due after two thirds to five sixths of the lease, so that simultaneous subscriptions spread out.
    """
    valid = lease.isascii() and lease.isdigit() and int(lease[:12]) > 0
    length = min(timedelta(seconds=int(lease[:12])), MAX_LEASE) if valid else REQUESTED_LEASE
    return replace(
        subscription,
        state="active",
        attempts=0,
        requested_at=None,
        lease_end=now + length,
        next_try=now + max(length * (2 / 3 + jitter / 6), MIN_RENEWAL_DELAY),
        error="",
    )


def denied(subscription: Subscription, reason: str, now: datetime) -> Subscription | None:
    """The hub has denied or ended the subscription (§5.2). None: both sides have ended it."""
    if subscription.state == "leaving":
        return None
    reason_line = " ".join(reason.split())[:200]
    return replace(
        subscription,
        state="denied",
        attempts=0,
        requested_at=None,
        lease_end=None,
        next_try=now + RETRY_AFTER_DENIAL,
        error=f"the hub denied it: {reason_line}" if reason_line else "the hub denied it",
    )


def check_delivery(subscription: Subscription, signature: str, body: bytes) -> Verdict:
    """What to do with a delivery: accept it; ignore it (wrong signature); refuse it as unsigned; or "ended": the
    subscription has ended, and the hub may know."""
    if subscription.state in ("leaving", "denied"):
        return "ended"
    if not subscription.shared_secret:
        return "accept"
    if not signature:
        return "unsigned"
    return "accept" if is_signed(signature, subscription.shared_secret, body) else "ignore"


def signature_failed(subscription: Subscription, now: datetime) -> Subscription:
    """A delivery had a wrong signature, so deliveries cannot be used: polling goes on as before, and later the hub is
    sent the secret again."""
    if subscription.state != "active":
        return subscription
    return replace(
        subscription,
        state="expired",
        next_try=now + RETRY_AFTER_BAD_SIGNATURE,
        error="a delivery was not signed with our secret",
    )
