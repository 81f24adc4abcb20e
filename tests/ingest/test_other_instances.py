"""An instance that reads the output of another one, and what that one reads too: each item stays one entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.model import Format
from tests.loopback import Answer, Loopback, Request
from tests.newsroom import Newsroom, item, prose, rss

HOUR = timedelta(hours=1)
HOME = "<link>https://show.example/</link>"
DATE = "<pubDate>Mon, 01 Jun 2026 08:00:00 GMT</pubDate>"

# Items with little evidence: short texts, no page of their own, no guid that is an IRI, no date.
SHORT_ITEMS = [
    *(
        f"<item><title>Episode {n}</title>{HOME}<guid isPermaLink='false'>ep-{n}</guid>{DATE}"
        "<description>Notes.</description>"
        f"<enclosure url='https://cdn.example/{n}.mp3' length='9' type='audio/mpeg'/></item>"
        for n in (1, 2)
    ),
    *(
        f"<item><title>1.{n}</title><link>https://tool.example/changes#{n}</link>{DATE}<description>Fixes.</description></item>"
        for n in (1, 2)
    ),
    f"<item><title>Notice</title><guid isPermaLink='false'>foo:bar:1</guid>{DATE}</item>",
    "<item><title>A notice without a date</title><guid isPermaLink='false'>n7</guid></item>",
    "<item><title>Undated</title><link>https://news.example/undated</link><description>Few words.</description></item>",
    item(4),
]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Newsroom]:
    (tmp_path / "other").mkdir()
    newsroom = Newsroom(tmp_path / "other")
    yield newsroom
    newsroom.close()


def output_of(newsroom: Newsroom, server: Loopback, form: Format) -> str:
    """The URL at which its output is served, as it reads at the time of the request."""

    def answer(_: Request) -> Answer:
        file = newsroom.file(f"front.{form}")
        return Answer(body=file.read_bytes()) if file.exists() else Answer(status=404)

    return server.handle(f"/{newsroom.folder.name}.{form}", answer)


def ids(newsroom: Newsroom) -> list[str]:
    return sorted(entry.id for entry in newsroom.entries())


@pytest.mark.parametrize("form", ["atom", "rss", "json"])
@pytest.mark.parametrize("is_first", [True, False], ids=["output-first", "source-first"])
def test_an_item_that_comes_through_another_instance_too_is_one_entry(
    room: Newsroom, other: Newsroom, server: Loopback, form: Format, is_first: bool
) -> None:
    source = server.page("/feed", rss(SHORT_ITEMS))
    other.configure_urls(source)
    other.once()
    assert len(other.entries()) == len(SHORT_ITEMS)
    output = output_of(other, server, form)
    for urls in ([output], [source]) if is_first else ([source], [output]):
        lines = [
            f"  - {{id: {'s1' if url == source else 'o'}, url: '{url}', allow_private: true}}\n"
            for url in urls
        ]
        room.configure("sources:\n" + "".join(lines))
        room.once(later=HOUR)
    both = [
        f"  - {{id: s1, url: '{source}', allow_private: true}}\n",
        f"  - {{id: o, url: '{output}', allow_private: true}}\n",
    ]
    room.configure("sources:\n" + "".join(both))
    room.once(later=HOUR)
    assert ids(room) == ids(other)


def test_an_item_is_recognised_under_another_name_of_its_source(
    room: Newsroom, other: Newsroom, server: Loopback
) -> None:
    """Ids that are made up contain the name of the source. The same words at the same second are the same item."""
    dated = [text for text in SHORT_ITEMS if "pubDate" in text]
    source = server.page("/feed", rss(dated))
    other.configure_urls(source)
    other.once()
    room.configure_urls(output_of(other, server, "atom"), source)
    room.once(later=HOUR)
    assert len(room.entries()) == len(dated)


def test_instances_that_read_each_other_come_to_rest(
    room: Newsroom, other: Newsroom, server: Loopback
) -> None:
    source = server.page("/feed", rss([*SHORT_ITEMS, item(9, text=prose(9) * 3)]))
    room.configure_urls(source, output_of(other, server, "atom"), output_of(other, server, "json"))
    other.configure_urls(output_of(room, server, "rss"), output_of(room, server, "atom"))
    published = []
    for _ in range(4):
        room.once(later=2 * HOUR)
        other.once(later=2 * HOUR)
        published.append((ids(room), ids(other)))
    assert len(published[0][0]) == len(SHORT_ITEMS) + 1
    assert published[0][0] == published[0][1]
    assert published == published[:1] * 4


def test_the_same_id_at_two_sites_is_no_evidence(room: Newsroom, server: Loopback) -> None:
    """Ids such as `article:1` are IRIs, but other sites count too."""
    guids = [f"<guid isPermaLink='false'>article:{n}</guid>{DATE}" for n in (1, 2)]
    one, two = (
        rss(
            [
                f"<item><title>{words}</title>{guids[0]}</item>",
                f"<item><description>{words}</description>{guids[1]}</item>",
            ]
        )
        for words in ("Bridge closes", "Market opens")
    )
    room.configure_urls(server.page("/a", one), server.page("/b", two))
    room.once()
    assert sorted(room.titles()) == ["Bridge closes"] * 2 + ["Market opens"] * 2
