"""Lines 10 to 13 and 17: how often a source is asked."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

from tests.acceptance.lines import line
from tests.acceptance.scene import Scene
from tests.acceptance.server import Site, conditions, document, gaps, http_date, page, refusal, unchanged
from tests.loopback import Answer
from tests.make import NOW
from tests.run.newsroom import item, rss

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ETAG = '"1"'
SLACK = 2  # minutes: the spread that chance adds at the least, and whole seconds
MOST = 1.3  # an interval that was asked for may be longer by jitter, not by half


def waited(scene: Scene, *answers: Answer, options: str = "") -> float:
    """Minutes from the last of the answers to the request that follows it."""
    scene.follow(scene.herald.plays("/feed", *answers, unchanged()), options=options)
    for _ in range(len(answers) + 1):
        scene.poll()
    return gaps(scene.log)[-1]


# --------------------------------------------------------------------------------------- 10: the minimum


@line(
    10,
    "never under the minimum",
    default=("", 60, 24 * 60),
    min=("min: 3h", 180, 24 * 60),
    short_min=("min: 20m", 20, 24 * 60),
    every=("every: 30m", 30, 30 * MOST),
    every_5_hours=("every: 5h", 300, 300 * MOST),
)
def _(scene: Scene, options: str, least: float, most: float) -> None:
    scene.herald.honours("/feed", lambda: document(1, etag=ETAG))
    scene.follow(scene.herald.url("/feed"), options=options)
    scene.run(days=2)
    assert all(least <= gap <= most + SLACK for gap in gaps(scene.log))
    assert len(scene.log) >= 3


@line(10, "restarts do not count as waiting")
def _(scene: Scene) -> None:
    scene.follow(scene.herald.plays("/feed", document(1, etag=ETAG)), options="every: 1h")
    for _ in range(30):
        scene.run(minutes=7)
        scene.restart()
    assert len(scene.log) >= 2
    assert min(gaps(scene.log)) >= 60


@line(10, "a changed configuration does not count as waiting")
def _(scene: Scene) -> None:
    url = scene.herald.plays("/feed", document(1, etag=ETAG))
    for n in range(12):
        scene.follow(url, options=f"title: Herald {n}, tags: [t{n}], priority: {n}, every: 1h")
        scene.run(minutes=9)
    assert min(gaps(scene.log)) >= 60


@line(10, "a source that was taken out and put back")
def _(scene: Scene) -> None:
    url, other = scene.herald.plays("/feed", document(1, etag=ETAG)), scene.herald.plays("/b", document(2))
    scene.follow(other, url)
    scene.run(minutes=10)
    scene.follow(other)
    scene.run(minutes=10)
    scene.follow(other, url)
    scene.run(minutes=30)
    assert len(scene.asked("/feed")) == 1


@line(10, "failures do not count as answers", server_error=refusal(500), page=page(), not_found=refusal(404))
def _(scene: Scene, answer: Answer) -> None:
    scene.follow(scene.herald.plays("/feed", document(1, etag=ETAG), answer, document(2), answer))
    scene.run(days=2)
    assert min(gaps(scene.log)) >= 60


@line(10, "where a redirect leads is not asked more often", permanent=301, temporary=302)
def _(scene: Scene, status: int) -> None:
    target = scene.site("other.test").plays("/feed", document(1, etag=ETAG))
    scene.follow(scene.herald.redirect("/feed", target, status))
    scene.run(days=6)
    assert min(gaps(scene.asked(host="other.test"))) >= 60
    assert min(gaps(scene.asked(host="herald.test")), default=60) >= 60


@line(10, "after the feed was found on a page")
def _(scene: Scene) -> None:
    scene.herald.plays("/feed.xml", document(1, etag=ETAG))
    link = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
    scene.follow(scene.herald.plays("/", page(link)))
    scene.run(hours=6)
    assert min(gaps(scene.asked("/feed.xml"))) >= 60


# ------------------------------------------------------------------------------ 11, 12: caching headers


def dated(scene: Scene, offset: timedelta = timedelta(), **named: str) -> dict[str, Any]:
    """Headers of an answer whose server's clock is `offset` off."""
    return {"date": http_date(scene.now + offset), **named}


@line(
    11,
    "max-age",
    twelve_hours=("max-age=43200", "", 720),
    less_age=("max-age=43200", "7200", 600),
    with_others=("public, must-revalidate, max-age=43200, stale-if-error=86400", "", 720),
    quoted=('max-age="43200"', "", 720),
    upper_case=("Public, Max-Age=43200", "", 720),
    spaced=("public , max-age=43200 ", "", 720),
    three_days=("max-age=259200", "", 3 * 24 * 60),
)
def _(scene: Scene, control: str, age: str, minutes: float) -> None:
    got = waited(scene, document(1, etag=ETAG, cache_control=control, age=age))
    assert minutes <= got <= minutes * MOST


