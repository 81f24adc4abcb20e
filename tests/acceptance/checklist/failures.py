"""Items 14 to 16 and 21: failing hosts, and hosts with many sources."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from tests.acceptance.checklist import combined_row, row
from tests.acceptance.scene import Scene
from tests.acceptance.server import Site, document, gaps, http_date, moved, refusal, unchanged
from tests.loopback import Request

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ETAG = '"1"'


def seconds(requests: list[Request]) -> list[float]:
    return [gap * 60 for gap in gaps(requests)]


def backs_off(waits: list[float]) -> None:
    """Asserts waits in minutes that begin with an hour or more and grow up to a day."""
    assert waits[0] >= 60
    assert all(b >= 1.3 * a for a, b in pairwise(waits[:4]))
    assert len(waits) >= 5
    assert max(waits) <= 24 * 60 + 60


# ------------------------------------------------------------------------------------------- 14: cooldown


@combined_row(
    14,
    "the whole host waits as long as Retry-After says",
    seconds_429=(429, "36000"),
    seconds_503=(503, "36000"),
    seconds_403=(403, "36000"),
    date_429=(429, "date"),
    date_503=(503, "date"),
    twice=(429, "60, 36000"),
)
def _(scene: Scene, cases: dict[str, tuple[int, str]]) -> None:
    """Ten hours, for every source of the host, across restarts. Other hosts are not affected."""
    date = http_date(scene.now + 10 * HOUR)
    urls = [scene.site("other.test").answers("/d", document(4, etag=ETAG))]
    for name, (status, patience) in cases.items():
        site = scene.site(f"{name}.test")
        retry_after_value = patience if patience != "date" else date
        no = refusal(status, date=http_date(scene.now), retry_after=retry_after_value)
        urls.append(site.answers("/a", no, document(1, etag=ETAG)))
        urls += (site.answers(f"/{path}", document(n, etag=ETAG)) for n, path in enumerate("bc", 2))
    scene.configure(*urls)
    scene.run(hours=2)
    scene.restart()
    scene.run(hours=18)
    for name, (status, _) in cases.items():
        asked = scene.requests(host=f"{name}.test")
        (refused,) = (request for request in asked if request.status == status)
        patient = [request for request in asked if request.at > refused.at]
        assert all(request.at - refused.at >= 10 * HOUR for request in patient)
        assert {request.path for request in patient} >= {"/a", "/b", "/c"}
    assert len(scene.requests(host="other.test")) > 1


@row(14, "a Retry-After that is shorter than the interval changes nothing", status_429=429, status_503=503)
def _(scene: Scene, status: int) -> None:
    scene.configure(scene.herald.answers("/feed", refusal(status, retry_after="5"), document(1)))
    scene.run(days=1)
    assert gaps(scene.log)[0] >= 60


@combined_row(
    14,
    "without Retry-After the backoff is exponential",
    none=(429, ""),
    none_503=(503, ""),
    nonsense=(429, "soon"),
    past=(429, "Thu, 01 Jan 1970 00:00:00 GMT"),
    negative=(503, "-120"),
)
def _(scene: Scene, cases: dict[str, tuple[int, str]]) -> None:
    scene.configure(
        *(
            scene.site(f"{name}.test").answers("/feed", refusal(status, retry_after=patience))
            for name, (status, patience) in cases.items()
        )
    )
    scene.run(days=4)
    for name in cases:
        backs_off(gaps(scene.requests(host=f"{name}.test")))


@row(14, "a host that throttles behind a redirect gets a cooldown")
def _(scene: Scene) -> None:
    far = scene.site("far.test")
    no = refusal(429, retry_after="36000")
    far.answers("/one", no, document(1, etag=ETAG))
    hop = scene.herald.redirect("/one", far.url("/one"), 302)
    scene.configure(hop, far.answers("/two", document(2, etag=ETAG)))
    scene.run(hours=22)
    (refused,) = (request for request in scene.log if request.status == 429)
    later = [request for request in scene.requests(host="far.test") if request.at > refused.at]
    assert later
    assert all(request.at - refused.at >= 10 * HOUR for request in later)


@combined_row(
    14, "an absurd Retry-After is bounded", ten_years="315360000", date="Fri, 31 Dec 9999 23:59:59 GMT"
)
def _(scene: Scene, cases: dict[str, str]) -> None:
    for name, patience in cases.items():
        scene.site(f"{name}.test").answers("/feed", refusal(429, retry_after=patience), document(1))
    scene.configure(*(scene.site(f"{name}.test").url("/feed") for name in cases))
    scene.run_until_polled(2, *(f"{name}.test" for name in cases))
    first = [gaps(scene.requests(host=f"{name}.test"))[0] for name in cases]
    assert DAY / MINUTE <= min(first) <= max(first) <= 32 * DAY / MINUTE


# -------------------------------------------------------------------------------------- 15: retries for ever


@combined_row(
    15,
    "backoff, for ever, a day at most",
    status_500=refusal(500).raw(),
    status_502=refusal(502).raw(),
    status_504=refusal(504).raw(),
    cut_off=b"",
    no_http=b"SSH-2.0-OpenSSH_9.6\r\n",
)
def _(scene: Scene, cases: dict[str, bytes]) -> None:
    """Failures for a month, then the feed is back."""
    sites = [scene.site(f"{name}.test") for name in cases]
    scene.configure(*(site.raw("/feed", answer) for site, answer in zip(sites, cases.values(), strict=True)))
    scene.run(days=30)
    for n, site in enumerate(sites, 1):
        asked = scene.requests(host=site.name)
        backs_off(gaps(asked))
        assert scene.now - asked[-1].at <= DAY + HOUR
        assert len(asked) <= 50
        site.answers("/feed", document(n))
    scene.run(days=1, hours=2)
    assert len(scene.room.titles()) == len(sites)


@row(15, "backoff has jitter, so that hosts that fail together are not asked together")
def _(scene: Scene) -> None:
    urls = [scene.site(f"h{n}.test").answers("/feed", refusal(500)) for n in range(8)]
    scene.configure(*urls)
    scene.run(days=2)
    thirds = [scene.requests(host=f"h{n}.test")[2].at for n in range(8)]
    assert len(set(thirds)) >= 7
    assert max(thirds) - min(thirds) >= timedelta(minutes=2)


@row(15, "an unknown host name is retried for ever")
def _(scene: Scene) -> None:
    scene.configure("http://nowhere.test/feed")
    scene.run(days=20)
    moments = [at for at, name in scene.web.lookups if name == "nowhere.test"]
    waits = [b - a for a, b in pairwise(moments)]
    assert waits[0] >= HOUR
    assert all(wait <= DAY + HOUR for wait in waits)
    assert scene.now - moments[-1] <= DAY + HOUR
    scene.web.names["nowhere.test"] = scene.web.names["herald.test"]
    scene.configure(f"http://nowhere.test:{scene.herald.port}/feed")
    scene.herald.answers("/feed", document(1))
    scene.run(days=1, hours=2)
    assert scene.room.titles() == ["Title 1"]


@row(15, "a host that does not answer is asked again", silent="hang", slow="drip")
def _(scene: Scene, behaviour: str) -> None:
    if behaviour == "hang":
        scene.herald.script("/feed", lambda peer: peer.hang())
    else:
        scene.herald.script("/feed", lambda peer: peer.drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"))
    scene.configure(scene.herald.url("/feed"), options="timeout: 1s")
    scene.poll()
    scene.poll()
    scene.herald.answers("/feed", document(1))
    scene.poll()
    waits = gaps(scene.log)
    assert waits[0] >= 60
    assert waits[1] >= 1.3 * waits[0]
    assert scene.room.titles() == ["Title 1"]


# ------------------------------------------------------------------------------------ 16: many of one host


@row(16, "one request in flight, 1 to 2 s apart")
def _(scene: Scene) -> None:
    paths = [f"/{n}" for n in range(12)]
    urls = [scene.herald.answers_slowly(path, document(n).body, 0.02) for n, path in enumerate(paths)]
    scene.configure(*urls)
    scene.run(minutes=5)
    assert sorted(request.path for request in scene.log) == sorted(paths)
    assert scene.herald.max_concurrent == 1
    pauses = seconds(scene.log)
    assert all(1 <= pause <= 2.1 for pause in pauses)
    assert len({round(pause, 3) for pause in pauses}) > 6


@row(16, "the loopback is a host like any other")
def _(scene: Scene) -> None:
    """A bridge that makes feeds of pages stands there, and asks somebody in turn."""
    for n in range(4):
        scene.herald.answers(f"/{n}", document(n, etag=ETAG))
    scene.configure(*(scene.herald.url(f"/{n}", host=scene.herald.address) for n in range(4)))
    scene.run(minutes=1)
    pauses = seconds(scene.log)
    assert len(pauses) == 3
    assert all(1 <= pause <= 2.1 for pause in pauses)


@row(16, "one host under two ports, and by way of redirects, is one host")
def _(scene: Scene) -> None:
    """Its operator reads one log. Other hosts are asked at the same time."""
    target = scene.herald.answers_slowly("/target", document(1).body, 0.02)
    hops = [scene.site(f"h{n}.test").redirect("/feed", target, 302) for n in range(5)]
    scene.configure(*hops, scene.herald.answers_slowly("/own", document(2).body, 0.02))
    scene.run(minutes=5)
    at_herald = scene.requests(host="herald.test")
    assert len(at_herald) == 6
    assert scene.herald.max_concurrent == 1
    assert all(pause >= 1 for pause in seconds(at_herald))


@row(16, "the pause is kept across a restart")
def _(scene: Scene) -> None:
    scene.configure(scene.herald.answers("/a", document(1)))
    scene.run(minutes=0)
    scene.configure(scene.herald.url("/a"), scene.herald.answers("/b", document(2)))
    scene.run(minutes=1)
    assert [request.path for request in scene.log] == ["/a", "/b"]
    assert seconds(scene.log)[0] >= 1


def several(site: Site, count: int) -> list[str]:
    return [site.answers(f"/{n}", document(n, etag=ETAG), unchanged()) for n in range(count)]


@row(16, "no alignment to the top of the hour")
def _(scene: Scene) -> None:
    scene.configure(*(several(scene.site(f"h{n}.test"), 1)[0] for n in range(8)))
    scene.run(days=2)
    later = [request.at for request in scene.log if scene.now - request.at <= 1.5 * DAY]
    minutes = [at.minute + at.second / 60 for at in later]
    near = sum(minute < 5 or minute > 55 for minute in minutes)
    assert near <= len(minutes) / 3
    quarters = {int(minute // 15) for minute in minutes}
    assert quarters == {0, 1, 2, 3}


# ------------------------------------------------------------------------------- 21: gone, missing, forbidden


@row(21, "410 ends the source")
def _(scene: Scene) -> None:
    scene.configure(scene.herald.answers("/feed", document(1, etag=ETAG), refusal(410)))
    scene.run(days=30)
    scene.restart()
    scene.run(days=30)
    assert [request.status for request in scene.log] == [200, 410]
    assert "410" in scene.errors()["s1"]
    assert scene.room.titles() == ["Title 1"]


@row(21, "410 at the target of a redirect does not end the source")
def _(scene: Scene) -> None:
    """The redirect may lead elsewhere tomorrow."""
    gone = scene.site("other.test").answers("/feed", refusal(410))
    scene.configure(scene.herald.redirect("/feed", gone, 302))
    scene.run(days=40)
    assert len(scene.log) <= 2 * 45


@combined_row(
    21, "a refusal is retried with the same User-Agent", missing=404, unknown=401, forbidden=403, legal=451
)
def _(scene: Scene, cases: dict[str, int]) -> None:
    sites = [scene.site(f"{name}.test") for name in cases]
    for n, (site, status) in enumerate(zip(sites, cases.values(), strict=True), 1):
        site.answers("/feed", document(n, etag=ETAG), refusal(status))
    scene.configure(*(site.url("/feed") for site in sites))
    scene.run(days=12)
    titles = set(scene.room.titles())
    assert len(titles) == len(sites)
    for n, site in enumerate(sites, 1):
        refused = scene.requests(host=site.name)[1:]
        waits = gaps(refused)
        assert waits[0] >= 60
        assert waits[2] >= 1.5 * waits[0]
        assert max(waits) <= 24 * 60 + 60
        assert scene.now - refused[-1].at <= DAY + HOUR
        assert len(refused) <= 20
        site.answers("/feed", document(10 + n))
    scene.run(days=1, hours=2)
    assert len({request.header("user-agent") for request in scene.log}) == 1
    assert set(scene.room.titles()) == titles | {f"Title {10 + n}" for n in range(1, len(sites) + 1)}


@row(21, "a redirect to a login page is a failure")
def _(scene: Scene) -> None:
    scene.herald.answers("/login", refusal(401))
    scene.herald.answers("/feed", document(1, etag=ETAG), moved(302, "/login"))
    scene.configure(scene.herald.url("/feed"))
    scene.run(days=3)
    assert scene.room.titles() == ["Title 1"]
    assert gaps(scene.requests("/feed"))[-1] > 60
