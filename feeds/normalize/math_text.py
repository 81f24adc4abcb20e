"""Writes a MathML formula as a line of text: `(a + b)/2`, `x_i^2`, `√(x)`, `[1, 0; 0, 1]`."""

# ruff: noqa: SIM905 - lists of words are read as words

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Element = Any  # lxml has no type annotations

TOKEN_TAGS = frozenset(("mi", "mn", "mo", "mtext", "ms"))
LAYOUT_TAGS = frozenset(
    (
        "mrow mstyle mpadded mphantom merror menclose mfrac msqrt mroot msub msup msubsup munder mover munderover "
        "mmultiscripts mprescripts none mtable mtr mlabeledtr mtd mspace semantics"
    ).split()
)
ANNOTATION_TAGS = frozenset(("annotation", "annotation-xml"))
_PLAIN_TAGS = frozenset({"math", "semantics", "mrow", "mstyle", "mspace", *TOKEN_TAGS})
_WITHOUT_TEXT = frozenset(("mphantom none mprescripts script style").split())
_INVISIBLE = re.compile("[\u2061-\u2064\u200b]")  # function application, invisible times, separator and plus
_ATOM = re.compile(r"\w++|[^\w\s]")
_SCRIPTED = re.compile(r"[_^√]")
_OPERATOR = re.compile(r"[-+−±∓×÷·⋅∘*/=≠≈≡∼≃≅<>≤≥≪≫∈∉∋⊂⊃⊆⊇∪∩∧∨→←↔⇒⇐⇔↦∣∥⊥⊕⊗∝:]|:=")
_ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "¯": "\u0304", "‾": "\u0304", "_": "\u0304", "―": "\u0304", "~": "\u0303",
    "˜": "\u0303", "→": "\u20d7", "⃗": "\u20d7", "˙": "\u0307", ".": "\u0307", "¨": "\u0308", "ˇ": "\u030c",
}  # fmt: skip
_FORMULA_SERVICE = re.compile(
    r"/latex\.php\?|latex\.codecogs\.com/|/media/math/render/|[?&]cht=tx|quicklatex\.com/cache|/cgi-bin/mathtex"
    r"|i\.upmath\.me/|zhihu\.com/equation\?|render\.githubusercontent\.com/render/math|math\.vercel\.app|/mimetex",
    re.I,
)
_PRIME = re.compile("['′″‴*†]+")
_DISPLAY_STYLE = re.compile(r"(?:\\(?:displaystyle|textstyle)(?![A-Za-z])\s*+)+")


def tidy_tex(tex: str) -> str:
    r"""TeX on one line, without a style around the whole: `{\displaystyle x}` (Wikipedia) becomes `x`."""
    tex = " ".join(tex.split())
    if tex.startswith("{\\displaystyle") and _is_bracketed(tex, "{", "}"):
        tex = tex[1:-1]
    return tex[match.end() :].strip() if (match := _DISPLAY_STYLE.match(tex)) else tex


def stated_tex(math: Element) -> str:
    """The TeX or other text that the author gave for the formula; "" if there is none."""
    for annotation in math.iter("annotation"):
        if "tex" in (annotation.get("encoding") or "").lower() and (tex := tidy_tex(annotation.text or "")):
            return tex
    return tidy_tex(math.get("alttext") or "")


def formula_text(math: Element) -> str:
    """The formula as its author wrote it in TeX, else as it reads. One that is a mere row of symbols always reads."""
    if math.find(".//mi") is not None or math.find(".//mtext") is not None:
        tags = {part.tag for part in math.iter() if part.tag not in ANNOTATION_TAGS}
        if tags <= _PLAIN_TAGS and (text := linear_text(math)):
            return text
    return stated_tex(math) or linear_text(math)


def pictured_formula(image: Element) -> str:
    """The text of an image that a service for formulas made, such as WordPress's; "" for every other image."""
    alt = image.get("alt") or ""
    if not alt or _FORMULA_SERVICE.search(image.get("src") or "") is None:
        return ""
    return tidy_tex(alt)


def linear_text(element: Element) -> str:
    """The formula on one line. Elements that MathML does not know give their text. Recursive: the depth is bounded."""
    return " ".join(_text(element).split())


def _text(element: Element) -> str:
    tag = element.tag
    if tag in TOKEN_TAGS:
        return _INVISIBLE.sub("", "".join(element.itertext())).strip("\n\t ")
    if (write := _WRITERS.get(tag)) is not None:
        return write(element)
    if tag in ANNOTATION_TAGS or tag in _WITHOUT_TEXT:
        return ""
    return _row(element)


def _row(element: Element) -> str:
    """The children side by side, with a space around operators and between words."""
    parts: list[str] = []
    if own_text := (element.text or "").strip():
        parts.append(own_text)
    for child in element:
        if not isinstance(child.tag, str):
            continue
        text = _text(child)
        if child.tag == "mo":
            text = _operator(child, text, bool(parts))
        elif text and parts and _need_space(parts[-1], text):
            text = " " + text
        if text:
            parts.append(text)
        if tail := (child.tail or "").strip():
            parts.append(f" {tail} ")
    return "".join(parts)


def _operator(operator: Element, text: str, has_left: bool) -> str:
    if text in {",", ";"}:
        return f"{text} "
    previous = operator.getprevious()
    is_prefix = previous is None or (
        previous.tag == "mo" and _OPERATOR.fullmatch(_text(previous)) is not None
    )
    if has_left and not is_prefix and operator.getnext() is not None and _OPERATOR.fullmatch(text):
        return f" {text} "
    return text


