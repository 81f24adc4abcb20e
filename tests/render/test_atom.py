"""Atom 1.0."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from feeds.model import (
    Edition,
    Feed,
    LedgerRow,
    SafeHtml,
    Source,
    Text,
)
from feeds.publish.ledger import new_row, revise
from feeds.render import edition as stage
from feeds.render import render
from feeds.render.entry_ids import entry_id, minted_id
from tests.render.parse_output import (
    ATOM,
    FORMATS,
    atom,
    atom_entries,
    words,
    xml,
)
from tests.render.sample_edition import (
    BARE_LINK,
    EDITION,
    EMPTY,
    FERRY,
    KENAR,
    LIGHTHOUSE,
    NO_LINK,
    UNTITLED,
    at,
    with_article,
    with_entries,
)


# output checklist 1
@pytest.mark.parametrize("edition", [EDITION, EMPTY], ids=["full", "empty"])
def test_feed_and_entries_have_id_title_updated_and_an_author(edition: Edition) -> None:
    root = xml(render(edition, "atom").data)
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == len(edition.entries)
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(words(element, f"{ATOM}{name}")) == 1
            assert words(element, f"{ATOM}{name}")[0].strip()
    assert words(root, f"{ATOM}author/{ATOM}name") == [edition.title]
    for entry in entries:
        assert words(entry, f"{ATOM}author/{ATOM}name") or words(
            entry, f"{ATOM}source/{ATOM}author/{ATOM}name"
        )


# output checklist 2
def test_an_entry_has_content_or_an_alternate_link() -> None:
    for entry in atom_entries(render(EDITION, "atom").data):
        assert (
            entry.find(f"{ATOM}content") is not None
            or entry.find(f"{ATOM}link[@rel='alternate']") is not None
        )
    bare, no_link = atom(BARE_LINK, NO_LINK).findall(f"{ATOM}entry")
    assert bare.find(f"{ATOM}content") is None
    assert words(bare, f"{ATOM}summary") == words(bare, f"{ATOM}title")  # else: MissingTextualContent
    assert no_link.find(f"{ATOM}link[@rel='alternate']") is None
    assert no_link.find(f"{ATOM}content").text.startswith("<p>How to use &lt;script&gt;")


# output checklist 3
def test_atom_source_carries_the_metadata_of_the_source_feed() -> None:
    entry = atom(FERRY).find(f"{ATOM}entry")
    source = entry.find(f"{ATOM}source")
    assert words(source, f"{ATOM}id") == ["urn:uuid:0b7a7f52-6f0d-4c0e-9a55-0d8a3c1f9b01"]
    assert words(source, f"{ATOM}title") == ["The Harbour Ledger"]
    assert words(source, f"{ATOM}updated") == ["2026-01-06T09:00:00Z"]
    assert words(source, f"{ATOM}rights") == ["© 2026 The Harbour Ledger"]
    assert words(source, f"{ATOM}author/{ATOM}name") == ["Ledger newsroom"]
    assert [(link.get("rel"), link.get("href")) for link in source.iterfind(f"{ATOM}link")] == [
        ("self", "https://ledger.example/feed.atom"),
        ("alternate", "https://ledger.example/"),
    ]


# output checklist 3
def test_a_source_feed_without_id_and_date_gives_a_complete_atom_source() -> None:
    origin = replace(KENAR, id="12345", title="")
    source = atom(replace(LIGHTHOUSE, origin=origin)).find(f"{ATOM}entry/{ATOM}source")
    assert words(source, f"{ATOM}id") == ["https://kenar.example/rss"]
    assert words(source, f"{ATOM}title") == ["kenar.example"]
    assert words(source, f"{ATOM}updated") == ["2026-01-06T07:00:00Z"]


# output checklist 18
def test_an_author_made_of_a_source_title_has_no_url_as_its_name() -> None:
    entry = with_article(LIGHTHOUSE, authors=())
    source = atom(replace(entry, origin=replace(KENAR, title="Desk desk@kenar.example", authors=()))).find(
        f"{ATOM}entry/{ATOM}source"
    )
    assert words(source, f"{ATOM}author/{ATOM}name") == ["Desk"]
    assert words(source, f"{ATOM}author/{ATOM}email") == ["desk@kenar.example"]


# output checklist 3
def test_a_source_that_is_a_file_has_a_stable_id() -> None:
    file = Source(id="a", url="examples/a.xml")
    origin = stage.source_origin(file, Feed(title="A"))
    source = atom(replace(FERRY, origin=origin)).find(f"{ATOM}entry/{ATOM}source")
    assert words(source, f"{ATOM}id") == [origin.id]
    assert origin.id.startswith("urn:uuid:")


# output checklist 4
def test_ids_are_verbatim_and_unique() -> None:
    twin = with_article(replace(FERRY, origin=KENAR), title=Text("Another of the same id"))
    for form in ("atom", "rss", "json"):
        rendered = render(with_entries(FERRY, twin, LIGHTHOUSE), form)
        assert len(rendered.skipped_entries) == 1
        assert FERRY.id in rendered.skipped_entries[0]
    assert words(atom(FERRY, twin, LIGHTHOUSE), f"{ATOM}entry/{ATOM}id") == [FERRY.id, LIGHTHOUSE.id]


# output checklist 5
def test_one_alternate_per_type_and_language_and_enclosures_with_type_and_length() -> None:
    for entry in atom_entries(render(EDITION, "atom").data):
        links = [
            (link.get("type"), link.get("hreflang"))
            for link in entry.iterfind(f"{ATOM}link[@rel='alternate']")
        ]
        assert len(links) == len(set(links)) <= 1
    enclosures = atom(FERRY).findall(f"{ATOM}entry/{ATOM}link[@rel='enclosure']")
    assert [
        (enclosure.get("href"), enclosure.get("type"), enclosure.get("length")) for enclosure in enclosures
    ] == [
        ("https://ledger.example/ferry.mp3", "audio/mpeg", "123456"),
        ("https://ledger.example/timetable.pdf", "application/pdf", "0"),
    ]
    feed_links = [link.get("type") for link in atom().iterfind(f"{ATOM}link[@rel='alternate']")]
    assert len(feed_links) == len(set(feed_links)) == 3


# output checklist 5
def test_the_self_and_hub_links_of_another_feed_are_not_repeated() -> None:
    links = atom(FERRY).findall(f"{ATOM}entry/{ATOM}link")
    assert {link.get("rel") for link in links} == {
        "alternate",
        "enclosure",
        "replies",
        "license",
        "related",
        "via",
    }


# output checklist 6
def test_dates_have_a_zone_and_the_feed_has_the_date_of_its_newest_entry() -> None:
    root = atom(*EDITION.entries)
    [newest] = words(root, f"{ATOM}updated")
    assert newest == max(words(root, f"{ATOM}entry/{ATOM}updated"))
    assert newest.startswith("2026-01-06T09:05:00.")
    paths = [f".//{ATOM}updated", f".//{ATOM}published"]
    dates = [word for path in paths for word in words(root, path)]
    assert dates
    assert all(re.fullmatch(r"2026-01-0\dT\d\d:\d\d:\d\d(\.\d{6})?Z", date) for date in dates)
    assert max(dates) == newest


# output checklist 6
def test_entries_of_one_second_have_different_dates() -> None:
    twins = [replace(FERRY, id=f"urn:x:{n}") for n in range(50)]
    updated = words(atom(*twins), f"{ATOM}entry/{ATOM}updated")
    assert len(set(updated)) == 50
    assert {date[:19] for date in updated} == {"2026-01-06T09:05:00"}


# output checklist 6
def test_dates_in_other_time_zones_are_written_in_utc() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    moved = replace(FERRY, published=FERRY.published.astimezone(east), updated=FERRY.updated.astimezone(east))
    for form in FORMATS:
        assert render(with_entries(moved), form).data == render(with_entries(FERRY), form).data


# output checklist 6
def test_an_entry_with_a_date_without_zone_is_left_out_alone() -> None:
    naive = replace(FERRY, published=datetime(2026, 1, 6))
    for form in FORMATS:
        rendered = render(with_entries(naive, LIGHTHOUSE), form)
        assert [FERRY.id in reason for reason in rendered.skipped_entries] == [True]
        assert "kenar.example/fanus" in rendered.data.decode()


# output checklist 7
def test_titles_are_declared_as_text_and_never_blank() -> None:
    nameless = with_article(NO_LINK, title=Text(" \u200b\n "))
    root = atom(*EDITION.entries, replace(nameless, id="urn:x:1"))
    titles = root.findall(f".//{ATOM}title")
    assert len(titles) == 1 + 2 * 8
    assert all(title.get("type") in ("text", "html") and title.text.strip() for title in titles)
    # A validator takes an end tag for markup whatever the type is, so such a title is written as escaped HTML.
    assert [title.text for title in titles if title.get("type") == "html"] == [
        "&lt;script&gt;alert(1)&lt;/script&gt;[31m ]]&gt;",
        "&lt;script&gt;alert(8)&lt;/script&gt;",
    ]
    assert titles[-2].text == "Town council, 2026-01-05" or titles[-2].text == "council.example, 2026-01-05"
    contents = root.findall(f".//{ATOM}content") + root.findall(f".//{ATOM}summary")
    assert contents
    assert {content.get("type") for content in contents} == {"html", "text"}
    assert all(content.tag == f"{ATOM}summary" for content in contents if content.get("type") == "text")


# output checklist 7
def test_rights_are_written_on_one_line() -> None:
    entry = with_article(FERRY, rights=Text("All rights\n reserved &#169; Ferry"))
    assert words(atom(entry), f"{ATOM}entry/{ATOM}rights") == ["All rights reserved &#169; Ferry"]


# output checklist 7
def test_a_missing_headline_is_made_of_the_first_words() -> None:
    [headline] = words(atom(UNTITLED), f"{ATOM}entry/{ATOM}title")
    assert len(headline) <= 100
    assert UNTITLED.article.text.startswith(headline.removesuffix("…"))


# output checklist 8
def test_updated_changes_only_with_a_material_edit() -> None:
    first = replace(FERRY.article, id="a", published=at(5), updated=None, content_hash=b"2 one")
    row = new_row(
        output="o",
        entry_id="urn:example:1",
        story="s",
        first=first,
        lead=first,
        lead_n=1,
        rank=at(5),
        now=at(6),
    )
    assert (row.published, row.updated) == (at(5), at(5))

    def later(**changes: object) -> LedgerRow:
        lead = replace(first, **changes)  # type: ignore[arg-type]
        return revise(row, story="s", lead=lead, lead_n=1, rank=at(5), now=at(7))

    # The hash does not include white space, tracking parameters and pictures: see tests/normalize.
    assert later(updated=at(6), summary=SafeHtml("other")).updated == at(5)
    assert later(content_hash=b"2 two").updated == at(7)  # the time when we saw it
    assert later(content_hash=b"2 two", updated=at(6, 3)).updated == at(6, 3)  # or the stated time
    # another version of the hash: the program reads the item otherwise
    assert later(content_hash=b"3 two").updated == at(5)
    assert {later(content_hash=b"2 two").published, later().published} == {at(5)}


# output checklist 8
def test_published_and_updated_are_those_of_the_entry() -> None:
    entry = atom(FERRY).find(f"{ATOM}entry")
    assert words(entry, f"{ATOM}published") == ["2026-01-06T08:30:00Z"]
    assert [date[:19] for date in words(entry, f"{ATOM}updated")] == ["2026-01-06T09:05:00"]
    # The dates of the ledger are published, not those of the lead article.
    other = with_article(FERRY, published=at(1), updated=at(31), first_seen=at(2))
    for form in FORMATS:
        assert render(with_entries(other), form).data == render(with_entries(FERRY), form).data


# output checklist 4
@pytest.mark.parametrize(
    "guid",
    [
        "http://a.example/x?y=1#z",
        "https://a.example/caf\u00e9",
        "tag:a.example,2026-01-06:x",
        "tag:desk@a.example,2026:x",
        "urn:isbn:0451450523",
        "URN:UUID:2D1F0C4E-55A5-5C3A-8A52-8F0F4A2F3C10",
        "tag:a.example,2026:caf\u00e9",
        "ftp://a.example/",
        "yt:video:a_B-c9",
        "at://did:plc:x/app.bsky.feed.post/3k",
        "foo:bar%20baz?x#y",
        "foo:\u65e5\u672c",
    ],
)
def test_a_guid_that_is_an_iri_is_the_id_verbatim(guid: str) -> None:
    assert entry_id(replace(FERRY.article, guid=guid)) == guid


# output checklist 4
@pytest.mark.parametrize(
    "guid",
    [
        *(
            "",
            "12345",
            "article 7",
            "urn:uuid:2d1f0c4e",
            "urn:x:1",
            "tag:x",
            "tag:a b,2026:x",
            "foo:",
            "7:1",
            "foo:%zz",
            "foo:a#b#c",
            "foo:\u202ebar",
        ),
        *("https://a.example/?news[id]=7", "http://a.example/\u3000"),
        *("javascript:alert(1)", "Data:text/html,x", "vbscript:x"),
    ],
)
def test_any_other_guid_gives_a_derived_id(guid: str) -> None:
    article = replace(FERRY.article, guid=guid)
    assert entry_id(article) == minted_id(article) == entry_id(replace(article, title=Text("Edited")))
    assert entry_id(article).startswith("urn:uuid:")
