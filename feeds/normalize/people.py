"""Normalizes people (names without e-mail addresses) and categories; removes duplicates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.model import Category, Person
from feeds.normalize.text import plain_text
from feeds.normalize.url import absolute_url

MAX_CATEGORIES = 100  # an item with more is an index page; the rest is left out
_EMAIL = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
_EMAIL_THEN_NAME = re.compile(rf"(?:mailto:)?(?P<email>{_EMAIL})\s*[(\[](?P<name>[^()\[\]]*)[)\]]")
_NAME_THEN_EMAIL = re.compile(
    rf"(?P<name>[^<>]*?)(?<!\s)\s*+[<(\[]\s*+(?:mailto:)?(?P<email>{_EMAIL})\s*[>)\]]"
)
_EMAIL_IN_TEXT = re.compile(rf"(?:mailto:)?{_EMAIL}", re.I)
_BYLINE_PREFIX = re.compile(r"[Bb][Yy]:?\s+(?=[^\Wa-z])")
_PLACEHOLDER_NAMES = frozenset({"unknown", "noreply", "no-reply", "nobody", "none", "null", "author", "n/a"})


def normalize_person(stated: Person, base: str = "") -> Person | None:
    """The person with a plain-text name; None if nothing is left.

    "a@b.example (Ann)" and "Ann <a@b.example>" are split into name and e-mail. "By Ann" becomes "Ann".
    """
    name = plain_text(stated.name, markup="<" in stated.name and "@" not in stated.name)
    email, uri = stated.email, stated.uri
    if match := _EMAIL_THEN_NAME.fullmatch(name) or _NAME_THEN_EMAIL.fullmatch(name):
        name, email = plain_text(match["name"]), email or match["email"]
    elif "@" in name and (found := _EMAIL_IN_TEXT.search(name)):
        email = email or found[0]
        name = plain_text(_EMAIL_IN_TEXT.sub("", name).strip(" <>()[],;:"))
    if uri.lower().startswith("mailto:"):
        email, uri = email or uri[7:], ""
    if name.startswith(("http://", "https://")):
        name, uri = plain_text(""), uri or name
    name = plain_text(_BYLINE_PREFIX.sub("", name, count=1)) if _BYLINE_PREFIX.match(name) else name
    if name.lower() in _PLACEHOLDER_NAMES:
        name = plain_text("")
    email = email.strip().removeprefix("mailto:")
    normalized = Person(
        name=name.strip("\"' "),
        email=email if re.fullmatch(_EMAIL, email) else "",
        uri=absolute_url(uri, base=base) or "",
    )
    return normalized if normalized != Person() else None


def normalize_people(people: Iterable[Person], base: str = "") -> tuple[Person, ...]:
    """The normalized people, one for each name (ignoring case), or for each e-mail if there is no name."""
    distinct: dict[tuple[str, str], Person] = {}
    for stated in people:
        normalized = normalize_person(stated, base)
        if normalized is not None:
            distinct.setdefault(
                (normalized.name.casefold(), normalized.email.lower() if not normalized.name else ""),
                normalized,
            )
    return tuple(distinct.values())


def normalize_categories(categories: Iterable[Category]) -> tuple[Category, ...]:
    """The categories as plain text, one for each term (ignoring case) and scheme."""
    distinct: dict[tuple[str, str], Category] = {}
    for category in categories:
        label = plain_text(category.label)
        term = plain_text(category.term) or label
        if term and len(distinct) < MAX_CATEGORIES:
            normalized = Category(
                term=term, scheme=plain_text(category.scheme), label=label if label != term else ""
            )
            distinct.setdefault((term.casefold(), normalized.scheme), normalized)
    return tuple(distinct.values())
