"""JSON Feed 1.1."""

from __future__ import annotations

import json

from feeds.render import render
from tests.render.sample_edition import (
    EDITION,
    EMPTY,
)


# output checklist 17
def test_the_keys_of_json_feed() -> None:
    feed = json.loads(render(EDITION, "json").data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == EDITION.title
    assert feed["feed_url"] == "https://feeds.example/world.json"
    assert feed.get("next_url") != feed["feed_url"]
    assert {key for key in feed if key.startswith("_")} == {"_feeds"}
    assert len(feed["items"]) == len(EDITION.entries)
    for item, entry in zip(feed["items"], EDITION.entries, strict=True):
        assert item["id"] == entry.id
        assert ("content_html" in item) != ("content_text" in item)
        assert isinstance(item.get("authors", []), list)
        assert all(
            attachment["url"] and "/" in attachment["mime_type"] for attachment in item.get("attachments", [])
        )
        assert {key for key in item if key.startswith("_")} == {"_feeds"}
    ferry = feed["items"][0]
    assert ferry["summary"] == "Six weeks after the storm the night ferry sails."
    assert ferry["authors"] == [
        {"name": "Ada Quay", "url": "https://ledger.example/ada"},
        {"name": "Bo Mole"},
    ]
    assert ferry["attachments"][0]["size_in_bytes"] == 123456
    assert ferry["attachments"][0]["duration_in_seconds"] == 754
    assert [mention["source"] for mention in ferry["_feeds"]["also_in"]] == [
        "Coast & Country",
        "Evening Pilot",
    ]
    assert ferry["_feeds"]["credits"] == ["NORTHWIRE"]
    assert json.loads(render(EMPTY, "json").data)["items"] == []
