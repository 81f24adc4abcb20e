"""Makes labelled articles that look like everyday feeds, from the invented texts in `scenarios/`.

Two kinds of articles are made. A *template* is a report that recurs: each instance has other facts and is an item of
its own, except where a site copies an instance. An *article* is a news story: other sites copy it under the same or
another headline, whole or cut, and report on it in words of their own.

The rows have the form of the labelled files (`bench.dedupe.data.Gold`), and the fields `lang`, `kind` and `family`.
`family` names the template or the article: rows of one family are either all used for fitting or all for judging.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bench.dedupe.data import Gold

SCENARIOS = Path(__file__).with_name("scenarios")
BEGIN = datetime(2026, 3, 2, 6, tzinfo=UTC)

_PLACEHOLDER = re.compile(r"\{(\w+(?::\d+-\d+[a-z]?)?)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?…»”])\s+|(?<=[。！？])")
_NUMBER = re.compile(r"\d+")

_LONG_KINDS = {
    "press_release",
    "match_report",
    "earnings",
    "obituary",
    "job_ad",
    "police_report",
    "council_notice",
}
"""Kinds that other sites copy word for word."""

_SERIES_KINDS = {
    *(
        "weather",
        "air_quality",
        "traffic",
        "exchange_rates",
        "horoscope",
        "tv_listing",
        "event_calendar",
        "quake",
    ),
    *("podcast", "comic", "crossword", "photo", "section", "quote", "live_update", "release", "changelog"),
    *("council_notice", "earnings", "link_post"),
}
"""Kinds of which one place, product or author has a series."""

Language = dict[str, Any]


def languages() -> list[str]:
    return sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


@cache
def scenarios(language: str) -> Language:
    """The texts of a language."""
    return YAML(typ="safe").load(SCENARIOS / f"{language}.yaml")  # type: ignore[no-any-return]


def families(language: str) -> list[str]:
    """The names of the templates and articles of a language."""
    texts = scenarios(language)
    names = [f"{language}/{kind}/{n}" for n, kind in enumerate(row["kind"] for row in texts["templates"])]
    return names + [f"{language}/article/{n}" for n in range(len(texts["articles"]))]


@dataclass
class _Fields:
    """Values for the placeholders of one instance: a placeholder keeps its value."""

    rng: random.Random
    slots: dict[str, list[str]]
    values: dict[str, str]

    def fill(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: self._value(match[1]), text)

    def _value(self, name: str) -> str:
        if name not in self.values:
            self.values[name] = self._new(name)
        return self.values[name]

    def _new(self, name: str) -> str:
        rng = self.rng
        if name.startswith("n:"):
            least, most = name[2:].rstrip("abcdefghijklmnopqrstuvwxyz").split("-")
            return str(rng.randint(int(least), int(most)))
        kind = name.rstrip("0123456789")
        numbers: dict[str, Callable[[], str]] = {
            "n": lambda: str(rng.randint(2, 400)),
            "day": lambda: str(rng.randint(1, 28)),
            "year": lambda: str(rng.randint(2024, 2027)),
            "hour": lambda: f"{rng.randint(6, 22):02}",
            "minute": lambda: f"{rng.randint(0, 59):02}",
            "version": lambda: f"{rng.randint(0, 9)}.{rng.randint(0, 30)}.{rng.randint(0, 9)}",
            "score": lambda: f"{rng.randint(0, 5)}:{rng.randint(0, 5)}",
        }
        if kind in numbers:
            return numbers[kind]()
        if kind == "name":
            return rng.choice(self.slots["person"]).split()[-1]
        taken = {value for key, value in self.values.items() if key.rstrip("0123456789") == kind}
        return rng.choice([value for value in self.slots[kind] if value not in taken])


class _Maker:
    def __init__(self, language: str, seed: int) -> None:
        self.language = language
        self.texts = scenarios(language)
        self.rng = random.Random(f"{language} {seed}")
        self._serial = 0

    def fields(self, values: dict[str, str] | None = None) -> _Fields:
        return _Fields(self.rng, self.texts["slots"], dict(values or {}))

    def row(
        self, family: str, kind: str, cluster: str, source: str, title: str, text: str, hours: float
    ) -> Gold:
        self._serial += 1
        published = BEGIN + timedelta(hours=hours)
        return {
            "id": f"{self.language}-{self._serial}-{cluster}",
            "cluster": cluster,
            "title": title,
            "text": text.strip(),
            "source": source,
            "published": published.isoformat(),
            "lang": self.language,
            "kind": kind,
            "family": family,
        }

    def line(self, name: str) -> str:
        return self.fields().fill(self.rng.choice(self.texts[name]))

    def unrelated_headline(self) -> str:
        return self.line("headlines")

    def templates(self, chosen: set[str]) -> Iterator[Gold]:
        for number, template in enumerate(self.texts["templates"]):
            family = f"{self.language}/{template['kind']}/{number}"
            if family in chosen:
                yield from self._series(family, template)

    def _series(self, family: str, template: dict[str, Any]) -> Iterator[Gold]:
        """Instances of one template: some of one source, some of several sources, and copies of a few."""
        rng, kind = self.rng, template["kind"]
        across = kind in {"toot", "quote"} or rng.random() < 0.4
        begin, step = rng.uniform(0, 40), rng.choice([0.5, 3, 8, 24])
        constant = self._constant_values(template) if kind in _SERIES_KINDS and rng.random() < 0.8 else {}
        variants = list(template.get("variants", ()))
        rng.shuffle(variants)
        without_text = rng.random() < 0.15
        seen: set[tuple[str, str]] = set()
        for n in range(min(6, len(variants)) if variants else 6):
            fields = self.fields(constant)
            title, text = (
                fields.fill(template["title"]),
                fields.fill(variants[n] if variants else template["text"]),
            )
            text = "" if without_text else text
            if (title, text) in seen:
                continue
            seen.add((title, text))
            source = f"{family} site {n if across else 0}"
            cluster, hours = f"{family} {n}", begin + n * step
            yield self.row(family, f"series {kind}", cluster, source, title, text, hours)
            if text and kind in _LONG_KINDS and rng.random() < 0.4:
                other = title if rng.random() < 0.6 else self.unrelated_headline()
                copy = self._dressed(text.strip().split("\n\n"))
                yield self.row(
                    family,
                    "copy of a report",
                    cluster,
                    f"{family} copier",
                    other,
                    copy,
                    hours + rng.uniform(0.2, 4),
                )

    def _constant_values(self, template: dict[str, Any]) -> dict[str, str]:
        """Values that the instances of a series share: its place, its company, its author."""
        fields = self.fields()
        names = _PLACEHOLDER.findall(template["title"] + (template.get("text") or ""))
        kept = [name for name in dict.fromkeys(names) if self.rng.random() < 0.35]
        if len(kept) == len(set(names)):
            kept = kept[1:]
        for name in kept:
            fields.fill(f"{{{name}}}")
        return fields.values

    def articles(self, chosen: set[str]) -> Iterator[Gold]:
        articles = self.texts["articles"]
        for number, article in enumerate(articles):
            family = f"{self.language}/article/{number}"
            if family in chosen:
                other = (number + 1) % len(articles)
                yield from self._story(family, article, articles[other], f"{self.language}/article/{other}")

    def _story(
        self, family: str, article: dict[str, Any], unrelated: dict[str, Any], unrelated_family: str
    ) -> Iterator[Gold]:
        """Copies of one article, and other articles that share a headline, a paragraph or a quote with it."""
        rng, begin = self.rng, self.rng.uniform(0, 60)
        paragraphs = [part.strip() for part in article["text"].strip().split("\n\n")]
        headlines = rng.sample(article["headlines"], 4)
        sites = iter(rng.sample(self.texts["slots"]["outlet"], 8) * 4)

        def row(kind: str, cluster: str, title: str, text: str) -> Gold:
            name = next(sites)
            outlet = f"{self.language} {name} {rng.randint(0, 2)}"
            return self.row(family, kind, cluster, outlet, title, text, begin + rng.uniform(0, 20))

        def copy(kind: str, title: str, parts: Sequence[str]) -> Gold:
            return row(kind, family, title, self._dressed(parts))

        yield copy("original", headlines[0], paragraphs)
        yield copy("copy", headlines[0], paragraphs)
        yield copy("copy, headline edited", self._edited(headlines[0]), self._light(paragraphs))
        yield copy("copy, other headline", headlines[1], paragraphs)
        yield copy("copy, unrelated headline", self.unrelated_headline(), paragraphs)
        for share, name in ((0.6, "60 %"), (0.3, "30 %")):
            yield copy(f"cut to {name}", headlines[rng.randint(0, 1)], self._cut(paragraphs, share))
            yield copy(f"cut to {name}, other headline", headlines[2], self._cut(paragraphs, share))
            yield copy(
                f"cut to {name}, unrelated headline", self.unrelated_headline(), self._cut(paragraphs, share)
            )
        yield copy("corrected", headlines[0], self._corrected(paragraphs))
        yield row("teaser", family, headlines[0], self._sentences(paragraphs[0], 2))
        yield row("headline alone", family, headlines[0], "")
        yield row("headline alone", family, f"{headlines[0]} | {next(sites)}", "")
        own = article["other_headline"] if rng.random() < 0.6 else headlines[3]
        yield row(
            "own report", f"{family} own", own, self._dressed(article["other_report"].strip().split("\n\n"))
        )
        later = self._dressed(article["follow_up"].strip().split("\n\n"))
        yield row("follow-up", f"{family} later", article["follow_up_headline"], later)
        caption = article["background"] if rng.random() < 0.5 else article["quote"]
        shorter = [*unrelated["other_report"].strip().split("\n\n")[:2], caption]
        headline = unrelated["other_headline"]
        yield row("shared passage", f"{unrelated_family} own", headline, self._dressed(shorter))
        brief = f"{self._sentences(unrelated['teaser'], 1)} {article['quote']}"
        yield row("shared quote in a brief", f"{family} brief", self.unrelated_headline(), brief)

    def _cut(self, paragraphs: Sequence[str], share: float) -> list[str]:
        """The first paragraphs, some of them left out, about `share` of the text."""
        wanted = share * sum(map(len, paragraphs))
        kept = [paragraphs[0]]
        for paragraph in paragraphs[1:]:
            if sum(map(len, kept)) + len(paragraph) / 2 > wanted:
                break
            if self.rng.random() > 0.15:
                kept.append(paragraph)
        return kept

    def _corrected(self, paragraphs: Sequence[str]) -> list[str]:
        """The text with one of its numbers changed."""
        text = "\n\n".join(paragraphs)
        numbers = list(_NUMBER.finditer(text))
        if numbers:
            number = self.rng.choice(numbers)
            text = f"{text[: number.start()]}{int(number[0]) + self.rng.randint(1, 9)}{text[number.end() :]}"
        return text.split("\n\n")

    def _edited(self, headline: str) -> str:
        """The headline with one of its words left out, or replaced by a word of another headline."""
        words, other = headline.split(), self.unrelated_headline().split()
        if len(words) < 3:
            return headline
        at = self.rng.randrange(len(words))
        return " ".join(
            [*words[:at], *([self.rng.choice(other)] if self.rng.random() < 0.6 else []), *words[at + 1 :]]
        )

    def _light(self, paragraphs: Sequence[str]) -> list[str]:
        """The text with a few words left out or repeated by another outlet's editor."""
        edited = []
        for paragraph in paragraphs:
            words = paragraph.split(" ")
            if len(words) > 8 and self.rng.random() < 0.5:
                del words[self.rng.randrange(2, len(words) - 1)]
            edited.append(" ".join(words))
        return edited

    def _sentences(self, text: str, count: int) -> str:
        return " ".join(_SENTENCE_END.split(text.strip())[:count])

    def _dressed(self, paragraphs: Sequence[str]) -> str:
        """A text as a site prints it: with a stamp, a byline, a credit, an invitation, and sometimes its lead twice."""
        rng, parts = self.rng, list(paragraphs)
        if rng.random() < 0.2:
            parts.insert(0, parts[0])
        before = [self.line(name) for name in ("stamps", "bylines") if rng.random() < 0.25]
        if rng.random() < 0.35:
            parts[-1] = f"{parts[-1]} {self.line('credits')}"
        if rng.random() < 0.3:
            parts.append(self.line("invitations"))
        return "\n\n".join([*before, *parts])


def rows(chosen: Callable[[str], bool], seed: int) -> list[Gold]:
    """The labelled articles of the families that `chosen` accepts, in order of time."""
    made: list[Gold] = []
    for language in languages():
        maker = _Maker(language, seed)
        names = {family for family in families(language) if chosen(family)}
        made += [*maker.templates(names), *maker.articles(names)]
    return sorted(made, key=lambda row: row["published"])
