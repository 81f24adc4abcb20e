"""The tables. Everything that outlives a process stands here and nowhere else.

Moments are whole seconds since 1970, UTC. Digests are blake2b. Bodies are one codec value each, deflated.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

VERSION = 3
"""Of this schema; `store.migrations` leads older states here."""

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """Aware UTC datetime ↔ seconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)


RowId = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

source = Table(
    "source",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),  # as configured: a new one starts the source's fetching anew
    Column("feed_url", Text, nullable=False, default=""),  # found on the page that `url` turned out to be
    Column("lane", Text, nullable=False),  # what requests are spaced by: the host
    Column("shard", Integer, nullable=False, default=0),
    Column("priority", Integer, nullable=False, default=0),
    Column("configured", Integer, nullable=False, default=1),
    Column("list", Text, nullable=False, default=""),  # the OPML source that brought this one
    Column("spec", LargeBinary),  # of a source that a list brought: the Source, by the codec
    Column("due_at", Moment, nullable=False),
    Column("due_why", Text, nullable=False, default=""),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("validators_url", Text, nullable=False, default=""),
    Column("cache_control", Text, nullable=False, server_default=""),  # holds on where a 304 has none
    Column("body_hash", LargeBinary),
    Column("asked_at", Moment),  # the last request that was really sent
    Column("ok_at", Moment),  # the last answer that was a feed, or "unchanged"
    Column("full_at", Moment),  # the last 200; an endless 304 is doubted after a week
    Column("doubted_at", Moment),  # when it was: a request without the validators that were there
    Column("parsed_at", Moment),  # the last document that was read whole
    Column("news_at", Moment),  # the last time that something new came
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("status", Integer, nullable=False, default=0),
    Column("error", Text, nullable=False, default=""),
    Column(
        "address", Text, nullable=False, server_default=""
    ),  # where it moved for good: asked in place of `url`
    Column("address_at", Moment),
    Column(
        "moved_to", Text, nullable=False, default=""
    ),  # where a permanent redirect leads that is not believed yet
    Column("moved_at", Moment),  # since when
    Column("moved_seen", Integer, nullable=False, server_default="0"),  # how often it was seen
    Column("flooded_at", Moment),  # the last time that it presented too much as news
    Column("flooded", Integer, nullable=False, server_default="0"),  # how much of it was ranked behind
    Column("feed", LargeBinary),  # model.Feed, by the codec
    Column("rhythm", LargeBinary),  # when it publishes: run.rhythm.Rhythm, by the codec
    Index("source_due_at", "due_at"),
    Index("source_asked_at", "asked_at"),
)

document = (
    Table(  # the entries of each source's last document, by `run.entries`; apart, for only polls ask for it
        "document",
        metadata,
        Column("source", Text, primary_key=True),
        Column("entries", LargeBinary, nullable=False),
    )
)

lane = Table(
    "lane",
    metadata,
    Column("id", Text, primary_key=True),
    Column("next_ok_at", Moment, nullable=False),
    Column(
        "rest", Text, nullable=False, server_default=""
    ),  # why it rests until then; "": a pause of seconds
    Column("rests", Integer, nullable=False, server_default="0"),  # in a row
)

