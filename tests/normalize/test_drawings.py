"""A drawing becomes its words, and an icon vanishes, but never the link around it."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest

from feeds.normalize.html import rewritten_tree, sanitize
from feeds.normalize.rewrite.drawings import MAX_WORDS_CHARS
from tests.normalize.clean_body import BASE, sanitize_html, to_text

PAGE = "https://n.example/page"


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ('<svg role="img" aria-label="Tides of a week"><path/></svg>', "<span>Tides of a week</span>"),
        ("<svg><title>Tides</title><desc>High at noon</desc><text>12</text></svg>", "<span>Tides. High at noon</span>"),
        ('<svg aria-labelledby="a b"><g><title id="a">Tides</title></g><text id="b">of a week</text></svg>', "<span>Tides of a week</span>"),
        ('<svg width="400"><title>Artboard</title><desc>Created with Sketch.</desc><text>Low</text></svg>', "<span>Low</span>"),
        ("<svg><defs><text>no</text></defs><metadata>no</metadata><text>High <tspan>tide</tspan></text><text>0.5</text><g><text>Low</text></g></svg>",
         "<span>High tide · Low</span>"),
        ("<svg><foreignObject><div>Box <b>one</b></div></foreignObject><foreignObject><p>two</p></foreignObject></svg>",
         "<div><div><div>Box <b>one</b></div></div> <div><p>two</p></div> </div>"),
        ('<svg><image xlink:href="/c.png" width="9"/><a xlink:href="/d"><text>link</text></a></svg>',
         '<span><img src="https://n.example/c.png"> <a href="https://n.example/d" rel="noopener noreferrer">link</a> </span>'),
        ('one<svg aria-label="two"></svg>three', "one <span>two</span> three"),
        ('<ul><li><svg width="16" aria-label="Yes"></svg></li></ul>', "<ul><li><span>Yes</span></li></ul>"),
        ('<a href="/x">Words <svg aria-label="new window"></svg></a>', '<a href="https://n.example/x" rel="noopener noreferrer">Words </a>'),
        ('<a href="/x" title="Radio"><svg></svg></a>', '<a href="https://n.example/x" title="Radio" rel="noopener noreferrer"><span>Radio</span></a>'),
        ('<a href="https://radio.example/x"><svg></svg></a>', '<a href="https://radio.example/x" rel="noopener noreferrer"><span>radio.example</span></a>'),
        ('<a href="/x"><svg width="24"><title>Mail</title></svg></a>', '<a href="https://n.example/x" rel="noopener noreferrer"><span>Mail</span></a>'),
        ('<a href="/x"><svg width="9"><text>a</text></svg> Mail</a>', '<a href="https://n.example/x" rel="noopener noreferrer"> Mail</a>'),
        ('<canvas aria-label="Tides"></canvas>', "<span>Tides</span>"),
        ("<canvas>Tides</canvas>", "<span>Tides</span>"),
    ],
)  # fmt: skip
def test_a_drawing_becomes_its_words(markup: str, html: str) -> None:
    assert sanitize_html(markup) == html
    assert sanitize_html(html) == html


@pytest.mark.parametrize(
    "icon",
    [
        '<svg viewBox="0 0 24 24"><path/></svg>',
        '<svg width="1em" height="1em" viewBox="0 0 512 512"></svg>',
        '<svg aria-hidden="true" width="500" height="300"><text>no</text></svg>',
        '<svg class="icon icon-star" viewBox="0 0 512 512"></svg>',
        '<svg viewBox="0 0 1000 100" preserveAspectRatio="none"><path/></svg>',
        '<svg width="0" height="0"><symbol id="x"><title>no</title></symbol></svg>',
    ],
)
def test_an_icon_vanishes(icon: str) -> None:
    assert sanitize_html(f"<p>one {icon} two</p>") == "<p>one  two</p>"


@pytest.mark.parametrize(
    "drawing",
    [
        '<svg width="400" height="300"></svg>',
        '<svg viewBox="0 0 400 300"></svg>',
        "<figure><svg><path/></svg></figure>",
        '<svg width="400"></svg> <svg width="400"></svg>',
        '<svg width="400"><text>0</text><text>10</text></svg>',
        '<svg viewBox="0 0 260 260" preserveAspectRatio="none"><text>0</text></svg>',
    ],
)
def test_a_large_drawing_without_words_becomes_one_link_to_the_article(drawing: str) -> None:
    html = sanitize(rewritten_tree(drawing, BASE, PAGE))
    assert html.count(f'<a href="{PAGE}" rel="noopener noreferrer">[SVG]</a>') == 1
    assert sanitize(rewritten_tree(html, BASE, PAGE)) == html
    assert to_text(drawing) == "[SVG]"


def test_of_a_diagram_with_thousands_of_words_the_first_stay() -> None:
    text = to_text("<svg>" + "<text>a word</text>" * 5_000 + "</svg>")
    assert MAX_WORDS_CHARS < len(text) < 2 * MAX_WORDS_CHARS
    assert text.endswith("…")


def test_a_body_with_megabytes_of_drawing_keeps_its_markup() -> None:
    path = '<path d="M11975 11975L11976 11977" stroke="#123456"/>'
    svg = f'<svg viewBox="0 0 100 100">{path * 30_000}</svg>'
    assert sanitize_html(
        f"<h2>One</h2>{svg}<ul><li>two</li></ul>"
    ) == "<h2>One</h2>[SVG]<ul><li>two</li></ul>".replace("[SVG]", "<span>[SVG]</span>")
