"""Rewrites formulas: each becomes a text, once: the TeX of its author, else the formula on one line.

MathML is not published. Half of the feed readers remove its tags and show "ekt" for "e^(kt)" in the middle of a
sentence, the W3C validator reports it, and HTML inside it is what mutation XSS is made of. KaTeX, MathJax and MediaWiki
write a formula two or three times: as MathML for screen readers, and as HTML, a drawing or a picture for the eye.
"""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import islice

from lxml import etree

from feeds.normalize.math_text import ANNOTATION_TAGS, formula_text, linear_text
from feeds.normalize.text import one_line, remove_unpublishable_chars
from feeds.normalize.tree import Element, is_dropped, mark_dropped, parse_fragment, replace_by_text

_FIND = etree.XPath(
    "descendant::*[self::math or self::mjx-container or self::script[starts-with(@type, 'math/')] or @data-mathml"
    " or @data-formula or @data-tex or @data-latex or @data-katex or @data-equation"
    " or contains(@data-attrs, 'persistentExpression') or contains(@class, 'mjx-chtml')]"
)
_RENDERING = re.compile(r"(?:^|\s)(?:katex|MathJax|mjx-|mjpage|MJX|mwe-math|ql-formula)", re.I)
_DISPLAY = re.compile(
    r"katex-display|MathJax\w{0,40}_Display|mjpage__block|mwe-math\S{0,40}-display|mode=display|\btrue\b"
)
_DISPLAY_BLOCK = re.compile(r"MathJax\w{0,40}_Display|katex-display|MJXc-display", re.I)
_MAX_COPIES = 3  # MathML, HTML and a picture
_CONTENT_TAGS = (
    "a",
    "img",
    "p",
    "div",
    "ul",
    "ol",
    "table",
    "pre",
    "blockquote",
    "video",
    "audio",
    "iframe",
    "br",
)
_BLOCKS_AROUND = frozenset(
    {"body", "div", "section", "article", "figure", "blockquote", "li", "td", "dd", "center"}
)
_CDATA_IN_TEX = re.compile(r"(?:%\s*+|(?<![\s%])\s++)?(?:<!\[CDATA\[|\]\]>)")
_TEX_ATTRIBUTES = (
    "data-tex",
    "data-latex",
    "data-katex",
    "data-equation",
)  # of an element that a script fills
_GLYPH = re.compile(r"\bmjx-c([0-9A-F]{2,6})\b")


def has_formulas(source: str) -> bool:
    """Whether there may be a formula in this HTML. A search in the tree costs as much as parsing it."""
    return any(
        word in source
        for word in ("math", "MATH", "Math", "mjx", "data-formula", "persistentExpression", *_TEX_ATTRIBUTES)
    )


def rewrite_formulas(body: Element) -> None:
    """Changes `body` in place, before its other elements are rewritten."""
    for element in _FIND(body):
        if _is_gone(element, body):
            continue
        if element.tag == "math":
            _rewrite_math(element)
        elif element.tag == "script":
            _rewrite_script(element)
        else:
            _rewrite_rendering(element)


def _is_gone(element: Element, body: Element) -> bool:
    """Whether the element, or one around it, was dropped or replaced."""
    if is_dropped(element):
        return True
    for ancestor in element.iterancestors():
        if is_dropped(ancestor):
            return True
        if ancestor is body:
            return False
    return True


def _rewrite_math(math: Element) -> None:
    place = _outermost_rendering(math)
    is_display = math.get("display") == "block" or math.get("mode") == "display" or _is_display(place, math)
    _drop_copies(place)
    if next(math.iter(*_CONTENT_TAGS), None) is not None:
        _unwrap(math)  # it was never closed: the rest of the article is inside
    else:
        _become_text(place, formula_text(math), is_display=is_display)


def _unwrap(math: Element) -> None:
    math.tag = "span"
    math.attrib.clear()
    for annotation in math.iter(*ANNOTATION_TAGS):
        mark_dropped(annotation)


def _outermost_rendering(math: Element) -> Element:
    """The outermost element that a program wrote around this formula and nothing else."""
    place = math
    for ancestor in math.iterancestors():
        if not _holds_one_formula(ancestor):
            break
        if ancestor.get("class") or len(ancestor) > 1 or ancestor.tag.startswith("mjx-"):
            place = ancestor  # and not a mere `span`
    return place


def _holds_one_formula(element: Element) -> bool:
    tag, classes = element.tag, element.get("class") or ""
    if tag in {"p", "div"}:
        is_rendering = _DISPLAY_BLOCK.search(classes) is not None
    elif tag in {"span", "nobr"}:
        is_rendering = _RENDERING.search(classes) is not None if classes else _has_only_copies(element)
    else:
        is_rendering = tag.startswith("mjx-")
    return is_rendering and len(list(islice(element.iter("math"), 2))) == 1


def _has_only_copies(element: Element) -> bool:
    """Whether a `span` without a class holds a formula, and beside it only what is hidden from screen readers."""
    children = list(islice(element, _MAX_COPIES + 1))
    if len(children) > _MAX_COPIES or (element.text or "").strip():
        return False
    return all(
        not (child.tail or "").strip()
        and (child.get("aria-hidden") == "true" or next(child.iter("math"), None) is not None)
        for child in children
    )