@line(11, "max-age of a 304")
def _(scene: Scene) -> None:
    renewed = unchanged(cache_control="max-age=43200")
    assert 720 <= waited(scene, document(1, etag=ETAG), renewed) <= 720 * MOST


@line(
    11,
    "no hint, no wait beyond the default",
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
def _(scene: Scene, control: str, expires: str) -> None:
    """The second request comes after the default interval, and is conditional."""
    first = document(1, etag=ETAG, cache_control=control, expires=expires)
    assert 60 <= waited(scene, first) <= 24 * 60
    assert conditions(scene.log[1]) == (ETAG, None)
    plain = gaps(scene.log)[0]
    assert plain <= 6 * 60, "as if the server had said how long"


@line(11, "max-age beats Expires", shorter=(36000, 80000), longer=(80000, 36000))
def _(scene: Scene, age: int, expires: int) -> None:
    headers = dated(
        scene,
        cache_control=f"max-age={age}",
        expires=http_date(scene.now + timedelta(seconds=expires)),
    )
    got = waited(scene, document(1, etag=ETAG, **headers))
    assert age / 60 <= got <= age / 60 * MOST


@line(
    11,
    "absurd values are capped",
    ten_years="max-age=315360000",
    digits="max-age=" + "9" * 60,
    two_to_31="max-age=2147483648",
)
def _(scene: Scene, control: str) -> None:
    got = waited(scene, document(1, etag=ETAG, cache_control=control), options="max: 365d")
    assert got <= 31 * 24 * 60 * 1.1


@line(11, "absurd Expires is capped")
def _(scene: Scene) -> None:
    headers = dated(scene, expires="Fri, 31 Dec 9999 23:59:59 GMT")
    got = waited(scene, document(1, etag=ETAG, **headers), options="max: 365d")
    assert got <= 31 * 24 * 60 * 1.1


@line(
    12,
    "Expires counts from Date",
    right=timedelta(),
    slow=timedelta(hours=-9),
    fast=timedelta(hours=9),
    years_behind=timedelta(days=-4000),
)
def _(scene: Scene, offset: timedelta) -> None:
    headers = dated(scene, offset, expires=http_date(scene.now + offset + 12 * HOUR))
    got = waited(scene, document(1, etag=ETAG, **headers))
    assert 720 <= got <= 720 * MOST


@line(
    12,
    "a dated Retry-After counts from Date",
    right=timedelta(),
    slow=timedelta(hours=-9),
    fast=timedelta(hours=9),
)
def _(scene: Scene, offset: timedelta) -> None:
    headers = dated(scene, offset, retry_after=http_date(scene.now + offset + 12 * HOUR))
    got = waited(scene, refusal(503, **headers))
    assert 720 <= got <= 720 * MOST


# ------------------------------------------------------------------------------- 13: hints in the document

SY = '<x:{0} xmlns:x="http://purl.org/rss/1.0/modules/syndication/">{1}</x:{0}>'


def sy(period: str = "", frequency: str = "") -> str:
    said = (("updatePeriod", period), ("updateFrequency", frequency))
    return "".join(SY.format(name, value) for name, value in said if value)


@line(
    13,
    "a longer interval is kept to",
    ttl=("<ttl>300</ttl>", 300),
    ttl_with_spaces=("<ttl> 300 </ttl>", 300),
    daily=(sy("daily", "1"), 24 * 60),
    daily_by_default=(sy(frequency="1"), 24 * 60),
    period_alone=(sy("daily"), 24 * 60),
    four_a_day=(sy("daily", "4"), 6 * 60),
    frequency_alone=(sy(frequency="4"), 6 * 60),
    weekly=(sy("weekly"), 7 * 24 * 60),
    longest_wins=("<ttl>120</ttl>" + sy("daily", "4"), 6 * 60),
)
def _(scene: Scene, channel: str, minutes: float) -> None:
    got = waited(scene, document(1, etag=ETAG, channel=channel))
    assert minutes <= got <= minutes * MOST


@line(
    13,
    "a hint never shortens",
    hourly_four_times=sy("hourly", "4"),
    absurdly_often=sy("hourly", "100000"),
    no_number=sy("hourly", "often"),
    zero=sy("daily", "0") + "<ttl>0</ttl>",
    negative="<ttl>-60</ttl>" + sy("daily", "-1"),
    no_word=sy("sometimes", "4"),
)
def _(scene: Scene, channel: str) -> None:
    scene.herald.honours("/feed", lambda: document(1, etag=ETAG, channel=channel))
    scene.follow(scene.herald.url("/feed"))
    scene.run(days=3)
    assert min(gaps(scene.log)) >= 60
    assert len(scene.log) >= 3


@line(13, "a hint lasts as long as the document that gave it")
def _(scene: Scene) -> None:
    long, plain = document(1, etag=ETAG, channel="<ttl>600</ttl>"), document(2, etag='"2"')
    scene.follow(scene.herald.plays("/feed", long, unchanged(), plain, unchanged()))
    for _ in range(4):
        scene.poll()
    first, second, third = gaps(scene.log)
    assert first >= 600
    assert second >= 600
    assert third < 600


@line(
    13,
    "skipHours are skipped, in GMT",
    night="0 1 2 3 4 5 6 22 23",
    most_of_it=" ".join(map(str, range(1, 20))),
    twenty_four=" ".join(map(str, range(18, 25))),
)
def _(scene: Scene, hours: str) -> None:
    skipped = {int(hour) % 24 for hour in hours.split()}  # 24 is what version 0.91 called midnight
    channel = "<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in hours.split()) + "</skipHours>"
    scene.herald.honours("/feed", lambda: document(1, etag=ETAG, channel=channel))
    scene.follow(scene.herald.url("/feed"))
    scene.run(days=6)
    assert not [one.at for one in scene.log[1:] if one.at.hour in skipped]
    assert len(scene.log) >= 6
    assert min(gaps(scene.log)) >= 60


@line(
    13,
    "skipDays are skipped, in GMT",
    weekend="Saturday Sunday",
    all_but_one="Monday Tuesday Wednesday Friday Saturday Sunday",
)
def _(scene: Scene, days: str) -> None:
    channel = "<skipDays>" + "".join(f"<day>{day}</day>" for day in days.split()) + "</skipDays>"
    scene.herald.honours("/feed", lambda: document(1, etag=ETAG, channel=channel))
    scene.follow(scene.herald.url("/feed"))
    scene.run(days=21)
    assert not [one.at for one in scene.log[1:] if f"{one.at:%A}" in days.split()]
    assert len(scene.log) >= 3


@line(
    13,
    "a feed that skips everything is asked all the same",
    hours="<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(24)) + "</skipHours>",
    days="<skipDays>"
    + "".join(f"<day>{d}day</day>" for d in ("Sun", "Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur"))
    + "</skipDays>",
)
def _(scene: Scene, channel: str) -> None:
    scene.herald.honours("/feed", lambda: document(1, etag=ETAG, channel=channel))
    scene.follow(scene.herald.url("/feed"))
    scene.run(days=15)
    assert len(scene.log) >= 2


# ---------------------------------------------------------------------------------------- 17: the rhythm


def publishing(site: Site, every: timedelta, keeps: int = 20) -> str:
    """A source with one item each `every`, for ever; its document holds the newest. Returns its URL."""
    began = site.now()

    def current() -> Answer:
        newest = int((site.now() - began) / every)
        moments = {n: began + n * every for n in range(newest, newest - keeps, -1)}
        items = [item(n, hours=(NOW - at) / HOUR) for n, at in moments.items()]
        return Answer(rss(items), headers=[("ETag", f'"{newest}"')])

    return site.honours("/feed", current)


@line(17, "the rarer its news, the rarer the requests")
def _(scene: Scene) -> None:
    """At most a day apart all the same."""
    rhythms = {"often": 3 * HOUR, "daily": DAY, "weekly": 7 * DAY}
    scene.follow(*(publishing(scene.site(f"{name}.test"), every, keeps=5) for name, every in rhythms.items()))
    scene.run(days=7)
    often, daily, weekly = (len(scene.asked(host=f"{name}.test")) for name in rhythms)
    assert often >= 1.5 * daily >= 1.5 * weekly
    assert weekly >= 6


@line(17, "when every item is new, the interval shortens")
def _(scene: Scene) -> None:
    scene.follow(publishing(scene.herald, DAY))
    scene.run(days=10)
    scene.herald.plays("/feed", document(*range(900, 920), etag='"flood"'), unchanged())
    scene.poll()
    scene.poll()
    before, after = gaps(scene.log)[-2:]
    assert after < 0.75 * before


@line(17, "an item is not missed when the document turns over")
def _(scene: Scene) -> None:
    """Fifteen an hour, twenty in the document: as often as the minimum allows."""
    scene.follow(publishing(scene.herald, timedelta(minutes=4), keeps=20))
    scene.run(hours=12)
    assert all(b.at - a.at <= 1.2 * HOUR for a, b in pairwise(scene.log[2:]))
