"""Changed stories → ledger → editions → files. Costs nothing where nothing changed.

Two steps that a crash may part: the ledger is written first, and a story counts as looked at only when the
files stand. A restart in between renders the same files again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import Connection

from feeds import __version__
from feeds.config import Settings
from feeds.dedupe.story import Member, first_member, groups, place, ranked
from feeds.model import (
    Article,
    Edition,
    Entry,
    Feed,
    LedgerRow,
    Origin,
    Output,
    Recalled,
    RuleContext,
    Source,
    Story,
)
from feeds.publish import ledger
from feeds.render import entry_ids
from feeds.render.edition import edition, entry, source_origin, source_title
from feeds.store import articles, outputs

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One group of a story as an output tells it: what the rules left, and who leads."""

    lead: Article
    lead_n: int
    others: tuple[Article, ...]


class Desk:
    """One output with all that deciding about its stories needs; asks the store, writes nothing by itself."""

    def __init__(
        self,
        output: Output,
        settings: Settings,
        sources: Sequence[Source],
        feeds: Mapping[str, Feed | None],
        now: datetime,
        folder: str = "",
    ) -> None:
        self.output = output
        self.folder = folder  # of a private output's files
        self.settings = settings
        self.now = now
        self.sources = {one.id: one for one in sources if output.select.takes(one)}
        self.origins: dict[str, Origin] = {
            one.id: source_origin(one, feeds.get(one.id), private=one.id in settings.private)
            for one in self.sources.values()
        }
        self.context = RuleContext(
            now=now,
            sources=self.sources,
            titles={one.id: source_title(one, feeds.get(one.id)) for one in self.sources.values()},
        )

    @property
    def ttl(self) -> int:
        """Minutes for which a reader may rest."""
        every = (one.schedule.every or one.schedule.shortest for one in self.sources.values())
        return max(1, round(min(every, default=HOUR).total_seconds() / 60))

    def digest(self, look: bytes) -> bytes:
        """Of all settings that decide what the output holds and says. `look`: the theme's."""
        private = self.settings.private
        facts = (
            __version__,
            self.output,
            self.settings.site.base_url,
            [(one.id, one.priority, one.title, one.tags, one.id in private) for one in self.sources.values()],
            self.ttl,
            look,
        )
        return blake2b(repr(facts).encode(), digest_size=16).digest()

    def groups(self, members: Iterable[Member], anchors: frozenset[str]) -> tuple[tuple[Member, ...], ...]:
        """The members that this output knows, as its entries-to-be. An entry's anchor belongs to its group
        even where its source does not feed the output any more: the entry keeps its id."""
        mine = [one for one in members if one.source in self.sources or one.id in anchors]
        return groups(mine, self.output.dedupe)

    def story(self, group: Sequence[Member]) -> Story | None:
        """The copies that are kept, the preferred one first, before any rule has seen them."""
        usable = [one for one in group if one.source in self.sources]
        order = ranked(
            [one for one in usable if one.article is not None], self.output.dedupe.prefer, self.sources
        )
        copies = [one.article for one in order if one.article is not None]
        return Story(id=group[0].story, lead=copies[0], others=tuple(copies[1:])) if copies else None

    def tell(self, group: Sequence[Member]) -> Told | str:
        """What a group comes to under the rules; why nothing, where nothing is left."""
        story = self.story(group)
        if story is None:
            return "no copy of it is kept any more"
        for rule in self.output.rules:
            left = rule.apply(story, self.context)
            if left is None:
                return str(rule)
            story = left
        numbers = {one.id: one.n for one in group}
        return Told(lead=story.lead, lead_n=numbers[story.lead.id], others=story.others)

    def decide(
        self,
        members: Sequence[Member],
        standing: Sequence[LedgerRow],
        taken: set[str],
        recalled: Mapping[str, Recalled],
    ) -> Iterator[LedgerRow]:
        """The rows of one story after it changed. `standing`: the entries that its members began; `taken`:
        entry ids in use, which grow by those given out; `recalled`: by id, those of a state before."""
        for group in self.groups(members, frozenset(row.anchor for row in standing)):
            ids = {one.id for one in group}
            own = [row for row in standing if row.anchor in ids]
            told = self.tell(group)
            if isinstance(told, str):
                yield from (ledger.hide(row, told) for row in own)
            elif own:
                placed = any(one.id == own[0].anchor and one.placed for one in group)
                yield ledger.revise(
                    own[0],
                    story=group[0].story,
                    lead=told.lead,
                    lead_n=told.lead_n,
                    rank=place(group) if placed else own[0].rank,
                    now=self.now,
                )
                yield from (ledger.hide(row, f"one story with {own[0].entry}") for row in own[1:])
            else:
                yield self._enter(group, told, taken, recalled)

    def _enter(
        self, group: Sequence[Member], told: Told, taken: set[str], recalled: Mapping[str, Recalled]
    ) -> LedgerRow:
        kept = {article.id for article in (told.lead, *told.others)}
        copies = [one for one in group if one.id in kept]
        first, name = first_member(copies).article, ""
        # An entry that readers know goes before all others, whichever copy it began with.
        known = [
            (recalled[id_].published, id_, one.article)
            for one in copies
            for id_ in _ids(one.article)
            if id_ in recalled and id_ not in taken
        ]
        if known:
            _, name, first = min(known, key=lambda found: found[:2])
        assert first is not None
        name = name or entry_ids.entry_id(first)
        if name in taken:
            name = entry_ids.minted_id(first)
        taken.add(name)
        row = ledger.enter(
            output=self.output.name,
            entry=name,
            story=group[0].story,
            first=first,
            lead=told.lead,
            lead_n=told.lead_n,
            rank=place(copies),
            now=self.now,
        )
        return ledger.recall(row, recalled[name]) if name in recalled else row


