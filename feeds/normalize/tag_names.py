"""The names of elements that HTML, MathML and SVG know, in lower case.

Obsolete names that are words for something else (`comment`, `content`, `layer`) are left out.
"""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

from collections.abc import Iterable

from feeds.normalize.math_text import ANNOTATION_TAGS, LAYOUT_TAGS, TOKEN_TAGS

HTML_TAGS = frozenset(
    (
        "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink "
        "blockquote body br button canvas caption center cite code col colgroup data datalist dd del details dfn "
        "dialog dir div dl dt em embed fencedframe fieldset figcaption figure font footer form frame frameset h1 h2 "
        "h3 h4 h5 h6 head header hgroup hr html i iframe img input ins isindex kbd keygen label legend li link "
        "listing main map mark marquee menu menuitem meta meter multicol nav nextid nobr noembed noframes noscript "
        "object ol optgroup option output p param picture plaintext portal pre progress q rb rp rt rtc ruby s samp "
        "script search section select slot small source spacer span strike strong style sub summary sup table tbody "
        "td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp"
    ).split()
)
SVG_SHAPES = frozenset(
    (
        "animate animatemotion animatetransform circle ellipse feblend fecolormatrix fecomposite feflood "
        "fegaussianblur femerge femergenode feoffset line lineargradient mpath path pattern polygon polyline "
        "radialgradient rect set stop use view"
    ).split()
)
SVG_TAGS = SVG_SHAPES | frozenset(
    (
        "clippath defs desc filter foreignobject g image marker mask metadata svg switch symbol text textpath tref "
        "tspan"
    ).split()
)
FORMULA_TAGS = (
    TOKEN_TAGS
    | LAYOUT_TAGS
    | ANNOTATION_TAGS
    | frozenset(("math maction mfenced mglyph malignmark maligngroup mlongdiv mstack").split())
)

RAW_TEXT_TAGS = frozenset("script style textarea title xmp iframe noembed noframes plaintext".split())
"""The elements whose content is text to a parser until their end tag (HTML §13.2.5)."""


def any_of(names: Iterable[str]) -> str:
    """A regular expression for the names, grouped by their first letters: twice as fast as a list."""
    rests: dict[str, list[str]] = {}
    for name in sorted(names, reverse=True):  # "pre" before "p"
        rests.setdefault(name[0], []).append(name[1:])
    return "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in rests.items())
