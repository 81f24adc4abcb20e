"""Removal of repeated leads, titles and bodies; the choice of body and summary."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Body, Item, Text
from feeds.normalize.body import normalize_body_and_summary
from feeds.normalize.repeated_lead import text_comparison_key
from tests.normalize.clean_body import BASES, clean_body, to_text

LEAD = "The harbour was closed for a whole day after the storm."
MORE = "Ships waited in the bay until the wind had gone, the council said."


@given(st.text() | st.text(alphabet="aB ß\n-_.é“”„‘’–—…•\xa0"))
def test_comparison_key_has_only_letters_and_digits(text: str) -> None:
    assert text_comparison_key(text) == "".join(filter(str.isalnum, text)).casefold()


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
        (f"<p>Updated: 29.11.2026 11:10</p><p>By Staff</p><p>{LEAD}</p><p>{LEAD}</p><p>{MORE}</p>", f"Updated: 29.11.2026 11:10\nBy Staff\n{LEAD}\n{MORE}"),
        (f"<p>Published: Nov. 29, 2026 at 11:10 a.m.</p><p>{LEAD[:-9]}…</p><p>{LEAD}</p>", f"Published: Nov. 29, 2026 at 11:10 a.m.\n{LEAD}"),
        (f"<p>最終更新：3月3日</p><p>{'港は嵐のあと一日閉鎖された。</p><p>' * 2}理由は不明。</p>", "最終更新：3月3日\n港は嵐のあと一日閉鎖された。\n理由は不明。"),
    ],
)  # fmt: skip
def test_a_repeated_lead_title_or_body_is_removed(html: str, text: str) -> None:
    assert clean_body(html).text == text


@pytest.mark.parametrize(
    "html",
    [
        "<p>Row, row.</p><p>Row, row.</p><p>Row your boat.</p>",  # short lines may be repeated on purpose
        f"<p>{LEAD}</p><p>{LEAD[:30]} for good, others say.</p>",
        f"<h1>Another heading</h1><p>{LEAD}</p>",
        f"<p>The harbour</p><p>{LEAD}</p>",
        f"<figure><figcaption>{LEAD}</figcaption></figure><p>{LEAD}</p><p>{MORE}</p>",
        f"<p>Monday</p><p>{LEAD}</p><p>Tuesday</p><p>{LEAD}</p>",  # several texts below labels
        f"<p>{LEAD}</p><p>{LEAD}</p><p>{LEAD}</p><p>{MORE}</p>",  # a refrain
        f"<p>The song</p><p>{LEAD}<br>{LEAD}<br>{MORE}</p>",
        f"<p>{MORE}</p><p>a</p><p>b</p><p>c</p><p>d</p><p>e</p><p>{MORE}</p><p>f</p>",
    ],
)
def test_text_that_is_not_a_repeat_stays(html: str) -> None:
    assert clean_body(html).text == to_text(html)


@given(st.lists(st.sampled_from([LEAD, MORE, "Short.", LEAD + " " + MORE]), min_size=1, max_size=6))
def test_every_sentence_stays_at_least_once(paragraphs: list[str]) -> None:
    text = clean_body("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)).text
    for sentence in (LEAD, MORE, "Short."):
        assert (sentence in text) == any(sentence in paragraph for paragraph in paragraphs)


def _body(value: str | None) -> Body | None:
    return Body(value=value) if value else None


def body_and_summary(content: str | None, summary: str | None, title: str = "The harbour") -> tuple[str, str]:
    result = normalize_body_and_summary(
        Item(content=_body(content), summary=_body(summary)),
        Text(title),
        BASES,
    )
    return result.body.text, to_text(result.summary)


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
    assert body_and_summary(content, summary) == expected


def test_a_picture_without_text_is_a_body() -> None:
    result = normalize_body_and_summary(
        Item(summary=Body(value="<img src='/a.jpg'>")), Text("The harbour"), BASES
    )
    assert result.body.html == '<img src="https://n.example/a.jpg">'
    assert result.body.text == ""


def test_plain_text_keeps_its_line_breaks() -> None:
    result = normalize_body_and_summary(
        Item(content=Body(value="one <b>\ntwo\n\nthree", type="text")), Text(""), BASES
    )
    assert result.body.html == "<p>one &lt;b&gt;<br>two</p><p>three</p>"
    assert result.body.text == "one <b>\ntwo\nthree"


def test_relative_links_refer_to_the_bodys_own_base() -> None:
    result = normalize_body_and_summary(
        Item(content=Body(value="<a href='x'>w</a>", base="https://other.example/d/")), Text(""), BASES
    )
    assert 'href="https://other.example/d/x"' in result.body.html
