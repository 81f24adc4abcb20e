"""Recognizes promotional lines with the patterns of `promo_patterns`.

A language is compiled when its prefilter first matches a sentence: all of them together take 0.2 s.
"""

# ruff: noqa: E501 - names in every script; broken up they cannot be read

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from feeds.normalize.credits.promo_patterns import PROMO_PATTERNS, PromoPatterns

_CAPITAL = "A-Z0-9À-ÖØ-ÞŁŚŽŠČĆĐŐŰİĞŞΑ-ΩΆΈΉΊΌΎΏА-ЯЁЇІЄҐЉЊЏЂ"
PLACEHOLDERS = {
    "us": rf"(?:us|our page|our team|@\w{{1,60}}|[\w-]{{1,60}}(?:\.[\w-]{{1,60}})+|(?-i:(?:(?:[Tt]he|de[mrn]|die|das|les?|la|el|il|το|τον|την?) )?[{_CAPITAL}][^\s.,!?:;\"“”«»]{{0,60}}(?: (?:&|of|de|la|[{_CAPITAL}0-9][^\s.,!?:;\"“”«»]{{0,60}})){{0,4}}))",
    "network": (
        r"(?:(?:the |our |la |le |el |il |das |die )?(?:Google ?(?:News|Actualités?|Noticias|Notícias|Haberler|Nieuws|Nyheter"
        r"|Nyheder|Wiadomości|Zprávy|Hírek|Știri|Berita|Tin tức|Discover|Новости|Новостях|Новини|Новинах|ニュース|뉴스|न्यूज़|न्यूज|新闻|新聞)(?: Showcase)?"
        r"|Гугл (?:Новости|Новостях|Вести|Новини)|गूगल न्यूज़|गूगल न्यूज|গুগল নিউজ(?:ে)?|谷歌新闻|谷歌新聞|グーグルニュース|구글 ?뉴스|กูเกิลนิวส์"
        r"|أخبار (?:جوجل|غوغل)|(?:جوجل|غوغل) نيوز|گوگل نیوز|גוגל ניוז|חדשות גוגל"
        r"|Facebook|Фейсбук[еу]?|Фејсбук|فيسبوك|فیسبوک|פייסבוק|फेसबुक|ফেসবুক(?:ে)?|เฟซบุ๊ก|페이스북|フェイスブック|脸书|臉書"
        r"|Twitter|Твиттер[еа]?|تويتر|توییتر|טוויטר|ट्विटर|টুইটার(?:ে)?|ทวิตเตอร์|트위터|ツイッター|X(?: \(Twitter\))?"
        r"|Instagram|Инстаграм[е]?|إنستغرام|انستغرام|اینستاگرام|אינסטגרם|इंस्टाग्राम|ইনস্টাগ্রাম(?:ে)?|อินสตาแกรม|인스타그램|インスタグラム"
        r"|YouTube|Ютуб[е]?|يوتيوب|یوتیوب|יוטיוב|यूट्यूब|ইউটিউব(?:ে)?|ยูทูบ|유튜브|ユーチューブ"
        r"|Telegram|Телеграме?|телеграм-канал[еа]?|تلغرام|تيليجرام|تلگرام|טלגרם|टेलीग्राम|টেলিগ্রাম(?:ে)?|텔레그램"
        r"|WhatsApp|Ватсап[е]?|واتساب|واتس آب|ווטסאפ|व्हाट्सएप|व्हाट्सऐप|হোয়াটসঅ্যাপ(?:ে)?|왓츠앱"
        r"|Viber|Вайбер[е]?|LinkedIn|TikTok|ติ๊กต็อก|티톡|Threads|Bluesky|Mastodon|Flipboard|Apple News|Pinterest|Messenger"
        r"|LINE|ไลน์|카카오톡|네이버|微信|微博|公众号|公眾號|Дзене?|ВКонтакте|Одноклассниках|VK|(?:social media|réseaux sociaux|redes sociales"
        r"|redes sociais|soziale[nr]? (?:Medien|Netzwerken)|соцсетях|социальных сетях|sosyal medya(?:dan|da)?|सोशल मीडिया|social network|social|media sosial|mạng xã hội)))"
    ),
    "aggregator": (
        r"(?:Google ?(?:News|Discover)(?: Showcase)?|أخبار (?:جوجل|غوغل)|(?:جوجل|غوغل) نيوز|گوگل نیوز|Apple News|Flipboard)"
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

# Before and after a promotional text, anything but letters, digits and quotation marks is allowed.
QUOTES = '"“”„«»「」『』'
_BEFORE, _AFTER = rf"^[^\w{QUOTES}]*", rf"[^\w{QUOTES}]*$"
# Further networks after the first: "on Facebook, X and Instagram". Nothing in it can match in two ways: in a repeat,
# that takes 2ⁿ steps on n commas.
_MORE_NETWORKS = (
    r"(?:(?:\s*+[,/|·&、和]|\s++(?:και στο|και το|and|or|et|und|y|en|e|och|og|i|и|και|ve|dan)(?=\s))+\s*+"
    r"(?:(?:on|sur|auf|en|su|no|στο|в)\s++)?(?>{network}))*"
)


def _expand(pattern: str) -> str:
    for name, regex in PLACEHOLDERS.items():  # not str.format: braces are also quantifiers
        pattern = pattern.replace("{" + name + "}", regex)
    return pattern.replace(" ?", r"\s*").replace(" ", r"\s+")


def _sentences_pattern(entry: PromoPatterns) -> str:
    lines = [line.strip() for line in entry.sentences.splitlines() if line.strip()]
    return "|".join(_expand(line) + ("" if "{" in line else r"(?=\W*$)") for line in lines)


@cache
def _prefilters() -> tuple[tuple[re.Pattern[str], PromoPatterns], ...]:
    """For each language a cheap pattern that is found in every sentence that the language's patterns match."""
    return tuple(
        (re.compile(entry.required or rf"{_BEFORE}(?:{entry.first_words})", re.I), entry)
        for entry in PROMO_PATTERNS
    )


@cache
def _combined_prefilter() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The prefilters of all languages: (first words, required scripts, required words in lower case)."""
    first_words = "|".join(entry.first_words for entry in PROMO_PATTERNS if entry.first_words)
    required = [part for entry in PROMO_PATTERNS if entry.required for part in entry.required.split("|")]
    scripts = "|".join(part for part in required if part.startswith("["))
    words = "|".join(part for part in required if not part.startswith("["))
    # Not re.I for the last two: it makes scripts slow to compile and words slow to find.
    return re.compile(rf"{_BEFORE}(?:{first_words})", re.I), re.compile(scripts), re.compile(words)


@cache
def _promo_pattern(entry: PromoPatterns) -> re.Pattern[str]:
    return re.compile(
        f"{_BEFORE}(?:{_sentences_pattern(entry)}){_expand(_MORE_NETWORKS)}"
        rf"(?:[\s,–—-]*(?:{_expand(entry.continuation or '(?!)')}))?{_AFTER}",
        re.I,
    )


@cache
def _label_pattern() -> re.Pattern[str]:
    labels = "|".join(
        _expand(label)
        for entry in PROMO_PATTERNS
        for label in " ".join(entry.labels.split()).split(" · ")
        if label
    )
    return re.compile(rf"{_BEFORE}(?:{labels})(?:{_AFTER}|\s*[:：]\s*(?P<title>.{{0,200}})$)", re.I)


@cache
def _post_footer_pattern() -> re.Pattern[str]:
    footers = "|".join(_expand(entry.post_footers) for entry in PROMO_PATTERNS if entry.post_footers)
    return re.compile(rf"{_BEFORE}(?:{footers}){_AFTER}", re.I)


@cache
def _social_network_list_pattern() -> re.Pattern[str]:
    verbs = r"(?:(?:share|tweet|teilen|partager|compartir|condividi|paylaş|поделиться)\w*\W*)?"
    network = _expand("{network}")
    return re.compile(rf"{_BEFORE}{verbs}(?>{network})(?:\W*+(?>{network}))*{_AFTER}", re.I)


def compile_shared_patterns() -> None:
    """Compiles the patterns that nearly every article needs, so that the first one does not wait for them."""
    _combined_prefilter(), _label_pattern(), _post_footer_pattern(), _social_network_list_pattern()


# The word of the button to follow, which is a link of its own behind the invitation
_BUTTON_WORDS = (
    r"follow(?: us)?|following|subscribe|join|suivre|s[’']abonner|seguir|síguenos|segui|seguici|siga|folgen|abonnieren|volgen|volg"
    r"|följ|følg|seuraa|obserwuj|sledovat|sledujte|urmărește|követés|takip et|abone ol|izle|ikuti|theo dõi|подписаться"
    r"|следвай|последвай|підписатися|ακολουθήστε|ακολούθησε|متابعة|تابع|تابعنا|دنبال کردن|עקבו|फॉलो करें|ติดตาม|フォロー|フォローする"
    r"|关注|關注|追蹤|팔로우|구독"
)
_BUTTON = re.compile(rf"^[^\w]*(?:{_BUTTON_WORDS}){_AFTER}", re.I)
_MAX_BUTTON_WORDS = 4
_SCRIPTS = (
    "A-Za-zÀ-ɏḀ-ỿ",
    "\u0370-\u03ff\u1f00-\u1fff",
    "\u0400-\u04ff",
    "\u0590-\u05ff",
    "\u0600-\u06ff",
    "\u0900-\u0dff",
    "\u0e00-\u0e7f",
    "\u3040-\u30ff\u3400-\u9fff",
    "\uac00-\ud7a3",
)
_SCRIPT = re.compile("|".join(f"([{letters}])" for letters in _SCRIPTS))


def is_button(line: str) -> bool:
    """Whether the line is the word of a button and nothing else: "FOLLOW", "Takip et"."""
    return len(line) <= 40 and _BUTTON.match(line) is not None


def _without_button(sentence: str) -> Iterator[str]:
    """The sentence without its last words, for each way in which they may be the word of a button.

    Such words are known, or in capitals, or in another script than the first word of the sentence.
    """
    words = sentence.split()
    for count in range(1, min(_MAX_BUTTON_WORDS, len(words) - 1) + 1):
        button = " ".join(words[-count:])
        scripts = set(map(_script, words[-count:]))
        is_foreign = len(scripts) == 1 and scripts.isdisjoint((0, _script(words[0])))
        if is_button(button) or is_foreign or (button.isupper() and len(button) > 3):
            yield " ".join(words[:-count])


def _script(word: str) -> int:
    """The number of the script of the word's first letter; 0 if it is none of `_SCRIPTS`."""
    match = _SCRIPT.search(word)
    return match.lastindex or 0 if match else 0


def is_promo(sentence: str) -> bool:
    """Whether the whole sentence is promotional. One with a quotation mark is not: it quotes somebody."""
    if any(mark in sentence for mark in QUOTES):
        return False
    sentence = _unmix_scripts(sentence)
    if not may_be_promo(sentence):
        return False
    return _matches_promo(sentence) or any(map(_matches_promo, _without_button(sentence)))


def _matches_promo(sentence: str) -> bool:
    return any(
        prefilter.search(sentence) and _promo_pattern(entry).match(sentence)
        for prefilter, entry in _prefilters()
    )


def may_be_promo(sentence: str) -> bool:
    """Whether any language's prefilter may match: a fast check that is false for most sentences."""
    first_words, scripts, words = _combined_prefilter()
    if first_words.match(sentence) or scripts.search(sentence):
        return True
    return words.search(sentence.replace("İ", "i").replace("ı", "i").lower()) is not None


_WORD = re.compile(r"\w+")
_GREEK_OR_CYRILLIC = re.compile("[\u0370-\u03ff\u1f00-\u1fff\u0400-\u04ff]")
_LATIN = "ABEHIKMNOPTXYo"
_GREEK = str.maketrans(_LATIN, "ΑΒΕΗΙΚΜΝΟΡΤΧΥο")
_CYRILLIC = str.maketrans("ABCEHIKMOPTXaceopx", "АВСЕНІКМОРТХасеорх")


def _unmix_scripts(sentence: str) -> str:
    """Replaces Latin letters in Greek and Cyrillic words by the letters of that script that look the same."""

    def unmixed(match: re.Match[str]) -> str:
        word = match[0]
        if not re.search("[A-Za-z]", word):
            return word
        if re.search("[\u0370-\u03ff\u1f00-\u1fff]", word):
            return word.translate(_GREEK)
        return word.translate(_CYRILLIC) if re.search("[\u0400-\u04ff]", word) else word

    return _WORD.sub(unmixed, sentence) if _GREEK_OR_CYRILLIC.search(sentence) else sentence


def match_label(line: str) -> re.Match[str] | None:
    """Matches a label such as "Read also", alone or before the title (group "title") of another article."""
    return _label_pattern().match(line)


def post_footer_title(line: str) -> str | None:
    """The title in a line such as "The post … appeared first on …"; None for any other line."""
    match = _post_footer_pattern().match(line)
    return next((title for title in match.groups() if title), "") if match else None


def is_social_network_list(line: str) -> bool:
    """Whether the line has only names of social networks: "Facebook | X | Instagram"."""
    return _social_network_list_pattern().match(line) is not None
