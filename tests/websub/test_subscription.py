"""The state machine by itself: no hub, no state, no clock."""

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
from feeds.websub import subscription as agreed
from feeds.websub.signature import METHODS, is_signed
from tests.make import NOW
from tests.websub.hub import signature

HUBS = ("https://one.example/", "https://two.example/")
MINUTE = timedelta(minutes=1)


def begun(*hubs: str) -> Subscription:
    offer = DiscoveredHubs(topic="https://a.example/feed", hubs=hubs or HUBS)
    return agreed.new_subscription(
        "a",
        offer,
        callbacks="https://us.example/websub/",
        token="t",
        secret="s",
        allow_private=False,
        now=NOW,
    )


def asked(*hubs: str) -> Subscription:
    action, one = agreed.next_action(begun(*hubs), NOW, 0.0)
    assert action == "subscribe"
    return one


def active(lease: str = "864000") -> Subscription:
    return agreed.verified(asked(), lease, NOW, 0.0)


def test_each_hub_is_asked_once_before_the_retry_delay() -> None:
    first = agreed.request_failed(asked(), "no", NOW, 0.0)
    assert (first.hub, first.next_try) == (HUBS[1], NOW)
    _, again = agreed.next_action(first, NOW, 0.0)
    second = agreed.request_failed(again, "no", NOW, 0.0)
    assert (second.hub, second.next_try) == (HUBS[0], NOW + agreed.MIN_RETRY_DELAY)


def test_retry_delays_double_up_to_a_day() -> None:
    one, waits = asked(HUBS[0]), []
    now = NOW
    for _ in range(12):
        one = agreed.request_failed(one, "no", now, 0.0)
        waits.append(one.next_try - now)
        now = one.next_try
        _, one = agreed.next_action(one, now, 0.0)
    assert waits[:4] == [10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE]
    assert waits[-1] == agreed.MAX_RETRY_DELAY


def test_retry_after_sets_the_next_try() -> None:
    until = NOW + timedelta(days=3)
    assert agreed.request_failed(asked(HUBS[0]), "429", NOW, 0.0, until).next_try == until


def test_a_request_verified_meanwhile_has_not_failed() -> None:
    one = active()
    assert agreed.request_failed(one, "the answer was cut off", NOW, 0.0) == one


def test_a_failed_renewal_stays_with_its_hub_until_the_lease_ends() -> None:
    one = active("3600")
    _, renewing = agreed.next_action(replace(one, next_try=NOW), NOW, 0.0)
    assert agreed.request_failed(renewing, "503", NOW, 0.0).hub == one.hub
    late = NOW + timedelta(minutes=59)
    assert agreed.request_failed(renewing, "503", late, 0.0).next_try == NOW + timedelta(hours=1)


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_renewal_is_due_between_two_thirds_and_five_sixths_of_the_lease(chance: float) -> None:
    one = agreed.verified(asked(), "6000", NOW, chance)
    assert timedelta(seconds=4000) <= one.next_try - NOW < timedelta(seconds=5000)


@pytest.mark.parametrize("lease", ["", "-1", "abc", "0", "٣", "1e9"])
def test_an_invalid_lease_counts_as_the_requested_one(lease: str) -> None:
    assert agreed.verified(asked(), lease, NOW, 0.0).lease_end == NOW + agreed.REQUESTED_LEASE


def test_a_denial_holds_for_a_month_and_its_reason_is_cut_to_one_line() -> None:
    one = agreed.denied(active(), "a\nb" * 200, NOW)
    assert one is not None
    assert one.next_try == NOW + agreed.RETRY_AFTER_DENIAL
    assert "\n" not in one.error
    assert len(one.error) < 250


def test_a_subscription_unknown_to_the_hub_is_dropped_without_a_request() -> None:
    assert agreed.leave(begun(), NOW) is None
    left = agreed.leave(asked(), NOW)
    assert left is not None
    assert agreed.next_action(left, NOW, 0.0)[0] == "unsubscribe"
    assert agreed.denied(left, "", NOW) is None


def test_the_secret_is_only_sent_over_confidential_connections() -> None:
    assert begun("https://hub.example/").shared_secret == "s"
    assert begun("http://hub.example/").shared_secret == ""
    assert begun("http://127.0.0.1:1234/").shared_secret == "s"
    unsigned = agreed.verified(asked("http://hub.example/"), "", NOW, 0.0)
    assert agreed.check_delivery(unsigned, "", b"body") == "accept"


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
    said = signature(secret, body, method)
    assert is_signed(said, secret, body)
    assert is_signed(said.upper(), secret, body)
    assert not is_signed(said, secret, body + b" ")
    assert not is_signed(said, secret + "x", body)
    other = next(name for name in sorted(METHODS) if name != method)
    assert not is_signed(said.replace(method, other), secret, body)
    assert not is_signed(said[:-1], secret, body)


Event = st.sampled_from(["wait", "refuse", "verify", "short", "deny", "mistrust", "leave", "no hubs"])


@given(st.lists(st.tuples(Event, st.integers(0, 5000), st.floats(0, 0.99)), max_size=60))
def test_any_events_keep_the_request_interval_and_the_lease_end(
    events: list[tuple[str, int, float]],
) -> None:
    one: Subscription | None = begun()
    now, requests = NOW, []
    for event, minutes, chance in events:
        now += minutes * MINUTE
        if one is None:
            break
        if one.next_try <= now:
            action, one = agreed.next_action(one, now, chance)
            if action == "forget":
                assert not one.is_live(now)
                break
            if action == "subscribe":
                requests.append((now, one.hub))
            assert one.next_try > now
        if event == "refuse":
            one = agreed.request_failed(one, "no", now, chance)
        elif event in ("verify", "short") and agreed.may_verify(one, "subscribe", one.topic):
            one = agreed.verified(one, "60" if event == "short" else "864000", now, chance)
        elif event == "deny":
            one = agreed.denied(one, "no", now)
        elif event == "mistrust":
            one = agreed.signature_failed(one, now)
        elif event == "leave" and one.state != "leaving":
            one = agreed.leave(one, now)
        elif event == "no hubs":
            one = replace(one, hubs=())
        if one is not None:
            assert not one.is_live(one.lease_end or now)
            assert one.state != "active" or one.lease_end is not None
            assert not (one.state == "leaving" and agreed.may_verify(one, "subscribe", one.topic))
    for (before, hub), (after, again) in pairwise(requests):
        assert hub != again or after - before >= agreed.MIN_RENEWAL_DELAY
