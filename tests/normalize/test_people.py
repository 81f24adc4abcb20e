"""People and categories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Category, Person
from feeds.normalize.people import normalize_categories, normalize_people, normalize_person


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (Person(name="Ann Ash"), Person(name="Ann Ash")),
        (Person(name="a@n.example (Ann Ash)"), Person(name="Ann Ash", email="a@n.example")),
        (Person(name="Ann Ash <a@n.example>"), Person(name="Ann Ash", email="a@n.example")),
        (Person(name="Ann Ash (a@n.example)"), Person(name="Ann Ash", email="a@n.example")),
        (Person(name="a@n.example"), Person(email="a@n.example")),
        (
            Person(name="Ann a@n.example, Harbour Post"),
            Person(name="Ann , Harbour Post", email="a@n.example"),
        ),
        (Person(name="noreply@n.example (Unknown)"), Person(email="noreply@n.example")),
        (Person(name="By Ann Ash"), Person(name="Ann Ash")),
        (Person(name="Byron Ash"), Person(name="Byron Ash")),
        (Person(name="<b>Ann</b> &amp; Ben"), Person(name="Ann & Ben")),
        (
            Person(name="Ann<script>alert(1)</script>", uri="javascript:x", email="not one"),
            Person(name="Ann"),
        ),
        (Person(name="https://n.example/ann"), Person(uri="https://n.example/ann")),
        (Person(name="Ann", uri="mailto:a@n.example"), Person(name="Ann", email="a@n.example")),
        (Person(name="Ann", uri="/ann"), Person(name="Ann", uri="https://n.example/ann")),
        (Person(name="Άννα Θεού"), Person(name="Άννα Θεού")),
        (Person(name=" \n"), None),
        (Person(name="Unknown"), None),
    ],
)
def test_normalize_person(stated: Person, expected: Person | None) -> None:
    assert normalize_person(stated, "https://n.example/") == expected


def test_duplicate_people_are_merged() -> None:
    normalized = normalize_people(
        (Person(name="Ann"), Person(name="ANN"), Person(), Person(email="b@n.example"), Person(name="Ben"))
    )
    assert normalized == (Person(name="Ann"), Person(email="b@n.example"), Person(name="Ben"))


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_name_never_contains_an_email_address(before: str, after: str) -> None:
    normalized = normalize_person(Person(name=f"{before}a@n.example{after}"))
    assert normalized is None or "a@n.example" not in normalized.name


def test_duplicate_categories_are_merged() -> None:
    normalized = normalize_categories(
        (
            Category(term="Ports"),
            Category(term="ports"),
            Category(term="Ports", scheme="https://n.example/s"),
            Category(term=" "),
            Category(term="", label="Storms &amp; <b>wind</b>"),
            Category(term="7", label="Seven"),
        )
    )
    assert normalized == (
        Category(term="Ports"),
        Category(term="Ports", scheme="https://n.example/s"),
        Category(term="Storms & wind"),
        Category(term="7", label="Seven"),
    )
