"""A document that this program published is recognised, and its texts are read as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feeds.model import Category, Document, Origin, Text
from feeds.parse import parse
from feeds.render import render
from tests.render.sample_edition import BARE_LINK, EDITION

TITLE = "AT&amp;T </b> & <b>friends</b>"
RIGHTS = "© <i>Ann</i> &amp; Bo"


def read(form: str, generator: str = "feeds") -> Document:
    """An entry whose source has no URL, as it is published and parsed."""
    entry = replace(
        BARE_LINK,
        origin=Origin(title=TITLE),
        article=replace(BARE_LINK.article, rights=Text(RIGHTS), categories=(Category(term="R&D"),)),
    )
    data = render(replace(EDITION, entries=(entry,)), form).data
    data = data.replace(b"<generator>feeds<", f"<generator>{generator}<".encode())
    return parse("s", data, url=EDITION.url(form), content_type=f"application/{form}+xml")


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_the_generator_tells_our_own_output(form: str) -> None:
    assert read(form).feed.own_output
    assert not read(form, "another").feed.own_output
    assert not read(form, "feeds 2").feed.own_output


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_the_title_of_a_source_without_a_url_is_read_and_is_text(form: str) -> None:
    [item] = read(form).items
    assert item.origin is not None
    assert item.origin.title.replace("\u2060", "") == TITLE
    assert item.rights.replace("\u2060", "") == RIGHTS


def test_the_source_that_other_publishers_state_in_dublin_core_is_not_an_outlet() -> None:
    assert read("rss", "another").items[0].origin is None
