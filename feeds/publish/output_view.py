"""One output's view of the stories: which of their articles it takes, what its rules leave, which entries it shows.

    stories that changed ─ OutputView.ledger_rows ─→ ledger ─ newest_rows ─→ rows ─ build_edition ─→ Edition

The ledger is written first, and a story counts as done only when the files are written (`publish_output`). A process
that is killed in between renders the same files again.
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
from feeds.dedupe.story import Member, first_member, group_rank_date, groups, rank_members
from feeds.model import (
    Article,
    Edition,
    Entry,
    Feed,
    LedgerRow,
    Origin,
    Output,
    PreviousEntry,
    RuleContext,
    Source,
    Story,
)
from feeds.publish import ledger
from feeds.render import entry_ids
from feeds.render.edition import edition, entry, source_origin, source_title
from feeds.store import articles, outputs

_DEFAULT_INTERVAL = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """One group of a story's articles after the output's rules: the article that leads, and the others."""

    lead: Article
    lead_n: int
    others: tuple[Article, ...]


class OutputView:
    """One output, with everything that decisions about its stories need. It reads values and writes nothing.

    `folder`: "private/TOKEN/" for a private output, else "".
    """

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
        self.folder = folder
        self.settings = settings
        self.now = now
        self.sources = {source.id: source for source in sources if output.select.includes(source)}
        self.origins: dict[str, Origin] = {
            source.id: source_origin(source, feeds.get(source.id), private=source.id in settings.private)
            for source in self.sources.values()
        }
        self.context = RuleContext(
            now=now,
            sources=self.sources,
            titles={
                source.id: source_title(source, feeds.get(source.id)) for source in self.sources.values()
            },
        )

    @property
    def ttl(self) -> int:
        """Minutes for which a reader may use its copy: the shortest interval of the sources."""
        intervals = (source.schedule.every or source.schedule.shortest for source in self.sources.values())
        return max(1, round(min(intervals, default=_DEFAULT_INTERVAL).total_seconds() / 60))

    def settings_digest(self, theme_digest: bytes) -> bytes:
        """A digest of all settings that decide what the output holds."""
        private = self.settings.private
        facts = (
            __version__,
            self.output,
            self.settings.site.base_url,
            [
                (source.id, source.priority, source.title, source.tags, source.id in private)
                for source in self.sources.values()
            ],
            self.ttl,
            theme_digest,
        )
        return blake2b(repr(facts).encode(), digest_size=16).digest()

    def groups(self, members: Iterable[Member], anchors: frozenset[str]) -> tuple[tuple[Member, ...], ...]:
        """Group the members of a story that this output takes. One group becomes one entry.

        The article that an entry began with (its anchor) stays in its group even if its source no longer feeds the
        output: the entry keeps its id.
        """
        own = [member for member in members if member.source in self.sources or member.id in anchors]
        return groups(own, self.output.dedupe)

    def story(self, group: Sequence[Member]) -> Story | None:
        """The group's articles whose bodies are kept, the preferred one first, before any rule is applied."""
        usable = [member for member in group if member.source in self.sources]
        order = rank_members(
            [member for member in usable if member.article is not None],
            self.output.dedupe.prefer,
            self.sources,
        )
        copies = [member.article for member in order if member.article is not None]
        return Story(id=group[0].story, lead=copies[0], others=tuple(copies[1:])) if copies else None

    def draft(self, group: Sequence[Member]) -> GroupDraft | str:
        """Apply the output's rules to a group. Returns the reason, as a string, if nothing is left."""
        story = self.story(group)
        if story is None:
            return "no copy of it is kept any more"
        for rule in self.output.rules:
            left = rule.apply(story, self.context)
            if left is None:
                return str(rule)
            story = left
        numbers = {member.id: member.n for member in group}
        return GroupDraft(lead=story.lead, lead_n=numbers[story.lead.id], others=story.others)

    def ledger_rows(
        self,
        members: Sequence[Member],
        existing: Sequence[LedgerRow],
        taken_ids: set[str],
        previous: Mapping[str, PreviousEntry],
    ) -> Iterator[LedgerRow]:
        """The ledger rows of one story after it changed.

        `existing`: the rows whose anchor is a member. `taken_ids`: entry ids in use; the ids of new rows are added.
        `previous`: entry id → what the files of an earlier state say of it.
        """
        for group in self.groups(members, frozenset(row.anchor for row in existing)):
            ids = {member.id for member in group}
            own_rows = [row for row in existing if row.anchor in ids]
            draft = self.draft(group)
            if isinstance(draft, str):
                yield from (ledger.hide(row, draft) for row in own_rows)
            elif own_rows:
                has_rank_date = any(member.id == own_rows[0].anchor and member.rank_date for member in group)
                yield ledger.revise(
                    own_rows[0],
                    story=group[0].story,
                    lead=draft.lead,
                    lead_n=draft.lead_n,
                    rank=group_rank_date(group) if has_rank_date else own_rows[0].rank_date,
                    now=self.now,
                )
                yield from (ledger.hide(row, f"one story with {own_rows[0].entry}") for row in own_rows[1:])
            else:
                yield self._new_row(group, draft, taken_ids, previous)

    def _new_row(
        self,
        group: Sequence[Member],
        draft: GroupDraft,
        taken_ids: set[str],
        previous: Mapping[str, PreviousEntry],
    ) -> LedgerRow:
        kept = {article.id for article in (draft.lead, *draft.others)}
        copies = [member for member in group if member.id in kept]
        first, entry_id = first_member(copies).article, ""
        # An id that readers know already wins over all others, whichever copy it began with.
        known = [
            (previous[id_].published, id_, member.article)
            for member in copies
            for id_ in _possible_ids(member.article)
            if id_ in previous and id_ not in taken_ids
        ]
        if known:
            _, entry_id, first = min(known, key=lambda candidate: candidate[:2])
        assert first is not None
        entry_id = entry_id or entry_ids.entry_id(first)
        if entry_id in taken_ids:
            entry_id = entry_ids.minted_id(first)
        taken_ids.add(entry_id)
        row = ledger.enter(
            output=self.output.name,
            entry=entry_id,
            story=group[0].story,
            first=first,
            lead=draft.lead,
            lead_n=draft.lead_n,
            rank=group_rank_date(copies),
            now=self.now,
        )
        return ledger.restore(row, previous[entry_id]) if entry_id in previous else row


