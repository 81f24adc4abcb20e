"""What a feature says, in words: for `feeds explain`."""

# ruff: noqa: E501 - a table, read by the line

from __future__ import annotations

from collections.abc import Callable
from math import exp, expm1

Say = Callable[[float], str]


def _share(of: str) -> Say:
    return lambda value: f"{value:.0%} {of}"


def _count(one: str, many: str) -> Say:
    """Of a feature that is log(1 + n)."""

    def say(value: float) -> str:
        n = round(expm1(value))
        return f"{n or 'no'} {one if n == 1 else many}"

    return say


def _flag(no: str, yes: str) -> Say:
    return lambda value: yes if value > 0.5 else no


def _rate(what: str) -> Say:
    return lambda value: f"{value:.1f} {what} in 100 words that both have"


def _more(what: str) -> Say:
    return lambda value: (
        f"{what} {'more' if value > 0 else 'less'} like it than the next candidate, by {abs(value):.0%}"
    )


_SHORT = _count("passage is all that the shorter text has", "passages make up the shorter text")

SAID: dict[str, Say] = {
    # the texts
    "contained": _share("of the shorter text stands in the longer"),
    "covered": _share("of the longer text stands in the shorter"),
    "jaccard": _share("of the two texts together is in both"),
    "shared": _count("passage of four words is in both", "passages of four words are in both"),
    "short": lambda value: _SHORT(value) if value else "one of them has no text, so the titles decide",
    "ratio": lambda value: f"one text is {exp(value):.1f} times as long as the other" if value >= 0.05 else "the texts are equally long",
    "lead": _share("of one's beginning stands in the other"),
    "leads": _share("of either beginning stands in the other text"),
    "passages": _count("long passage is in one only", "long passages are in one only"),
    "ahead": _more("the text is"),
    "keys": lambda value: f"{value:.0f} of its 16 looked-up passages are shared",
    "common": lambda value: f"a shared passage stands in {expm1(value):.0f} articles on average",
    "rarest": _count("article has its rarest shared passage", "articles have its rarest shared passage"),
    # what differs inside common text
    "slots": _count("place differs inside common sentences", "places differ inside common sentences"),
    "slot_numbers": _count("common sentence has another number", "common sentences have other numbers"),
    "slot_names": _count("common sentence has another name", "common sentences have other names"),
    "slot_words": _count("common sentence has another word", "common sentences have other words"),
    "slot_facts": _share("of the differing places are numbers or names"),
    "slot_rate": _rate("differing places"),
    "number_rate": _rate("other numbers"),
    "name_rate": _rate("other names"),
    "long_rate": _rate("long differing passages"),
    "numbers": _share("of the numbers agree"),
    "names": _share("of the names agree"),
    "numbers_new": _count("number is in one only, and the other way round", "numbers are in one only, either way"),
    "names_new": _count("name is in one only, and the other way round", "names are in one only, either way"),
    "family": _count("other article has this frame with other facts", "other articles have this frame with other facts"),
    # the titles
    "title": _share("of the titles' words agree, rare ones counting more"),
    "title_part": _share("of the shorter title stands in the other"),
    "title_equal": _flag("the titles differ", "the titles are equal"),
    "title_numbers": _flag("not both titles have a number of their own", "the titles have different numbers"),
    "title_number": _flag("no number is in one title only", "a number is in one title only"),
    "title_swap": _share("is how rare the rarest exchanged word of the titles is"),
    "title_long": _count("word in the shorter title", "words in the shorter title"),
    "title_there": _share("at least of each title is named in the other text"),
    "title_there_most": _share("of one title is named in the other text"),
    "title_new": _count("name of each title is unknown to the other", "names of each title are unknown to the other"),
    "title_new_most": _count("name of a title is unknown to the other", "names of a title are unknown to the other"),
    "title_family": _count("other article has a title like these", "other articles have titles like these"),
    "title_ahead": _more("the title is"),
    "led": _share("at least of each title stands at the beginning of its own text"),
    "backed": _share("at least of each title stands in its own text"),
    # around them
    "gap": lambda value: f"{expm1(value):.0f} {'hour lies' if round(expm1(value)) == 1 else 'hours lie'} between them",
    "same_source": _flag("they are of different sources", "both are of one source"),
}  # fmt: skip


OF_TEXTS = frozenset(
    [
        "contained",
        "covered",
        "jaccard",
        "shared",
        "ratio",
        "lead",
        "leads",
        "passages",
        "ahead",
        "keys",
        "common",
        "rarest",
        "slots",
        "slot_numbers",
        "slot_names",
        "slot_words",
        "slot_facts",
        "slot_rate",
        "number_rate",
        "name_rate",
        "long_rate",
    ]
)
"""What says nothing where one of the two has no text."""


def say(feature: str, value: float) -> str:
    """One feature's value as a clause."""
    return SAID[feature](value)
