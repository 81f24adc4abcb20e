"""What was printed twice is read once."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Body, Item, Text
from feeds.normalize.body import bodies
from feeds.normalize.html import to_text
from feeds.normalize.repeated_lead import letters
from tests.normalize.reading import BASE, read

LEAD = "The harbour was closed for a whole day after the storm."
MORE = "Ships waited in the bay until the wind had gone, the council said."


@given(st.text() | st.text(alphabet="aB ß\n-_.é“”„‘’–—…•\xa0"))
def test_letters_are_letters_and_digits(text: str) -> None:
    assert letters(text) == "".join(filter(str.isalnum, text)).casefold()


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (f"<p>{LEAD}</p><p>{LEAD}</p><p>{MORE}</p>", f"{LEAD}\n{MORE}"),
        (f"<p><b>{LEAD}</b></p><img src='/a.jpg'><p>{LEAD}</p><p>{MORE}</p>", f"{LEAD}\n{MORE}"),
        (f"<p>{LEAD}</p><p>A caption</p><p>{LEAD}</p><p>{MORE}</p>", f"{LEAD}\nA caption\n{MORE}"),
        (f"<p>{LEAD[:-9]}…</p><p>{LEAD}</p><p>{MORE}</p>", f"{LEAD}\n{MORE}"),
        (f"<p>{LEAD}</p><p>{LEAD} {MORE}</p>", f"{LEAD} {MORE}"),
        (f"<p>{LEAD} {MORE}</p><p>{LEAD}</p><p>{MORE}</p><p>End.</p>", f"{LEAD} {MORE}\nEnd."),
        (f"<p>{LEAD}</p><p>{MORE}</p><p>{LEAD}</p><p>{MORE}</p>", f"{LEAD}\n{MORE}"),
        (f"<h1>The harbour</h1><p>{LEAD}</p>", LEAD),
        ("<p>港は嵐のあと一日閉鎖された。</p><p>港は嵐のあと一日閉鎖された。</p><p>理由は不明。</p>", "港は嵐のあと一日閉鎖された。\n理由は不明。"),
    ],
)  # fmt: skip
def test_a_lead_is_read_once(html: str, text: str) -> None:
    assert read(html).text == text


@pytest.mark.parametrize(
    "html",
    [
        "<p>Row, row.</p><p>Row, row.</p><p>Row your boat.</p>",  # too short to be a slip
        f"<p>{LEAD}</p><p>{LEAD[:30]} for good, others say.</p>",
        f"<h1>Another heading</h1><p>{LEAD}</p>",
        f"<p>The harbour</p><p>{LEAD}</p>",
        f"<figure><figcaption>{LEAD}</figcaption></figure><p>{LEAD}</p><p>{MORE}</p>",
        f"<p>{MORE}</p><p>a</p><p>b</p><p>c</p><p>d</p><p>e</p><p>{MORE}</p><p>f</p>",
    ],
)
def test_what_is_no_repeat_stays(html: str) -> None:
    assert read(html).text == to_text(html)


@given(st.lists(st.sampled_from([LEAD, MORE, "Short.", LEAD + " " + MORE]), min_size=1, max_size=6))
def test_no_sentence_is_lost(paragraphs: list[str]) -> None:
    made = read("".join(f"<p>{one}</p>" for one in paragraphs)).text
    for sentence in (LEAD, MORE, "Short."):
        assert (sentence in made) == any(sentence in one for one in paragraphs)


def _body(value: str | None) -> Body | None:
    return Body(value=value) if value else None


def item(content: str | None, summary: str | None, title: str = "The harbour") -> tuple[str, str]:
    made = bodies(
        Item(content=_body(content), summary=_body(summary)),
        Text(title),
        BASE,
    )
    return made.body.text, to_text(made.summary)


@pytest.mark.parametrize(
    ("content", "summary", "expected"),
    [
        (f"<p>{LEAD}</p><p>{MORE}</p>", LEAD, (f"{LEAD}\n{MORE}", "")),
        (f"<p>{LEAD}</p><p>{MORE}</p>", LEAD[:30] + "…", (f"{LEAD}\n{MORE}", "")),
        (f"<p>{LEAD}</p><p>{MORE}</p>", f"{LEAD} <a href='/x'>Read more</a>", (f"{LEAD}\n{MORE}", "")),
        (f"<p>{LEAD}</p>", MORE, (LEAD, MORE)),
        (None, LEAD, (LEAD, "")),
        (LEAD, None, (LEAD, "")),
        (LEAD, f"{LEAD} {MORE}", (f"{LEAD} {MORE}", "")),
        (None, "The harbour", ("", "")),
        ("The Harbour.", LEAD, (LEAD, "")),
        (LEAD, "The harbour", (LEAD, "")),
        (None, None, ("", "")),
        ("<p> </p>", LEAD, (LEAD, "")),
    ],
)
def test_body_and_summary(content: str | None, summary: str | None, expected: tuple[str, str]) -> None:
    assert item(content, summary) == expected


def test_a_picture_is_a_body_though_it_says_nothing() -> None:
    made = bodies(Item(summary=Body(value="<img src='/a.jpg'>")), Text("The harbour"), BASE)
    assert made.body.html == '<img src="https://n.example/a.jpg">'
    assert made.body.text == ""


def test_plain_text_keeps_its_lines() -> None:
    made = bodies(Item(content=Body(value="one <b>\ntwo\n\nthree", type="text")), Text(""), BASE)
    assert made.body.html == "<p>one &lt;b&gt;<br>two</p><p>three</p>"
    assert made.body.text == "one <b>\ntwo\nthree"


def test_the_base_in_force_is_the_bodys_own() -> None:
    made = bodies(
        Item(content=Body(value="<a href='x'>w</a>", base="https://other.example/d/")), Text(""), BASE
    )
    assert 'href="https://other.example/d/x"' in made.body.html
