"""The functions that read foreign text take linear time, for hostile text, for invented markup and for real markup."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from functools import cache

import pytest

from tests.growth.cpu_growth import growth_problem
from tests.growth.functions import FUNCTIONS
from tests.growth.hostile_text import MARKUP, Growing
from tests.shared import SHARED_DIR

pytestmark = pytest.mark.measured

REAL_DIR = SHARED_DIR / "real"

INVENTED = (
    '<div class="post"><p>The ferry <a href="/pier?utm_source=rss">left</a> at <em>noon</em>.</p><figure><img '
    'src="/a.jpg" srcset="/a.jpg 1x, /b.jpg 2x" alt="Ferry"><figcaption>Photo: Ann &amp; Co</figcaption></figure>'
    "<pre><code>if (a &lt; b) {}</code></pre><ul><li>One<li>Two</ul><table><tr><td>1<td>2</table>"
    '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe><script>var a = "<p>";</script></div>\n'
)
NESTED = (
    "<b>",
    "<div>",
    "<p><b>",
    "<table><tr><td>",
    "<ul><li>",
    "<blockquote>",
    "<a href=x><i>",
    "<pre>",
    "<svg>",
    "<math>",
)
"""Start tags, without their end tags: no body is so deep."""
WHOLE = (
    "<!-- x -->",
    "<i>a</i>",
    "<p></p>",
    "<br>a",
    '<a href="x">y</a>',
    "<img src=x.jpg>",
    "<script>x</script>",
    "<iframe src=//a.example/b></iframe>",
    "<item></item>",
    "<item><title>a</title></item>",
    "<outline/>",
    "&#60;b&#62;a&#60;/b&#62;",
    "&amp;lt;",
    "a\n\n",
    "a (AFP) - b. ",
    "Read more. ",
    "Follow us on Facebook, X. ",
    "| News ",
    "12:30 +0100 ",
)

TEXTS = [
    *(Growing("", unit) for unit in (*MARKUP, *NESTED, *WHOLE, INVENTED)),
    Growing("<b>", "<b>", "</b>"),
    Growing("<!-- ", "a <b> ", ""),
    Growing('<p title="', "a <b> ", ""),
    Growing("<script>", "</scrip", "</script>"),
]


def nested(chars: int) -> str:
    """As many end tags as start tags."""
    return "<b>" * (chars // 7) + "x" + "</b>" * (chars // 7)


def distinct(chars: int) -> str:
    """Words, numbers and attributes that all differ."""
    return " ".join(f"w{n} <i a{n}=b{n}>x{n}</i>" for n in range(chars // 24))


@cache
def real_markup() -> str:
    """The beginnings of real feeds, unescaped, so that each kind of markup is in a small text."""
    parts = []
    for path in sorted(REAL_DIR.glob("*.xml.gz"))[::7]:
        text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
        at = text.find("<item")
        parts.append(
            re.sub(
                r"</?(?:item|entry|channel|rss|feed)\b[^<>]*+>|<!\[CDATA\[|\]\]>", " ", text[at : at + 600]
            )
        )
    return "\n".join(parts)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_takes_linear_time_for_hostile_text(name: str) -> None:
    read, size = FUNCTIONS[name]
    makers: dict[str, Callable[[int], str]] = {str(growing): growing.text for growing in TEXTS}
    makers |= {"nested": nested, "distinct": distinct}
    problems = {text: growth_problem(read, make, size) for text, make in makers.items()}
    assert not {text: problem for text, problem in problems.items() if problem}


@pytest.mark.skipif(not REAL_DIR.is_dir(), reason="needs ../shared/real")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_takes_linear_time_for_real_markup(name: str) -> None:
    read, _ = FUNCTIONS[name]
    real = real_markup()
    assert growth_problem(read, Growing("", real).text, 2 * len(real)) == ""
