"""Podcasts: the itunes:, podcast: and psc: elements."""

from __future__ import annotations

from feeds.parse.fast.metadata import add_tag
from feeds.parse.fast.names import Unsupported, attributes
from feeds.parse.fast.text import bare_text, clean_text
from feeds.parse.fast.walker import Action, Target, Walker, require_no_text
from feeds.parse.reference.podcasting import ITUNES_SCHEME, media_attributes
from feeds.parse.reference.raw_extras import Attributes, RawExtras
from feeds.parse.values import Element


def handle_itunes_summary(walker: Walker, element: Element, target: Target) -> None:
    target.store("itunes_summary", walker.text_construct(element, "text/plain", target))


def handle_itunes_category(walker: Walker, element: Element, target: Target) -> None:
    tags = target.fields.setdefault("tags", [])
    add_tag(tags, attributes(element).get("text"), ITUNES_SCHEME, None)
    require_no_text(element)
    for child in element:
        if walker.names.of(child) != "itunes_category":
            raise Unsupported("other elements in itunes:category")
        handle_itunes_category(walker, child, target)


def handle_itunes_keywords(walker: Walker, element: Element, target: Target) -> None:
    """feedparser has no handler for their start tag: where it has attributes, they are kept and the text is not."""
    text = clean_text(element)
    if element.attrib:
        return
    tags = target.fields.setdefault("tags", [])
    for term in text.split(","):
        if term.strip():
            add_tag(tags, term.strip(), ITUNES_SCHEME, None)


def handle_itunes_image(walker: Walker, element: Element, target: Target) -> None:
    attrs = walker.resolved_attributes(element, "href", "url")
    bare_text(element)
    if href := attrs.get("href") or attrs.get("url"):
        target.fields["image"] = {"href": href}


def handle_itunes_owner(walker: Walker, element: Element, target: Target) -> None:
    """The owner's name and address are not used."""
    for child in element:
        if walker.names.of(child) not in ("itunes_name", "itunes_email", "name", "email"):
            raise Unsupported("other elements in itunes:owner")
        bare_text(child)


def handle_transcript(walker: Walker, element: Element, target: Target) -> None:
    attrs = walker.resolved_attributes(element)
    bare_text(element)
    _extras(target).transcripts.append(attrs)


def handle_chapters(walker: Walker, element: Element, target: Target) -> None:
    attrs = walker.resolved_attributes(element)
    bare_text(element)
    _extras(target).chapters = attrs


def handle_season(walker: Walker, element: Element, target: Target) -> None:
    extras, attrs = _extras(target), attributes(element)
    extras.season = _with_text(element, attrs if extras.season is None else extras.season)


def handle_episode(walker: Walker, element: Element, target: Target) -> None:
    extras, attrs = _extras(target), attributes(element)
    extras.episode = _with_text(element, attrs if extras.episode is None else extras.episode)


def handle_person(walker: Walker, element: Element, target: Target) -> None:
    _extras(target).persons.append(_with_text(element, walker.resolved_attributes(element, "href", "img")))


def handle_soundbite(walker: Walker, element: Element, target: Target) -> None:
    _extras(target).soundbites.append(_with_text(element, attributes(element)))


def handle_location(walker: Walker, element: Element, target: Target) -> None:
    _extras(target).location = _with_text(element, attributes(element))


def handle_podcast_license(walker: Walker, element: Element, target: Target) -> None:
    bare_text(element)
    _extras(target).license_urls.append(walker.resolved_attributes(element).get("url", ""))


def handle_social_interact(walker: Walker, element: Element, target: Target) -> None:
    bare_text(element)
    _extras(target).discussion_urls.append(attributes(element).get("uri", ""))


def handle_alternate_enclosure(walker: Walker, element: Element, target: Target) -> None:
    target.open_alternate = media_attributes(attributes(element))
    if (element.text or "").strip():
        raise Unsupported("text in podcast:alternateEnclosure")
    for child in element:
        name = walker.names.of(child)
        if name == "podcast_source":
            handle_alternate_source(walker, child, target)
        else:
            walker.ignore(child, name)
        if (child.tail or "").strip():
            raise Unsupported("text in podcast:alternateEnclosure")


def handle_alternate_source(walker: Walker, element: Element, target: Target) -> None:
    bare_text(element)
    url = walker.resolved_attributes(element, "uri").get("uri", "")
    if url and target.open_alternate is not None:
        _extras(target).media.append(target.open_alternate | {"url": url})
        target.open_alternate = None


def handle_inline_chapters(walker: Walker, element: Element, target: Target) -> None:
    """psc:chapters, which holds its chapters; podcast:chapters is the URL of a file."""
    found = []
    for child in element:
        if walker.names.of(child) != "psc_chapter" or child.get("start") is None:
            raise Unsupported("other elements in psc:chapters")
        bare_text(child)
        found.append(attributes(child))
    target.fields.setdefault("psc_chapters", attributes(element) | {"chapters": found})


def _with_text(element: Element, attrs: Attributes) -> Attributes:
    """The same `attrs`, to which the element's text is added as "text"."""
    attrs.setdefault("text", clean_text(element).strip())
    return attrs


def _extras(target: Target) -> RawExtras:
    """The item's extras; for a feed, a throw-away, as what it says of all its episodes is not used."""
    return RawExtras() if target.extras is None else target.extras


PODCAST_ELEMENTS: dict[str, Action] = {
    "itunes_summary": handle_itunes_summary,
    "itunes_category": handle_itunes_category,
    "itunes_keywords": handle_itunes_keywords,
    **dict.fromkeys(("itunes_image", "itunes_link"), handle_itunes_image),
    "itunes_owner": handle_itunes_owner,
    "podcast_transcript": handle_transcript,
    "podcast_chapters": handle_chapters,
    "podcast_season": handle_season,
    "podcast_episode": handle_episode,
    "podcast_person": handle_person,
    "podcast_soundbite": handle_soundbite,
    "podcast_location": handle_location,
    "podcast_license": handle_podcast_license,
    "podcast_socialinteract": handle_social_interact,
    "podcast_alternateenclosure": handle_alternate_enclosure,
    "podcast_source": handle_alternate_source,
    "psc_chapters": handle_inline_chapters,
}
