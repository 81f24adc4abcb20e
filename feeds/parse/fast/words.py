"""What the elements mean that say what an item is: its texts, identity, links, dates and people."""

from __future__ import annotations

import re
from typing import Any

from feeds.parse.fast.names import Odd, attributes
from feeds.parse.fast.text import address, bare, date, mended, said
from feeds.parse.fast.walk import Action, Place, Walk, only_space
from feeds.parse.reference.handlers import AS_WRITTEN, name_and_email

_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);", re.ASCII)
_PERSON = {"name": "name", "email": "email", "uri": "href", "url": "href", "homepage": "href"}


def title(walk: Walk, element: Any, place: Place) -> None:
    detail = walk.construct(element, "text/plain", place)
    if not place.titled:
        place.keep("title", detail)
    place.titled = place.titled or bool(detail["value"])


def description(walk: Walk, element: Any, place: Place) -> None:
    _summary(walk, element, "text/html", place, "subtitle" if place.extra is None else "summary")


def summary(walk: Walk, element: Any, place: Place) -> None:
    _summary(walk, element, "text/plain", place, "summary")


def _summary(walk: Walk, element: Any, usual: str, place: Place, name: str) -> None:
    if name == "summary" and place.extra is None:
        raise Odd("a summary of the feed")
    if "summary" in place.fields and not place.has_content:
        content(walk, element, place)  # the second one is the body
    else:
        place.keep(name, walk.construct(element, usual, place))


def content(walk: Walk, element: Any, place: Place, usual: str = "text/plain") -> None:
    if place.extra is None:
        raise Odd("content of the feed")
    place.has_content = True
    detail = walk.construct(element, usual, place)
    place.fields.setdefault("content", []).append(detail)
    place.fields.setdefault("summary", detail["value"])


def encoded(walk: Walk, element: Any, place: Place) -> None:
    content(walk, element, place, "text/html")


def subtitle(walk: Walk, element: Any, place: Place) -> None:
    place.keep("subtitle", walk.construct(element, "text/plain", place))


def rights(walk: Walk, element: Any, place: Place) -> None:
    place.keep("rights", walk.construct(element, "text/plain", place))


def itunes_summary(walk: Walk, element: Any, place: Place) -> None:
    place.keep("itunes_summary", walk.construct(element, "text/plain", place))


def language(walk: Walk, element: Any, place: Place) -> None:
    place.fields["language"] = said(element)


def identity(walk: Walk, element: Any, place: Place) -> None:
    place.fields["id"] = said(element)


def guid(walk: Walk, element: Any, place: Place) -> None:
    if place.extra is not None:
        permalink = attributes(element).get("ispermalink", "true") if element.attrib else "true"
        place.extra.permalink = permalink.strip().lower() != "false"
    identity(walk, element, place)


def link(walk: Walk, element: Any, place: Place) -> None:
    attrs = attributes(element) if element.attrib else {}
    attrs[AS_WRITTEN] = attrs.get("type", "")
    attrs.setdefault("rel", "alternate")
    attrs = _with_href(attrs)
    place.fields.setdefault("links", []).append(attrs)
    if "href" in attrs:
        bare(element)
        attrs["href"] = address(walk.base, attrs["href"])
        return
    text = bare(element)
    text = mended(address(walk.base, text) if text else "")
    if place.extra is not None:
        text = text.replace("&amp;", "&")
    if text or place.extra is None:
        attrs["href"] = _REFERENCE.sub(r"&\1", text)


def enclosure(walk: Walk, element: Any, place: Place) -> None:
    _enclose(element, walk.absolute(element), place)


def enc_enclosure(walk: Walk, element: Any, place: Place) -> None:
    written = attributes(element)
    attrs = {name.rpartition(":")[2]: value for name, value in written.items()}
    if len(attrs) < len(written):
        raise Odd("an attribute in two namespaces")
    url = attrs.get("resource") or attrs.get("url", "")
    _enclose(element, attrs | {"url": address(walk.base, url.strip()) if url else ""}, place)


def _enclose(element: Any, attrs: dict[str, str], place: Place) -> None:
    attrs = _with_href(attrs)
    attrs["rel"] = "enclosure"
    bare(element)
    place.fields.setdefault("links", []).append(attrs)