def look_at(connection: Connection, desk: Desk, stories: Sequence[str]) -> None:
    """Bring the ledger up to date with some stories."""
    name = desk.output.name
    for chunk in articles.chunks(stories):
        members = articles.members(connection, chunk)
        owner = {one.id: story for story, group in members.items() for one in group}
        standing: dict[str, list[LedgerRow]] = {}
        for row in outputs.anchored(connection, name, owner):
            standing.setdefault(owner[row.anchor], []).append(row)
        ids = [known for group in members.values() for one in group for known in _ids(one.article)]
        taken = set(outputs.taken(connection, name, ids))
        recalled = outputs.recall(connection, name, ids)
        rows = [
            row
            for story in chunk
            for row in desk.decide(members.get(story, ()), standing.get(story, ()), taken, recalled)
        ]
        outputs.write(connection, rows)


def _ids(article: Article | None) -> tuple[str, ...]:
    """The ids that an entry has that begins with this article."""
    return () if article is None else (article.guid, entry_ids.minted_id(article))


def front(connection: Connection, desk: Desk) -> list[LedgerRow]:
    """What the output shows now: its newest entries, at most `limit`, at most `per_source` of one source."""
    output = desk.output
    rows: list[LedgerRow] = []
    held: Counter[str] = Counter()
    for row in outputs.newest(connection, output.name):
        if output.per_source is not None and held[row.source] >= output.per_source:
            continue
        held[row.source] += 1
        rows.append(row)
        if len(rows) >= output.limit:
            break
    return rows


def entries_of(connection: Connection, desk: Desk, rows: Sequence[LedgerRow]) -> list[Entry]:
    """The entries as they are told now; without those of which no copy is left."""
    members = articles.members(connection, sorted({row.story for row in rows}))
    anchors = frozenset(row.anchor for row in rows)
    return [made for row in rows if (made := _entry(desk, row, members.get(row.story, ()), anchors))]


def compose(
    connection: Connection, desk: Desk, rows: Sequence[LedgerRow], since: datetime, previous: str
) -> Edition:
    """The output at this moment. `previous`: the name of its newest archive page."""
    return edition(
        desk.output,
        entries_of(connection, desk, rows),
        base_url=desk.settings.site.base_url,
        since=since,
        ttl=desk.ttl,
        previous=previous,
        folder=desk.folder,
    )


def _entry(desk: Desk, row: LedgerRow, members: Sequence[Member], anchors: frozenset[str]) -> Entry | None:
    for group in desk.groups(members, anchors):
        began = next((one.source for one in group if one.id == row.anchor), None)
        if began is not None and isinstance(told := desk.tell(group), Told):
            made = entry(row, told.lead, told.others, desk.origins, began=began)
            return made if desk.output.also_in else replace(made, also=())
    return None
