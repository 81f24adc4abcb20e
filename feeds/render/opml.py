"""OPML 2.0: a list of subscriptions, as any feed reader takes in."""

from __future__ import annotations

import re

from lxml import etree

from feeds.render import entry_text
from feeds.render.clean_for_publication import admit
from feeds.render.listing import Listing, Subscription
from feeds.render.rendered import Rendered

_PART = re.compile("[,/]")


def render(title: str, subscriptions: tuple[Subscription, ...]) -> Rendered:
    """In the order given and without dates, so that the same list gives the same bytes.

    A subscription without a web address (a file of ours) means nothing elsewhere, and is left out.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = entry_text.line(admit(title)) or "feeds"
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    left_out = []
    for raw in subscriptions:
        one = admit(raw)
        if not one.url:
            left_out.append(f"{raw.title or 'a source'}: it has no web address")
            continue
        name = entry_text.line(one.title) or one.url
        attributes = {
            "type": "rss",  # OPML's word for a feed of whatever format
            "text": name,
            "title": name,
            "xmlUrl": one.url,
            "htmlUrl": one.link,
            # A category without a slash is a tag; commas part them.
            "category": ",".join(filter(None, (entry_text.line(_PART.sub(" ", tag)) for tag in one.tags))),
            "description": entry_text.line(one.description),
            "language": entry_text.language(one.language),
        }
        etree.SubElement(body, "outline", {key: value for key, value in attributes.items() if value})
    data = etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)
    return Rendered(data, tuple(left_out))


def own(listings: tuple[Listing, ...]) -> tuple[Subscription, ...]:
    """Our outputs as subscriptions: each once, in the best format that it has."""
    found = []
    for one in listings:
        form = next((form for form in ("atom", "rss", "json") if form in one.formats), "")
        if form:
            found.append(
                Subscription(
                    title=one.title,
                    url=one.url(form),
                    link=one.url("html") if "html" in one.formats else one.base_url,
                    description=one.description,
                    language=one.language,
                )
            )
    return tuple(found)
