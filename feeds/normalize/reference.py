"""Resolves URL references (RFC 3986 §5.2) as browsers do.

`urllib.parse.urljoin` is not used: it leaves dot segments in absolute URLs, drops a ";" at the end of a path, turns
"a//b" into "a/b", and takes "//" for the base.
"""

from __future__ import annotations

import re

# Top-level domains by which "example.org/page" is a host name without its scheme, and not a path. Two letters count
# only before a "/" and if no file name ends in them.
_GENERIC_DOMAINS = "com|org|net|edu|gov|mil|int|info|biz|blog|news|app|dev|xyz|online|site"
_FILE_ENDINGS = "ai|cc|cs|go|gz|js|md|mp|pl|pm|ps|py|rb|rs|sh|so|ts|vb"
_LABEL = "[a-z0-9](?:[a-z0-9-]*+)"
_HOST_WITHOUT_SCHEME = re.compile(
    rf"(?:www\.{_LABEL}(?:\.{_LABEL})+"
    rf"|(?:{_LABEL}\.)+(?:(?:{_GENERIC_DOMAINS})(?![^/?#:])|(?!(?:{_FILE_ENDINGS})/)[a-z]{{2}}(?=/)))"
    r"(?::[0-9]{1,5})?(?=[/?#]|$)",
    re.I,
)
_URL_IN_TEXT = re.compile(r"https?://[^\s<>\"']++", re.I)
_SCHEME_WITHOUT_COLON = re.compile(r"(https?)//(?=[^/])", re.I)
_REPEATED_SCHEME = re.compile(r"(?:https?:?/+)+(?=https?:?//)", re.I)


def without_repeated_scheme(url: str) -> str:
    """The URL without the first scheme of "https://https://host/" or "http://https//host/", which templates make."""
    if match := _REPEATED_SCHEME.match(url):
        scheme, _, rest = url[match.end() :].partition("//")
        return f"{scheme.rstrip(':')}://{rest}"
    return url


def single_url(stated: str) -> str:
    """The first URL of a field that should hold one and holds more: two URLs, or a whole `<a href="…">`."""
    if "<" in stated or (" " in stated and stated.count("://") > 1):
        match = _URL_IN_TEXT.search(stated)
        return match[0] if match else stated
    return stated


def resolve_reference(base: str, reference: str) -> str:
    """The URL of `reference`, which has no scheme, on the page `base`, an absolute http or https URL.

    A reference that begins with a host name is one without its scheme ("www.example.org/page"): it gets https. ""
    if the reference has no host behind "//". Dot segments stay: see `without_dot_segments`.
    """
    if match := _SCHEME_WITHOUT_COLON.match(reference):
        return f"{match[1].lower()}://{reference[match.end() :]}"
    scheme, _, rest = base.partition(":")
    if reference.startswith("//"):
        host = reference.lstrip("/")
        return f"{scheme}://{host}" if host else ""
    if _HOST_WITHOUT_SCHEME.match(reference):
        return f"https://{reference}"
    rest = rest.partition("#")[0].partition("?")[0].lstrip("/")
    authority, _, path = rest.partition("/")
    if reference.startswith("/"):
        return f"{scheme}://{authority}{reference}"
    if reference.startswith(("?", "#")):
        return f"{scheme}://{authority}/{path}{reference}"
    folder = path[: path.rfind("/") + 1]
    return f"{scheme}://{authority}/{folder}{reference}"


def without_dot_segments(path: str) -> str:
    """The path without "." and ".." (RFC 3986 §5.2.4), which browsers also read percent-encoded."""
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments[1:]:
        plain = segment.replace("%2e", ".").replace("%2E", ".")
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(segment)
    if segments[-1].replace("%2e", ".").replace("%2E", ".") in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
