"""OutputContext: which articles of a story an output takes, what its rules leave of them, and the ledger rows of both.

Everything here is computed from values. `output_ledger` reads them from the state and writes the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from feeds import __version__
from feeds.config import Settings
from feeds.dedupe.story import Member, first_member, group_rank_date, groups, rank_members
from feeds.model import (
    Article,
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
from feeds.render.edition import source_origin, source_title
from feeds.render.hide_secrets import SecretFilter

_DEFAULT_INTERVAL = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAfterRules:
    """One group of a story's articles after the output's rules: the article that leads, and the others."""

    lead: Article
    lead_n: int
    others: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A group of which the output shows nothing, and why."""

    reason: str


class OutputContext:
    """One output with everything that decides what becomes of a story: its sources, its rules, its settings.

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
        self.sources = {source.id: source for source in sources if output.source_filter.includes(source)}
        self.origins: dict[str, Origin] = {
            source.id: source_origin(
                source, feeds.get(source.id), hide_url=source.id in settings.secret_url_sources
            )
            for source in self.sources.values()
        }
        self.filters = {
            source.id: SecretFilter(source.secrets) for source in self.sources.values() if source.secrets
        }
        self.rule_context = RuleContext(
            now=now,
            sources=self.sources,
            titles={
                source.id: source_title(source, feeds.get(source.id)) for source in self.sources.values()
            },
        )

    @property
    def ttl(self) -> int:
        """Minutes for which a reader may use its copy: the shortest interval of the sources."""
        intervals = (source.schedule.shortest_interval for source in self.sources.values())
        return max(1, round(min(intervals, default=_DEFAULT_INTERVAL).total_seconds() / 60))

    def settings_digest(self, theme_digest: bytes) -> bytes:
        """A digest of all settings that decide what the output holds."""
        private = self.settings.secret_url_sources
        digest_input = (
            __version__,
            self.output,
            self.settings.site.base_url,
            [
                (source.id, source.priority, source.title, source.tags, source.id in private, source.secrets)
                for source in self.sources.values()
            ],
            self.ttl,
            theme_digest,
        )
        return blake2b(repr(digest_input).encode(), digest_size=16).digest()

    def groups(
        self, members: Iterable[Member], first_articles: frozenset[str]
    ) -> tuple[tuple[Member, ...], ...]:
        """Group the members of a story that this output takes. One group becomes one entry.

        `first_articles`: ids of the articles that gave an entry its id. Such an article stays in its group even if
        its source no longer feeds the output, so the entry keeps its id.
        """
        own = [member for member in members if member.source in self.sources or member.id in first_articles]
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

    def apply_rules(self, group: Sequence[Member]) -> GroupAfterRules | Hidden:
        """Apply the output's rules to a group."""
        story = self.story(group)
        if story is None:
            return Hidden("no copy of it is kept any more")
        for rule in self.output.rules:
            changed_story = rule.apply(story, self.rule_context)
            if changed_story is None:
                return Hidden(str(rule))
            story = changed_story
        numbers = {member.id: member.n for member in group}
        return GroupAfterRules(lead=story.lead, lead_n=numbers[story.lead.id], others=story.others)

    def ledger_rows(
        self,
        members: Sequence[Member],
        existing: Sequence[LedgerRow],
        taken_ids: set[str],
        previous: Mapping[str, PreviousEntry],
    ) -> Iterator[LedgerRow]:
        """The ledger rows of one story after it changed.

        `existing`: the rows whose first article is a member. `taken_ids`: entry ids in use; the ids of new rows are
        added. `previous`: entry id → what the files of an earlier state say of it.
        """
        for group in self.groups(members, frozenset(row.first_article for row in existing)):
            ids = {member.id for member in group}
            own_rows = [row for row in existing if row.first_article in ids]
            after_rules = self.apply_rules(group)
            if isinstance(after_rules, Hidden):
                yield from (ledger.hide(row, after_rules.reason) for row in own_rows)
            elif own_rows:
                has_rank_date = any(
                    member.id == own_rows[0].first_article and member.rank_date for member in group
                )
                yield ledger.revise(
                    own_rows[0],
                    story=group[0].story,
                    lead=after_rules.lead,
                    lead_n=after_rules.lead_n,
                    rank=group_rank_date(group) if has_rank_date else own_rows[0].rank_date,
                    now=self.now,
                )
                yield from (ledger.hide(row, f"one story with {own_rows[0].entry}") for row in own_rows[1:])
            else:
                yield self._new_row(group, after_rules, taken_ids, previous)

    def _new_row(
        self,
        group: Sequence[Member],
        after_rules: GroupAfterRules,
        taken_ids: set[str],
        previous: Mapping[str, PreviousEntry],
    ) -> LedgerRow:
        kept = {article.id for article in (after_rules.lead, *after_rules.others)}
        copies = [member for member in group if member.id in kept]
        first, entry_id = first_member(copies).article, ""
        # An id that readers know already wins over all others, whichever copy it began with.
        known = [
            (previous[id_].published, id_, member.article)
            for member in copies
            for id_ in possible_ids(member.article)
            if id_ in previous and id_ not in taken_ids
        ]
        if known:
            _, entry_id, first = min(known, key=lambda candidate: candidate[:2])
        assert first is not None
        entry_id = entry_id or entry_ids.entry_id(first)
        if entry_id in taken_ids:
            entry_id = entry_ids.minted_id(first)
        taken_ids.add(entry_id)
        row = ledger.new_row(
            output=self.output.name,
            entry_id=entry_id,
            story=group[0].story,
            first=first,
            lead=after_rules.lead,
            lead_n=after_rules.lead_n,
            rank=group_rank_date(copies),
            now=self.now,
        )
        return ledger.restore(row, previous[entry_id]) if entry_id in previous else row


def possible_ids(article: Article | None) -> tuple[str, ...]:
    """The ids that an entry can have if it began with this article."""
    return () if article is None else (article.guid, entry_ids.minted_id(article))