def source(walk: Walk, element: Any, place: Place) -> None:
    attrs, title = walk.absolute(element), said(element)
    if place.extra is None:
        raise Odd("a source of the feed")
    found = {"href": attrs["url"]} if "url" in attrs else {}
    place.fields["source"] = found | ({"title": title} if title else {})
    place.titled = False


def answered(walk: Walk, element: Any, place: Place) -> None:
    """RFC 4685 §3. feedparser has no handler for it: the attributes are kept, if there are any."""
    if (element.text or "").strip() or len(element):
        raise Odd("words in thr:in-reply-to")
    place.fields["thr_in-reply-to"] = attributes(element) or ""


def licence(walk: Walk, element: Any, place: Place) -> None:
    _licensed(walk, said(element), place)


def cc_license(walk: Walk, element: Any, place: Place) -> None:
    bare(element)
    _licensed(walk, attributes(element).get("rdf:resource", ""), place)


def _licensed(walk: Walk, href: str, place: Place) -> None:
    link = {"rel": "license", "href": href} if href else {"rel": "license"}
    place.fields.setdefault("links", []).append(link)


def published(walk: Walk, element: Any, place: Place, name: str = "published") -> None:
    place.fields[name] = text = said(element)
    place.fields[f"{name}_parsed"] = date(text)


def updated(walk: Walk, element: Any, place: Place) -> None:
    published(walk, element, place, "updated")


def created(walk: Walk, element: Any, place: Place) -> None:
    published(walk, element, place, "created")


def author(walk: Walk, element: Any, place: Place) -> None:
    authors = place.fields.setdefault("authors", [])
    authors.append({})
    _person(walk, element, authors[-1])


def contributor(walk: Walk, element: Any, place: Place) -> None:
    people = place.fields.setdefault("contributors", [])
    people.append({})
    if not len(element):
        raise Odd("a contributor without a name")
    _person(walk, element, people[-1])


def dc_contributor(walk: Walk, element: Any, place: Place) -> None:
    place.fields.setdefault("contributors", []).append({"name": bare(element)})


def _person(walk: Walk, element: Any, person: dict[str, str]) -> None:
    if not len(element):
        if text := said(element):
            person.update(name_and_email(text))
        return
    only_space(element)
    for child in element:
        name = walk.names.of(child)
        key = _PERSON.get(name)
        if key is None:
            walk.ignored(child, name)
            bare(child)
            if (child.text or "").strip():
                raise Odd(f"a text in <{name}> of a person")
        elif key == "href":
            text = bare(child)
            person["href"] = mended(address(walk.base, text) if text else "")
        else:
            person[key] = bare(child)


def owner(walk: Walk, element: Any, place: Place) -> None:
    for child in element:
        if walk.names.of(child) not in ("itunes_name", "itunes_email", "name", "email"):
            raise Odd("more of the owner")
        bare(child)


def _with_href(attrs: dict[str, str]) -> dict[str, str]:
    """url and uri are called href, with feedparser."""
    href = attrs.get("url", attrs.get("uri", attrs.get("href")))
    if href:
        attrs.pop("url", None)
        attrs.pop("uri", None)
        attrs["href"] = href
    return attrs


WORDS: dict[str, Action] = {
    **dict.fromkeys(("title", "dc_title"), title),
    **dict.fromkeys(("description", "dc_description"), description),
    "summary": summary,
    "content": content,
    **dict.fromkeys(("content_encoded", "fullitem"), encoded),
    **dict.fromkeys(("subtitle", "tagline", "itunes_subtitle"), subtitle),
    **dict.fromkeys(("rights", "copyright", "dc_rights"), rights),
    "itunes_summary": itunes_summary,
    **dict.fromkeys(("language", "dc_language"), language),
    "thr_in-reply-to": answered,
    "guid": guid,
    "id": identity,
    "link": link,
    "enclosure": enclosure,
    "enc_enclosure": enc_enclosure,
    "source": source,
    "creativecommons_license": licence,
    "cc_license": cc_license,
    **dict.fromkeys(("published", "issued", "pubdate", "dcterms_issued"), published),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"), updated),
    **dict.fromkeys(("created", "dcterms_created"), created),
    **dict.fromkeys(("author", "managingeditor", "dc_creator", "dc_author", "itunes_author"), author),
    "contributor": contributor,
    "dc_contributor": dc_contributor,
    "itunes_owner": owner,
}
