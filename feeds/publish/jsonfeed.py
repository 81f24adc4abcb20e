"""JSON Feed 1.1. What it has no word for stands under `_feeds`, described in docs/output.md."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from feeds.model import Edition, Entry, Media
from feeds.publish import wording
from feeds.publish.rendered import Rendered, admit_edition, each

Object = dict[str, Any]


def render(edition: Edition) -> Rendered:
    """JSON Feed 1.1, UTF-8, its keys in a fixed order, one value a line."""
    edition = admit_edition(edition)
    items, left_out = each(edition.entries, partial(_item, language=edition.language))
    feed = _said(
        version="https://jsonfeed.org/version/1.1",
        title=edition.title,
        home_page_url=edition.url("html") if "html" in edition.formats else edition.base_url,
        feed_url=edition.url("json"),
        next_url=edition.url("json", edition.previous) if edition.previous else "",
        description=edition.description,
        language=wording.language(edition.language),
        hubs=[{"type": "WebSub", "url": hub} for hub in edition.hubs],
        _feeds={"id": edition.id, "updated": wording.rfc3339(edition.updated), "ttl": max(edition.ttl, 1)},
    )
    text = json.dumps({**feed, "items": items}, ensure_ascii=False, indent=1)
    return Rendered(f"{text}\n".encode(), left_out)


def _item(entry: Entry, language: str) -> Object:
    article = entry.article
    body = wording.body(entry)
    tag = wording.language(article.language)
    return _said(
        id=entry.id,
        url=article.link or "",
        title=wording.headline(entry),
        content_html=body,
        # One of the two has to be there.
        content_text="" if body else wording.headline(entry),
        summary=wording.plain(article.summary) if wording.has_own_summary(entry) else "",
        image=article.image or "",
        date_published=wording.rfc3339(entry.published),
        date_modified=wording.rfc3339(entry.updated),
        authors=[_said(name=one.name, url=one.uri) for one in wording.people(article.authors)],
        tags=list(dict.fromkeys(wording.line(one.label) or one.term for one in wording.categories(article))),
        language=tag if tag != language else "",
        attachments=[_attachment(one) for one in wording.media(article, "enclosure", "content")],
        _feeds=_extension(entry),
    )


def _attachment(one: Media) -> Object:
    attachment = _said(url=one.url, mime_type=wording.media_type(one), title=wording.line(one.title))
    if one.length is not None and one.length >= 0:
        attachment["size_in_bytes"] = one.length
    if one.duration is not None and one.duration >= 0:
        attachment["duration_in_seconds"] = one.duration
    return attachment


def _extension(entry: Entry) -> Object:
    article, origin = entry.article, entry.origin
    return _said(
        origin=_said(
            id=wording.source_id(entry),
            title=wording.source_title(entry),
            feed_url=origin.url,
            home_page_url=origin.link,
        ),
        also_in=[
            _said(source=wording.mention_title(one), title=wording.line(one.title), url=one.link)
            for one in wording.mentions(entry)
        ],
        contributors=[one.name for one in wording.people(article.contributors)],
        credits=[credit for raw in article.credits if (credit := wording.line(raw))],
        rights=article.rights.strip() or origin.rights.strip(),
        license=article.license or "",
        comments=article.comments or "",
    )


def _said(**values: Any) -> Object:
    """The pairs that say something, in the order given."""
    return {key: value for key, value in values.items() if value}
