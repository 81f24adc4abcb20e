"""The table of `credit_patterns`, compiled. A language is compiled when a sentence may be in it: all of them take
0.2 s."""

# ruff: noqa: E501 - names in every script; broken up they cannot be read

from __future__ import annotations

import re
from functools import cache

from feeds.normalize.credits.promo_patterns import LANGUAGES, Invitations

_CAPITAL = "A-Z0-9À-ÖØ-ÞŁŚŽŠČĆĐŐŰİĞŞΑ-ΩΆΈΉΊΌΎΏА-ЯЁЇІЄҐЉЊЏЂ"
SHORTHANDS = {
    "us": rf"(?:us|our page|our team|@\w+|[\w-]+(?:\.[\w-]+)+|(?-i:(?:(?:[Tt]he|de[mrn]|die|das|les?|la|el|il|το|τον|την?) )?[{_CAPITAL}][^\s.,!?:;\"“”«»]*(?: (?:&|of|de|la|[{_CAPITAL}0-9][^\s.,!?:;\"“”«»]*)){{0,4}}))",
    "net": (
        r"(?:(?:the |our |la |le |el |il |das |die )?(?:Google ?(?:News|Actualités?|Noticias|Notícias|Haberler|Nieuws|Nyheter"
        r"|Nyheder|Wiadomości|Zprávy|Hírek|Știri|Berita|Tin tức|Discover|Новости|Новостях|Новини|Новинах|ニュース|뉴스|न्यूज़|न्यूज|新闻|新聞)"
        r"|Гугл (?:Новости|Новостях|Вести|Новини)|गूगल न्यूज़|गूगल न्यूज|গুগল নিউজ(?:ে)?|谷歌新闻|谷歌新聞|グーグルニュース|구글 ?뉴스|กูเกิลนิวส์"
        r"|أخبار (?:جوجل|غوغل)|(?:جوجل|غوغل) نيوز|گوگل نیوز|גוגל ניוז|חדשות גוגל"
        r"|Facebook|Фейсбук[еу]?|Фејсбук|فيسبوك|فیسبوک|פייסבוק|फेसबुक|ফেসবুক(?:ে)?|เฟซบุ๊ก|페이스북|フェイスブック|脸书|臉書"
        r"|Twitter|Твиттер[еа]?|تويتر|توییتر|טוויטר|ट्विटर|টুইটার(?:ে)?|ทวิตเตอร์|트위터|ツイッター|X(?: \(Twitter\))?"
        r"|Instagram|Инстаграм[е]?|إنستغرام|انستغرام|اینستاگرام|אינסטגרם|इंस्टाग्राम|ইনস্টাগ্রাম(?:ে)?|อินสตาแกรม|인스타그램|インスタグラム"
        r"|YouTube|Ютуб[е]?|يوتيوب|یوتیوب|יוטיוב|यूट्यूब|ইউটিউব(?:ে)?|ยูทูบ|유튜브|ユーチューブ"
        r"|Telegram|Телеграме?|телеграм-канал[еа]?|تلغرام|تيليجرام|تلگرام|טלגרם|टेलीग्राम|টেলিগ্রাম(?:ে)?|텔레그램"
        r"|WhatsApp|Ватсап[е]?|واتساب|واتس آب|ווטסאפ|व्हाट्सएप|व्हाट्सऐप|হোয়াটসঅ্যাপ(?:ে)?|왓츠앱"
        r"|Viber|Вайбер[е]?|LinkedIn|TikTok|ติ๊กต็อก|티톡|Threads|Bluesky|Mastodon|Flipboard|Apple News|Pinterest|Messenger"
        r"|LINE|ไลน์|카카오톡|네이버|微信|微博|公众号|公眾號|Дзене?|ВКонтакте|Одноклассниках|VK|Viber|(?:social media|réseaux sociaux|redes sociales"
        r"|redes sociais|soziale[nr]? (?:Medien|Netzwerken)|соцсетях|социальных сетях|sosyal medya(?:da|dan)?|सोशल मीडिया|social|media sosial|mạng xã hội|social network)))"
    ),
    "letter": (
        r"(?:news-?letters?|news letter|infolettres?|lettres? d[’']information|bolet(?:ín|ines)|boletim|boletins|bollettin[oi]"
        r"|рассылк[уаи]|розсилк[ую]|бюлетин|bülten(?:imize|ine)?|e-?bülten\w*|ニュースレター|メルマガ|뉴스레터|简报|電子報|电子报|न्यूज़लेटर|নিউজলেটার\w*"
        r"|النشرة (?:البريدية|الإخبارية)|نشرتنا(?: البريدية| الإخبارية)?|خبرنامه|ניוזלטר|ενημερωτικ[όά] δελτί[οα]|nieuwsbrief|nyhetsbrev\w*|nyhedsbrev\w*"
        r"|uutiskirje\w*|hírlevel\w*|newsletter\w*|zpravodaj|buletin\w*|bản tin|จดหมายข่าว)"
    ),
    "app": (
        r"(?:apps?|applications?|aplicaci(?:ón|ones)|aplicativo|applicazione|applicatie|applikation|приложение|застосунок|додаток|приложението|uygulama\w*"
        r"|aplikacj[ęa]|aplikaci|alkalmazás\w*|aplicați[ae]|aplikasi|ứng dụng|アプリ|앱|ऐप|एप|অ্যাপ|แอป(?:พลิเคชัน)?|تطبيق(?:نا)?|اپلیکیشن|אפליקצי[הית]+|客户端|應用程式|APP|εφαρμογή)"
    ),
}

