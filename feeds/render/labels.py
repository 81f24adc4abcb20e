"""The label “Also in”, in the language of the entry."""

from __future__ import annotations

_ALSO_IN = {
    "ar": "أيضًا في",
    "bn": "আরও আছে",
    "ca": "També a",
    "cs": "Také na",
    "da": "Også i",
    "de": "Auch bei",
    "el": "Επίσης σε",
    "en": "Also in",
    "es": "También en",
    "fa": "همچنین در",
    "fi": "Myös",
    "fr": "Aussi dans",
    "he": "גם ב",
    "hi": "यहाँ भी",
    "hu": "Itt is",
    "id": "Juga di",
    "it": "Anche su",
    "ja": "ほかの掲載先",
    "ko": "다른 게재처",
    "nb": "Også i",
    "nl": "Ook bij",
    "no": "Også i",
    "pl": "Także w",
    "pt": "Também em",
    "ro": "Și în",
    "ru": "Также в",
    "sv": "Även i",
    "th": "พบใน",
    "tr": "Ayrıca",
    "uk": "Також у",
    "ur": "یہ بھی دیکھیں",
    "vi": "Cũng có tại",
    "zh": "亦见于",
}
"""Primary language subtag → label."""


def also_in(language: str) -> str:
    """The label before the list of other sources, for a language tag (BCP 47); English if the language is not known."""
    return _ALSO_IN.get(language.partition("-")[0].lower(), _ALSO_IN["en"])
