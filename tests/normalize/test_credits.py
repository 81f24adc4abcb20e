"""Agency credits are removed and returned; sentences about agencies stay. All texts here are invented."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.credits.agencies import AGENCIES, agencies_in, agency_name
from feeds.normalize.credits.remove import MAX_LINE_CHARS, MAX_REMOVED_LINES, last_sentences, sentences
from tests.normalize.clean_body import clean_body, to_text

STORM = "The harbour was closed for a day after the storm, the council said."
SHIPS = "Ships waited in the bay until the wind had gone."


@pytest.mark.parametrize(
    ("html", "text", "credited"),
    [
        (f"{STORM} | AGENCY, AFP", STORM, ("AGENCY", "AFP")),
        (f"<p>{STORM}</p><p>| ΑΠΕ-ΜΠΕ, ΑFP</p>", STORM, ("ΑΠΕ-ΜΠΕ", "AFP")),
        (f"{STORM} (Reuters) –", STORM, ("Reuters",)),
        (f"{STORM} (REUTERS)", STORM, ("Reuters",)),
        (f"{STORM} — AFP", STORM, ("AFP",)),
        (f"{STORM} © AFP", STORM, ("AFP",)),
        (f"<p>{STORM}</p><p>© 2024 AFP. All rights reserved. This material may not be published.</p>", STORM, ("AFP",)),
        (f"{STORM} dpa", STORM, ("dpa",)),
        (f"<p>{STORM}</p><p>Von dpa</p>", STORM, ("dpa",)),
        (f"<p>{STORM}</p><p><em>Mit Material von dpa und AFP</em></p>", STORM, ("dpa", "AFP")),
        (f"{STORM} (avec AFP)", STORM, ("AFP",)),
        (f"<p>{STORM}</p><p>Avec AFP et Reuters</p>", STORM, ("AFP", "Reuters")),
        (f"{STORM} (با AFP)", STORM, ("AFP",)),
        (f"<p>{STORM}</p><p>Fuente: Agencia EFE</p>", STORM, ("EFE",)),
        (f"<p>{STORM}</p><p>Πηγή: ΑΠΕ-ΜΠΕ</p>", STORM, ("ΑΠΕ-ΜΠΕ",)),
        (f"<p>{STORM}</p><p>/BGNES, AFP</p>", STORM, ("BGNES", "AFP")),
        (f"<p>{STORM}</p><p>AFP/jd</p>", STORM, ("AFP",)),
        (f"<p>{STORM}</p><p>The Associated Press contributed to this report.</p>", STORM, ("AP",)),
        (f"<p>By The Associated Press</p><p>{STORM}</p>", STORM, ("AP",)),
        (f"<p>{STORM}</p><p>AFP</p><p>Follow us on Google News</p>", STORM, ("AFP",)),
        ("港口因风暴关闭一天。（新华社）", "港口因风暴关闭一天。", ("Xinhua",)),
        ("港は嵐のあと一日閉鎖された。（共同）", "港は嵐のあと一日閉鎖された。", ("Kyodo",)),
        ("<p>항구가 하루 동안 폐쇄됐다.</p><p>출처: 연합뉴스</p>", "항구가 하루 동안 폐쇄됐다.", ("Yonhap",)),
        # datelines: the agency is removed, the place stays
        (f"PARIS (Reuters) - {STORM}", f"PARIS - {STORM}", ("Reuters",)),
        (f"<p><b>PARIS, March 3 (AFP)</b> – {STORM}</p>", f"PARIS, March 3 – {STORM}", ("AFP",)),
        (f"Frankfurt am Main (dpa/lhe) - {STORM}", f"Frankfurt am Main - {STORM}", ("dpa",)),
        (f"(ANSA) - ROMA, 3 MAR - {STORM}", f"ROMA, 3 MAR - {STORM}", ("ANSA",)),
        (f"Madrid, 3 mar (EFE).- {STORM}", f"Madrid, 3 mar.- {STORM}", ("EFE",)),
        ("МОСКВА, 3 марта. /ТАСС/. Порт закрыт.", "МОСКВА, 3 марта. Порт закрыт.", ("TASS",)),
        ("МОСКВА, 3 мар — РИА Новости. Порт закрыт.", "МОСКВА, 3 мар. Порт закрыт.", ("RIA Novosti",)),
        ("【ロンドン共同】港は閉鎖された。", "港は閉鎖された。", ("Kyodo",)),
        ("新华社北京3月3日电 港口关闭一天。", "港口关闭一天。", ("Xinhua",)),
        ("(서울=연합뉴스) 항구가 폐쇄됐다.", "항구가 폐쇄됐다.", ("Yonhap",)),
        ("باريس (أ ف ب) - أغلق الميناء.", "باريس - أغلق الميناء.", ("AFP",)),
        (f"AFP - {STORM}", STORM, ("AFP",)),
        # a dateline and a credit at the end
        (f"<p>LONDON (Reuters) - {STORM}</p><p>{SHIPS} (AFP)</p>", f"LONDON - {STORM}\n{SHIPS}", ("AFP", "Reuters")),
    ],
)  # fmt: skip
def test_a_credit_moves_from_the_text_to_credits(html: str, text: str, credited: tuple[str, ...]) -> None:
    cleaned = clean_body(html)
    assert cleaned.text == text
    assert cleaned.credits == credited


@pytest.mark.parametrize(
    "text",
    [
        "The minister told AFP.",
        "MIAMI — The harbour was closed.",
        "She works for Reuters",
        "The oldest agency (AFP) - founded in 1835 - is French.",
        "Journalists (AFP) reported this.",
        "Reuters — the agency founded in 1851 — has a new owner.",
        "What does she read every morning? AFP",
        "The report was carried by dpa and Reuters.",
        "Prices rose in May (MAP)",
        "“They told me everything,” he said to Reuters",
        "The picture was taken by AFP",
        "Source: Office for National Statistics",
        "The committee met on Monday | SEE MAP",
        "He asked for one thing: TAP",
    ],
)
def test_a_sentence_that_mentions_an_agency_stays(text: str) -> None:
    for html in (text, f"<p>{STORM}</p><p>{text}</p>"):
        cleaned = clean_body(html)
        assert cleaned.text == to_text(html)
        assert cleaned.credits == ()


def test_a_list_of_agencies_stays() -> None:
    html = f"<p>{STORM} Three of them applied:</p><ul><li>Reuters</li><li>AFP</li></ul>"
    assert clean_body(html).text == to_text(html)


def test_a_photographers_credit_stays_with_the_picture() -> None:
    html = f"<p>{STORM}</p><figure><img src='/a.jpg'><figcaption>© AFP</figcaption></figure>"
    assert clean_body(html).html.endswith("<figcaption>© AFP</figcaption></figure>")


def test_every_spelling_of_an_agency_is_known() -> None:
    for name, others in AGENCIES.items():
        for spelling in (name, *others):
            assert agency_name(spelling) == agency_name(spelling.upper()) == name, spelling
    assert agency_name("ΑFP") == agency_name("АФП") == "AFP"
    assert agency_name("The Lighthouse") == ""


_LINES = st.sampled_from(
    [STORM, SHIPS, "Follow us on Google News", "Subscribe to our newsletter", "AFP", "| dpa, AFP", "Facebook", "Read more", "Also read: x",
     "The minister told AFP.", "Suivez-nous sur Facebook", "© Reuters", "PARIS (Reuters) - Rain.", "关注我们", "「フォロー」", '"Follow us on X"', "…"]
)  # fmt: skip


@given(st.lists(_LINES, min_size=1, max_size=14))
def test_only_lines_at_the_end_are_removed_and_never_all(lines: list[str]) -> None:
    html = "".join(f"<p>{line}</p>" for line in lines)
    kept = clean_body(html, title="").text.split("\n")
    assert any(char.isalnum() for char in "".join(kept)) or not any(char.isalnum() for char in "".join(lines))
    news = [line for line in lines if line in {STORM, SHIPS, "The minister told AFP."}]
    # Compared as sets, because `remove_repeats` may remove a repeated lead.
    assert set(news) <= set(kept)
    assert len(lines) - len(kept) <= MAX_REMOVED_LINES + 1 + len(lines) - len(set(lines))


@given(st.text(max_size=200), st.text(max_size=100))
def test_any_text_is_processed_without_error(first: str, second: str) -> None:
    clean_body(f"<p>{first}</p><p>{second}</p>")


_SENTENCE_BOUNDARY = re.compile(r"(?<=[.!?…؟])\s+|(?<=[。！？।])\s*")


@pytest.mark.parametrize("listed", ["{}", "{}/jd.", "NORTHWIRE, {}", "{} and NORTHWIRE"])
def test_every_spelling_of_an_agency_is_found_in_a_list(listed: str) -> None:
    for name, others in AGENCIES.items():
        for spelling in (name, *others):
            for written in (spelling, spelling.upper()):
                assert name in agencies_in(listed.format(written), set_apart=True), written
    assert agencies_in(listed.format("DAILY HARBOUR"), set_apart=True) == ()


@given(st.lists(st.sampled_from([". ", "。", "!", "a b ", "\n \t", " " * 60, "x" * 120])).map("".join))
def test_last_sentences_equals_a_search_of_the_whole_line(raw: str) -> None:
    starts = [match.end() for match in _SENTENCE_BOUNDARY.finditer(raw.rstrip())][-3:]
    assert last_sentences(raw) == [start for start in starts if len(raw) - start <= MAX_LINE_CHARS]
    assert [part for part in map(str.strip, sentences(raw)) if part] == [
        part for part in map(str.strip, _SENTENCE_BOUNDARY.split(raw)) if part
    ]