article = Table(
    "article",
    metadata,
    Column("n", RowId, primary_key=True, autoincrement=True),  # the order of arrival
    Column("id", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("story", Text, nullable=False),  # Article.id of the story's first member
    Column("sure", Text, nullable=False),  # the same, for copies that are all but certain
    Column("exact", Text, nullable=False),  # the same, for copies that are equal to the letter
    Column("link", Text, nullable=False, default=""),
    Column("date", Moment, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("published", Moment),
    Column("met", Moment, nullable=False),  # when a document of its source last held it, give or take a month
    Column("placed", Moment),  # an output ranks it by this and not by its date: it came in a flood
    Column("content_hash", LargeBinary, nullable=False),
    Column("body", LargeBinary),  # NULL: retention took it, the identity stays
    Index("article_source_date", "source", "date"),
    Index("article_story", "story"),
    Index("article_link", "link"),
)

alias = Table(  # by what an item of a source is known again
    "alias",
    metadata,
    Column("source", Text, primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    Column("article", RowId, nullable=False),
    Index("alias_article", "article"),
)

exact_key = Table(  # what makes two articles of any sources the same
    "exact_key",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("article", RowId, primary_key=True),
    Column("seen", Moment, nullable=False),
    Index("exact_key_article", "article"),
)

decision = Table(  # why an article stands in its story
    "decision",
    metadata,
    Column("article", RowId, primary_key=True),
    Column("other", Text, nullable=False),  # Article.id that it was joined to; "" where it began its story
    Column("evidence", Text, nullable=False),  # why it joined, or why it did not
    Column("weighed", LargeBinary),  # Weighings, by the codec
    Column("at", Moment, nullable=False),
)

correction = Table(  # what the user decided; it holds against whatever the texts say
    "correction",
    metadata,
    Column("article", Text, primary_key=True),  # Article.id
    Column("story", Text, primary_key=True),  # Article.id: a story is named by any article in it
    Column("together", Integer, nullable=False),  # 0: never in one with it
    Column("at", Moment, nullable=False),
)

output = Table(
    "output",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", Moment, nullable=False),  # what an edition without entries is dated by
    Column("settings", LargeBinary, nullable=False),  # digest: other settings, other entries
    Column("written", LargeBinary),  # the digest under which its files stand; NULL: not all of them do
    Column("listing", LargeBinary),  # what other files say of it: publish.listing.Listing, by the codec
    Column(
        "laid", LargeBinary
    ),  # where its entries lie in its files: publish.pieces.Laid of each, by the codec
)

ledger = Table(  # what was published, for ever
    "ledger",
    metadata,
    Column("output", Text, primary_key=True),
    Column("entry", Text, primary_key=True),  # the id that readers know
    Column("anchor", Text, nullable=False),  # Article.id that the entry began with
    Column("story", Text, nullable=False),
    Column("lead", RowId, nullable=False),
    Column("source", Text, nullable=False),  # the lead's
    Column("link", Text, nullable=False, server_default=""),  # the page that readers were sent to first
    Column("published", Moment, nullable=False),
    Column("rank", Moment, nullable=False, server_default="0"),  # what the output is ordered by
    Column("updated", Moment, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("page", Integer),  # of the archive; NULL: none yet; 0: older than the archive reaches
    Column("shown", Integer, nullable=False),
    Column("why", Text, nullable=False, default=""),  # not shown: why
    Index("ledger_anchor", "output", "anchor", unique=True),
    Index("ledger_story", "output", "story"),
    Index("ledger_rank", "output", "shown", "rank"),
    Index("ledger_page", "output", "page"),
)

archive = Table(  # the pages of an output's archive that are kept
    "archive",
    metadata,
    Column("output", Text, primary_key=True),
    Column("page", Integer, primary_key=True),
)

health = Table(  # what is and was wrong with sources
    "health",
    metadata,
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("since", Moment, primary_key=True),
    Column("until", Moment),  # NULL: it still is
    Column("said", Text, nullable=False),
)

recalled = Table(  # what files of ours said that an earlier state wrote
    "recalled",
    metadata,
    Column("output", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("link", Text, nullable=False),
    Column("published", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("page", Integer),
)

changed_output = Table(  # stories that an output has yet to look at
    "changed_output",
    metadata,
    Column("output", Text, primary_key=True),
    Column("story", Text, primary_key=True),
)

subscription = Table(  # what is agreed with a WebSub hub about a source
    "subscription",
    metadata,
    Column("token", Text, primary_key=True),  # the end of its callback; who knows it may deliver
    Column("callback", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("hubs", Text, nullable=False),  # JSON: [url]
    Column("hub", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("allow_private", Integer, nullable=False),
    Column("put_off", Integer, nullable=False, default=0),  # polls of the source wait longer because of it
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("asked_at", Moment),
    Column("lease_end", Moment),
    Column("next_try", Moment, nullable=False),
    Column("error", Text, nullable=False),
    Index("subscription_source", "source"),
    Index("subscription_next_try", "next_try"),
)

ping = Table(  # what a hub was told of a feed of ours, and what it has yet to hear
    "ping",
    metadata,
    Column("hub", Text, primary_key=True),
    Column("topic", Text, primary_key=True),  # the feed's address
    Column("digest", LargeBinary, nullable=False),  # of the feed as it stands
    Column("told", LargeBinary, nullable=False),  # of the feed as it was when the hub last said yes
    Column("attempts", Integer, nullable=False),
    Column("next_try", Moment, nullable=False),
    Column("error", Text, nullable=False),
)

delivery = Table(  # what hubs pushed, acknowledged and not read yet
    "delivery",
    metadata,
    Column("n", RowId, primary_key=True, autoincrement=True),  # the order of arrival
    Column("token", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),  # the topic: what relative links refer to
    Column("content_type", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

near_recent = Table(  # postings of the latest articles; see `recent`
    "near_recent",
    metadata,
    Column("seq", RowId, primary_key=True),
    Column("n", BigInteger, nullable=False),  # article.n
    Column("moment", BigInteger, nullable=False),
    Column("keys", LargeBinary, nullable=False),
)

near_print = Table(  # fingerprints of the window of near copies; `near` adds its postings
    "near_print",
    metadata,
    Column("n", RowId, primary_key=True, autoincrement=False),  # article.n
    Column("source", Text, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("print", LargeBinary, nullable=False),
    Index("near_print_seen", "seen"),
)

near_piece = Table(  # paragraphs and title suffixes, and the titles that they stood under
    "near_piece",
    metadata,
    Column("key", RowId, primary_key=True, autoincrement=False),
    Column("marks", LargeBinary, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Index("near_piece_seen", "seen"),
)
