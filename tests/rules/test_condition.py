"""Every key of a condition, combinations of keys, and the messages for mistakes."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from feeds.model import Category, Media, Person
from feeds.rules import Condition
from tests.rules.stories import CONTEXT, ago, article, condition, matches

AUDIO = Media(url="https://a.example/1.mp3", type="audio/mpeg")
PICTURE = Media(url="https://a.example/1.jpg", type="image/jpeg", medium="image", role="content")
CLIP = Media(url="https://a.example/1", type="application/x-mpegurl", medium="video", role="content")


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        ({"title": "trade"}, {}),
        ({"title": ["fish", "/TRADE/i"]}, {}),
        ({"text": "harbour"}, {"text": "At the harbour.\nMore."}),
        ({"author": "doe"}, {"authors": (Person(name="Jane Doe"),)}),
        ({"credit": "AFP"}, {"credits": ("Meridian", "AFP")}),
        ({"link": "sport"}, {"link": "https://a.example/sport/1"}),
        ({"tag": "WORLD"}, {}),
        ({"tag": "harbour news"}, {"categories": (Category(term="hn", label="Harbour News"),)}),
        ({"source": "agency"}, {}),
        ({"language": "en"}, {"language": "en-GB"}),
        ({"language": "en-gb"}, {"language": "en-GB"}),
        ({"language": "/^(de|fr)/"}, {"language": "fr"}),
        ({"has": "image"}, {"image": "https://a.example/i.png"}),
        ({"has": "image"}, {"media": (PICTURE,)}),
        ({"has": "enclosure"}, {"media": (AUDIO,)}),
        ({"has": ["video", "audio"]}, {"media": (AUDIO,)}),
        ({"has": "video"}, {"media": (CLIP,)}),
        ({"has": "text"}, {"text": "x"}),
        ({"shorter_than": 5}, {"text": "four"}),
        ({"longer_than": 3}, {"text": "four"}),
        ({"older_than": "72h"}, {"published": ago(hours=73)}),
        ({"newer_than": "2w"}, {"published": ago(days=13)}),
    ],
)
def test_a_key_matches(value: object, changes: dict[str, Any]) -> None:
    assert matches(value, **changes)
    assert not matches({"not": value}, **changes)


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        ({"title": "fish"}, {}),
        ({"text": "trade"}, {}),  # the title is not the text
        ({"tag": "wor"}, {}),
        ({"tag": "trade"}, {"categories": (Category(term="trade talks"),)}),
        ({"source": "agenc"}, {}),
        ({"language": "en-GB"}, {"language": "en"}),
        ({"language": "en"}, {"language": "enm"}),
        ({"language": "en"}, {}),
        ({"link": "sport"}, {}),
        ({"has": "enclosure"}, {"media": (PICTURE,)}),
        ({"has": "audio"}, {"media": (PICTURE,)}),
        ({"has": "text"}, {}),
        ({"shorter_than": 4}, {"text": "four"}),
        ({"older_than": "90m"}, {"published": ago(minutes=89)}),
        ({"newer_than": "1d"}, {"published": ago(hours=25)}),
    ],
)
def test_a_key_does_not_match(value: object, changes: dict[str, Any]) -> None:
    assert not matches(value, **changes)


def test_a_source_that_left_the_configuration_has_no_tags() -> None:
    assert not matches({"tag": "world"}, source="gone")


YES, NO = {"title": "trade"}, {"title": "fish"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([YES, NO], True),
        ([NO], False),
        ({"any": [NO, YES]}, True),
        ({"all": [NO, YES]}, False),
        ({"all": [YES, {"not": NO}]}, True),
        ({**YES, "source": "harbour"}, False),
        ({**YES, "source": "agency"}, True),
        ({"any": [NO, YES], "not": {"source": "agency"}}, False),
        ({"not": [NO, YES]}, False),
    ],
)
def test_keys_combine(value: object, expected: bool) -> None:
    assert matches(value) is expected


@pytest.mark.parametrize(
    ("value", "where", "message"),
    [
        ({}, (), "says nothing"),
        ({"title": None}, (), "says nothing"),
        ([], ("any",), "empty"),
        (None, (), "write what to look for"),
        ("sponsored", (), "write what to look for"),
        ({"titel": "x"}, ("titel",), "not permitted"),
        ([{"title": "x"}, {"titel": "x"}], ("any", 1, "titel"), "not permitted"),
        ({"title": ["fine", "/[/"]}, ("title", 1), "not a regular expression"),
        ({"title": []}, ("title",), "empty"),
        ({"has": "sound"}, ("has", 0), "'enclosure'"),
        ({"older_than": "3 fortnights"}, ("older_than",), "72h"),
        ({"older_than": 72}, ("older_than",), "72h"),
        ({"shorter_than": 0}, ("shorter_than",), "greater than 0"),
        ({"any_": [YES]}, ("any_",), "not permitted"),
    ],
)
def test_each_mistake_is_reported_once_with_its_location(value: object, where: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        condition(value)
    (error,) = caught.value.errors()
    assert error["loc"] == where
    assert message in error["msg"]


def test_sources_returns_the_ids_that_are_named() -> None:
    named = condition([{"source": ["a", "/x/"]}, {"not": {"source": "b"}}, {"all": [{"source": "c"}, YES]}])
    assert named.named_source_ids() == {"a", "b", "c"}


def test_str_describes_a_condition() -> None:
    listed = condition([{"title": "/trade/i"}, {"source": "agency", "not": {"shorter_than": 200}}])
    assert str(listed) == "(title /trade/i or not (shorter than 200 characters) and source “agency”)"
    assert str(condition({"older_than": "3d", "has": ["audio", "video"]})) == (
        "has audio or video and older than 72 hours"
    )


def test_repr_is_stable_and_shows_only_the_keys_that_are_set() -> None:
    value = {"any": [YES, {"older_than": "3d"}]}
    assert repr(condition(value)) == repr(condition(value))
    assert "None" not in repr(condition(value))
    assert repr(condition({"title": "/a/"})) != repr(condition({"title": "/a/i"}))


def test_a_condition_can_be_hashed_and_pickled() -> None:
    trade = condition({"title": "/trade/i"})
    assert hash(trade) == hash(condition({"title": "/trade/i"}))
    assert pickle.loads(pickle.dumps(trade)).matches(article(), CONTEXT)


def test_the_json_schema_allows_a_mapping_or_a_list_and_describes_every_key() -> None:
    definition = TypeAdapter(Condition).json_schema()["$defs"]["Condition"]
    mapping, items = definition["anyOf"]
    assert items["items"] == {"$ref": "#/$defs/Condition"}
    assert {"any", "all", "not", "title", "has"} <= mapping["properties"].keys()
    assert all(entry.get("description") for entry in mapping["properties"].values())
    assert mapping["additionalProperties"] is False
