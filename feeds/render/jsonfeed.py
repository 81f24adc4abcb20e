"""JSON Feed 1.1. Values that it has no key for are written under `_feeds`, described in docs/output.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from feeds.model import Edition, Entry, Media, PreviousEntry
from feeds.render import entry_text
from feeds.render.checks import check_json
from feeds.render.jsonfeed_extension import Object, item_extension, without_empty
from feeds.render.media_details import files
from feeds.render.recovery import parse_rfc3339
from feeds.render.rendered import CleanEdition, Rendered, clean_edition, render_each
from feeds.render.rendered_cache import RenderedCache

if TYPE_CHECKING:
    from feeds.render.pages.theme import Theme

check = check_json


def render(
    edition: Edition | CleanEdition, *, theme: Theme | None = None, cache: RenderedCache | None = None
) -> Rendered:
    """JSON Feed 1.1, UTF-8, with the keys in a fixed order and one value per line. `theme` is ignored."""
    clean = clean_edition(edition)
    edition = clean.edition
    render_item: Callable[[Entry], bytes] = partial(_indented_item, language=edition.language)
    if cache is not None:
        render_item = cache.cached_json(render_item, edition.language)
    _, items, skipped = render_each(edition.entries, render_item)
    feed = without_empty(
        version="https://jsonfeed.org/version/1.1",
        title=edition.title,
        home_page_url=edition.url("html") if "html" in edition.formats else edition.base_url,
        feed_url=edition.url("json"),
        next_url=edition.url("json", edition.previous) if edition.previous else "",
        description=edition.description,
        language=entry_text.language_tag(edition.language),
        hubs=[{"type": "WebSub", "url": hub} for hub in edition.hubs],
        _feeds={"id": edition.id, "updated": entry_text.rfc3339(edition.updated), "ttl": max(edition.ttl, 1)},
    )
    text = json.dumps({**feed, "items": []}, ensure_ascii=False, indent=1).encode() + b"\n"
    if items:
        text = text.removesuffix(b"[]\n}\n") + b"[\n" + b",\n".join(items) + b"\n ]\n}\n"
    return Rendered(text, clean.skipped_entries + skipped)


def _indented_item(entry: Entry, language: str) -> bytes:
    """The item as JSON, indented as an element of the list of items."""
    text = json.dumps(_item(entry, language), ensure_ascii=False, indent=1)
    return f"  {text}".replace("\n", "\n  ").encode()  # a JSON string contains no line break


def _item(entry: Entry, language: str) -> Object:
    article = entry.article
    body = entry_text.body_html(entry)
    tag = entry_text.language_tag(article.language)
    return without_empty(
        id=entry.id,
        url=article.link or "",
        title=entry_text.headline(entry),
        content_html=body,
        # JSON Feed requires one of the two.
        content_text="" if body else entry_text.headline(entry),
        summary=entry_text.plain_text(article.summary) if entry_text.has_own_summary(entry) else "",
        image=article.image or "",
        date_published=entry_text.rfc3339(entry.published),
        date_modified=entry_text.rfc3339(entry.updated),
        authors=[
            without_empty(name=author.name, url=author.uri) for author in entry_text.people(article.authors)
        ],
        tags=list(
            dict.fromkeys(
                entry_text.one_line(category.label) or category.term
                for category in entry_text.categories(article.categories)
            )
        ),
        language=tag if tag != language else "",
        attachments=[_attachment(medium) for medium in files(article)],
        _feeds=item_extension(entry),
    )


def _attachment(medium: Media) -> Object:
    attachment = without_empty(
        url=medium.url, mime_type=entry_text.media_type(medium), title=entry_text.one_line(medium.title)
    )
    if medium.length is not None and medium.length > 0:  # 0: unknown, as in RSS
        attachment["size_in_bytes"] = medium.length
    if medium.duration is not None and medium.duration >= 0:
        attachment["duration_in_seconds"] = medium.duration
    return attachment


def recover_entries(data: bytes, feed_id: str, _address: str) -> Iterator[PreviousEntry]:
    """Read the items of a published file; none if it is not a file of the output with this id."""
    feed = json.loads(data)
    if feed["_feeds"]["id"] != feed_id:
        return
    for item in feed["items"]:
        yield PreviousEntry(
            entry=item["id"],
            link=item.get("url", ""),
            published=parse_rfc3339(item["date_published"]),
            updated=parse_rfc3339(item["date_modified"]),
        )
