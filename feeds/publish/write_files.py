"""One document → the files of its formats, with as little rendered as can be."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import TypeVar

from msgspec import MsgspecError

from feeds import codec
from feeds.model import Edition, News
from feeds.publish.publish_result import Published
from feeds.publish.sink import Sink
from feeds.render import render
from feeds.render.rendered import Admitted
from feeds.render.rendered_cache import Laid, Pieces, known
from feeds.render.theme import Theme

T = TypeVar("T")

LAID = dict[str, Laid]  # by format


STANDING = Mapping[str, Mapping[bytes, bytes]]  # by format: key → bytes


def standing(sink: Sink, edition: Edition, last: Mapping[str, Laid]) -> STANDING:
    """The entries in the files of an output. `last`: where they lay when the files were written."""
    if not sink.near:
        return {}
    return {
        # The cards of a page cost less than to find them again.
        form: known(last[form], sink.read(f"{edition.folder}{edition.name}.{form}")) if form in last else {}
        for form in edition.formats
        if form != "html"
    }


def write(
    sink: Sink, admitted: Admitted, look: Theme, pieces_of: STANDING
) -> tuple[Published, tuple[News, ...], LAID]:
    """`pieces_of`: entries that need not be rendered. Returns where they all lie now."""
    edition = admitted.edition
    written: list[str] = []
    left: list[str] = []
    left_out: list[str] = []
    news: list[News] = []
    laid: LAID = {}
    for form in edition.formats:
        name = f"{edition.name}.{form}"
        file = edition.folder + name
        pieces = Pieces(pieces_of[form]) if form in pieces_of else None
        rendered = render(admitted, form, look, pieces)
        if pieces is not None:
            laid[form] = pieces.laid(rendered.data)
        changed = sink.write(file, rendered.data)
        (written if changed else left).append(name)
        left_out += [one for one in rendered.left_out if one not in left_out]
        if form != "html":
            digest = blake2b(rendered.data, digest_size=16).digest()
            news += [News(hub, edition.url(form), digest, changed) for hub in edition.hubs]
    published = Published(
        output=edition.name,
        entries=len(edition.entries),
        written=tuple(written),
        left=tuple(left),
        left_out=tuple(left_out),
    )
    return published, tuple(news), laid


def kept(kind: type[T], data: bytes | None) -> T | None:
    """A value that the state keeps; None where it keeps none, or one of another version of this program."""
    try:
        return codec.loads(kind, data) if data else None
    except MsgspecError:
        return None
