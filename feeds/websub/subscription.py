"""One subscription, and every way in which it changes. `now` and `chance` (in [0, 1)) are arguments."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from feeds.model import Subscription
from feeds.parse.hubs import Offer
from feeds.websub.signature import is_signed

Action = Literal["subscribe", "unsubscribe", "wait", "forget"]
Verdict = Literal["take", "ignore", "unsigned", "over"]

LEASE = timedelta(days=10)
"""Asked for; the hub decides. As long as the reference hub gives."""

LONGEST_LEASE = timedelta(days=90)
"""Believed; whoever promises more is asked again by then."""

SOONEST_RENEWAL = timedelta(minutes=5)
"""A lease so short that it ends before lapses in between: no hub is asked more often than this."""

PATIENCE = timedelta(minutes=10)
"""For a hub to verify a request that it accepted; "as soon as possible" (§5.1.2)."""

FIRST_RETRY = timedelta(minutes=10)
LAST_RETRY = timedelta(hours=24)

DENIED_FOR = timedelta(days=30)
"""A denial is to be taken as final (§5.2), yet hubs deny what they could not reach for a day."""

MISTRUST = timedelta(hours=1)
"""After a wrong signature; a hub that signs wrongly for ever is asked once an hour at most."""

FAREWELLS = 3
"""Requests to unsubscribe; a hub that hears none of them stops at the end of the lease."""


# ------------------------------------------------------------------------------------ what the source says


def begin(
    source: str, offer: Offer, *, callbacks: str, token: str, secret: str, allow_private: bool, now: datetime
) -> Subscription:
    """`callbacks`: the address that all callbacks begin with. `token` and `secret` are drawn, not guessable."""
    return Subscription(
        token=token,
        callback=callbacks + token,
        source=source,
        topic=offer.topic,
        hubs=offer.hubs,
        hub=offer.hubs[0],
        secret=secret,
        allow_private=allow_private,
        next_try=now,
    )


def fits(subscription: Subscription, offer: Offer, callbacks: str) -> bool:
    """Whether it is about what the source offers now; otherwise another takes its place."""
    return (
        subscription.topic == offer.topic
        and subscription.hub in offer.hubs
        and subscription.callback == callbacks + subscription.token
    )


def leave(subscription: Subscription, now: datetime) -> Subscription | None:
    """To be ended. None where the hub knows nothing of it, or has ended it itself."""
    if subscription.state == "denied" or (subscription.state == "pending" and not subscription.attempts):
        return None
    return replace(subscription, state="leaving", attempts=0, asked_at=None, next_try=now, error="")


# ------------------------------------------------------------------------------------------ what time says


def step(subscription: Subscription, now: datetime, chance: float) -> tuple[Action, Subscription]:
    """What to do at its `next_try`. The value is to be kept before it is done: hubs verify a request before
    they answer it."""
    if subscription.asked_at is not None:
        why = "the hub did not verify it; can it reach the callback?"
        subscription = refused(subscription, why, now, chance)
    if subscription.state == "active" and not subscription.is_live(now):
        subscription = replace(subscription, state="expired", error=subscription.error or "the lease ended")
    if subscription.state == "leaving":
        if subscription.attempts >= FAREWELLS:
            return "forget", subscription
    elif not subscription.hubs:
        if subscription.lease_end is None or not subscription.is_live(now):
            return "forget", subscription
        return "wait", replace(subscription, next_try=subscription.lease_end)
    if now < subscription.next_try:
        return "wait", subscription
    mode: Action = "unsubscribe" if subscription.state == "leaving" else "subscribe"
    return mode, _asking(subscription, now)


def _asking(subscription: Subscription, now: datetime) -> Subscription:
    again = subscription.state in ("denied", "expired")
    return replace(
        subscription,
        state="pending" if again else subscription.state,
        attempts=subscription.attempts + 1,
        asked_at=now,
        next_try=_within_lease(subscription, now + PATIENCE),
    )


def refused(
    subscription: Subscription, why: str, now: datetime, chance: float, until: datetime | None = None
) -> Subscription:
    """A request failed: the next hub is asked at once, and after the last of them the first, later.

    `until`: the hub asked for patience. What was verified meanwhile has not failed, whatever its answer was.
    """
    if subscription.asked_at is None:
        return subscription
    hub, wait = subscription.hub, timedelta()
    if subscription.state == "pending" and subscription.hubs:
        at = subscription.hubs.index(hub) + 1 if hub in subscription.hubs else 0
        hub = subscription.hubs[at % len(subscription.hubs)]
    if hub == subscription.hub or hub == subscription.hubs[0]:
        rounds = (subscription.attempts - 1) // max(1, len(subscription.hubs))
        wait = min(FIRST_RETRY * 2.0 ** min(rounds, 16), LAST_RETRY) * (1 + 0.2 * chance)
        wait = max(wait, until - now) if until else wait
    return replace(
        subscription,
        hub=hub,
        asked_at=None,
        next_try=_within_lease(subscription, now + wait),
        error=why,
    )


def _within_lease(subscription: Subscription, moment: datetime) -> datetime:
    """The end of a lease must not be slept through: polling has to go on as before."""
    if subscription.state == "active" and subscription.lease_end is not None:
        return min(moment, subscription.lease_end)
    return moment


# ------------------------------------------------------------------------------------------ what hubs say


def may_verify(subscription: Subscription, mode: str, topic: str) -> bool:
    """Whether a hub that asks "did you want this?" is to be told yes (§5.3.1)."""
    wanted = {"subscribe": ("pending", "active", "expired"), "unsubscribe": ("leaving",)}
    return topic == subscription.topic and subscription.state in wanted.get(mode, ())


def verified(subscription: Subscription, lease: str, now: datetime, chance: float) -> Subscription:
    """The hub has verified a request to subscribe, for `lease` seconds as it wrote them.

    Renewed after two thirds to five sixths of the lease, so that subscriptions made together do not stay so.
    """
    known = lease.isascii() and lease.isdigit() and int(lease[:12]) > 0
    length = min(timedelta(seconds=int(lease[:12])), LONGEST_LEASE) if known else LEASE
    return replace(
        subscription,
        state="active",
        attempts=0,
        asked_at=None,
        lease_end=now + length,
        next_try=now + max(length * (2 / 3 + chance / 6), SOONEST_RENEWAL),
        error="",
    )


def denied(subscription: Subscription, reason: str, now: datetime) -> Subscription | None:
    """The hub will not, or will no longer (§5.2). None: it is over on both sides."""
    if subscription.state == "leaving":
        return None
    said = " ".join(reason.split())[:200]
    return replace(
        subscription,
        state="denied",
        attempts=0,
        asked_at=None,
        lease_end=None,
        next_try=now + DENIED_FOR,
        error=f"the hub denied it: {said}" if said else "the hub denied it",
    )


def judge(subscription: Subscription, signature: str, body: bytes) -> Verdict:
    """What to do with a delivery. "over": nobody wants it any more, and the hub may be told."""
    if subscription.state in ("leaving", "denied"):
        return "over"
    if not subscription.shared_secret:
        return "take"
    if not signature:
        return "unsigned"
    return "take" if is_signed(signature, subscription.shared_secret, body) else "ignore"


def mistrusted(subscription: Subscription, now: datetime) -> Subscription:
    """A delivery was wrongly signed: what the hub pushes cannot be used, so polling goes on as before, and
    the hub is told the secret again."""
    if subscription.state != "active":
        return subscription
    return replace(
        subscription,
        state="expired",
        next_try=now + MISTRUST,
        error="a delivery was not signed with our secret",
    )
