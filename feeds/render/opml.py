"""OPML 2.0: a list of feeds that feed readers import."""

from __future__ import annotations

import re

from lxml import etree

from feeds.render import entry_text, formats
from feeds.render.clean_for_publication import clean_for_publication
from feeds.render.listing import FeedListing, Listing
from feeds.render.rendered import Rendered

_SEPARATOR = re.compile("[,/]")


def render(title: str, feeds: tuple[FeedListing, ...]) -> Rendered:
    """In the order given and without dates, so that the same list gives the same bytes.

    A feed without a web address (a file on this machine) is left out: no other machine can read it.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = entry_text.one_line(clean_for_publication(title)) or "feeds"
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    skipped = []
    for raw in feeds:
        feed = clean_for_publication(raw)
        if not feed.url:
            skipped.append(f"{raw.title or 'a source'}: it has no web address")
            continue
        name = entry_text.one_line(feed.title) or feed.url
        attributes = {
            "type": "rss",  # in OPML: a feed in any format
            "text": name,
            "title": name,
            "xmlUrl": feed.url,
            "htmlUrl": feed.link,
            # A category without a slash is a tag; commas separate them.
            "category": ",".join(
                filter(None, (entry_text.one_line(_SEPARATOR.sub(" ", tag)) for tag in feed.tags))
            ),
            "description": entry_text.one_line(feed.description),
            "language": entry_text.language_tag(feed.language),
        }
        etree.SubElement(body, "outline", {key: value for key, value in attributes.items() if value})
    data = etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)
    return Rendered(data, tuple(skipped))


def list_outputs(listings: tuple[Listing, ...]) -> tuple[FeedListing, ...]:
    """The feeds of the outputs, each in the best format that its output has. Outputs without a feed are left out."""
    return tuple(
        FeedListing(
            title=listing.title,
            url=listing.url(links[0].ending),
            link=listing.url("html") if "html" in listing.formats else listing.base_url,
            description=listing.description,
            language=listing.language,
        )
        for listing in listings
        if (links := formats.feed_links(listing.formats))
    )
