"""Normalization of language tags, detection by script, text direction."""

# ruff: noqa: E501 - tables of cases

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.normalize.language import direction_of, language_of, normalize_tag


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "en"), ("en_US", "en-US"), ("EN-us", "en-US"), ("english", "en"), ("zh_hans_cn", "zh-Hans-CN"), ("iw-IL", "he-IL"),
        ("en_US.UTF-8", "en-US"), ("de-DE-1996", "de-DE-1996"), ("jp", "ja"), ("cn", "zh-CN"), ("eng", "en"), ("fil-PH", "fil-PH"), (" fr ", "fr"),
        ("en,fr", "en"), ("Deutsch", "de"),
        ("", ""), ("x", ""), ("klingon", ""), ("und", ""), ("*", ""), ("zz", ""), ("en us", ""), ("<b>", ""), ("utf-8", ""), ("none", ""),
    ],
)  # fmt: skip
def test_normalize_tag(tag: str, expected: str) -> None:
    assert normalize_tag(tag) == expected


@given(st.text(max_size=30))
def test_normalize_tag_is_idempotent(tag: str) -> None:
    assert normalize_tag(normalize_tag(tag)) == normalize_tag(tag)


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ((), "ท่าเรือปิดทำการ", "th"),
        ((), "항구가 폐쇄됐다", "ko"),
        ((), "港は嵐のあと閉鎖された", "ja"),
        ((), "Το λιμάνι έκλεισε", "el"),
        ((), "הנמל נסגר", "he"),
        ((), "ნავსადგური დაიხურა", "ka"),
        ((), "Նավահանգիստը փակվեց", "hy"),
        # a script of several languages does not decide
        ((), "Порт закрыт", ""),
        ((), "أغلق الميناء", ""),
        ((), "बंदरगाह बंद", ""),
        ((), "港口关闭", ""),
        ((), "The harbour is closed", ""),
        # the declared language is used, unless the text is in another language's script
        (("de",), "The harbour is closed", "de"),
        (("en-us",), "Το λιμάνι έκλεισε", "el"),
        (("el-CY",), "Το λιμάνι έκλεισε", "el-CY"),
        (("yi",), "דער פּאָרט", "yi"),
        (("en",), "The letter λ in physics", "en"),
        (("", "klingon", "pt_BR"), "O porto", "pt-BR"),
    ],
)
def test_language_of(declared: tuple[str, ...], text: str, expected: str) -> None:
    assert language_of(declared, text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("", "أغلق الميناء", "rtl"), ("en", "أغلق الميناء", "rtl"), ("ar", "The harbour", "ltr"), ("he", "", "rtl"), ("az-Arab", "", "rtl"),
        ("en", "", "ltr"), ("", "", ""), ("", "12:30", ""), ("ar", "أغلق ميناء Rotterdam بعد العاصفة", "rtl"),
    ],
)  # fmt: skip
def test_direction_of(language: str, text: str, expected: str) -> None:
    assert direction_of(language, text) == expected
