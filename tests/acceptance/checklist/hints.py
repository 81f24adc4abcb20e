"""Items 11 to 13: what servers and documents say about the polling interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from tests.acceptance.checklist import combined_row, row
from tests.acceptance.scene import Scene
from tests.acceptance.server import conditions, document, gaps, http_date, refusal, unchanged
from tests.loopback import Answer

HOUR = timedelta(hours=1)
ETAG = '"1"'
MAX_JITTER_FACTOR = 1.3  # jitter may lengthen a requested interval by this factor


def waits(scene: Scene, plays: Mapping[str, Sequence[Answer]], options: str = "") -> dict[str, float]:
    """Each case gets its own host. Returns case → minutes from the last of its answers to the following request."""
    hosts = [f"{name}.test" for name in plays]
    scene.configure(
        *(scene.site(f"{name}.test").answers("/feed", *play, unchanged()) for name, play in plays.items()),
        options=options,
    )
    scene.run_until_polled(max(map(len, plays.values())) + 1, *hosts)
    return {name: gaps(scene.requests(host=f"{name}.test"))[len(play) - 1] for name, play in plays.items()}


def outside(got: Mapping[str, float], wanted: Mapping[str, float]) -> dict[str, float]:
    """The waits that are shorter than wanted, or longer than jitter explains."""
    return {
        name: got[name]
        for name, least in wanted.items()
        if not least <= got[name] <= least * MAX_JITTER_FACTOR
    }


# ------------------------------------------------------------------------------ 11, 12: caching headers


def dated(scene: Scene, offset: timedelta = timedelta(), **named: str) -> dict[str, Any]:
    """Headers of an answer from a server whose clock is wrong by `offset`."""
    return {"date": http_date(scene.now + offset), **named}


@combined_row(
    11,
    "max-age",
    twelve_hours=("max-age=43200", "", 720),
    less_age=("max-age=43200", "7200", 600),
    with_others=("public, must-revalidate, max-age=43200, stale-if-error=86400", "", 720),
    quoted=('max-age="43200"', "", 720),
    upper_case=("Public, Max-Age=43200", "", 720),
    spaced=("public , max-age=43200 ", "", 720),
    three_days_are_cut=("max-age=259200", "", 24 * 60),
)
def _(scene: Scene, cases: dict[str, tuple[str, str, float]]) -> None:
    plays = {
        name: [document(1, etag=ETAG, cache_control=header, age=age)]
        for name, (header, age, _) in cases.items()
    }
    assert not outside(waits(scene, plays), {name: minutes for name, (_, _, minutes) in cases.items()})


@row(11, "max-age of a 304")
def _(scene: Scene) -> None:
    got = waits(scene, {"a": [document(1, etag=ETAG), unchanged(cache_control="max-age=43200")]})
    assert not outside(got, {"a": 720})


@row(11, "a 304 without Cache-Control leaves that of the document in force")
def _(scene: Scene) -> None:
    """RFC 9111 §3.2. It holds until a document has another Cache-Control, or none, also across restarts."""
    long, plain = document(1, etag=ETAG, cache_control="max-age=43200"), document(2, etag='"2"')
    scene.configure(
        scene.herald.answers("/feed", long, unchanged(), unchanged(age="7200"), plain, unchanged())
    )
    for _ in range(5):
        scene.poll()
        scene.restart()
    first, second, third, fourth = gaps(scene.log)
    assert all(720 <= gap <= 720 * MAX_JITTER_FACTOR for gap in (first, second))
    assert 600 <= third < 720
    assert fourth < 600


@combined_row(
    11,
    "without a usable hint the default interval holds",
    shared_caches=("s-maxage=999999", ""),
    no_cache=("no-cache", ""),
    no_store=("no-store, no-cache, must-revalidate", ""),
    no_cache_with_age=("no-cache, max-age=86400", ""),
    expired=("", "0"),
    expired_minus_one=("", "-1"),
    nonsense=("max-age=soon", "whenever"),
    zero=("max-age=0", ""),
    negative=("max-age=-5", ""),
    another_word=("x-max-age=86400", ""),
)
def _(scene: Scene, cases: dict[str, tuple[str, str]]) -> None:
    """As for a server without hints; the requests are conditional."""
    plays = {
        name: [document(1, etag=ETAG, cache_control=header, expires=expires)]
        for name, (header, expires) in cases.items()
    }
    got = waits(scene, {"silent": [document(1, etag=ETAG)]} | plays)
    usual = got.pop("silent")
    assert 60 <= usual < 24 * 60
    least = {"zero": 60.0}  # it permits polling at once; the minimum holds nevertheless
    assert not {
        n: wait
        for n, wait in got.items()
        if not least.get(n, usual / MAX_JITTER_FACTOR) <= wait <= usual * MAX_JITTER_FACTOR
    }
    assert {conditions(scene.requests(host=f"{name}.test")[1]) for name in plays} == {(ETAG, None)}


@combined_row(11, "max-age beats Expires", shorter=(36000, 80000), longer=(80000, 36000))
def _(scene: Scene, cases: dict[str, tuple[int, int]]) -> None:
    def answer(age: int, expires: int) -> Answer:
        moment = http_date(scene.now + timedelta(seconds=expires))
        return document(1, etag=ETAG, **dated(scene, cache_control=f"max-age={age}", expires=moment))

    got = waits(scene, {name: [answer(*case)] for name, case in cases.items()})
    assert not outside(got, {name: age / 60 for name, (age, _) in cases.items()})


@combined_row(
    11,
    "absurd values are capped",
    ten_years={"cache_control": "max-age=315360000"},
    digits={"cache_control": "max-age=" + "9" * 60},
    two_to_31={"cache_control": "max-age=2147483648"},
    year_9999={"expires": "Fri, 31 Dec 9999 23:59:59 GMT"},
)
def _(scene: Scene, cases: dict[str, Any]) -> None:
    plays = {name: [document(1, etag=ETAG, **dated(scene, **headers))] for name, headers in cases.items()}
    got = waits(scene, plays, options="max: 365d")
    assert max(got.values()) <= 31 * 24 * 60 * 1.1


_CLOCKS = {
    "right": timedelta(),
    "slow": timedelta(hours=-9),
    "fast": timedelta(hours=9),
    "years_behind": timedelta(days=-4000),
}


@combined_row(12, "Expires counts from Date", **_CLOCKS)
def _(scene: Scene, clocks: dict[str, timedelta]) -> None:
    def answer(offset: timedelta) -> Answer:
        moment = http_date(scene.now + offset + 12 * HOUR)
        return document(1, etag=ETAG, **dated(scene, offset, expires=moment))

    got = waits(scene, {name: [answer(offset)] for name, offset in clocks.items()})
    assert not outside(got, dict.fromkeys(clocks, 720))


@combined_row(12, "a dated Retry-After counts from Date", **_CLOCKS)
def _(scene: Scene, clocks: dict[str, timedelta]) -> None:
    def answer(offset: timedelta) -> Answer:
        moment = http_date(scene.now + offset + 12 * HOUR)
        return refusal(503, **dated(scene, offset, retry_after=moment))

    got = waits(scene, {name: [answer(offset)] for name, offset in clocks.items()})
    assert not outside(got, dict.fromkeys(clocks, 720))


# ------------------------------------------------------------------------------- 13: hints in the document

SY = '<x:{0} xmlns:x="http://purl.org/rss/1.0/modules/syndication/">{1}</x:{0}>'


def sy(period: str = "", frequency: str = "") -> str:
    hints = (("updatePeriod", period), ("updateFrequency", frequency))
    return "".join(SY.format(name, value) for name, value in hints if value)


@combined_row(
    13,
    "a longer interval is obeyed",
    ttl=("<ttl>300</ttl>", 300),
    ttl_with_spaces=("<ttl> 300 </ttl>", 300),
    daily=(sy("daily", "1"), 24 * 60),
    daily_by_default=(sy(frequency="1"), 24 * 60),
    period_alone=(sy("daily"), 24 * 60),
    four_a_day=(sy("daily", "4"), 6 * 60),
    frequency_alone=(sy(frequency="4"), 6 * 60),
    weekly_is_cut=(sy("weekly"), 24 * 60),
    longest_wins=("<ttl>120</ttl>" + sy("daily", "4"), 6 * 60),
)
def _(scene: Scene, cases: dict[str, tuple[str, float]]) -> None:
    plays = {name: [document(1, etag=ETAG, channel=channel)] for name, (channel, _) in cases.items()}
    assert not outside(waits(scene, plays), {name: minutes for name, (_, minutes) in cases.items()})


@combined_row(
    13,
    "a hint never shortens",
    hourly_four_times=sy("hourly", "4"),
    absurdly_often=sy("hourly", "100000"),
    no_number=sy("hourly", "often"),
    zero=sy("daily", "0") + "<ttl>0</ttl>",
    negative="<ttl>-60</ttl>" + sy("daily", "-1"),
    no_word=sy("sometimes", "4"),
)
def _(scene: Scene, cases: dict[str, str]) -> None:
    for name, channel in cases.items():
        scene.site(f"{name}.test").answers("/feed", document(1, etag=ETAG, channel=channel), unchanged())
    scene.configure(*(scene.site(f"{name}.test").url("/feed") for name in cases))
    scene.run(days=2)
    shortest = {name: min(gaps(scene.requests(host=f"{name}.test"))) for name in cases}
    assert not {name: gap for name, gap in shortest.items() if gap < 60}


@row(13, "a hint lasts as long as the document that gave it")
def _(scene: Scene) -> None:
    long, plain = document(1, etag=ETAG, channel="<ttl>600</ttl>"), document(2, etag='"2"')
    scene.configure(scene.herald.answers("/feed", long, unchanged(), plain, unchanged()))
    for _ in range(4):
        scene.poll()
    first, second, third = gaps(scene.log)
    assert first >= 600
    assert second >= 600
    assert third < 600


def skipping(hours: str = "", days: str = "") -> str:
    each = [("Hours", "hour", hours.split()), ("Days", "day", days.split())]
    return "".join(
        f"<skip{what}>{''.join(f'<{element}>{value}</{element}>' for value in values)}</skip{what}>"
        for what, element, values in each
        if values
    )


@combined_row(
    13,
    "skipHours and skipDays are skipped, in GMT",
    night=("0 1 2 3 4 5 6 22 23", ""),
    most_of_it=(" ".join(map(str, range(1, 20))), ""),
    twenty_four=(" ".join(map(str, range(18, 25))), ""),  # midnight in RSS 0.91
    weekend=("", "Saturday Sunday"),
    both=("9 10 11 12", "Sunday"),
)
def _(scene: Scene, cases: dict[str, tuple[str, str]]) -> None:
    sites = [scene.site(f"{name}.test") for name in cases]
    scene.configure(
        *(
            site.answers("/feed", document(1, etag=ETAG, channel=skipping(*case)), unchanged())
            for site, case in zip(sites, cases.values(), strict=True)
        )
    )
    scene.run(days=8)
    for site, (hours, days) in zip(sites, cases.values(), strict=True):
        moments = [request.at for request in scene.requests(host=site.name)]
        skipped = {int(hour) % 24 for hour in hours.split()}
        assert not [at for at in moments[1:] if at.hour in skipped or f"{at:%A}" in days.split()]
        assert len(moments) >= 2
        assert min(gaps(scene.requests(host=site.name))) >= 60


@combined_row(
    13,
    "a feed that skips all hours or days is polled nevertheless",
    hours=skipping(" ".join(map(str, range(24)))),
    days=skipping(days="Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
)
def _(scene: Scene, cases: dict[str, str]) -> None:
    for name, channel in cases.items():
        scene.site(f"{name}.test").answers("/feed", document(1, etag=ETAG, channel=channel))
    scene.configure(*(scene.site(f"{name}.test").url("/feed") for name in cases))
    scene.run_until_polled(3, *(f"{name}.test" for name in cases))
