"""Character encodings by their labels, as the WHATWG Encoding Standard has them (encoding.spec.whatwg.org).

`webencodings` knows the standard's labels. Labels that are in use although the standard does not have them are added
here. The decoders are Python's, with the characters that browsers give.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import webencodings
from webencodings.labels import LABELS

from feeds.parse import cjk_decoders

REPLACEMENT: Final = "\ufffd"

# Python codecs that are not document encodings; decoding punycode is quadratic (90 s for a small feed).
_NOT_ENCODINGS = frozenset(
    {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7", "charmap"}
)
# The standard refuses these because a page could hide scripts in them. Here, documents are sanitized once decoded.
_DECODED_NEVERTHELESS = {"hz-gb-2312": "hz", "iso-2022-kr": "iso2022_kr", "csiso2022kr": "iso2022_kr"}

_STANDARD_NAMES = frozenset(LABELS.values())
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_CODE_PAGE = re.compile(r"x?(?:ms|ibm)?(?:win|windows|cp|ansi|ms|ibm|dos)?(125[0-8]|874|866|932|936|949|950)")
_NAMES_BY_CODE_PAGE = {
    "866": "ibm866",
    "932": "shift_jis",
    "936": "gbk",
    "949": "euc-kr",
    "950": "big5",
}
# Labels that the standard does not know, without their separators.
_UNOFFICIAL_LABELS = {
    name: standard_name
    for standard_name, names in {
        "utf-8": "utf utf8mb3 utf8mb4 utf8n utf8bom utf8sig utf8withbom utf8withoutbom cp65001 65001",
        "windows-1252": "ansi win western",
        "iso-8859-15": "latin9",
        "windows-874": "tis6202533",
        "koi8-r": "koi8",
        "koi8-u": "koi8ru",
        "shift_jis": "sjiswin shiftjisx0213 mskanji",
        "euc-jp": "ujis eucjpms eucjpwin cp51932",
        "iso-2022-jp": "jis iso2022 cp50220 cp50221",
        "euc-kr": "uhc",
        "gb18030": "euccn gb180302000 gb180302005 gb180302022",
        "big5": "big5eten big5hkscs2004",
    }.items()
    for name in names.split()
}
# Where Python's decoders of one byte for each character differ from browsers (and see `_decoding_table`).
_DIFFERING_BYTES = {("koi8-u", 0xAE): "ў", ("koi8-u", 0xBE): "Ў", ("cp1255", 0xCA): "\u05ba"}


@dataclass(frozen=True, slots=True)
class Charset:
    """A character encoding. `name`: the standard's, or Python's for an encoding that the standard does not have."""

    name: str
    codec: str  # Python's name

    @property
    def is_unicode(self) -> bool:
        return self.name.startswith(("utf", "unicode"))

    @property
    def is_stateful(self) -> bool:
        """Whether its characters are escape sequences of ASCII bytes, so that a document in it looks like UTF-8."""
        return self.name.startswith(("iso-2022", "iso2022", "hz"))

    @property
    def is_multibyte(self) -> bool:
        return self.codec in cjk_decoders.CODECS

    @property
    def is_default(self) -> bool:
        """Whether it is windows-1252, the standard's reading of "iso-8859-1" and "us-ascii" too: servers and tools
        state it of any document."""
        return self.name == "windows-1252"


UTF8: Final = Charset("utf-8", "utf-8")
WINDOWS_1252: Final = Charset("windows-1252", "cp1252")


@lru_cache(maxsize=256)
def find_charset(label: str) -> Charset | None:
    """The encoding with this label, which may be misspelt; None if there is none."""
    label = label.strip().lower()
    squeezed = _SEPARATORS.sub("", label)
    name = LABELS.get(label) or _squeezed_labels().get(squeezed) or _UNOFFICIAL_LABELS.get(squeezed)
    if name is None and (code_page := _CODE_PAGE.fullmatch(squeezed)):
        name = _NAMES_BY_CODE_PAGE.get(code_page[1], f"windows-{code_page[1]}")
    if name is None or name == "replacement":
        return _python_charset(_DECODED_NEVERTHELESS.get(label, label))
    if name == "x-user-defined":  # pages mean windows-1252 by it (HTML standard, "prescan a byte stream")
        return WINDOWS_1252
    encoding = webencodings.lookup(name)
    assert encoding is not None
    # The standard decodes GBK as GB 18030.
    codec = "gb18030" if name == "gbk" else encoding.codec_info.name.replace("_", "-")
    return Charset(name, codec)


@cache
def _squeezed_labels() -> dict[str, str]:
    return {_SEPARATORS.sub("", label): name for label, name in LABELS.items()}


def _python_charset(label: str) -> Charset | None:
    """An encoding that only Python knows, such as cp437. Its ASCII bytes must be ASCII: the label was read as such."""
    try:
        name = codecs.lookup(label).name.replace("_", "-")
        is_readable = name not in _NOT_ENCODINGS and (b"<?xml" * 4).decode(name) == "<?xml" * 4
    except (LookupError, ValueError):  # a UnicodeError is a ValueError
        return None
    return Charset(name, name) if is_readable else None


def decode(body: bytes, charset: Charset) -> str:
    """The text. What cannot be decoded becomes U+FFFD, and costs no other character."""
    if charset.is_multibyte:
        return cjk_decoders.decode(body, charset.codec)
    if charset.name == "iso-2022-jp":
        return cjk_decoders.decode_iso_2022_jp(body)
    if not charset.is_unicode and charset.name in _STANDARD_NAMES:
        return codecs.charmap_decode(body, "strict", _decoding_table(charset.codec))[0]
    return body.decode(charset.codec, "replace")


@cache
def _decoding_table(codec: str) -> str:
    """The characters of the 256 bytes, in an encoding of one byte for each character."""
    table = ""
    for byte in range(256):
        character = bytes((byte,)).decode(codec, "replace")
        if character == REPLACEMENT and byte < 0xA0:
            character = chr(byte)  # in the standard, only bytes from 0xA0 on may be undefined
        table += _DIFFERING_BYTES.get((codec, byte), character)
    return table
