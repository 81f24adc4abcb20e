"""The length of an article's own text, by which `prefer: longest` chooses the copy that leads."""

from __future__ import annotations

import re

from feeds.model import Article

_SENTENCE_ENDS = tuple(".!?…。！？।۔؟")
_CLOSING = " \"'”’»›)]）」』"
_MIN_PROSE_CHARS = 80  # a line without a full stop counts as prose from this length on
_NOTICE_CHARS = 300
_NOTICE = re.compile(
    r"©|ⓒ|\ball rights reserved|\bcopyright\b|alle rechte|tous droits|todos los derechos|tutti i diritti|все права"
    r"|\bnewsletter|\bcookies\b|privacy policy|terms of (?:use|service)",
    re.I,
)  # a line about the site and not about the story


def text_length(article: Article) -> float:
    """The characters of an article's text without what is printed again and without lists of links, tags and captions:
    each different line counts once, and one that is no sentence counts a tenth."""
    lines = dict.fromkeys(article.text.split("\n"))
    return sum(len(line) if _is_sentence(line) else len(line) / 10 for line in lines)


def _is_sentence(line: str) -> bool:
    is_notice = _NOTICE.search(line[:_NOTICE_CHARS]) is not None
    return not is_notice and (len(line) >= _MIN_PROSE_CHARS or line.rstrip(_CLOSING).endswith(_SENTENCE_ENDS))
