"""Table of news agencies: the name to credit, and other spellings that occur in articles.

A spelling is matched in the given case and in capitals. Latin capitals also match the Greek and Cyrillic letters that
look the same, because some outlets type `ΑFP` with a Greek alpha.
"""

# ruff: noqa: E501, SIM905 - a table, read as words

from __future__ import annotations

import re
import unicodedata
from functools import cache

AGENCIES: dict[str, tuple[str, ...]] = {
    # the world
    "AFP": ("Agence France-Presse", "Agence France Presse", "АФП", "أ ف ب", "أ.ف.ب", "ا ف ب", "فرانس برس", "فرانس پرس",
            "法新社", "AFP通信", "AFP=時事", "AFP時事", "एएफपी", "เอเอฟพี", "Γαλλικό Πρακτορείο", "סוכנות AFP"),
    "Reuters": ("Thomson Reuters", "Reuter", "Рейтер", "Рейтерс", "Ρόιτερς", "رويترز", "رویترز", "路透社", "路透",
                "ロイター", "ロイター通信", "रॉयटर्स", "रायटर", "รอยเตอร์", "로이터", "로이터통신", "רויטרס", "Reuters Health"),
    "AP": ("Associated Press", "The Associated Press", "美联社", "美聯社", "AP通信", "أسوشيتد برس", "أ ب", "एपी", "เอพี",
           "AP통신"),
    "UPI": ("United Press International",),
    "Bloomberg": ("Bloomberg News", "Блумберг", "ブルームバーグ", "彭博社", "블룸버그"),
    # German, Dutch, Nordic
    "dpa": ("dpa-AFX", "dpa-infocom", "DPA", "Deutsche Presse-Agentur", "德新社", "ДПА"),
    "APA": ("Austria Presse Agentur",),
    "epd": (), "KNA": ("kna",), "SID": (), "AWP": ("awp",),
    "Keystone-SDA": ("Keystone SDA", "sda", "SDA", "Keystone-ATS", "ats"),
    "ANP": (), "Belga": ("BELGA", "belga"), "TT": (), "NTB": (), "Ritzau": ("ritzau", "Reuters Ritzau"), "STT": ("STT-Lehtikuva",), "FNB": (),
    # Romance
    "ANSA": ("Ansa",), "Adnkronos": ("AdnKronos",), "AGI": (), "LaPresse": ("Lapresse",), "Askanews": ("askanews",),
    "EFE": ("Agencia EFE", "Efe", "埃菲社", "ЭФЕ"), "Europa Press": ("EP",), "Notimex": (), "Télam": ("Telam",),
    "Prensa Latina": (), "Lusa": ("LUSA",), "Agência Brasil": (), "Estadão Conteúdo": (), "Folhapress": ("FolhaPress",),
    "Agerpres": ("AGERPRES",), "Mediafax": (),
    # Greek, Balkan, Turkish
    "ΑΠΕ-ΜΠΕ": ("ΑΠΕ", "ΑΜΠΕ", "ΑΠΕ - ΜΠΕ"), "ΚΥΠΕ": (),
    "Anadolu": ("AA", "Anadolu Ajansı", "Anadolu Agency", "Анадолу", "الأناضول"), "DHA": (), "İHA": ("IHA",),
    "BTA": ("БТА",), "BGNES": ("БГНЕС",), "Tanjug": ("Танјуг",), "Beta": (), "Hina": ("HINA",), "SRNA": (), "FENA": (),
    "MIA": ("МИА",), "ATA": (), "STA": (),
    # Central and eastern Europe
    "PAP": (), "ČTK": ("CTK",), "TASR": (), "SITA": (), "MTI": (), "BNS": (), "ELTA": (), "LETA": (),
    "TASS": ("ТАСС", "ИТАР-ТАСС", "Itar-Tass", "塔斯社", "タス通信", "تاس"), "RIA Novosti": ("РИА Новости",),
    "Interfax": ("Интерфакс", "Інтерфакс", "Інтерфакс-Україна", "国际文传电讯社", "إنترفاكس"),
    "Ukrinform": ("Укрінформ", "Укринформ"), "UNIAN": ("УНІАН", "УНИАН"), "BelTA": ("БЕЛТА", "БелТА"),
    "Prime": ("Прайм",), "REGNUM": (), "Kazinform": ("Казинформ",),
    # Asia
    "Xinhua": ("Xinhua News Agency", "新华社", "新華社", "Синьхуа", "شينخوا", "新华网", "新華社電"),
    "CNS": ("中新社", "中国新闻社", "中新网"), "CNA": ("中央社", "中央通訊社"), "Kyodo": ("Kyodo News", "共同通信", "共同通信社", "共同社", "共同"),
    "Jiji Press": ("Jiji", "時事通信", "時事通信社", "時事", "时事社"), "Yonhap": ("연합뉴스", "Yonhap News", "Yonhap News Agency", "韩联社", "聯合通信", "聯合ニュース"),
    "Newsis": ("뉴시스",), "News1": ("뉴스1",), "KCNA": ("조선중앙통신", "朝鮮中央通信", "朝中社"),
    "PTI": ("Press Trust of India", "पीटीआई"), "PTI-Bhasha": ("पीटीआई-भाषा", "PTI भाषा", "भाषा"), "ANI": ("एएनआई",),
    "IANS": ("आईएएनएस",), "UNI": ("यूएनआई",), "UNB": ("ইউএনবি",), "BSS": ("বাসস",), "APP": (), "Bernama": ("BERNAMA",),
    "Antara": ("ANTARA",), "PNA": (), "VNA": ("TTXVN", "Vietnam News Agency"), "AKP": (), "TNA": ("สำนักข่าวไทย", "Thai News Agency"),
    # Middle East, Africa
    "IRNA": ("ایرنا",), "ISNA": ("ایسنا",), "Mehr": ("مهر",), "Tasnim": ("تسنیم",), "Fars": ("فارس",), "WAM": ("وام",),
    "SPA": ("واس",), "KUNA": ("كونا",), "QNA": ("قنا",), "MENA": ("أ ش أ", "أ.ش.أ", "أ.ش.أ."), "SANA": ("سانا", "САНА"), "Petra": ("بترا",), "NNA": (),
    "MAP": ("و م ع",), "TAP": ("وات",), "APS": ("وأج",), "SUNA": (), "NAN": (), "PANA": (), "Sapa": ("SAPA",),
    # English
    "PA": ("PA Media", "Press Association"), "AAP": (), "CP": ("The Canadian Press", "Canadian Press", "La Presse Canadienne"),
    "RNZ": (), "CNN Wire": ("CNN Newsource",), "TNS": ("Tribune News Service",), "IPS": (),
}  # fmt: skip

