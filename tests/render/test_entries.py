"""What every format shows of an entry, and which entries it shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from feeds.model import (
    Article,
    Entry,
    Mention,
    Origin,
    Text,
    Url,
)
from feeds.publish.directory import Directory
from feeds.render import labels, render
from tests.render.parse_output import (
    ATOM,
    CONTENT,
    DC,
    FORMATS,
    XML_LANG,
    atom,
    json_items,
    one_item,
    words,
)
from tests.render.sample_edition import (
    EDITION,
    EPISODE,
    FERRY,
    LIGHTHOUSE,
    at,
    with_article,
    with_entries,
)


def test_language_and_direction_are_stated_if_they_differ_from_the_feed() -> None:
    entries = atom(FERRY, LIGHTHOUSE, EPISODE).findall(f"{ATOM}entry")
    assert [entry.get(XML_LANG) for entry in entries] == ["en-GB", "fa", None]
    assert entries[1].find(f"{ATOM}content").text.startswith('<div dir="rtl" lang="fa"><p>')
    assert words(one_item(LIGHTHOUSE), f"{DC}language") == ["fa"]
    assert words(one_item(EPISODE), f"{DC}language") == []


def test_other_sources_are_in_the_body_and_in_machine_readable_links() -> None:
    footer = (
        "<p>Also in: "
        '<a href="https://coast.example/f?a=1&amp;b=2" title="Night ferry is back">Coast &amp; Country</a>, '
        '<a href="https://pilot.example/ferry" title="Ferry!">Evening Pilot</a></p>'
    )
    entry = atom(FERRY).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}content").text.endswith(footer)
    assert one_item(FERRY).find(f"{CONTENT}encoded").text.endswith(footer)
    assert json_items(FERRY)[0]["content_html"].endswith(footer)
    related = [link.get("title") for link in entry.iterfind(f"{ATOM}link[@rel='related']")]
    assert related == ["Coast & Country", "Evening Pilot", "The storm, in pictures"]
    own = replace(
        FERRY, also=(Mention(source=Text("Self"), title=Text("x"), link=FERRY.article.link or Url("")),)
    )
    assert "Also in" not in render(with_entries(own), "atom").data.decode()


def test_the_also_in_label_is_in_the_language_of_the_entry() -> None:
    mention = Mention(source=Text("موج"), title=Text("x"), link=Url("https://mowj.example/1"))
    content = atom(replace(LIGHTHOUSE, also=(mention,))).find(f"{ATOM}entry/{ATOM}content").text
    assert content.endswith('<p>همچنین در: <a href="https://mowj.example/1" title="x">موج</a></p></div>')
    assert [labels.also_in(tag) for tag in ("de-AT", "ZH-hant", "xx", "")] == [
        "Auch bei",
        "亦見於",
        "Also in",
        "Also in",
    ]


def test_a_body_that_is_too_long_is_replaced_by_the_summary() -> None:
    vast = with_article(FERRY, html="<p>" + "x" * 9_000_001 + "</p>")
    [content] = words(atom(vast), f"{ATOM}entry/{ATOM}content")
    assert content.startswith("<p>Six weeks after the storm")


# output checklist 22
def test_every_format_can_be_written_and_read_back(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    for form in FORMATS:
        data = render(EDITION, form).data
        assert directory.write(f"world.{form}", data)
        assert (tmp_path / f"world.{form}").read_bytes() == data
        assert not directory.write(f"world.{form}", render(EDITION, form).data)


# output checklist 23
def test_an_entry_that_cannot_be_rendered_is_reported_and_not_published() -> None:
    broken = replace(FERRY, id="no iri")
    for form in FORMATS:
        rendered = render(with_entries(LIGHTHOUSE, broken), form)
        assert rendered.skipped_entries == ("'no iri': its id is not an IRI",)
        assert "no iri" not in rendered.data.decode()
        assert "no IRI" not in rendered.data.decode()
        assert rendered.data == render(with_entries(LIGHTHOUSE), form).data


def test_an_entry_without_an_article_is_left_out_alone() -> None:
    broken = replace(FERRY, article=None)  # type: ignore[arg-type]
    for form in FORMATS:
        rendered = render(with_entries(broken, LIGHTHOUSE), form)
        assert len(rendered.skipped_entries) == 1
        assert rendered.data == render(with_entries(LIGHTHOUSE), form).data


def test_an_article_with_nothing_but_an_id_is_published() -> None:
    entry = Entry(
        id="urn:x:1",
        published=at(1),
        updated=at(1),
        article=Article(id="a", source="quiet-corner", first_seen=at(1)),
        origin=Origin(),
    )
    for form in FORMATS:
        rendered = render(with_entries(entry), form)
        assert rendered.skipped_entries == ()
        assert "quiet-corner, 2026-01-01" in rendered.data.decode()
