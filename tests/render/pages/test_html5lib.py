"""html5lib finds no error in the bodies that we publish. The W3C's feed validator uses it too (NotHtml)."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.util import find_spec
from itertools import chain

import pytest
from lxml import etree

from feeds.render import render
from tests.normalize.clean_body import sanitize_html
from tests.render.lossless import edition_of
from tests.shared import HOSTILE_DIR, corpus_documents, needs_corpus, needs_hostile

ATOM = "{http://www.w3.org/2005/Atom}"

pytestmark = [
    pytest.mark.measured,
    pytest.mark.skipif(find_spec("html5lib") is None, reason="needs html5lib (.ci/html5lib.txt)"),
]


def errors(html: str) -> list[str]:
    parser = import_module("html5lib").HTMLParser()
    parser.parseFragment(html)
    return [code for _, code, _ in parser.errors]


@needs_corpus
def test_html5lib_finds_no_error_in_the_bodies_of_the_corpus() -> None:
    seen = 0
    for path in corpus_documents():
        edition = edition_of(path)
        if edition is None:
            continue
        root = etree.fromstring(render(edition, "atom").data, etree.XMLParser(huge_tree=True))
        for element in chain.from_iterable(map(root.iter, (f"{ATOM}content", f"{ATOM}summary"))):
            if element.get("type") == "html":
                seen += 1
                assert errors(element.text or "") == [], path
    assert seen > 1500


@needs_hostile
def test_html5lib_finds_no_error_in_hostile_markup() -> None:
    vectors = json.loads((HOSTILE_DIR / "xss.json").read_text(encoding="utf-8"))
    assert len(vectors) > 7000
    all_errors = [
        (vector["id"], error)
        for vector in vectors
        for error in errors(sanitize_html(vector["p"], "https://a.example/"))
    ]
    assert all_errors == []


def test_html5lib_finds_an_error_where_there_is_one() -> None:
    assert errors("<p><b>x</p>") != []
    assert errors("a \ufdd0") == ["invalid-codepoint"]
