"""Names and subjects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import Category, Person
from feeds.normalize.people import categories, people, person


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
def test_person(stated: Person, expected: Person | None) -> None:
    assert person(stated, "https://n.example/") == expected


def test_each_person_once() -> None:
    made = people(
        (Person(name="Ann"), Person(name="ANN"), Person(), Person(email="b@n.example"), Person(name="Ben"))
    )
    assert made == (Person(name="Ann"), Person(email="b@n.example"), Person(name="Ben"))


@given(st.text(max_size=60), st.text(max_size=60))
def test_there_is_never_an_address_in_a_name(one: str, other: str) -> None:
    made = person(Person(name=f"{one}a@n.example{other}"))
    assert made is None or "a@n.example" not in made.name


def test_categories() -> None:
    made = categories(
        (
            Category(term="Ports"),
            Category(term="ports"),
            Category(term="Ports", scheme="https://n.example/s"),
            Category(term=" "),
            Category(term="", label="Storms &amp; <b>wind</b>"),
            Category(term="7", label="Seven"),
        )
    )
    assert made == (
        Category(term="Ports"),
        Category(term="Ports", scheme="https://n.example/s"),
        Category(term="Storms & wind"),
        Category(term="7", label="Seven"),
    )