def update_ledger(connection: Connection, view: OutputView, stories: Sequence[str]) -> None:
    """Write the ledger rows of the stories that changed."""
    name = view.output.name
    for chunk in articles.chunks(stories):
        members = articles.members(connection, chunk)
        story_of = {member.id: story for story, group in members.items() for member in group}
        existing: dict[str, list[LedgerRow]] = {}
        for row in outputs.find_by_anchor(connection, name, story_of):
            existing.setdefault(story_of[row.anchor], []).append(row)
        ids = [
            entry_id
            for group in members.values()
            for member in group
            for entry_id in _possible_ids(member.article)
        ]
        taken_ids = set(outputs.used_entry_ids(connection, name, ids))
        previous = outputs.find_previous_entries(connection, name, ids)
        rows = [
            row
            for story in chunk
            for row in view.ledger_rows(members.get(story, ()), existing.get(story, ()), taken_ids, previous)
        ]
        outputs.save_rows(connection, rows)


def _possible_ids(article: Article | None) -> tuple[str, ...]:
    """The ids that an entry can have that begins with this article."""
    return () if article is None else (article.guid, entry_ids.minted_id(article))


def newest_rows(connection: Connection, view: OutputView) -> list[LedgerRow]:
    """The rows that the output shows now: the newest, at most `limit`, at most `per_source` of one source."""
    output = view.output
    rows: list[LedgerRow] = []
    rows_of_source: Counter[str] = Counter()
    for row in outputs.newest_shown(connection, output.name):
        if output.per_source is not None and rows_of_source[row.source] >= output.per_source:
            continue
        rows_of_source[row.source] += 1
        rows.append(row)
        if len(rows) >= output.limit:
            break
    return rows


def build_entries(connection: Connection, view: OutputView, rows: Sequence[LedgerRow]) -> list[Entry]:
    """The entries of these rows as they read now. A row of which no article is kept gives no entry."""
    members = articles.members(connection, sorted({row.story for row in rows}))
    anchors = frozenset(row.anchor for row in rows)
    entries = (_build_entry(view, row, members.get(row.story, ()), anchors) for row in rows)
    return [entry for entry in entries if entry is not None]


def build_edition(
    connection: Connection, view: OutputView, rows: Sequence[LedgerRow], since: datetime, previous_page: str
) -> Edition:
    """The output at this moment. `previous_page`: the name of its newest archive page, or ""."""
    return edition(
        view.output,
        build_entries(connection, view, rows),
        base_url=view.settings.site.base_url,
        since=since,
        ttl=view.ttl,
        previous=previous_page,
        folder=view.folder,
    )


def _build_entry(
    view: OutputView, row: LedgerRow, members: Sequence[Member], anchors: frozenset[str]
) -> Entry | None:
    for group in view.groups(members, anchors):
        first_source = next((member.source for member in group if member.id == row.anchor), None)
        if first_source is not None and isinstance(draft := view.draft(group), GroupDraft):
            built = entry(row, draft.lead, draft.others, view.origins, first_source=first_source)
            return built if view.output.also_in else replace(built, also=())
    return None
