"""Names: of people, tidy, their e-mail addresses apart; of subjects, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feeds.model import Category, Person
from feeds.normalize.text import plain
from feeds.normalize.url import absolute

MAX_CATEGORIES = 100  # an item with more is an index
_EMAIL = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
_MAIL_THEN_NAME = re.compile(rf"(?:mailto:)?(?P<email>{_EMAIL})\s*[(\[](?P<name>[^()\[\]]*)[)\]]")
_NAME_THEN_MAIL = re.compile(rf"(?P<name>[^<>]*?)\s*[<(\[]\s*(?:mailto:)?(?P<email>{_EMAIL})\s*[>)\]]")
_ANY_MAIL = re.compile(rf"(?:mailto:)?{_EMAIL}", re.I)
_BY = re.compile(r"[Bb][Yy]:?\s+(?=[^\Wa-z])")
_NOBODY = frozenset({"unknown", "noreply", "no-reply", "nobody", "none", "null", "author", "n/a"})


def person(stated: Person, base: str = "") -> Person | None:
    """A person with a plain name and no e-mail address in it; None where nothing is left.

    "a@b.example (Ann)" and "Ann <a@b.example>" are taken apart; "By Ann" is Ann.
    """
    name, email, uri = (
        plain(stated.name, markup="<" in stated.name and "@" not in stated.name),
        stated.email,
        stated.uri,
    )
    if match := _MAIL_THEN_NAME.fullmatch(name) or _NAME_THEN_MAIL.fullmatch(name):
        name, email = plain(match["name"]), email or match["email"]
    elif "@" in name and (found := _ANY_MAIL.search(name)):
        email = email or found[0]
        name = plain(_ANY_MAIL.sub("", name).strip(" <>()[],;:"))
    if uri.lower().startswith("mailto:"):
        email, uri = email or uri[7:], ""
    if name.startswith(("http://", "https://")):
        name, uri = plain(""), uri or name
    name = plain(_BY.sub("", name, count=1)) if _BY.match(name) else name
    if name.lower() in _NOBODY:
        name = plain("")
    email = email.strip().removeprefix("mailto:")
    made = Person(
        name=name.strip("\"' "),
        email=email if re.fullmatch(_EMAIL, email) else "",
        uri=absolute(uri, base) or "",
    )
    return made if made != Person() else None


def people(stated: Iterable[Person], base: str = "") -> tuple[Person, ...]:
    """Each person once."""
    found: dict[tuple[str, str], Person] = {}
    for one in stated:
        made = person(one, base)
        if made is not None:
            found.setdefault((made.name.casefold(), made.email.lower() if not made.name else ""), made)
    return tuple(found.values())


def categories(stated: Iterable[Category]) -> tuple[Category, ...]:
    """Each subject once, whatever its capitals; plain text."""
    found: dict[tuple[str, str], Category] = {}
    for one in stated:
        label = plain(one.label)
        term = plain(one.term) or label
        if term and len(found) < MAX_CATEGORIES:
            made = Category(term=term, scheme=plain(one.scheme), label=label if label != term else "")
            found.setdefault((term.casefold(), made.scheme), made)
    return tuple(found.values())
