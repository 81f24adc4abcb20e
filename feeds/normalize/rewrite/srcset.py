"""Reads the `srcset` of a picture: its candidates, and the best of them for a `src`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feeds.model import Url
from feeds.normalize.url import absolute_url

MAX_SRCSET_CHARS = 20_000  # a dozen candidates of an image service have some 6,000
MAX_WIDTH_PIXELS = (
    1600  # of the best candidate: a column of 800 CSS pixels on a display with two pixels for each
)
MAX_DENSITY = 2.0

_URL = re.compile(r"[\s,]*+(\S++)")
_JOINED = re.compile(r",(?=https?://)")  # without the space that would part two candidates
_NO_URL = frozenset({"undefined", "null", "false"})  # a variable of a template that was not set
_DESCRIPTORS = re.compile(r"([^,]*+),?")
_DESCRIPTOR = re.compile(r"(\d+(?:\.\d+)?)([wx])(?:\s+\d+h)?")


@dataclass(frozen=True, slots=True)
class Candidate:
    url: Url
    descriptor: str  # "640w", "2x" or ""

    @property
    def size(self) -> tuple[float, float]:
        """The width in pixels and the density; 0 for what the descriptor does not state."""
        match = _DESCRIPTOR.fullmatch(self.descriptor)
        if match is None:
            return 0.0, 1.0
        return (float(match[1]), 0.0) if match[2] == "w" else (0.0, float(match[1]))

    @property
    def is_too_large(self) -> bool:
        width, density = self.size
        return width > MAX_WIDTH_PIXELS or density > MAX_DENSITY


def parse_srcset(value: str, base: str) -> list[Candidate]:
    """The candidates whose URL can be made absolute (HTML §4.8.4.2.1), in order."""
    candidates: list[Candidate] = []
    at, value = 0, value[:MAX_SRCSET_CHARS].replace("&amp;", "&")
    while match := _URL.match(value, at):
        stated, at = match[1], match.end()
        if len(joined := _JOINED.split(stated, 1)) > 1:
            stated, at = joined[0] + ",", match.start(1) + len(joined[0]) + 1
        descriptor = ""
        if not stated.endswith(","):  # a comma inside a URL is part of it
            descriptors = _DESCRIPTORS.match(value, at)
            assert descriptors is not None
            descriptor, at = descriptors[1].strip(), descriptors.end()
        if _DESCRIPTOR.fullmatch(descriptor) is None:
            words, _, descriptor = descriptor.rpartition(" ")
            if _DESCRIPTOR.fullmatch(descriptor) is None:
                descriptor = ""
            else:  # a URL with spaces, which HTML does not allow
                stated = f"{stated} {words}"
        if stated in _NO_URL:
            continue
        # A comma at the end of the URL would end the candidate.
        if (url := absolute_url(stated.rstrip(","), base=base)) is not None:
            candidates.append(Candidate(Url(url.rstrip(",")), descriptor))
    return candidates


def normalize_srcset(value: str, base: str) -> str:
    """The srcset with absolute URLs; "" if no candidate has one."""
    return format_srcset(parse_srcset(value, base))


def format_srcset(candidates: list[Candidate]) -> str:
    return ", ".join(f"{candidate.url} {candidate.descriptor}".rstrip() for candidate in candidates)


def best_candidate(candidates: list[Candidate]) -> Candidate | None:
    """The largest of at most MAX_WIDTH_PIXELS or MAX_DENSITY, else the smallest; None if there are none."""
    usable = [candidate for candidate in candidates if not candidate.is_too_large]
    if usable:
        return max(usable, key=lambda candidate: candidate.size)
    return min(candidates, key=lambda candidate: candidate.size, default=None)
