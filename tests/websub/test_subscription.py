"""The transitions of a subscription: pure functions, without a hub, a store or a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Subscription
from feeds.model.websub import is_confidential
from feeds.parse.hubs import DiscoveredHubs
from feeds.websub import subscription as transitions
from feeds.websub.signature import METHODS, is_signed
from tests.make import NOW
from tests.websub.hub import signature

HUBS = ("https://one.example/", "https://two.example/")
MINUTE = timedelta(minutes=1)


def pending(*hubs: str) -> Subscription:
    offer = DiscoveredHubs(topic="https://a.example/feed", hubs=hubs or HUBS)
    return transitions.new_subscription(
        "a",
        offer,
        callback_prefix="https://us.example/websub/",
        token="t",
        secret="s",
        allow_private=False,
        now=NOW,
    )


def asked(*hubs: str) -> Subscription:
    action, subscription = transitions.next_action(pending(*hubs), NOW, 0.0)
    assert action == "subscribe"
    return subscription


def active(lease: str = "864000") -> Subscription:
    return transitions.verified(asked(), lease, NOW, 0.0)


def test_each_hub_is_asked_once_before_the_retry_delay() -> None:
    first = transitions.request_failed(asked(), "no", NOW, 0.0)
    assert (first.hub, first.next_try) == (HUBS[1], NOW)
    _, again = transitions.next_action(first, NOW, 0.0)
    second = transitions.request_failed(again, "no", NOW, 0.0)
    assert (second.hub, second.next_try) == (HUBS[0], NOW + transitions.MIN_RETRY_DELAY)


def test_retry_delays_double_up_to_a_day() -> None:
    subscription, waits = asked(HUBS[0]), []
    now = NOW
    for _ in range(12):
        subscription = transitions.request_failed(subscription, "no", now, 0.0)
        waits.append(subscription.next_try - now)
        now = subscription.next_try
        _, subscription = transitions.next_action(subscription, now, 0.0)
    assert waits[:4] == [10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE]
    assert waits[-1] == transitions.MAX_RETRY_DELAY


def test_retry_after_sets_the_next_try() -> None:
    until = NOW + timedelta(days=3)
    assert transitions.request_failed(asked(HUBS[0]), "429", NOW, 0.0, until).next_try == until


def test_a_request_verified_meanwhile_has_not_failed() -> None:
    subscription = active()
    assert transitions.request_failed(subscription, "the answer was cut off", NOW, 0.0) == subscription


def test_a_failed_renewal_stays_with_its_hub_until_the_lease_ends() -> None:
    subscription = active("3600")
    _, renewing = transitions.next_action(replace(subscription, next_try=NOW), NOW, 0.0)
    assert transitions.request_failed(renewing, "503", NOW, 0.0).hub == subscription.hub
    late = NOW + timedelta(minutes=59)
    assert transitions.request_failed(renewing, "503", late, 0.0).next_try == NOW + timedelta(hours=1)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
def test_renewal_is_due_between_two_thirds_and_five_sixths_of_the_lease(jitter: float) -> None:
    subscription = transitions.verified(asked(), "6000", NOW, jitter)
    assert timedelta(seconds=4000) <= subscription.next_try - NOW < timedelta(seconds=5000)


@pytest.mark.parametrize("lease", ["", "-1", "abc", "0", "٣", "1e9"])
def test_an_invalid_lease_counts_as_the_requested_one(lease: str) -> None:
    assert transitions.verified(asked(), lease, NOW, 0.0).lease_end == NOW + transitions.REQUESTED_LEASE


def test_a_denial_holds_for_a_month_and_its_reason_is_cut_to_one_line() -> None:
    subscription = transitions.denied(active(), "a\nb" * 200, NOW)
    assert subscription is not None
    assert subscription.next_try == NOW + transitions.RETRY_AFTER_DENIAL
    assert "\n" not in subscription.error
    assert len(subscription.error) < 250


def test_a_subscription_unknown_to_the_hub_is_dropped_without_a_request() -> None:
    assert transitions.leave(pending(), NOW) is None
    left = transitions.leave(asked(), NOW)
    assert left is not None
    assert transitions.next_action(left, NOW, 0.0)[0] == "unsubscribe"
    assert transitions.denied(left, "", NOW) is None


def test_the_secret_is_only_sent_over_confidential_connections() -> None:
    assert pending("https://hub.example/").shared_secret == "s"
    assert pending("http://hub.example/").shared_secret == ""
    assert pending("http://127.0.0.1:1234/").shared_secret == "s"
    unsigned = transitions.verified(asked("http://hub.example/"), "", NOW, 0.0)
    assert transitions.check_delivery(unsigned, "", b"body") == "accept"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/", True),
        ("http://a.example/", False),
        ("http://localhost:8000/", True),
        ("http://127.9.9.9/", True),
        ("http://[::1]:80/", True),
        ("http://10.0.0.1/", False),
        ("http://localhost.a.example/", False),
        ("http://127.0.0.1.a.example/", False),
    ],
)
def test_is_confidential(url: str, expected: bool) -> None:
    assert is_confidential(url) is expected


@given(st.binary(max_size=200), st.text("abcdef", min_size=1, max_size=40), st.sampled_from(sorted(METHODS)))
def test_a_signature_is_valid_for_its_body_secret_and_method_only(
    body: bytes, secret: str, method: str
) -> None:
    header = signature(secret, body, method)
    assert is_signed(header, secret, body)
    assert is_signed(header.upper(), secret, body)
    assert not is_signed(header, secret, body + b" ")
    assert not is_signed(header, secret + "x", body)
    other = next(name for name in sorted(METHODS) if name != method)
    assert not is_signed(header.replace(method, other), secret, body)
    assert not is_signed(header[:-1], secret, body)


Event = st.sampled_from(["wait", "refuse", "verify", "short", "deny", "mistrust", "leave", "no hubs"])


@given(st.lists(st.tuples(Event, st.integers(0, 5000), st.floats(0, 0.99)), max_size=60))
def test_any_events_keep_the_request_interval_and_the_lease_end(
    events: list[tuple[str, int, float]],
) -> None:
    subscription: Subscription | None = pending()
    now, requests = NOW, []
    for event, minutes, jitter in events:
        now += minutes * MINUTE
        if subscription is None:
            break
        if subscription.next_try <= now:
            action, subscription = transitions.next_action(subscription, now, jitter)
            if action == "forget":
                assert not subscription.is_live(now)
                break
            if action == "subscribe":
                requests.append((now, subscription.hub))
            assert subscription.next_try > now
        if event == "refuse":
            subscription = transitions.request_failed(subscription, "no", now, jitter)
        elif event in ("verify", "short") and transitions.may_verify(
            subscription, "subscribe", subscription.topic
        ):
            subscription = transitions.verified(
                subscription, "60" if event == "short" else "864000", now, jitter
            )
        elif event == "deny":
            subscription = transitions.denied(subscription, "no", now)
        elif event == "mistrust":
            subscription = transitions.signature_failed(subscription, now)
        elif event == "leave" and subscription.state != "leaving":
            subscription = transitions.leave(subscription, now)
        elif event == "no hubs":
            subscription = replace(subscription, hubs=())
        if subscription is not None:
            assert not subscription.is_live(subscription.lease_end or now)
            assert subscription.state != "active" or subscription.lease_end is not None
            assert not (
                subscription.state == "leaving"
                and transitions.may_verify(subscription, "subscribe", subscription.topic)
            )
    for (before, hub), (after, again) in pairwise(requests):
        assert hub != again or after - before >= transitions.MIN_RENEWAL_DELAY
