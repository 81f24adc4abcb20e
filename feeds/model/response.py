"""Response: the document that a server or a file returned."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """Validators for the next conditional request, byte for byte as the server sent them (RFC 9110 §8.8)."""

    etag: str = ""
    last_modified: str = ""
    url: str = ""  # the URL that issued them; they are only valid there

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A complete document. `headers`: only those that are used, names in lower case."""

    url: str  # after redirects; the base of relative links
    status: int
    body: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = ()
    validators: Validators = Validators()
    moved_to: str = ""  # end of an unbroken chain of 301/308 from the source's URL
    seconds: float = 0.0
    wire_bytes: int = 0

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """304: a value, not an error. `validators` are merged with those sent (RFC 9111 §4.3.4)."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    validators: Validators = Validators()
    moved_to: str = ""
    seconds: float = 0.0
    wire_bytes: int = 0
    status: int = 304

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


Fetched = Response | Unchanged
