"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from feeds.render.feedgen_extension import NAMESPACES
from tests.render.validator.check import EMAIL, RFC3339, Check, Finding, name_of


class Atom(Check):
    SPACE = f"{{{NAMESPACES['atom']}}}"
    ONCE = (
        "title",
        "id",
        "updated",
        "published",
        "summary",
        "content",
        "rights",
        "source",
        "generator",
        "subtitle",
    )

    def document(self) -> Iterator[Finding]:
        entries = list(self.root.iterfind(f"{self.SPACE}entry"))
        yield from self.head(self.root, "feed")
        if all(link.get("rel") != "self" for link in self.root.iterfind(f"{self.SPACE}link")):
            yield Finding("MissingSelf", "feed")
        yield from self.show(self.root, self.root.get("{http://www.w3.org/XML/1998/namespace}lang"))
        for entry in entries:
            yield from self.entry(entry)
        for name, rule in (("id", "DuplicateEntries"), ("updated", "DuplicateUpdated")):
            yield from self.once([entry.findtext(f"{self.SPACE}{name}") for entry in entries], rule)

    def head(self, holder: Any, where: str) -> Iterator[Finding]:
        for name in ("title", "id", "updated"):
            if holder.find(f"{self.SPACE}{name}") is None:
                yield Finding("MissingElement" if where != "source" else "MissingSourceElement", where, name)
        seen: set[str] = set()
        started = False
        alternates = []
        for child in holder:
            name = name_of(child).removeprefix("atom:")
            if name in self.ONCE and name in seen:
                yield Finding("DuplicateElement", where, name)
            started = started or name == "entry"
            if started and name != "entry":
                yield Finding("MisplacedMetadata", where, name)
            seen.add(name)
            yield from self.child(child, name, where)
            if name == "link" and child.get("rel") == "alternate":
                alternates.append(f"{child.get('type')} {child.get('hreflang')}")
        yield from self.once(alternates, "DuplicateAtomLink")

    def child(self, child: Any, name: str, where: str) -> Iterator[Finding]:
        match name:
            case "title" | "subtitle" | "rights" | "summary" | "content":
                yield from self.blank(child)
                if child.get("type") == "html":
                    yield from self.html(child)
                else:
                    yield from self.text(child, "ContainsUndeclaredHTML")
            case "id":
                yield from self.link_to(f"{where} id", child.text or "")
                yield from self.canonical(f"{where} id", child.text or "")
            case "updated" | "published":
                yield from self.date(child, RFC3339, datetime.fromisoformat)
            case "link":
                yield from self.atom_link(child, where)
            case "author" | "contributor":
                yield from self.person(child, f"{where} {name}")
            case "category":
                if not child.get("term", "").strip():
                    yield Finding("NotBlank", "category")
                if child.get("scheme"):
                    yield from self.link_to("category scheme", child.get("scheme"))
                if self.looks_like_html(child.get("label", ""), child):
                    yield Finding("ContainsHTML", "category label", child.get("label"))
            case "icon":
                yield from self.link_to("icon", child.text or "")
            case "source" if where == "entry":
                yield from self.head(child, "source")
            case "entry" | "generator":
                pass
            case _ if ":" not in name:
                yield Finding("UndefinedElement", where, name)

    def person(self, person: Any, where: str) -> Iterator[Finding]:
        names = [name_of(child).removeprefix("atom:") for child in person]
        if names.count("name") != 1 or not set(names) <= {"name", "email", "uri"}:
            yield Finding("MissingElement", where, "name")
        for child, name in zip(person, names, strict=True):
            if name == "name":
                yield from self.blank(child)
                yield from self.text(child)
                if EMAIL.search(child.text or ""):  # the validator only minds <a@b.example>
                    yield Finding("ContainsEmail", where, child.text)
            elif name == "email" and not EMAIL.fullmatch(child.text or ""):
                yield Finding("InvalidAddrSpec", where, child.text)
            elif name == "uri":
                yield from self.link_to(where, child.text or "")

    def entry(self, entry: Any) -> Iterator[Finding]:
        yield from self.head(entry, "entry")
        has = {name_of(child).removeprefix("atom:") for child in entry}
        rels = {link.get("rel") for link in entry.iterfind(f"{self.SPACE}link")}
        if "content" not in has and "summary" not in has:
            yield Finding("MissingTextualContent", "entry")
        if "content" not in has and "alternate" not in rels:
            yield Finding("MissingContentOrAlternate", "entry")