def _need_space(before: str, after: str) -> bool:
    """Whether two neighbours would read as one word: `ln` and `2`, `a^n` and `x`, but not `k` and `t`, `2` and `x`."""
    if not after[:1].isalnum():
        return False
    if _SCRIPTED.search(before):
        return True
    return before[-1:].isalnum() and any(
        len(letters) == 2 and letters.isalpha() for letters in (before[-2:], after[:2])
    )


def _children(element: Element, count: int) -> list[str]:
    texts = [_text(child) for child in element if isinstance(child.tag, str)]
    return (texts + [""] * count)[:count]


def _group(text: str) -> str:
    return text if not text or _ATOM.fullmatch(text) or _is_bracketed(text) else f"({text})"


def _is_bracketed(text: str, opening: str = "([{⟨", closing: str = ")]}⟩") -> bool:
    """Whether the first bracket closes at the end: `(a + b)`, but not `(a) + (b)`."""
    if text[0] not in opening or text[-1] not in closing:
        return False
    depth = 0
    for at, char in enumerate(text):
        depth += (char in opening) - (char in closing)
        if depth == 0:
            return at == len(text) - 1
    return False


def _script(mark: str, text: str) -> str:
    return f"{mark}{_group(text)}" if text else ""


def _superscript(text: str) -> str:
    return text if _PRIME.fullmatch(text) and text[0] != "*" else _script("^", text)


def _base(text: str) -> str:
    """The base of a script; a function name or a sum stays as it is."""
    return _group(text) if re.search(r"\s", text) else text


def _fraction(element: Element) -> str:
    above, below = _children(element, 2)
    if (element.get("linethickness") or "1").strip().startswith("0"):
        return f"{_group(above)}¦{_group(below)}"  # a binomial coefficient, as UnicodeMath writes it
    return f"{_group(above)}/{_group(below)}"


def _root(element: Element) -> str:
    radicand, index = _children(element, 2)
    return f"√[{index}]({radicand})" if index else f"√{_group(radicand)}"


def _sub(element: Element) -> str:
    base, below = _children(element, 2)
    return _base(base) + _script("_", below)


def _sup(element: Element) -> str:
    base, above = _children(element, 2)
    return _base(base) + _superscript(above)


def _subsup(element: Element) -> str:
    base, below, above = _children(element, 3)
    return _base(base) + _script("_", below) + _superscript(above)


def _over(element: Element) -> str:
    base, above = _children(element, 2)
    if (accent := _ACCENTS.get(above)) is not None:
        return base + accent if len(base) == 1 else f"{_group(base)}{above}"
    return _base(base) + _script("^", above)


def _multiscripts(element: Element) -> str:
    parts = [child for child in element if isinstance(child.tag, str)]
    tags = [child.tag for child in parts]
    at = tags.index("mprescripts") if "mprescripts" in tags else len(parts)
    before = _scripts(parts[at + 1 :])
    return before + _base(_text(parts[0]) if parts else "") + _scripts(parts[1:at])


def _scripts(parts: list[Element]) -> str:
    texts = [_text(part) for part in parts]
    return "".join(_script("_^"[number % 2], text) for number, text in enumerate(texts))


def _table(element: Element) -> str:
    rows = [_table_row(row) for row in element.iter("mtr", "mlabeledtr")]
    text = "; ".join(rows)
    before, parent = element.getprevious(), element.getparent()
    is_fenced = (before is not None and before.tag == "mo") or (
        parent is not None and parent.tag == "mfenced"
    )
    return text if is_fenced or len(rows) < 2 or "=" in text else f"[{text}]"


def _table_row(row: Element) -> str:
    parts: list[str] = []
    for cell in row:
        part = _text(cell).strip()
        if not part:
            continue
        last = parts[-1][-1] if parts else ""
        separator = " " if not last or _OPERATOR.fullmatch(last) else ", "
        operator = _OPERATOR.match(part)
        # The columns of an aligned equation begin or end at its relations. In a matrix, `-1` is a number.
        if operator and len(part) > operator.end() and (operator[0] not in "-+−" or not f"0{last}".isdigit()):
            separator, part = " ", f"{operator[0]} {part[operator.end() :].lstrip()}"
        parts.append(separator + part)
    return "".join(parts).strip()


def _fenced(element: Element) -> str:
    separators = "".join((element.get("separators") or ",").split()) or ","
    parts = [_text(child) for child in element if isinstance(child.tag, str)]
    inner = "".join(
        part + (f"{separators[min(number, len(separators) - 1)]} " if number < len(parts) - 1 else "")
        for number, part in enumerate(parts)
    )
    return f"{element.get('open', '(')}{inner}{element.get('close', ')')}"


def _first(element: Element) -> str:
    return _text(element[0]) if len(element) else (element.text or "")


_WRITERS: dict[str, Callable[[Element], str]] = {
    "mfrac": _fraction,
    "msqrt": lambda element: f"√{_group(_row(element))}",
    "mroot": _root,
    "msub": _sub,
    "munder": _sub,
    "msup": _sup,
    "mover": _over,
    "msubsup": _subsup,
    "munderover": _subsup,
    "mmultiscripts": _multiscripts,
    "mtable": _table,
    "mfenced": _fenced,
    "mspace": lambda _element: " ",
    "semantics": _first,
}
