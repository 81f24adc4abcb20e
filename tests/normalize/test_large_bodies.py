"""Bodies of megabytes keep their markup and lose no word, in linear time."""

from __future__ import annotations

import pytest

from feeds.normalize import tree
from feeds.normalize.html import rewritten_tree, sanitize
from feeds.parse.limits import MAX_BODY_CHARS
from tests.growth.cpu_growth import growth_problem
from tests.normalize.clean_body import sanitize_html, to_text

CODE = '<span class="tok-keyword" style="color:#0000ff">let</span> x = <span class="tok-number">1</span>;\n'


def test_five_megabytes_of_highlighted_code_keep_their_markup() -> None:
    body = f'<h2>One</h2><pre><code>{CODE * (5_000_000 // len(CODE))}</code></pre><p><a href="/x">END</a></p>'
    html = sanitize_html(body)
    assert html.startswith("<h2>One</h2><pre><code><span>let</span> x")
    assert html.endswith('<p><a href="https://n.example/x" rel="noopener noreferrer">END</a></p>')


def test_ballast_does_not_count() -> None:
    data = f'<img src="data:image/png;base64,{"A" * tree.MAX_HTML_CHARS}">'
    style, script = (f"<{tag}>{'x' * tree.MAX_HTML_CHARS}</{tag}>" for tag in ("style", "script"))
    assert (
        sanitize_html(f"<h2>One</h2>{data}{style}{script}<ul><li>two</li></ul>")
        == "<h2>One</h2>[Image]<ul><li>two</li></ul>"
    )


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{'word ' * (MAX_BODY_CHARS // 5 - 10)}END</p>",
        f"<p>{'字' * (MAX_BODY_CHARS // 4)} END</p>",  # more than 10 MB of UTF-8 in one text
        f"{'<i>x</i>' * (tree.MAX_TAGS // 2)}<p>END</p>",
        f"{'<p>x' * (tree.MAX_STATED_TAGS // 2)}<p>END",
        f"{'<b><i>' * 1000}END",
    ],
)  # fmt: skip
def test_no_limit_costs_a_word(body: str) -> None:
    text = to_text(body)
    assert text.endswith("END")
    for word in ("word", "字", "x"):
        assert text.count(word) == body.replace("END", "").count(word)


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        ("<p>", "&amp;"),
        ("<p>", "&nbsp;"),
        ("<table>", "x<p>"),
        ("<table>", "<b>x</b><tr>"),
        ("", "<td>x</td>"),
        ("<pre>", "<div>x</div>"),
        ("", "<svg><text>x</text></svg>"),
        ("<p>", "<math><mi>x</mi></math>"),
        ("<span>", "<math><mi>x</mi></math>"),
        ("<math>", "<mi>x</mi>"),
        ("", '<svg width="400"></svg>'),
        ('<a href="/x">', "<svg></svg>"),
        ("", "<noscript>x</noscript>"),
        ("<ul>", "<li><input type=checkbox disabled>x</li>"),
    ],
)
def test_time_is_linear(start: str, unit: str) -> None:
    def make(size: int) -> str:
        return start + unit * (size // len(unit))

    assert growth_problem(lambda html: sanitize(rewritten_tree(html, "")), make, 120_000) == ""