# Spellings that are also words or other abbreviations. Alone on a line they are no credit: they need another agency
# beside them, or a sign that sets them apart.
AMBIGUOUS = frozenset(
    (
        "MAP TAP APS SPA STA ATA PA TT APP UNI ANI Beta Mehr Fars Petra Prime BTA CP AKP MIA NAN PANA "
        "IPS SID AGI SITA EP CNS CNA MENA APA TNA SANA Прайм مهر فارس بترا وات भाषा"
    ).split()
)  # fmt: skip

COMBINING_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u0eb1-\u0ece"
    "\u102b-\u103e\u17b4-\u17d3"
)
"""For a character class: vowel signs and other marks at the end of a word, which `\\w` does not match ("एपी")."""

_LOOKALIKE_TO_LATIN = str.maketrans("ΑАΒВΕЕΗНΙІΚКΜМΝΟОΡРΤТΧХΥУСЅ", "AABBEEHHIIKKMMNOOPPTTXXYYCS")
_LOOKALIKES = {
    latin: latin + "".join(chr(c) for c, to in _LOOKALIKE_TO_LATIN.items() if chr(to) == latin)
    for latin in "ABCEHIKMNOPSTXY"
}


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # "ＡＦＰ"


def _key(spelling: str) -> str:
    return unicodedata.normalize("NFC", " ".join(spelling.split())).translate(_LOOKALIKE_TO_LATIN).casefold()


_NAMES_BY_KEY = {
    _key(written): name
    for name, others in AGENCIES.items()
    for spelling in (name, *others)
    for written in (spelling, spelling.upper())  # in "Блумберг" only the capitals have lookalikes
}
_AMBIGUOUS_KEYS = frozenset(map(_key, AMBIGUOUS))
_WORD = re.compile(r"\w+")
_FIRST_WORDS = {_WORD.findall(spelling)[0] for spelling in _NAMES_BY_KEY}