def _is_display(place: Element, math: Element) -> bool:
    elements = [place, *(ancestor for ancestor in math.iterancestors() if ancestor is not place)][:6]
    stated = (f"{element.get('class') or ''} {element.get('display') or ''}" for element in elements)
    return any(_DISPLAY.search(text) for text in stated)


def _drop_copies(place: Element) -> None:
    """Drops what MathJax 2 leaves beside a formula: its preview before it, its source after it."""
    before = place.getprevious()
    if before is not None and not (before.tail or "").strip() and _is_preview(before):
        mark_dropped(before)
    after = place.getnext()
    if after is not None and not (place.tail or "").strip() and _is_source(after):
        mark_dropped(after)


def _is_preview(element: Element) -> bool:
    return "MathJax_Preview" in (element.get("class") or "")


def _is_source(element: Element) -> bool:
    return element.tag == "script" and (element.get("type") or "").startswith("math/")


def _rewrite_script(script: Element) -> None:
    """The source of a formula that MathJax 2 would show. kramdown writes it into every page."""
    kind = script.get("type") or ""
    source = _CDATA_IN_TEX.sub("", script.text or "").strip()
    previous = script.getprevious()
    while previous is not None and not (previous.tail or "").strip() and _is_old_rendering(previous):
        mark_dropped(previous)
        previous = previous.getprevious()
    if kind.startswith("math/mml"):
        math = parse_fragment(source).find(".//math")
        if math is not None:
            script.text = None
            script.append(math)
            script.tag = "mjx-container"
            _rewrite_math(math)
            return
    is_display = "display" in kind
    _become_text(
        script, _delimited(source, is_display=is_display) if "tex" in kind else source, is_display=is_display
    )


def _is_old_rendering(element: Element) -> bool:
    return element.tag in {"span", "div"} and _RENDERING.search(element.get("class") or "") is not None


def _delimited(tex: str, *, is_display: bool) -> str:
    if not tex or tex.startswith(("$", "\\(", "\\[", "\\begin")):
        return tex
    return f"\\[{tex}\\]" if is_display else f"\\({tex}\\)"


def _rewrite_rendering(element: Element) -> None:
    """A formula whose words are only in attributes, or in the names of glyphs."""
    if next(element.iter("math"), None) is not None:
        return
    if "<" in (markup := element.get("data-mathml") or ""):
        math = parse_fragment(markup).find(".//math")
        if math is not None:
            element[:] = [math]
            element.text = None
            element.tag = "mjx-container"
            _rewrite_math(math)
            return
    if expression := _substack_expression(element.get("data-attrs") or ""):
        _become_text(element, _delimited(expression, is_display=True), is_display=True)
    elif formula := one_line(element.get("data-formula") or ""):
        _become_text(element, formula, is_display=element.get("inline") is None)
    elif element.tag in {"span", "div", "p"} and not len(element) and not (element.text or "").strip():
        tex = next((tex for name in _TEX_ATTRIBUTES if (tex := one_line(element.get(name) or ""))), "")
        if tex:
            _become_text(element, _delimited(tex, is_display=element.tag != "span"))
    elif element.tag == "mjx-container" or "mjx-chtml" in (element.get("class") or ""):
        labelled = next((label for part in element.iter() if (label := part.get("aria-label"))), "")
        if text := one_line(labelled) or linear_text(element) or _glyphs(element):
            _become_text(element, text, is_display=_DISPLAY.search(element.get("display") or "") is not None)


def _substack_expression(attributes: str) -> str:
    try:
        values = json.loads(attributes)
    except (ValueError, RecursionError):
        return ""
    expression = values.get("persistentExpression") if isinstance(values, dict) else None
    return one_line(expression) if isinstance(expression, str) else ""


def _glyphs(element: Element) -> str:
    """The characters that MathJax names in attributes (`data-c="1D465"`) and classes (`mjx-c1D465`)."""
    codes = []
    for part in element.iter():
        match = _GLYPH.search(part.get("class") or "") if part.tag == "mjx-c" else None
        code = match[1] if match else part.get("data-c") or ""
        if re.fullmatch("[0-9A-F]{2,5}", code):
            codes.append(chr(int(code, 16)))
    return unicodedata.normalize("NFKC", "".join(codes))  # italic letters of mathematics become letters


def _become_text(element: Element, text: str, *, is_display: bool = False) -> None:
    element.text = None
    del element[:]
    if not text:
        mark_dropped(element)
        return
    if is_display and element.getparent().tag in _BLOCKS_AROUND:
        element.tag = "div"
        element.attrib.clear()
        element.text = remove_unpublishable_chars(text)
        return
    replace_by_text(element, text)
    if is_display:
        _put_on_a_line(element)


def _put_on_a_line(element: Element) -> None:
    """Parts a formula from the text before and after it in the same paragraph."""
    parent, before = element.getparent(), element.getprevious()
    if ((parent.text if before is None else before.tail) or "").strip():
        element.addprevious(etree.Element("br"))
    if (element.tail or "").strip():
        line_end = etree.Element("br")
        line_end.tail, element.tail = remove_unpublishable_chars(element.tail), None
        element.addnext(line_end)
