"""Items 10 and 17: how often a source is polled."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from tests.acceptance.checklist import combined_row, row
from tests.acceptance.scene import Scene
from tests.acceptance.server import Site, document, gaps, page, refusal, unchanged
from tests.loopback import Answer
from tests.make import NOW
from tests.newsroom import item, rss

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ETAG = '"1"'
SLACK = 2  # minutes: the least random spread, and rounding to seconds
MAX_JITTER_FACTOR = 1.3  # jitter may lengthen a requested interval by this factor


# --------------------------------------------------------------------------------------- 10: the minimum


@combined_row(
    10,
    "the interval is never below the minimum",
    default=("", 60, 24 * 60),
    min=("min: 3h", 180, 24 * 60),
    short_min=("min: 20m", 20, 24 * 60),
    every=("every: 30m", 30, 30 * MAX_JITTER_FACTOR),
    every_5_hours=("every: 5h", 300, 300 * MAX_JITTER_FACTOR),
)
def _(scene: Scene, cases: dict[str, tuple[str, float, float]]) -> None:
    sites = [scene.site(f"{name}.test") for name in cases]
    urls = [site.answers_conditionally("/feed", lambda: document(1, etag=ETAG)) for site in sites]
    scene.configure(*urls, options=[options for options, _, _ in cases.values()])
    scene.run(days=1)
    for site, (_, least, most) in zip(sites, cases.values(), strict=True):
        found = gaps(scene.requests(host=site.name))
        assert len(found) >= 2
        assert least <= min(found) <= max(found) <= most + SLACK


@row(10, "restarts do not shorten the interval")
def _(scene: Scene) -> None:
    scene.configure(scene.herald.answers("/feed", document(1, etag=ETAG)), options="every: 1h")
    for _ in range(15):
        scene.run(minutes=13)
        scene.restart()
    assert len(scene.log) >= 2
    assert min(gaps(scene.log)) >= 60


@row(10, "a changed configuration does not shorten the interval")
def _(scene: Scene) -> None:
    url = scene.herald.answers("/feed", document(1, etag=ETAG))
    for n in range(8):
        scene.configure(url, options=f"title: Herald {n}, tags: [t{n}], priority: {n}, every: 1h")
        scene.run(minutes=17)
    assert min(gaps(scene.log)) >= 60


@row(10, "a source that is removed and added again keeps its interval")
def _(scene: Scene) -> None:
    url, other = (
        scene.herald.answers("/feed", document(1, etag=ETAG)),
        scene.herald.answers("/b", document(2)),
    )
    scene.configure(other, url)
    scene.run(minutes=10)
    scene.configure(other)
    scene.run(minutes=10)
    scene.configure(other, url)
    scene.run(minutes=30)
    assert len(scene.requests("/feed")) == 1


@row(
    10, "failures do not shorten the interval", server_error=refusal(500), page=page(), not_found=refusal(404)
)
def _(scene: Scene, answer: Answer) -> None:
    scene.configure(scene.herald.answers("/feed", document(1, etag=ETAG), answer, document(2), answer))
    scene.run(days=2)
    assert min(gaps(scene.log)) >= 60


@row(10, "the target of a redirect is not requested more often", permanent=301, temporary=302)
def _(scene: Scene, status: int) -> None:
    target = scene.site("other.test").answers("/feed", document(1, etag=ETAG))
    scene.configure(scene.herald.redirect("/feed", target, status))
    scene.run(days=4, hours=12)
    assert min(gaps(scene.requests(host="other.test"))) >= 60
    assert min(gaps(scene.requests(host="herald.test")), default=60) >= 60


@row(10, "a discovered feed has the same minimum")
def _(scene: Scene) -> None:
    scene.herald.answers("/feed.xml", document(1, etag=ETAG))
    link = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
    scene.configure(scene.herald.answers("/", page(link)))
    scene.run(hours=6)
    assert min(gaps(scene.requests("/feed.xml"))) >= 60


# ---------------------------------------------------------------------------------------- 17: publishing pattern


def publishing(site: Site, every: timedelta, keeps: int = 20) -> str:
    """A source with a new item at each interval `every`; its document has the newest ones. Returns its URL."""
    began = site.now()

    def current() -> Answer:
        newest = int((site.now() - began) / every)
        moments = {n: began + n * every for n in range(newest, newest - keeps, -1)}
        items = [item(n, hours=(NOW - at) / HOUR) for n, at in moments.items()]
        return Answer(rss(items), headers=[("ETag", f'"{newest}"')])

    return site.answers_conditionally("/feed", current)


@row(17, "a source with rarer news is polled more rarely")
def _(scene: Scene) -> None:
    """But at least once a day."""
    rhythms = {"often": 3 * HOUR, "daily": DAY, "weekly": 7 * DAY}
    scene.configure(
        *(publishing(scene.site(f"{name}.test"), every, keeps=5) for name, every in rhythms.items())
    )
    scene.run(days=4)
    often, daily, weekly = (len(scene.requests(host=f"{name}.test")) for name in rhythms)
    assert often >= 1.5 * daily >= 1.5 * weekly
    assert weekly >= 4


@row(17, "when every item is new, the interval shortens")
def _(scene: Scene) -> None:
    scene.configure(publishing(scene.herald, DAY))
    scene.run(days=5)
    scene.herald.answers("/feed", document(*range(900, 920), etag='"flood"'), unchanged())
    scene.poll()
    scene.poll()
    before, after = gaps(scene.log)[-2:]
    assert after < 0.75 * before


@row(17, "an item is not missed when the document turns over")
def _(scene: Scene) -> None:
    """Fifteen an hour, twenty in the document: as often as the minimum allows."""
    scene.configure(publishing(scene.herald, timedelta(minutes=4), keeps=20))
    scene.run(hours=12)
    assert all(b.at - a.at <= 1.2 * HOUR for a, b in pairwise(scene.log[2:]))
