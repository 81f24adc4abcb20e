"""Patterns of agency credits: whole lines, and the ends of lines. `remove` applies them.

Group "list" may be a list of names; `agencies.agencies_in` checks it.
"""

# ruff: noqa: E501 - words in every script; broken up they cannot be read

from __future__ import annotations

import re
from functools import cache

from feeds.normalize.credits.agencies import COMBINING_MARKS, NAME_LIST
from feeds.normalize.credits.promo_lines import QUOTES

# Thai, Lao, Khmer and Burmese have no full stop
_AFTER_SENTENCE = r"(?<=[.!?…。！？।؟۔»”\"'’)」』\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff])"

_SOURCE_WORD = (
    r"(?i:(?:with )?(?:additional |agency )?inputs(?: from)?|with input from|sources?|quellen?|fuentes?|font[ie]|fontes?|πηγ(?:ή|ές)|источники?|джерело|źródło|kaynak|източник|sumber|nguồn"
    r"|出典|来源|來源|स्रोत|ที่มา|المصدر|منبع|출처|text|texte|contributing|agencies|agency|via"
    r"|mit material (?:von|der)|mit|avec|with|con información de|com informações d[aeo]|con|com"
    r"|με πληροφορίες(?: από)?|από|по (?:материалам|информации|данным)"
    r"|(?:written |reporting )?by|von|par|por|di|da|door|från|av|af|با|از|عن|compiled from"
    r"|zdroje?|forrás|surs[ae]|bron(?:nen)?|lähde|lähteet|kild[ea]r?|käll[ae]r?|izvori?|извори?|allikas|šaltinis|avots|vir|sumber|出处|出處"
    r"|ソース|소스|자료|উৎস|ஆதாரம்|مأخذ|מקור|इनपुट|सौजन्य)"
)
_SOURCE_PREFIX = rf"(?:{_SOURCE_WORD}(?![\w{COMBINING_MARKS}])\s*[:：]?\s*(?i:the |der |la |l[’'])?)"
_RIGHTS_NOTICE = (
    r"(?i:all rights|tous droits|alle rechte|todos los derechos|está expresamente|prohibida|tutti i diritti|riproduzione"
    r"|todos os direitos|все права|всі права|всички права|με επιφύλαξη|tüm hakları|wszelkie prawa|všechna práva|všetky práva"
    r"|minden jog|toate drepturile|alla rättigheter|hak cipta|dilarang|bản quyền|جميع الحقوق|כל הזכויות|सर्वाधिकार|สงวนลิขสิทธิ์"
    r"|무단|재배포|無断|版权|版權|未经|未經|转载|轉載|this material|click here|no part|reproduction|toute reproduction)"
)
_RIGHTS_MARK = r"©|ⓒ|(?i:\(c\)|[<＜]?저작권자|riproduzione riservata|copyrights?|版权所有|版權所有|hak cipta|حقوق النشر|ลิขสิทธิ์)"
_WIRE_NUMBER = r"dpa(?:-\w+)?:\d{6}[\d-]{0,30}(?:/\d{1,3})?"  # dpa:261129-930-123456/1
_PADDING = rf"[^\w{QUOTES}{COMBINING_MARKS}]*"
_WIRE_NUMBER_LINE = re.compile(rf"^{_PADDING}(?P<list>dpa){_WIRE_NUMBER.removeprefix('dpa')}{_PADDING}$")


@cache
def whole_line_patterns() -> tuple[re.Pattern[str], ...]:
    return (
        re.compile(rf"^(?P<mark>{_PADDING})(?P<source>{_SOURCE_PREFIX})?{NAME_LIST}{_PADDING}$"),
        re.compile(
            rf"^{_PADDING}(?i:the )?{NAME_LIST} contributed to this (?:report|story|article){_PADDING}$"
        ),
        re.compile(
            rf"^{_PADDING}(?P<mark>{_RIGHTS_MARK})(?:\s|[.:：]|©|ⓒ|\([cC]\)|(?i:copyright))*+"
            rf"(?:\d{{4}}(?:\s*+[-–]\s*+\d{{4}})?)?[,\s]*+(?>(?i:by |the )*){NAME_LIST}"
            rf"(?:\s*+(?:L\.P\.|GmbH|Inc|LLC|S\.A\.))?(?:\s++\d{{4}})?(?:[,\s]\s*+{_WIRE_NUMBER})?[.,]?"
            rf"(?:\s+{_RIGHTS_NOTICE}.*)?{_PADDING}$"
        ),
        re.compile(rf"^{_PADDING}(?i:with ){NAME_LIST}(?i: inputs?){_PADDING}$"),
        _WIRE_NUMBER_LINE,
    )


@cache
def line_end_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns of credits after a sentence, each with characters of which a match contains at least one.

    In the patterns with a group "weak", what sets the credit apart also occurs in sentences.
    """
    credit = rf"(?:©\s*)?(?:\d{{4}}\s+)?{_SOURCE_PREFIX}?{NAME_LIST}(?:(?i: inputs?)|,?\s+{_WIRE_NUMBER})?"
    rights = r"(?:©|ⓒ|\([cC]\))"
    return (
        ("|¦", re.compile(rf"\s*[|¦]\s*{credit}[\s.]*$")),
        ("([", re.compile(rf"{_AFTER_SENTENCE}\s*[(\[]\s*{credit}\s*[)\]][\s.]*$")),
        ("(", re.compile(rf"\s*\(\s*{credit}\s*\)\s*[–—-]\s*$")),
        ("（【〔", re.compile(rf"\s*[（【〔]\s*{credit}\s*[）】〕][\s。]*$")),
        ("©ⓒ(", re.compile(rf"{_AFTER_SENTENCE}\s*{rights}\s*{credit}[\s.]*$")),
        ("/", re.compile(rf"{_AFTER_SENTENCE}\s*/{{1,2}}\s*{credit}[\s/.]*$")),
        ("—–-", re.compile(rf"{_AFTER_SENTENCE}\s*(?P<weak>--|[—–-])\s*{credit}[\s/.]*$")),
        ('.…。»”"', re.compile(rf"(?<=[.…。»”\"])\s+(?P<weak>)(?P<bare>){NAME_LIST}\s*$")),
    )