# Anything but letters, digits and quotation marks may stand before and after.
QUOTES = '"“”„«»「」『』'
_BEFORE, _AFTER = rf"^[^\w{QUOTES}]*", rf"[^\w{QUOTES}]*$"
# Several networks in one breath: "on Facebook, X and Instagram"
_MORE = (
    r"(?:(?: ?[,/|·&、和] ?| (?:and|or|et|und|y|e|en|och|og|i|и|και|ve|dan|και στο|και το) )+"
    r"(?:on |sur |auf |en |su |no |στο |в )?{net})*"
)


def _written(pattern: str) -> str:
    for name, meaning in SHORTHANDS.items():  # by hand, since braces also count repetitions
        pattern = pattern.replace("{" + name + "}", meaning)
    return pattern.replace(" ?", r"\s*").replace(" ", r"\s+")


def _whole(entry: Invitations) -> str:
    lines = [line.strip() for line in entry.whole.splitlines() if line.strip()]
    return "|".join(_written(line) + ("" if "{" in line else r"(?=\W*$)") for line in lines)


@cache
def _doors() -> tuple[tuple[re.Pattern[str], Invitations], ...]:
    """What a sentence has to begin with, or to hold, for a language to be worth a look."""
    return tuple(
        (re.compile(entry.needs or rf"{_BEFORE}(?:{entry.begins})", re.I), entry) for entry in LANGUAGES
    )


@cache
def _threshold() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The doors together: what a sentence begins with, the scripts and the words (in small letters) in it."""
    begins = "|".join(entry.begins for entry in LANGUAGES if entry.begins)
    needs = [one for entry in LANGUAGES if entry.needs for one in entry.needs.split("|")]
    scripts = "|".join(one for one in needs if one.startswith("["))
    words = "|".join(one for one in needs if not one.startswith("["))
    # Where case is ignored, scripts take long to compile, and words to be found.
    return re.compile(rf"{_BEFORE}(?:{begins})", re.I), re.compile(scripts), re.compile(words)


@cache
def _invitation(entry: Invitations) -> re.Pattern[str]:
    return re.compile(
        f"{_BEFORE}(?:{_whole(entry)}){_written(_MORE)}"
        rf"(?:[\s,–—-]*(?:{_written(entry.tail or '(?!)')}))?{_AFTER}",
        re.I,
    )


@cache
def _labels() -> re.Pattern[str]:
    labels = "|".join(
        _written(label)
        for entry in LANGUAGES
        for label in " ".join(entry.labels.split()).split(" · ")
        if label
    )
    return re.compile(rf"{_BEFORE}(?:{labels})(?:{_AFTER}|\s*[:：]\s*(?P<title>.{{0,200}})$)", re.I)


@cache
def _posts() -> re.Pattern[str]:
    posts = "|".join(_written(entry.posts) for entry in LANGUAGES if entry.posts)
    return re.compile(rf"{_BEFORE}(?:{posts}){_AFTER}", re.I)


@cache
def _networks() -> re.Pattern[str]:
    verbs = r"(?:(?:share|tweet|teilen|partager|compartir|condividi|paylaş|поделиться)\w*\W*)?"
    return re.compile(rf"{_BEFORE}{verbs}{_written('{net}')}(?:\W*{_written('{net}')})*{_AFTER}", re.I)


def ready() -> None:
    """Compile what nearly every article asks for."""
    _threshold(), _labels(), _posts(), _networks()


def invites(sentence: str) -> bool:
    """Is the whole sentence an invitation? One with a quotation mark in it is somebody's words."""
    if any(mark in sentence for mark in QUOTES):
        return False
    sentence = _in_one_script(sentence)
    if not may_invite(sentence):
        return False
    return any(door.search(sentence) and _invitation(entry).match(sentence) for door, entry in _doors())


def may_invite(sentence: str) -> bool:
    """Whether a door is open at all; for most sentences none is."""
    begins, scripts, words = _threshold()
    if begins.match(sentence) or scripts.search(sentence):
        return True
    return words.search(sentence.replace("İ", "i").replace("ı", "i").lower()) is not None


_WORD = re.compile(r"\w+")
_GREEK_OR_CYRILLIC = re.compile("[\u0370-\u03ff\u1f00-\u1fff\u0400-\u04ff]")
_LATIN = "ABEHIKMNOPTXYo"
_GREEK = str.maketrans(_LATIN, "ΑΒΕΗΙΚΜΝΟΡΤΧΥο")
_CYRILLIC = str.maketrans("ABCEHIKMOPTXaceopx", "АВСЕНІКМОРТХасеорх")


def _in_one_script(sentence: str) -> str:
    """A Latin letter in a Greek or Cyrillic word, typed for one that looks the same, becomes that one."""

    def mended(match: re.Match[str]) -> str:
        word = match[0]
        if not re.search("[A-Za-z]", word):
            return word
        if re.search("[\u0370-\u03ff\u1f00-\u1fff]", word):
            return word.translate(_GREEK)
        return word.translate(_CYRILLIC) if re.search("[\u0400-\u04ff]", word) else word

    return _WORD.sub(mended, sentence) if _GREEK_OR_CYRILLIC.search(sentence) else sentence


def label(line: str) -> re.Match[str] | None:
    """ "Read also", alone or before the title (group "title") of another article."""
    return _labels().match(line)


def posted(line: str) -> str | None:
    """The title that stands in "The post … appeared first on …"; None for any other line."""
    match = _posts().match(line)
    return next((title for title in match.groups() if title), "") if match else None


def names_networks(line: str) -> bool:
    """Nothing but names of networks: "Facebook | X | Instagram"."""
    return _networks().match(line) is not None
