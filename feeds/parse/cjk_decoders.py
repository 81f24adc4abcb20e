"""Decoders for Chinese, Japanese and Korean, with the results of browsers (WHATWG Encoding Standard).

Python's codecs lack characters that are in use, such as "①" in EUC-JP, and drop another number of bytes where a
character is damaged. Error handlers add both. All differences were found by comparing every pair of bytes with
Chromium.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

REPLACEMENT = "\ufffd"
MAX_ERRORS = 100_000  # each takes 2 µs; with more of them the document is not in this encoding

_PAIR_LEADS = frozenset(range(0x81, 0xFF))
# Python's codec → the first bytes of its characters of several bytes
CODECS: dict[str, frozenset[int]] = {
    "gb18030": _PAIR_LEADS,
    "big5hkscs": _PAIR_LEADS,
    "cp949": _PAIR_LEADS,
    "cp932": frozenset((*range(0x81, 0xA0), *range(0xE0, 0xFD))),
    "euc-jp": frozenset((0x8E, 0x8F, *range(0xA1, 0xFF))),
}
# Python's characters, and those of the standard for the same bytes.
_DIFFERING_CHARACTERS = {
    "gb18030": (  # GB 18030-2000 has private characters where later editions and browsers have these
        "\ue5e5\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7"
        "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864",
        "\u3000︐︒︑︓︔︕︖︗︘︙ḿ龴龵龶龷龸龹龺龻",
    ),
    "big5hkscs": ("•､‾∼♁☉¥¢£", "‧﹑¯～⊕⊙￥￠￡"),
    "cp932": ("\uf8f0\uf8f1\uf8f2\uf8f3", REPLACEMENT * 4),
    "euc-jp": ("〜‖−¢£¬", "～∥－￠￡￢"),
}
_ISO_2022_JP_ESCAPE = re.compile(rb"\x1b(\([BJI]|\$[@B])")
_ROMAN = {ord("\\"): "¥", ord("~"): "‾"}  # where JIS X 0201 differs from ASCII
_TO_HIGH_BYTES = bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in range(256))


def decode(body: bytes, codec: str) -> str:
    """The text, with U+FFFD for what is damaged. `codec`: one of `CODECS`."""
    text = body.decode(codec, "replace")
    if 0 < text.count(REPLACEMENT) < MAX_ERRORS:
        text = body.decode(codec, f"feeds-{codec}")
    if codec not in _DIFFERING_CHARACTERS:
        return text
    pattern, standard = _replaced_characters(codec)
    return pattern.sub(lambda match: standard[match[0]], text)


@cache
def _replaced_characters(codec: str) -> tuple[re.Pattern[str], dict[str, str]]:
    python, standard = _DIFFERING_CHARACTERS[codec]
    return re.compile(f"[{python}]"), dict(zip(python, standard, strict=True))


def decode_iso_2022_jp(body: bytes) -> str:
    """Not Python's codec, which has no "①" and takes an unknown escape sequence for damage to its line."""
    plain, *parts = _ISO_2022_JP_ESCAPE.split(body)
    pieces = [plain.decode("ascii", "replace")]
    for escape, part in zip(parts[::2], parts[1::2], strict=True):
        if escape.startswith(b"$"):
            pieces.append(decode(part.translate(_TO_HIGH_BYTES), "euc-jp"))
        elif escape == b"(I":
            pieces.append(decode(part.translate(_TO_HIGH_BYTES), "cp932"))
        else:
            text = part.decode("ascii", "replace")
            pieces.append(text.translate(_ROMAN) if escape == b"(J" else text)
    return "".join(pieces)


def _register_error_handler(codec: str) -> None:
    leads = CODECS[codec]

    def replace_error(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        start = error.start
        damaged = error.object[start : start + 3]
        if codec == "gb18030" and damaged[0] == 0x80:
            return "€", start + 1
        if codec == "big5hkscs" and damaged[:2] == b"\xa3\xe1":
            return "€", start + 2
        if codec == "euc-jp" and (character := _microsoft_character(damaged[:2])):
            return character, start + 2
        # A second byte that is ASCII is not a part of the damaged character: it may be markup.
        size = 1
        if damaged[0] in leads and damaged[1:2] >= b"\x80":
            size = 2
            if codec == "euc-jp" and damaged[0] == 0x8F and damaged[1] >= 0xA1 and damaged[2:] >= b"\x80":
                size = 3
        return REPLACEMENT, start + size

    codecs.register_error(f"feeds-{codec}", replace_error)


def _microsoft_character(pair: bytes) -> str:
    """The character of two bytes of EUC-JP in Microsoft's extension of JIS X 0208, which cp932 has; "" if none."""
    if len(pair) < 2 or min(pair) < 0xA1 or max(pair) > 0xFE:
        return ""
    row, cell = pair[0] - 0xA0, pair[1] - 0xA0
    lead = (row + 1) // 2 + (0x80 if row <= 62 else 0xC0)
    trail = cell + 0x9E if row % 2 == 0 else cell + (0x3F if cell <= 63 else 0x40)
    try:
        return bytes((lead, trail)).decode("cp932")
    except UnicodeDecodeError:
        return ""


for _codec in CODECS:
    _register_error_handler(_codec)
