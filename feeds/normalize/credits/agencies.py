"""News agencies: the name that a credit gets, and the other spellings that copy uses. A table.

Spellings are matched in the case given and in capitals. Latin capitals also match the Greek and Cyrillic letters
that look the same, because a keyboard in Athens types `ΑFP` now and then.
"""

# ruff: noqa: E501, SIM905 - a table, read as words

from __future__ import annotations

import re
import unicodedata
from functools import cache

AGENCIES: dict[str, tuple[str, ...]] = {
    # the world
    "AFP": ("Agence France-Presse", "Agence France Presse", "АФП", "أ ف ب", "أ.ف.ب", "ا ف ب", "فرانس برس", "فرانس پرس",
            "法新社", "AFP通信", "AFP=時事", "एएफपी", "เอเอฟพี", "Γαλλικό Πρακτορείο", "סוכנות AFP"),
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
    "ANP": (), "Belga": ("BELGA",), "TT": (), "NTB": (), "Ritzau": (), "STT": (), "FNB": (),
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
    "Jiji Press": ("Jiji", "時事通信", "時事通信社", "時事", "时事社"), "Yonhap": ("연합뉴스", "韩联社", "聯合通信", "聯合ニュース"),
    "Newsis": ("뉴시스",), "News1": ("뉴스1",), "KCNA": ("조선중앙통신", "朝鮮中央通信", "朝中社"),
    "PTI": ("Press Trust of India", "पीटीआई"), "PTI-Bhasha": ("पीटीआई-भाषा", "PTI भाषा"), "ANI": ("एएनआई",),
    "IANS": ("आईएएनएस",), "UNI": ("यूएनआई",), "UNB": ("ইউএনবি",), "BSS": ("বাসস",), "APP": (), "Bernama": ("BERNAMA",),
    "Antara": ("ANTARA",), "PNA": (), "VNA": ("TTXVN",), "AKP": (),
    # Middle East, Africa
    "IRNA": ("ایرنا",), "ISNA": ("ایسنا",), "Mehr": ("مهر",), "Tasnim": ("تسنیم",), "Fars": ("فارس",), "WAM": ("وام",),
    "SPA": ("واس",), "KUNA": ("كونا",), "QNA": ("قنا",), "MENA": ("أ ش أ",), "Petra": ("بترا",), "NNA": (),
    "MAP": ("و م ع",), "TAP": ("وات",), "APS": ("وأج",), "SUNA": (), "NAN": (), "PANA": (), "Sapa": ("SAPA",),
    # English
    "PA": ("PA Media", "Press Association"), "AAP": (), "CP": ("The Canadian Press", "Canadian Press", "La Presse Canadienne"),
    "RNZ": (), "CNN Wire": ("CNN Newsource",), "TNS": ("Tribune News Service",), "IPS": (),
}  # fmt: skip

# Names that are words too: they count beside another agency or in brackets with a dash, not alone on a line
AMBIGUOUS = frozenset(
    (
        "MAP TAP APS SPA STA ATA PA TT APP UNI ANI AA Beta Mehr Fars Petra Prime BTA CP AKP MIA NAN PANA "
        "IPS SID AGI SITA EP CNS CNA MENA APA"
    ).split()
)  # fmt: skip

_TWINS = str.maketrans("ΑАΒВΕЕΗНΙІΚКΜМΝΟОΡРΤТΧХΥУСЅ", "AABBEEHHIIKKMMNOOPPTTXXYYCS")
_LOOKS = {
    latin: latin + "".join(chr(c) for c, to in _TWINS.items() if chr(to) == latin)
    for latin in "ABCEHIKMNOPSTXY"
}


def _key(spelling: str) -> str:
    return unicodedata.normalize("NFC", " ".join(spelling.split())).translate(_TWINS).casefold()


_NAMES = {
    _key(written): name
    for name, others in AGENCIES.items()
    for spelling in (name, *others)
    for written in (spelling, spelling.upper())  # of "Блумберг" only the capitals have twins
}
_WORD = re.compile(r"\w+")
_FIRST_WORDS = {_WORD.findall(spelling)[0] for spelling in _NAMES}


def _pattern(spelling: str) -> str:
    if spelling.isascii() and spelling.isupper():
        return "".join(
            f"[{_LOOKS[letter]}]" if letter in _LOOKS else re.escape(letter) for letter in spelling
        )
    written = re.escape(spelling).replace(r"\ ", r"\s+")
    capitals = re.escape(spelling.upper()).replace(r"\ ", r"\s+")
    return written if capitals == written else f"{written}|{capitals}"


_SPELLINGS = sorted(
    {spelling for name, others in AGENCIES.items() for spelling in (name, *others)}, key=len, reverse=True
)
NAME = "(?:" + "|".join(map(_pattern, _SPELLINGS)) + ")"
"""A pattern for one agency's name; match it case-sensitively."""

HAN_NAME = (
    "(?:" + "|".join(name for name in _SPELLINGS if re.fullmatch("[\u3040-\u30ff\u3400-\u9fff]+", name)) + ")"
)
"""The same, of those written in Han or kana: copy puts place and date right behind them."""


def name_of(spelling: str) -> str:
    """The agency's name for any of its spellings; "" for what is none."""
    return _NAMES.get(_key(spelling), "")


# An outlet that names itself beside an agency: "| NORTHWIRE, AFP", "| DAILY HARBOUR, AFP"
_UNKNOWN = r"[A-ZΑ-ΩΆ-ΏА-ЯЁ]{2,12}(?:[ -][A-ZΑ-ΩΆ-ΏА-ЯЁ]{2,12}){0,3}"
_AND = r"\s*(?:[,/;&+·、،]|--?|[–—]|\s(?:and|et|und|y|e|и|і|й|και|ve|con|mit|avec|with)\s)\s*"
# What may be a list of names; `names_in` knows whether it is one. The names themselves, in each of the patterns
# below, take half a second to compile.
LIST = r"(?P<list>[^\W_][^()（）\[\]【】〔〕|©:：;!?。…\"“”„«»]{0,70}?)"


@cache
def _listed() -> re.Pattern[str]:
    one = rf"(?:{NAME}|{_UNKNOWN})(?!\w)"
    initials = r"(?:[/-][a-z]{2,4}){0,3}"  # AFP/jd
    return re.compile(rf"({one}(?:{_AND}{one}){{0,4}}){initials}[.\s]*")


@cache
def _one_name() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{NAME}|{_UNKNOWN})(?!\w)")


def names_in(listed: str, *, apart: bool) -> tuple[str, ...]:
    """The agencies in a list; none unless one of them is known, and not merely a word in capitals."""
    # Most lists name none, and then the patterns need not even be compiled.
    if _FIRST_WORDS.isdisjoint(_WORD.findall(_key(listed))):
        return ()
    match = _listed().fullmatch(listed.strip())
    if match is None:
        return ()
    parts = _one_name().findall(match[1])
    known = [name for part in parts if (name := name_of(part))]
    if not known or (not apart and all(name in AMBIGUOUS for name in known)):
        return ()
    return tuple(dict.fromkeys(name_of(part) or part for part in parts))
