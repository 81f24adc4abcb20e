"""WebSub: which hub and topic a document names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.newsroom import item
from tests.websub.conftest import Scene
from tests.websub.hub import Hub

DAY = timedelta(days=1)

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>urn:f</id><updated>2026-11-20T00:00:00Z</updated>'
    "{links}<entry><title>e</title><id>urn:1</id><updated>2026-11-20T00:00:00Z</updated></entry></feed>"
)
RSS = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title>{links}'
    "<item><title>e</title><guid>1</guid></item></channel></rss>"
)
HTML = '<html><head><title>t</title>{links}</head><body>{body}<li class="n"><a href="/1">e</a></li></body></html>'


def document(kind: str, hub: str, topic: str) -> bytes:
    """A document of this kind that names the hub and the topic."""
    if kind == "json":
        return (
            f'{{"version": "https://jsonfeed.org/version/1.1", "title": "t", "feed_url": "{topic}", '
            f'"hubs": [{{"type": "WebSub", "url": "{hub}"}}], "items": [{{"id": "1", "content_text": "e"}}]}}'
        ).encode()
    prefix = "atom:" if kind == "rss" else ""
    links = "".join(
        f'<{prefix}link rel="{rel}" href="{url}"/>' for rel, url in (("hub", hub), ("self", topic))
    )
    return (
        {"atom": ATOM, "rss": RSS, "html": HTML}[kind]
        .replace("{links}", links)
        .replace("{body}", "")
        .encode()
    )


def polled_once(scene: Scene, path: str, body: bytes, *headers: tuple[str, str], page: bool = False) -> None:
    scene.publisher.page(path, body, headers=headers)
    scene.publisher.page("/robots.txt", b"User-agent: *\nAllow: /")
    url = scene.publisher.url(path)
    scene.configure(url)
    if page:
        config = scene.room.config.read_text(encoding="utf-8")
        config = config.replace("s1, url:", "s1, extract: {item: li.n, title: a}, page:")
        scene.room.config.write_text(config, encoding="utf-8")
    scene.room.once()


# fetching checklist 29
@pytest.mark.parametrize("kind", ["atom", "rss", "json", "html"])
def test_a_hub_is_discovered_in_the_document(scene: Scene, kind: str) -> None:
    topic = scene.publisher.url(f"/the-{kind}-itself")
    polled_once(scene, f"/{kind}", document(kind, scene.hub.url, topic), page=kind == "html")
    (asked,) = scene.hub.requests
    assert (asked.form["hub.mode"], asked.form["hub.topic"]) == ("subscribe", topic)
    assert asked.content_type == "application/x-www-form-urlencoded"
    assert asked.verified


# fetching checklist 29
@pytest.mark.parametrize("kind", ["atom", "rss", "json", "html", "none"])
@pytest.mark.parametrize("lines", [1, 2])
def test_link_headers_take_precedence_over_the_document(
    scene: Scene, other: Hub, kind: str, lines: int
) -> None:
    topic = scene.publisher.url("/by-header")
    links = [f'<{scene.hub.url}>; rel="hub"', "</by-header>; rel=self; type=x"]
    headers = [("Link", link) for link in links] if lines == 2 else [("Link", ", ".join(links))]
    wrong = document("rss" if kind == "none" else kind, other.url, "https://wrong.example/")
    wrong = wrong.replace(b"rel=", b"was=") if kind == "none" else wrong
    polled_once(scene, "/feed", wrong, *headers, page=kind == "html")
    assert [asked.form["hub.topic"] for asked in scene.hub.requests] == [topic]
    assert other.requests == []


# fetching checklist 29
def test_links_in_the_body_of_a_page_are_ignored(scene: Scene) -> None:
    links = f'<link rel="hub" href="{scene.hub.url}"><link rel="self" href="/x">'
    page = HTML.replace("{links}", "").replace("{body}", f"<div>{links}</div>").encode()
    polled_once(scene, "/page", page, page=True)
    assert scene.hub.requests == []


# fetching checklist 29
def test_without_rel_self_no_hub_is_asked(scene: Scene) -> None:
    polled_once(scene, "/feed", document("rss", scene.hub.url, "x").replace(b'rel="self"', b'rel="via"'))
    assert scene.hub.requests == []
    assert scene.subscriptions() == ()


# fetching checklist 29
def test_of_several_hubs_the_first_that_works_is_used(scene: Scene, other: Hub) -> None:
    scene.hub.refuses = 503
    scene.configure(scene.feed(item(1), hubs=(scene.hub.url, other.url)))
    scene.room.once()
    assert (len(scene.hub.requests), len(other.requests)) == (1, 1)
    subscription = scene.subscription()
    assert (subscription.state, subscription.hub) == ("active", other.url)
    scene.hub.refuses = 0
    scene.room.once(later=DAY)
    assert len(scene.hub.requests) == 1  # the first hub is not used again
