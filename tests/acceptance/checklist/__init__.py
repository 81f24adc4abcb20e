"""The rows of the fetching checklist. A row has an item's number, a short title and a function that plays a scene.

    @row(1, "validators are echoed byte for byte", weak=('W/"1"', ""), none=("", ""))
    def _(scene: Scene, etag: str, modified: str) -> None: ...

Each keyword makes a row of its own; its value, or tuple of values, is passed to the function. `combined_row` makes one
row of all keywords, which is faster.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.acceptance.scene import Scene

ITEMS = {  # number in docs/checklists/fetching.md → the item in short
    1: "200 with validators: the next request echoes both byte for byte, also after a restart",
    2: "a new ETag with the same date, or the reverse: both are stored",
    3: "the same body with new validators: they are stored",
    4: "304: new validators are merged in, missing ones are kept",
    5: "200 lacking one validator: the stored one is dropped",
    6: "a truncated, wrong or unparseable document: entries stay, no validators are stored",
    7: "304 to an unconditional request: an error, nothing breaks",
    8: "a new source costs exactly one GET",
    9: "304 for ever: at most one unconditional request a week",
    10: "never under the minimum between two requests, kept across restarts",
    11: "Cache-Control and Expires",
    12: "dates count from the response's own Date",
    13: "ttl, skipHours, skipDays, sy: may only lengthen",
    14: "429 and 503: the whole host waits as long as it says, or exponentially",
    15: "5xx, timeouts, DNS failures: backoff with jitter, for ever, a day at most",
    16: "one request in flight a host, 1-2 s apart, not aligned to the hour",
    17: "the interval follows the source's rhythm, and shortens when all is new",
    18: "301/308: followed; the stored URL changes after three days of proof",
    19: "302/303/307: followed, the URL is kept",
    20: "another origin gets no secrets and no foreign validators",
    21: "410 ends; 404, 401, 403 back off, with the same User-Agent",
    22: "226 is merged; A-IM only with a validator",
    23: "User-Agent: name/version (+contact), stable, configurable",
    24: "no cookies, no Referer, no cache-buster, nothing but the document",
    25: "only decodable encodings are advertised; bytes are capped",
    26: "one deadline for a fetch, however slowly the bytes come",
    27: "no address that is not public, on any hop",
    28: "robots.txt: not for feeds, for pages",
    29: "WebSub: hub and self are discovered; Link headers win",
    30: "WebSub: the subscription is stored before the POST",
    31: "WebSub: unknown topics get 404, known ones the challenge",
    32: "WebSub: deliveries are answered at once; signatures are checked",
    33: "WebSub: callbacks, secrets, renewal, denial, redirected hubs",
    34: "WebSub: polling goes on, slower, while a subscription is live",
}

Play = Callable[..., None]


@dataclass(frozen=True)
class Row:
    number: int
    title: str
    case: str
    play: Play
    arguments: tuple[object, ...] = ()

    def __str__(self) -> str:
        words = re.sub(r"\W+", "-", f"{self.title} {self.case}".strip().lower()).strip("-")
        return f"item-{self.number:02}-{words}"

    def run(self, scene: Scene) -> None:
        """Raises AssertionError if the item does not hold."""
        self.play(scene, *self.arguments)


ROWS: list[Row] = []


def row(number: int, title: str, /, **cases: object) -> Callable[[Play], Play]:
    """Add a row, or one for each case."""

    def add(play: Play) -> Play:
        if not cases:
            ROWS.append(Row(number, title, "", play))
        for name, value in cases.items():
            arguments = value if isinstance(value, tuple) else (value,)
            ROWS.append(Row(number, title, name.replace("_", " "), play, arguments))
        return play

    return add


def combined_row(number: int, title: str, /, **cases: object) -> Callable[[Play], Play]:
    """Add one row for all cases. The function gets them as a dict, and gives each a host of its own."""

    def add(play: Play) -> Play:
        ROWS.append(Row(number, title, "", play, (cases,)))
        return play

    return add


def all_rows() -> list[Row]:
    """The rows of all modules of this package, by number."""
    from tests.acceptance.checklist import (  # noqa: F401
        failures,
        hints,
        limits,
        moves,
        pacing,
        shape,
        validators,
        websub,
    )

    return sorted(ROWS, key=lambda row: row.number)
