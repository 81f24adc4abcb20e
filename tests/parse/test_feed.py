"""RSS and Atom: each test covers one known trap."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feeds.errors import Malformed, NotAFeed, TooCostly
from feeds.model import Document, GeoPlace, Item, Media, Person
from feeds.parse import limits, parse

NAMESPACES = (
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:georss="http://www.georss.org/georss"'
)


def rss(inside: str) -> Document:
    body = f'<rss version="2.0"{NAMESPACES}><channel><title>t</title>{inside}</channel></rss>'
    return parse("s", body.encode(), url="https://a.example/dir/feed")


def item(inside: str) -> Item:
    (only,) = rss(f"<item>{inside}</item>").items
    return only


def atom(inside: str) -> Item:
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{inside}</entry></feed>'
    (only,) = parse("s", body.encode(), url="https://a.example/dir/feed").items
    return only


def value(body: object) -> tuple[str, str]:
    return (getattr(body, "value", ""), getattr(body, "type", ""))


# identity


def test_a_guid_is_kept_as_written() -> None:
    assert item("<guid>123</guid><title>x</title>").guid == "123"
    assert atom("<id>/posts/1</id>").guid == "/posts/1"


@pytest.mark.parametrize(
    ("attribute", "is_link"),
    [("", True), ('isPermaLink="true"', True), ('isPermaLink="TRUE"', True), ('isPermaLink="false"', False)],
)
def test_a_guid_is_a_link_unless_it_says_otherwise(attribute: str, is_link: bool) -> None:
    guid = f"<guid {attribute}>https://a.example/1</guid>"
    assert item(f"<link>https://a.example/x</link>{guid}").guid_is_link is is_link
    assert [link.href for link in item(f"{guid}<title>x</title>").links] == ["https://a.example/1"] * is_link


def test_an_atom_id_is_not_used_as_a_link() -> None:
    entry = atom("<id>https://a.example/1</id>")
    assert (entry.guid_is_link, entry.links) == (False, ())


# text


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("Q&amp;A", ("Q&A", "text")),
        ("5 &lt; 6", ("5 < 6", "text")),
        ("&lt;b&gt;Bold&lt;/b&gt; news", ("<b>Bold</b> news", "html")),
        ("R&amp;eacute;sum&amp;eacute;", ("R&eacute;sum&eacute;", "html")),
        ("&lt;script&gt;x()&lt;/script&gt;", ("<script>x()</script>", "text")),
        ("<![CDATA[Fish & chips]]>", ("Fish & chips", "text")),
    ],
)
def test_the_type_of_a_title_is_guessed(markup: str, read: tuple[str, str]) -> None:
    assert value(item(f"<title>{markup}</title>").title) == read


def test_html_content_is_preferred_to_text_and_long_to_short() -> None:
    entry = atom(
        '<content type="text">a longer text, but only text</content>'
        '<content type="html">&lt;p&gt;short&lt;/p&gt;</content>'
        '<content type="html">&lt;p&gt;not so short&lt;/p&gt;</content>'
        '<content type="image/png">aGVsbG8gd29ybGQ=</content>'
    )
    assert value(entry.content) == ("<p>not so short</p>", "html")


def test_content_alone_leaves_the_summary_empty() -> None:
    entry = item("<content:encoded>&lt;p&gt;x&lt;/p&gt;</content:encoded>")
    assert (value(entry.content), entry.summary) == (("<p>x</p>", "html"), None)


def test_an_empty_xhtml_element_is_not_doubled() -> None:
    entry = atom(
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a<br/>b<i></i></p></div></content>'
    )
    assert value(entry.content)[0] == "<p>a<br>b<i></i></p>"


@pytest.mark.parametrize("first", [True, False])
def test_media_captions_do_not_replace_title_and_summary(first: bool) -> None:
    captions = "<media:title>caption</media:title><media:description>of a photo</media:description>"
    own = "<title>Title</title><description>Said</description>"
    entry = item(captions + own if first else own + captions)
    assert (value(entry.title), value(entry.summary), entry.content) == (
        ("Title", "text"),
        ("Said", "html"),
        None,
    )


def test_media_captions_are_used_if_title_and_summary_are_missing() -> None:
    entry = atom("<media:group xmlns:media='http://search.yahoo.com/mrss/'><media:title>A film</media:title>"
                 "<media:description>About boats</media:description></media:group>")  # fmt: skip
    assert (value(entry.title), value(entry.summary)) == (("A film", "text"), ("About boats", "text"))


@pytest.mark.parametrize("first", [True, False])
def test_an_itunes_summary_is_not_taken_for_content(first: bool) -> None:
    itunes, own = "<itunes:summary>app</itunes:summary>", "<description>said</description>"
    entry = item(itunes + own if first else own + itunes)
    assert (value(entry.summary), entry.content) == (("said", "html"), None)
    assert value(item(itunes).summary) == ("app", "text")


# people


@pytest.mark.parametrize(
    ("markup", "person"),
    [
        ("Ada Quill", Person(name="Ada Quill")),
        ("ada@quill.example", Person(email="ada@quill.example")),
        ("ada@quill.example (Ada Quill)", Person(name="Ada Quill", email="ada@quill.example")),
        ("Ada Quill &lt;ada@quill.example&gt;", Person(name="Ada Quill", email="ada@quill.example")),
        ("Ada (@ada)", Person(name="Ada (@ada)")),
    ],
)
def test_an_rss_author_is_split_into_name_and_email(markup: str, person: Person) -> None:
    assert item(f"<title>x</title><author>{markup}</author>").authors == (person,)


def test_each_author_keeps_their_own_address() -> None:
    entry = atom(
        "<title>x</title><author><name>A</name><email>a@a.example</email></author><author><name>B</name></author>"
    )
    assert entry.authors == (Person(name="A", email="a@a.example"), Person(name="B"))


def test_an_author_named_twice_is_listed_once() -> None:
    entry = item("<title>x</title><author>ada@q.example (Ada)</author><itunes:author>Ada</itunes:author>")
    assert entry.authors == (Person(name="Ada", email="ada@q.example"),)


# dates


def test_updated_does_not_fall_back_to_published() -> None:
    entry = item("<title>x</title><pubDate>Mon, 05 Jan 2026 07:30:00 +0100</pubDate>")
    assert entry.published.parsed == datetime(2026, 1, 5, 6, 30, tzinfo=UTC)
    assert (entry.updated.raw, entry.updated.parsed) == ("", None)


@pytest.mark.parametrize(
    "raw", ["1767225600", "0000-00-00", "9999-12-31T23:59:59Z", "soon", "Mon, 99 Foo 2026"]
)
def test_absurd_dates_are_kept_only_as_text(raw: str) -> None:
    entry = item(f"<title>x</title><pubDate>{raw}</pubDate>")
    assert (entry.published.raw, entry.published.parsed) == (raw, None)


# links and media


def test_link_types_that_are_not_given_are_empty() -> None:
    entry = atom('<link href="/x"/><link rel="enclosure" href="a.mp3" length="-1"/>')
    assert [(link.href, link.type) for link in entry.links] == [("/x", "")]
    (sound,) = entry.media
    assert (sound.url, sound.type, sound.length) == ("a.mp3", "", None)


def test_an_item_without_links_has_no_enclosures_and_does_not_raise() -> None:
    assert item("<title>x</title>").media == ()


# damage


def test_a_document_without_items_is_empty() -> None:
    document = rss("")
    assert (document.feed.title, document.items, document.notes) == ("t", (), ())


def test_empty_items_are_skipped_with_a_note() -> None:
    document = rss("<item/><item><title>x</title></item><item><pubDate>soon</pubDate></item>")
    assert len(document.items) == 1
    assert document.notes == ("item 1: it is empty", "item 3: it is empty")


def test_an_element_that_cannot_be_read_affects_only_itself() -> None:
    position = '<p:Point xmlns:p="http://www.opengis.net/gml" srsName="EPSG:x"><p:pos>1 2</p:pos></p:Point>'
    where = f'<g:where xmlns:g="http://www.georss.org/georss">{position}</g:where>'
    document = rss(f"<item><title>a</title>{where}<link>/a</link></item><item><title>b</title></item>")
    assert [value(entry.title)[0] for entry in document.items] == ["a", "b"]
    assert document.items[0].links
    assert document.notes == ("item 1: <gml:pos> (ValueError)",)


TWO_ITEMS = b'<rss version="2.0"><channel><item><title>one</title></item>'
TWO_ITEMS += b"<item><title>two</title></item></channel></rss>"


@pytest.mark.parametrize(
    ("end", "titles", "skipped"),
    [
        (b"<title>two", ["one"], ("item 2: the document was cut off in the middle of it",)),
        (b"two</title></ite", ["one"], ("item 2: the document was cut off in the middle of it",)),
        (b"two</title></item>", ["one", "two"], ("the document was cut off after its last item",)),
        (b"</rss>", ["one", "two"], ()),
    ],
)
def test_an_item_that_is_cut_off_is_left_out(end: bytes, titles: list[str], skipped: tuple[str, ...]) -> None:
    body = TWO_ITEMS[: TWO_ITEMS.index(end) + len(end)]
    document = parse("s", body, url="https://a.example/")
    assert [value(entry.title)[0] for entry in document.items] == titles
    assert document.notes == skipped


def test_an_ill_formed_document_that_is_complete_keeps_every_item() -> None:
    document = rss("<item><title>Fish & chips</title></item><item><title>x</title>")
    assert [value(entry.title)[0] for entry in document.items] == ["Fish & chips", "x"]


def test_an_ill_formed_document_without_items_is_malformed() -> None:
    with pytest.raises(Malformed, match="line 1"):
        parse("s", b'<rss version="2.0"><channel><title>t', url="https://a.example/")


def test_html_entities_do_not_make_a_document_ill_formed() -> None:
    document = rss("<item><title>caf&eacute;&nbsp;x</title></item>")
    assert value(document.items[0].title)[0] == "café\xa0x"


def test_other_xml_raises_not_a_feed() -> None:
    with pytest.raises(NotAFeed):
        parse("s", b"<urlset><url><loc>https://a.example/</loc></url></urlset>", url="https://a.example/")


# base URLs


def test_relative_urls_are_resolved_against_the_base_in_force() -> None:
    document = parse(
        "s",
        b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
        b' xml:base="https://b.example/dir/"><entry xml:base="sub/"><title>t</title><id>urn:a:b</id>'
        b'<content src="out.html" type="text/html"/><itunes:image href="cover.png"/></entry></feed>',
        url="https://a.example/feed",
    )
    [read] = document.items
    assert read.content_src == "https://b.example/dir/sub/out.html"
    assert read.podcast.image == "https://b.example/dir/sub/cover.png"


def test_the_thumbnail_of_a_media_player_keeps_its_size() -> None:
    (picture,) = item(
        '<title>x</title><media:content medium="video"><media:player url="https://p.example/1"/>'
        '<media:thumbnail url="t.jpg" width="960" height="540"/></media:content>'
    ).media
    assert picture == Media(url="t.jpg", medium="image", width=960, height=540, role="thumbnail")


def test_a_line_or_polygon_with_too_few_points_is_a_point_or_none() -> None:
    here = item("<title>x</title><georss:line>47.5 19</georss:line>").place
    assert here == GeoPlace(latitude=47.5, longitude=19)
    assert item("<title>x</title><georss:line></georss:line>").place is None
    assert item("<title>x</title><georss:polygon>1 2</georss:polygon>").place is None


def test_a_numeric_season_or_episode_is_preferred() -> None:
    podcast = item(
        "<title>x</title><itunes:season>two</itunes:season><podcast:season>2</podcast:season>"
        "<itunes:episode>bonus</itunes:episode><podcast:episode>3.5</podcast:episode>"
    ).podcast
    assert (podcast.season, podcast.episode) == ("2", "3.5")


# limits


def test_items_over_the_limit_are_dropped_with_a_note() -> None:
    document = rss("<item><title>x</title></item>" * (limits.MAX_ITEMS + 10))
    assert len(document.items) == limits.MAX_ITEMS
    assert document.notes == (limits.dropped_items_note(10),)


@pytest.mark.parametrize(
    "bomb",
    ["<a>" * 3_000, "<a " + " ".join(f'b{n}="1"' for n in range(2_000)) + "/>"],
    ids=["depth", "attributes"],
)
def test_bombs_are_too_costly(bomb: str) -> None:
    with pytest.raises(TooCostly):
        rss(f"<item><title>x</title>{bomb}</item>")


def test_long_fields_are_cut_and_long_urls_dropped() -> None:
    document = rss(f"<item><title>{'x' * 9_000}</title><link>https://a.example/{'y' * 9_000}</link></item>")
    assert len(value(document.items[0].title)[0]) == limits.MAX_FIELD_CHARS
    assert document.items[0].links[0].href == ""
    assert len(document.notes) == 2


def test_the_number_of_tags_is_limited() -> None:
    entry = item(
        "<title>x</title>" + "".join(f"<category>{n}</category>" for n in range(limits.MAX_LIST_LENGTH + 1))
    )
    assert len(entry.categories) == limits.MAX_LIST_LENGTH
