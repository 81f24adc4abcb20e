"""The core elements of RSS, Atom and Dublin Core: texts, identity, links, dates and people.

Each `handle_…` function does to the target what feedparser's handler of that element does to its dictionary.
"""

from __future__ import annotations

import re

from feeds.parse.fast.names import Unsupported, attributes
from feeds.parse.fast.text import bare_text, clean_text, fix_mojibake, parse_date, resolve_like_feedparser
from feeds.parse.fast.walker import Action, Target, Walker, require_no_text
from feeds.parse.reference.handlers import TYPE_AS_WRITTEN, name_and_email
from feeds.parse.values import Element

_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);", re.ASCII)
_PERSON_FIELDS = {"name": "name", "email": "email", "uri": "href", "url": "href", "homepage": "href"}


def handle_title(walker: Walker, element: Element, target: Target) -> None:
    detail = walker.text_construct(element, "text/plain", target)
    if not target.has_title:
        target.store("title", detail)
    target.has_title = target.has_title or bool(detail["value"])


def handle_description(walker: Walker, element: Element, target: Target) -> None:
    _summary(walker, element, "text/html", target, "subtitle" if target.extras is None else "summary")


def handle_summary(walker: Walker, element: Element, target: Target) -> None:
    _summary(walker, element, "text/plain", target, "summary")


def _summary(walker: Walker, element: Element, default_type: str, target: Target, name: str) -> None:
    if name == "summary" and target.extras is None:
        raise Unsupported("a summary of the feed")
    if "summary" in target.fields and not target.has_content:
        handle_content(walker, element, target)  # feedparser takes a second summary for the content
    else:
        target.store(name, walker.text_construct(element, default_type, target))


def handle_content(
    walker: Walker, element: Element, target: Target, default_type: str = "text/plain"
) -> None:
    if target.extras is None:
        raise Unsupported("content of the feed")
    target.has_content = True
    detail = walker.text_construct(element, default_type, target)
    target.fields.setdefault("content", []).append(detail)
    target.fields.setdefault("summary", detail["value"])


def handle_content_encoded(walker: Walker, element: Element, target: Target) -> None:
    handle_content(walker, element, target, "text/html")


def handle_subtitle(walker: Walker, element: Element, target: Target) -> None:
    target.store("subtitle", walker.text_construct(element, "text/plain", target))


def handle_rights(walker: Walker, element: Element, target: Target) -> None:
    target.store("rights", walker.text_construct(element, "text/plain", target))


def handle_language(walker: Walker, element: Element, target: Target) -> None:
    target.fields["language"] = clean_text(element)


def handle_entry_id(walker: Walker, element: Element, target: Target) -> None:
    target.fields["id"] = clean_text(element)


def handle_guid(walker: Walker, element: Element, target: Target) -> None:
    if target.extras is not None:
        permalink = attributes(element).get("ispermalink", "true") if element.attrib else "true"
        target.extras.guid_is_permalink = permalink.strip().lower() != "false"
    handle_entry_id(walker, element, target)


def handle_link(walker: Walker, element: Element, target: Target) -> None:
    attrs = attributes(element) if element.attrib else {}
    attrs[TYPE_AS_WRITTEN] = attrs.get("type", "")
    attrs.setdefault("rel", "alternate")
    attrs = _with_href(attrs)
    target.fields.setdefault("links", []).append(attrs)
    if "href" in attrs:
        bare_text(element)
        attrs["href"] = resolve_like_feedparser(attrs["href"], base=walker.base)
        return
    text = bare_text(element)
    text = fix_mojibake(resolve_like_feedparser(text, base=walker.base) if text else "")
    if target.extras is not None:
        text = text.replace("&amp;", "&")
    if text or target.extras is None:
        attrs["href"] = _REFERENCE.sub(r"&\1", text)


def handle_enclosure(walker: Walker, element: Element, target: Target) -> None:
    _add_enclosure(element, walker.resolved_attributes(element), target)


def handle_enc_enclosure(walker: Walker, element: Element, target: Target) -> None:
    prefixed = attributes(element)
    attrs = {name.rpartition(":")[2]: value for name, value in prefixed.items()}
    if len(attrs) < len(prefixed):
        raise Unsupported("one attribute name in two namespaces")
    url = attrs.get("resource") or attrs.get("url", "")
    _add_enclosure(
        element,
        attrs | {"url": resolve_like_feedparser(url.strip(), base=walker.base) if url else ""},
        target,
    )


def _add_enclosure(element: Element, attrs: dict[str, str], target: Target) -> None:
    attrs = _with_href(attrs)
    attrs["rel"] = "enclosure"
    bare_text(element)
    target.fields.setdefault("links", []).append(attrs)


