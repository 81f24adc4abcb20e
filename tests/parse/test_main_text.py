"""The main text of a page, and whether it continues a teaser."""

from __future__ import annotations

import pytest

from feeds.errors import Malformed, NotAFeed, TooCostly
from feeds.parse import main_text
from feeds.parse.main_text import continues_teaser, extract_main_text
from tests.make import WORDS

SECOND = (
    "Divers found that eleven of the forty piles are hollow. The harbour master said that nobody had been in "
    "danger, and that the work would cost the town less than a new pier."
)
PAGE = f"""<!doctype html><html><head><title>Old ferry pier closes</title></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Old ferry pier closes</h1><p>{WORDS}</p><p>See <a href="../map">the map</a>. {SECOND}</p>
<img src="pier.jpg" alt="The pier"><script>track()</script></article>
<section class="comments"><p>What a pity, said a reader below the line, and went on for a while.</p></section>
<footer>Subscribe to our newsletter for more of this.</footer></body></html>"""
URL = "https://herald.example/news/pier"


def test_the_main_text_is_extracted_without_the_rest_of_the_page() -> None:
    body = extract_main_text("herald", PAGE.encode(), url=URL)
    assert body.base == URL
    for part in (WORDS, SECOND, "pier.jpg", "https://herald.example/map"):
        assert part in body.value
    for part in ("Sport", "newsletter", "reader", "track"):
        assert part not in body.value


@pytest.mark.parametrize(("page", "kind"), [(b"%PDF-1.7 \x00\x01", NotAFeed), (b'{"a": 1}', NotAFeed)])
def test_other_documents_are_refused(page: bytes, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        extract_main_text("herald", page, url=URL)


def test_a_page_without_text_raises_malformed() -> None:
    with pytest.raises(Malformed):
        extract_main_text("herald", b"<html><body><div id=app></div></body></html>", url=URL)


def test_a_page_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main_text, "MAX_PAGE_BYTES", 100)
    with pytest.raises(TooCostly):
        extract_main_text("herald", PAGE.encode(), url=URL)


CHINESE = "港务局周四表决,关闭旧渡轮码头进行维修,维修将持续到明年春天,剩下的两艘船改从鱼市场出发。"


@pytest.mark.parametrize(
    "teaser",
    [
        WORDS,
        WORDS[:100] + "…",  # cut within a word
        WORDS.upper(),
        f"{WORDS} Continue reading Old ferry pier closes on the Herald.",
        "The old ferry pier closes until spring: eleven of its piles are hollow.",  # a summary in other words
        "Comments",
        "",
    ],
)
def test_a_longer_text_with_most_words_of_the_teaser_continues_it(teaser: str) -> None:
    assert continues_teaser(f"{WORDS}\n{SECOND}", teaser)


def test_scripts_without_spaces_are_compared_by_pairs_of_characters() -> None:
    assert continues_teaser(CHINESE + "工程师说,四十根桩柱中有十一根是空心的。", CHINESE[:30])
    assert not continues_teaser(
        "请登录后继续阅读。订阅用户可以阅读全部文章,并支持独立新闻报道的工作。", CHINESE[:30]
    )


@pytest.mark.parametrize(
    "text",
    [
        WORDS,  # the same text, not longer
        WORDS[:80],
        "Please sign in to go on reading. Subscribers support independent journalism, read every article and "
        "receive our letter in the morning. We and our partners use cookies to show advertisements, and "
        "to learn who is here; you may object at any time in the settings of this site.",
    ],
)
def test_shorter_and_unrelated_texts_do_not_continue_a_teaser(text: str) -> None:
    assert not continues_teaser(text, WORDS)
