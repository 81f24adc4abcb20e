"""Each feed has exactly one self link, and a hub link for each hub."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from feeds.render import render
from feeds.render.edition import archive_page
from tests.render.parse_output import ATOM, xml
from tests.render.sample_edition import EDITION

HUBS = ("https://hub.example/", "https://other.example/hub?a=1&b=2")
WITH_HUBS = replace(EDITION, hubs=HUBS)


# output checklist 21
@pytest.mark.parametrize(("form", "parent"), [("atom", "."), ("rss", "channel")])
def test_xml_feeds_have_one_self_link_and_a_link_for_each_hub(form: str, parent: str) -> None:
    feed = xml(render(WITH_HUBS, form).data).find(parent)
    links = [(link.get("rel"), link.get("href")) for link in feed.iterfind(f"{ATOM}link")]
    assert [href for rel, href in links if rel == "hub"] == list(HUBS)
    assert [href for rel, href in links if rel == "self"] == [EDITION.url(form)]


# output checklist 21
def test_json_feed_names_the_hubs() -> None:
    feed = json.loads(render(WITH_HUBS, "json").data)
    assert feed["hubs"] == [{"type": "WebSub", "url": url} for url in HUBS]
    assert "hubs" not in json.loads(render(EDITION, "json").data)


def test_archive_pages_name_no_hub() -> None:
    page = archive_page(WITH_HUBS, 1, EDITION.entries)
    assert HUBS[0].encode() not in render(page, "atom").data
