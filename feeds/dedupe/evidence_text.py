"""Describes feature values in words, for `feeds explain`."""

# ruff: noqa: E501 - a table, one entry a line

from __future__ import annotations

from collections.abc import Callable
from math import exp, expm1

Describe = Callable[[float], str]


def _share(of: str) -> Describe:
    return lambda value: f"{value:.0%} {of}"


def _at_least(of: str) -> Describe:
    return lambda value: f"at least {value:.0%} {of}"


def _count(singular: str, plural: str, none: str = "") -> Describe:
    """For a feature that is log(1 + n). The texts hold `{n}`; without `none`, `plural` is used with "no" for 0."""

    def describe(value: float) -> str:
        n = round(expm1(value))
        if not n:
            return none or plural.format(n="no")
        return (singular if n == 1 else plural).format(n=n)

    return describe


def _flag(no: str, yes: str) -> Describe:
    return lambda value: yes if value > 0.5 else no


def _rate(what: str) -> Describe:
    return lambda value: f"{value:.1f} {what} per 100 shared words"


def _margin(what: str) -> Describe:
    """How far a candidate is ahead of the next one."""
    return lambda value: (
        f"the {what} is {abs(value):.0%} {'more' if value > 0 else 'less'} similar than that of the next candidate"
    )


_SHORT = _count("the shorter text has {n} run of four words", "the shorter text has {n} runs of four words")

DESCRIPTIONS: dict[str, Describe] = {
    # the texts
    "contained": _share("of the shorter text is also in the longer text"),
    "covered": _share("of the longer text is also in the shorter text"),
    "jaccard": _share("of the two texts together is in both"),
    "shared": _count("{n} run of four words is in both texts", "{n} runs of four words are in both texts"),
    "short": lambda value: _SHORT(value) if value else "one article has no text, so only the titles are compared",
    "ratio": lambda value: f"one text is {exp(value):.1f} times as long as the other" if value >= 0.05 else "the texts are equally long",
    "lead": _share("of the beginning of one text is in the other text"),
    "leads": _at_least("of the beginning of each text is in the other text"),
    "run": _share("of the shorter text is one passage that both have"),
    "passages": _count("{n} long stretch is in only one text", "{n} long stretches are in only one text"),
    "ahead": _margin("text"),
    "keys": lambda value: f"{value:.0f} of the 16 runs of words used for the look-up are shared",
    "common": lambda value: f"a shared run of words is in {expm1(value):.0f} articles on average",
    "rarest": _count("{n} article has the rarest shared run of words", "{n} articles have the rarest shared run of words"),
    # differences inside common text
    "slots": _count("{n} difference is inside shared sentences", "{n} differences are inside shared sentences"),
    "slot_numbers": _count("{n} shared sentence has a different number", "{n} shared sentences have different numbers"),
    "slot_names": _count("{n} shared sentence has a different name", "{n} shared sentences have different names"),
    "slot_words": _count("{n} shared sentence has a different word", "{n} shared sentences have different words"),
    "slot_facts": _share("of the differences are numbers or names"),
    "slot_rate": _rate("differences"),
    "number_rate": _rate("different numbers"),
    "name_rate": _rate("different names"),
    "long_rate": _rate("long differing stretches"),
    "numbers": _share("of the numbers agree"),
    "names": _share("of the names agree"),
    "same_facts": _count("{n} number or name is in both texts", "{n} numbers and names are in both texts"),
    "numbers_new": _count("each text has a number that the other lacks", "each text has at least {n} numbers that the other lacks", "one text has all numbers of the other"),
    "names_new": _count("each text has a name that the other lacks", "each text has at least {n} names that the other lacks", "one text has all names of the other"),
    "family": _count("{n} other candidate has the same sentences with different facts", "{n} other candidates have the same sentences with different facts"),
    # the titles
    "title": _share("of the titles' words agree (rare words count more)"),
    "title_part": _share("of the shorter title is in the other title"),
    "title_equal": _flag("the titles differ", "the titles are equal"),
    "title_numbers": _flag("at most one title has a number that the other lacks", "each title has a number that the other lacks"),
    "title_number": _flag("no number is in only one title", "a number is in only one title"),
    "title_swap": lambda value: f"the rarity of the rarest replaced title word is {value:.0%}",
    "title_long": _count("the shorter title has {n} word", "the shorter title has {n} words"),
    "title_names": _count("each title has a name that the other title lacks", "each title has at least {n} names that the other title lacks", "one title has all names of the other"),
    "title_frame": lambda value: f"the titles differ in one place, {value:.0%} of their words agree" if value else "the titles are not made from one template",
    "title_content": lambda value: f"the shorter title has {value:.0f} long words",
    "title_there": _at_least("of the words of each title are names in the other text"),
    "title_there_most": _share("of the words of one title are names in the other text"),
    "title_new": _count("each title has a name that the other article lacks", "each title has at least {n} names that the other article lacks", "one title has no name that the other article lacks"),
    "title_new_most": _count("a title has {n} name that the other article lacks", "a title has {n} names that the other article lacks", "no title has a name that the other article lacks"),
    "title_family": _count("{n} other candidate has a similar title", "{n} other candidates have similar titles"),
    "title_ahead": _margin("title"),
    "led": _at_least("of each title is in the beginning of its own text"),
    "backed": _at_least("of each title is in its own text"),
    # language, source and time
    "unspaced": _flag("a text has spaces between words", "both texts are in a script without spaces"),
    "cased": _flag("a text has no capitalised names", "both texts have capitalised names"),
    "gap": _count("they are {n} hour apart", "they are {n} hours apart", "they are less than an hour apart"),
    "same_source": _flag("they are from different sources", "they are from the same source"),
}  # fmt: skip


TEXT_FEATURES = frozenset(
    [
        "contained",
        "covered",
        "jaccard",
        "shared",
        "ratio",
        "lead",
        "leads",
        "run",
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
"""Features that mean nothing if one of the two articles has no text."""


def describe(feature: str, value: float) -> str:
    """The value of a feature as a clause. Raises KeyError for an unknown feature."""
    return DESCRIPTIONS[feature](value)
