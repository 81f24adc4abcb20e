"""URLs, markup and characters are safe in every format."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from feeds.model import (
    Format,
)
from feeds.render import render
from tests.render.parse_output import (
    ATOM,
    CONTENT,
    DC,
    FORMATS,
    atom,
    items,
    json_items,
    one_item,
    read,
    words,
    xml,
)
from tests.render.sample_edition import (
    EDITION,
    EMPTY,
    HOSTILE,
    with_entries,
)


class _Urls(HTMLParser):
    """Every URL and every event handler of an HTML document."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "svg", "iframe", "object", "embed", "base", "form"}:
            self.bad.append(tag)
        for name, value in attrs:
            if name.startswith("on"):
                self.bad.append(f"{tag}@{name}")
            if name in {"href", "src", "action", "poster", "xlink:href"}:
                self.urls.append(value or "")


def _urls_in(html: str) -> _Urls:
    parser = _Urls()
    parser.feed(html)
    parser.close()
    return parser


def _xml_urls(data: bytes) -> list[str]:
    root = xml(data)
    places = {"href", "url", "domain", "scheme"}
    named = {"link", "comments", "license", "uri", "icon", "logo"}
    urls = [value for element in root.iter() for key, value in element.attrib.items() if key in places]
    return urls + [
        element.text for element in root.iter() if element.tag.rpartition("}")[2] in named and element.text
    ]


# output checklist 18
def test_every_url_field_holds_a_web_address_or_nothing() -> None:
    for form in ("atom", "rss"):
        urls = _xml_urls(render(EDITION, form).data)
        assert len(urls) > 25
        assert [url for url in urls if not re.match(r"https?://[^/]", url)] == []
    feed = render(EDITION, "json").data.decode()
    urls = re.findall(r'"(?:[a-z_]*url|image|license|comments)": "([^"]*)"', feed)
    assert len(urls) > 15
    assert [url for url in urls if not url.startswith("https://")] == []
    for form in FORMATS:
        text = render(with_entries(HOSTILE), form).data.decode()
        assert not re.search(r"(?i)javascript:|file:|data:image|secret", text)


# output checklist 18
def test_no_body_or_page_contains_a_script() -> None:
    bodies = [item["content_html"] for item in json_items(*EDITION.entries) if "content_html" in item]
    bodies += [
        element.text for element in xml(render(EDITION, "atom").data).iter(f"{ATOM}content", f"{ATOM}summary")
    ]
    for item in items(render(EDITION, "rss").data):
        bodies += words(item, "description") + words(item, f"{CONTENT}encoded")
    assert len(bodies) > 15
    for body in bodies:
        parser = _urls_in(body)
        assert parser.bad == []
        assert all(url.startswith("https://") for url in parser.urls)
    parser = _urls_in(render(EDITION, "html").data.decode())
    assert parser.bad == []
    assert all(url.startswith(("https://", "./", "#")) for url in parser.urls)


# output checklist 18
def test_an_email_address_in_a_name_becomes_the_address() -> None:
    author = atom(HOSTILE).find(f"{ATOM}entry/{ATOM}author")
    assert words(author, f"{ATOM}email") == ["mallory@evil.example"]
    names = words(xml(render(EDITION, "atom").data), f".//{ATOM}name")
    names += words(one_item(HOSTILE), f"{DC}creator")
    names += [author["name"] for item in json_items(*EDITION.entries) for author in item.get("authors", [])]
    assert len(names) > 15
    assert [name for name in names if "@" in name] == []


# output checklist 18
@pytest.mark.parametrize("form", ["atom", "rss"])
def test_feedparser_reports_no_error(form: Format) -> None:
    for edition in (EDITION, EMPTY):
        feed = read(render(edition, form).data, form)
        assert not feed.bozo
        assert feed.version == {"atom": "atom10", "rss": "rss20"}[form]
        assert [entry.id for entry in feed.entries] == [entry.id for entry in edition.entries]