def handle_source(walker: Walker, element: Element, target: Target) -> None:
    attrs, source_title = walker.resolved_attributes(element), clean_text(element)
    if target.extras is None:
        raise Unsupported("a source of the feed")
    if "xml:lang" in attrs or "lang" in attrs:
        raise Unsupported("a source with a language")
    fields = {"href": attrs["url"]} if "url" in attrs else {}
    target.fields["source"] = fields | ({"title": source_title} if source_title else {})
    target.has_title = False


def handle_in_reply_to(walker: Walker, element: Element, target: Target) -> None:
    """thr:in-reply-to, RFC 4685 §3. feedparser has no handler for it and keeps its attributes, if any."""
    if (element.text or "").strip() or len(element):
        raise Unsupported("text or elements in thr:in-reply-to")
    target.fields["thr_in-reply-to"] = attributes(element) or ""


def handle_creativecommons_license(walker: Walker, element: Element, target: Target) -> None:
    _add_license(clean_text(element), target)


def handle_cc_license(walker: Walker, element: Element, target: Target) -> None:
    bare_text(element)
    _add_license(attributes(element).get("rdf:resource", ""), target)


def _add_license(href: str, target: Target) -> None:
    license_link = {"rel": "license", "href": href} if href else {"rel": "license"}
    target.fields.setdefault("links", []).append(license_link)


def handle_published(walker: Walker, element: Element, target: Target, name: str = "published") -> None:
    target.fields[name] = raw = clean_text(element)
    target.fields[f"{name}_parsed"] = parse_date(raw)


def handle_updated(walker: Walker, element: Element, target: Target) -> None:
    handle_published(walker, element, target, "updated")


def handle_created(walker: Walker, element: Element, target: Target) -> None:
    handle_published(walker, element, target, "created")


def handle_author(walker: Walker, element: Element, target: Target) -> None:
    authors = target.fields.setdefault("authors", [])
    authors.append({})
    _fill_person(walker, element, authors[-1])


def handle_contributor(walker: Walker, element: Element, target: Target) -> None:
    contributors = target.fields.setdefault("contributors", [])
    contributors.append({})
    if not len(element):
        raise Unsupported("a contributor without child elements")
    _fill_person(walker, element, contributors[-1])


def handle_dc_contributor(walker: Walker, element: Element, target: Target) -> None:
    target.fields.setdefault("contributors", []).append({"name": bare_text(element)})


def _fill_person(walker: Walker, element: Element, person: dict[str, str]) -> None:
    if not len(element):
        if text := clean_text(element):
            person.update(name_and_email(text))
        return
    require_no_text(element)
    for child in element:
        name = walker.names.of(child)
        key = _PERSON_FIELDS.get(name)
        if key is None:
            walker.ignore(child, name)
            bare_text(child)
            if (child.text or "").strip():
                raise Unsupported(f"text in <{name}> of a person")
        elif key == "href":
            text = bare_text(child)
            person["href"] = fix_mojibake(resolve_like_feedparser(text, base=walker.base) if text else "")
        else:
            person[key] = bare_text(child)


def _with_href(attrs: dict[str, str]) -> dict[str, str]:
    """The attributes with `url` or `uri` renamed to `href`, as feedparser does."""
    href = attrs.get("url", attrs.get("uri", attrs.get("href")))
    if href:
        attrs.pop("url", None)
        attrs.pop("uri", None)
        attrs["href"] = href
    return attrs


CORE_ELEMENTS: dict[str, Action] = {
    **dict.fromkeys(("title", "dc_title"), handle_title),
    **dict.fromkeys(("description", "dc_description"), handle_description),
    "summary": handle_summary,
    "content": handle_content,
    **dict.fromkeys(("content_encoded", "fullitem"), handle_content_encoded),
    **dict.fromkeys(("subtitle", "tagline", "itunes_subtitle"), handle_subtitle),
    **dict.fromkeys(("rights", "copyright", "dc_rights"), handle_rights),
    **dict.fromkeys(("language", "dc_language"), handle_language),
    "thr_in-reply-to": handle_in_reply_to,
    "guid": handle_guid,
    "id": handle_entry_id,
    "link": handle_link,
    "enclosure": handle_enclosure,
    "enc_enclosure": handle_enc_enclosure,
    "source": handle_source,
    "creativecommons_license": handle_creativecommons_license,
    "cc_license": handle_cc_license,
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms_issued"), handle_published),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"), handle_updated),
    **dict.fromkeys(("created", "dcterms_created"), handle_created),
    **dict.fromkeys(("author", "managingeditor", "dc_creator", "dc_author", "itunes_author"), handle_author),
    "contributor": handle_contributor,
    "dc_contributor": handle_dc_contributor,
}