def _spelling_pattern(spelling: str) -> str:
    if spelling.isascii() and spelling.isupper():
        return "".join(
            f"[{_LOOKALIKES[letter]}]" if letter in _LOOKALIKES else re.escape(letter) for letter in spelling
        )
    written = re.escape(spelling).replace(r"\ ", r"\s+")
    capitals = re.escape(spelling.upper()).replace(r"\ ", r"\s+")
    return written if capitals == written else f"{written}|{capitals}"


_SPELLINGS = sorted(  # the longest first, and the same order in every process
    {spelling for name, others in AGENCIES.items() for spelling in (name, *others)},
    key=lambda spelling: (-len(spelling), spelling),
)
AGENCY_NAME = "(?:" + "|".join(map(_spelling_pattern, _SPELLINGS)) + ")"
"""A regular expression for the name of any agency. It is case-sensitive."""

HAN_NAME = (
    "(?:" + "|".join(name for name in _SPELLINGS if re.fullmatch("[\u3040-\u30ff\u3400-\u9fff]+", name)) + ")"
)
"""The same for names in Han or kana only, which a place and a date may follow without a space."""


def agency_name(spelling: str) -> str:
    """The agency's name for any of its spellings; "" if the spelling is not known."""
    return _NAMES_BY_KEY.get(_key(spelling), "")


def _is_ambiguous(spelling: str) -> bool:
    return _key(spelling) in _AMBIGUOUS_KEYS


# An outlet in capitals beside an agency: "| NORTHWIRE, AFP", "| DAILY HARBOUR, AFP"
# or its domain: "ntv.de, dpa"
_UNKNOWN_OUTLET = r"(?:[A-ZΑ-ΩΆ-ΏА-ЯЁ]{2,12}(?:[ -][A-ZΑ-ΩΆ-ΏА-ЯЁ]{2,12}){0,3}|[a-z0-9-]{2,20}\.[a-z]{2,3})"
_SEPARATOR = r"\s*(?:[,/;&+·、،]|--?|[–—]|\s(?:and|et|und|y|e|и|і|й|και|ve|con|mit|avec|with|en|og|och|dan|और|และ)\s|\sو)\s*"
# Text that may be a list of names; `agencies_in` checks it. With all the names in their place, the patterns that
# contain it would take half a second to compile.
NAME_LIST = r"(?P<list>[^\W_][^()（）\[\]【】〔〕|©:：;!?。…\"“”„«»]{0,70}?)"


@cache
def _list_pattern() -> re.Pattern[str]:
    # With initials of people: "AFP/jd", "jd/AFP"
    name = rf"(?:(?!{AGENCY_NAME}/)[a-z]{{2,4}}/)?(?:{AGENCY_NAME}|{_UNKNOWN_OUTLET})(?!\w)"
    initials = r"(?:[/-](?:[a-z]{2,4}|Fim|Vietnam)){0,3}"  # also "Lusa/Fim", "TTXVN/Vietnam+"
    return re.compile(rf"({name}(?:{_SEPARATOR}{name}){{0,4}}){initials}[.\s]*")


@cache
def _name_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{AGENCY_NAME}|{_UNKNOWN_OUTLET})(?!\w)")


def agencies_in(listed: str, *, set_apart: bool) -> tuple[str, ...]:
    """The names in a list such as "NORTHWIRE, AFP/jd"; none if no known agency is among them.

    `set_apart`: something marks the list as a credit (brackets, "Source:"), so ambiguous names count alone too.
    """
    # Most texts have no agency in them. For those the patterns are not even compiled.
    if _FIRST_WORDS.isdisjoint(_WORD.findall(_key(listed.translate(_FULL_WIDTH)))):
        return ()
    match = _list_pattern().fullmatch(listed.translate(_FULL_WIDTH).strip())
    if match is None:
        return ()
    parts = _name_pattern().findall(match[1])
    known = [part for part in parts if agency_name(part)]
    if not known or (not set_apart and all(_is_ambiguous(part) for part in known)):
        return ()
    return tuple(dict.fromkeys(agency_name(part) or part for part in parts))
