"""Finds the language and the text direction of an article, from declared tags (BCP 47) and from the script."""

# ruff: noqa: E501, SIM905 - lists of words are read as words

from __future__ import annotations

import re
from typing import Literal

_TAG = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{1,8})*)")
_ISO_639_1 = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el"
    " en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu"
    " ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na"
    " nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn"
    " so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
_ISO_639_3 = frozenset(
    "ast ckb fil gsw haw hsb dsb kab kok lmo mai mni nap nds pap sah sco szl tet tok yue wuu hak nan".split()
)
# Names of languages, country codes, withdrawn codes, ISO 639-2 codes → tag
_TAG_ALIASES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "francais": "fr", "français": "fr",
    "spanish": "es", "espanol": "es", "español": "es", "italian": "it", "italiano": "it", "portuguese": "pt",
    "dutch": "nl", "nederlands": "nl", "swedish": "sv", "svenska": "sv", "danish": "da", "norwegian": "no",
    "finnish": "fi", "polish": "pl", "polski": "pl", "czech": "cs", "russian": "ru", "ukrainian": "uk",
    "greek": "el", "turkish": "tr", "hungarian": "hu", "romanian": "ro", "bulgarian": "bg", "arabic": "ar",
    "hebrew": "he", "persian": "fa", "farsi": "fa", "hindi": "hi", "bengali": "bn", "thai": "th",
    "vietnamese": "vi", "indonesian": "id", "japanese": "ja", "chinese": "zh", "korean": "ko",
    "jp": "ja", "cn": "zh-CN", "gr": "el", "cz": "cs", "dk": "da", "ua": "uk", "vn": "vi",
    "iw": "he", "in": "id", "ji": "yi", "mo": "ro",
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
    "nld": "nl", "dut": "nl", "swe": "sv", "rus": "ru", "ukr": "uk", "ell": "el", "gre": "el", "tur": "tr",
    "ara": "ar", "heb": "he", "fas": "fa", "per": "fa", "hin": "hi", "tha": "th", "jpn": "ja", "zho": "zh",
    "chi": "zh", "kor": "ko", "pol": "pl", "ces": "cs", "cze": "cs", "ron": "ro", "rum": "ro", "hun": "hu",
}  # fmt: skip

# Scripts of (nearly) one language: (letters, the language, other languages in this script)
_SCRIPTS: tuple[tuple[re.Pattern[str], str, frozenset[str]], ...] = tuple(
    (re.compile(letters), language, frozenset(others.split()))
    for letters, language, others in (
        ("[\u3040-\u30ff]", "ja", ""),
        ("[\uac00-\ud7a3\u1100-\u11ff]", "ko", ""),
        ("[\u0e00-\u0e7f]", "th", ""),
        ("[\u0370-\u03ff\u1f00-\u1fff]", "el", ""),
        ("[\u0590-\u05ff]", "he", "yi"),
        ("[\u10a0-\u10ff\u1c90-\u1cbf]", "ka", ""),
        ("[\u0530-\u058f]", "hy", ""),
        ("[\u1780-\u17ff]", "km", ""),
        ("[\u0e80-\u0eff]", "lo", ""),
        ("[\u0d80-\u0dff]", "si", ""),
        ("[\u0b80-\u0bff]", "ta", ""),
        ("[\u0c00-\u0c7f]", "te", ""),
        ("[\u0c80-\u0cff]", "kn", ""),
        ("[\u0d00-\u0d7f]", "ml", ""),
        ("[\u0a80-\u0aff]", "gu", ""),
        ("[\u0a00-\u0a7f]", "pa", ""),
        ("[\u0b00-\u0b7f]", "or", ""),
    )
)
_DECIDING_LETTER = re.compile("|".join(letters.pattern for letters, _, _ in _SCRIPTS))
_LETTER = re.compile(r"[^\W\d_]")
SAMPLE_CHARS = 600  # the beginning of a text that is examined
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_RTL_LANGUAGES = frozenset("ar arc ckb dv fa he ks ps sd ug ur yi".split())
_RTL_SCRIPTS = frozenset({"Arab", "Hebr", "Thaa", "Syrc", "Nkoo"})


def normalize_tag(tag: str) -> str:
    """The BCP 47 tag for a declared language: "en_us" → "en-US", "english" → "en"; "" if it is not valid."""
    tag = tag.strip().partition(".")[0].partition(",")[0].partition(";")[0].strip()
    tag = _TAG_ALIASES.get(tag.lower(), tag)
    match = _TAG.fullmatch(tag)
    if match is None:
        return ""
    language = match[1].lower()
    language = _TAG_ALIASES.get(language, language).partition("-")[0]
    if language not in _ISO_639_1 and language not in _ISO_639_3:
        return ""
    return "-".join([language, *map(_subtag_case, match[2].replace("_", "-").split("-")[1:])])


def _subtag_case(part: str) -> str:
    if len(part) == 4 and part.isalpha():
        return part.title()
    return part.upper() if len(part) == 2 else part.lower()


def language_of(declared: tuple[str, ...], text: str) -> str:
    """The first valid declared tag; but the script's language if the text is in a script that the declared language
    does not use (templates declare "en-us" for everything). "" if neither is known.
    """
    tag = next((normalized for value in declared if value and (normalized := normalize_tag(value))), "")
    sample = text[:SAMPLE_CHARS]
    if _DECIDING_LETTER.search(sample) is None:
        return tag
    count = len(_LETTER.findall(sample))
    for letters, language, others in _SCRIPTS:
        # Japanese text has fewer kana than Han characters.
        share = 0.1 if language == "ja" else 0.5
        if len(letters.findall(sample)) > share * count:
            primary = tag.partition("-")[0]
            return tag if primary == language or primary in others else language
    return tag


def direction_of(language: str, text: str) -> Literal["", "ltr", "rtl"]:
    """The direction of most letters; in a text without letters, that of the language; "" if that is unknown too."""
    sample = text[:SAMPLE_CHARS]
    rtl = 0 if sample.isascii() else len(_RTL.findall(sample))
    letters = len(_LETTER.findall(sample)) if rtl else _LETTER.search(sample) is not None
    if letters:
        return "rtl" if 2 * rtl > letters else "ltr"
    if not language:
        return ""
    primary, _, rest = language.partition("-")
    return "rtl" if primary in _RTL_LANGUAGES or not _RTL_SCRIPTS.isdisjoint(rest.split("-")) else "ltr"
