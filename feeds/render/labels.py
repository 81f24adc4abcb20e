"""The label “Also in”, in the language of the entry."""

from __future__ import annotations

_ALSO_IN = {
    "ar": "أيضًا في",
    "az": "Həmçinin",
    "be": "Таксама ў",
    "bg": "Също в",
    "bn": "আরও আছে",
    "bs": "Također na",
    "ca": "També a",
    "cs": "Také na",
    "da": "Også i",
    "de": "Auch bei",
    "el": "Επίσης σε",
    "en": "Also in",
    "es": "También en",
    "et": "Samuti",
    "eu": "Hemen ere bai",
    "fa": "همچنین در",
    "fi": "Myös",
    "fil": "Nasa rin",
    "fr": "Aussi dans",
    "ga": "Freisin in",
    "gl": "Tamén en",
    "gu": "અહીં પણ",
    "he": "גם ב",
    "hi": "यहाँ भी",
    "hr": "Također na",
    "hu": "Itt is",
    "hy": "Նաև",
    "id": "Juga di",
    "is": "Einnig í",
    "it": "Anche su",
    "ja": "ほかの掲載先",
    "ka": "ასევე",
    "kk": "Сондай-ақ",
    "km": "មាននៅ",
    "kn": "ಇಲ್ಲಿಯೂ",
    "ko": "다른 게재처",
    "lo": "ມີຢູ່",
    "lt": "Taip pat",
    "lv": "Arī",
    "mk": "Исто така во",
    "ml": "ഇവിടെയും",
    "mr": "येथेही",
    "ms": "Juga di",
    "my": "ဤနေရာတွင်လည်း",
    "nb": "Også i",
    "ne": "यहाँ पनि",
    "nl": "Ook bij",
    "nn": "Også i",
    "no": "Også i",
    "pa": "ਇੱਥੇ ਵੀ",
    "pl": "Także w",
    "pt": "Também em",
    "ro": "Și în",
    "ru": "Также в",
    "si": "මෙහිද",
    "sk": "Aj na",
    "sl": "Tudi na",
    "sq": "Gjithashtu në",
    "sr": "Такође у",
    "sr-latn": "Takođe u",
    "sv": "Även i",
    "sw": "Pia katika",
    "ta": "இங்கும்",
    "te": "ఇక్కడ కూడా",
    "th": "พบใน",
    "tl": "Nasa rin",
    "tr": "Ayrıca",
    "uk": "Також у",
    "ur": "یہ بھی دیکھیں",
    "vi": "Cũng có tại",
    "zh": "亦见于",
    "zh-hant": "亦見於",
}
"""Primary language subtag → label; with the script, where it makes a difference."""

LANGUAGES = tuple(_ALSO_IN)

# Chinese regions that write traditional characters, if the tag names no script
_TRADITIONAL = frozenset({"zh-tw", "zh-hk", "zh-mo"})


def also_in(language: str) -> str:
    """The label before the list of other sources, for a language tag (BCP 47); English if the language is not known."""
    tag = language.replace("_", "-").lower()
    with_script = "zh-hant" if tag[:5] in _TRADITIONAL else "-".join(tag.split("-")[:2])
    return _ALSO_IN.get(with_script) or _ALSO_IN.get(tag.partition("-")[0]) or _ALSO_IN["en"]
