"""The database tables: everything that outlives a process is stored here.

Dates are whole seconds since 1970, UTC. Digests and keys are blake2b hashes. "Encoded" columns hold one `codec` value.
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

VERSION = 5
"""Version of this schema. `store.migrations` brings older states up to it."""

metadata = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetime in Python, whole seconds since 1970 in the database."""

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
    Column("url", Text, nullable=False),  # as configured
    Column("feed_url", Text, nullable=False, default=""),  # the feed found on the page at `url`
    Column("host", Text, nullable=False),  # requests to one host are spaced; see `host_state`
    Column("configured", Integer, nullable=False, default=1),  # 0: no longer in sources.yaml
    Column("listed_by", Text, nullable=False, default=""),  # id of the OPML source that lists this one
    Column("outline", LargeBinary),  # of a listed source: its OPML outline, encoded
    Column("due_at", UtcDateTime, nullable=False),
    Column("due_reason", Text, nullable=False, default=""),
    Column("etag", Text, nullable=False, default=""),
    Column("last_modified", Text, nullable=False, default=""),
    Column("validators_url", Text, nullable=False, default=""),
    # Stays in force after a 304 without a Cache-Control.
    Column("cache_control", Text, nullable=False, server_default=""),
    Column("body_digest", LargeBinary),
    Column("requested_at", UtcDateTime),  # the last request that was really sent
    Column("succeeded_at", UtcDateTime),  # the last response that was a feed or "unchanged"
    Column("full_response_at", UtcDateTime),  # the last 200
    Column("unconditional_at", UtcDateTime),  # the last request sent without the stored validators
    Column("parsed_at", UtcDateTime),  # the last document whose entries were all read
    Column("news_at", UtcDateTime),  # the last new or changed article
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("status", Integer, nullable=False, default=0),  # HTTP status of the last response; 0: no response
    Column("error", Text, nullable=False, default=""),
    # Where a permanent redirect led that is trusted: fetched instead of `url`.
    Column("permanent_url", Text, nullable=False, server_default=""),
    Column("permanent_since", UtcDateTime),
    # Where a permanent redirect leads that is not trusted yet, and how often it was seen.
    Column("redirect_url", Text, nullable=False, default=""),
    Column("redirect_since", UtcDateTime),
    Column("redirect_count", Integer, nullable=False, server_default="0"),
    # The last poll with more new entries than count as news, and how many of them were ranked further back.
    Column("backfill_at", UtcDateTime),
    Column("backfill_entries", Integer, nullable=False, server_default="0"),
    Column("feed_metadata", LargeBinary),  # model.Feed, encoded
    Column("publishing_pattern", LargeBinary),  # schedule.publishing_pattern, encoded
    Index("source_due_at", "due_at"),
    Index("source_requested_at", "requested_at"),
)

# The entries of each source's last document, as `workers.seen_entries` packs them. Only polls read them.
seen_entries = Table(
    "seen_entries",
    metadata,
    Column("source", Text, primary_key=True),
    Column("entries", LargeBinary, nullable=False),
)

host_state = Table(  # when each host may be asked again
    "host_state",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_request_at", UtcDateTime, nullable=False),
    Column("cooldown_reason", Text, nullable=False, server_default=""),  # "": only the pause between requests
    Column("cooldowns", Integer, nullable=False, server_default="0"),  # in a row
)

article = Table(
    "article",
    metadata,
    Column("n", RowId, primary_key=True, autoincrement=True),  # row number, in the order of arrival
    Column("id", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("story", Text, nullable=False),  # Article.id of the story's first member
    Column("cautious_story", Text, nullable=False),  # the same, counting only copies that are almost certain
    Column("exact_story", Text, nullable=False),  # the same, counting only identical copies
    Column("link", Text, nullable=False, default=""),
    Column("date", UtcDateTime, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("published", UtcDateTime),
    Column("last_seen_at", UtcDateTime, nullable=False),  # in a document of its source; up to a month old
    Column("rank_date", UtcDateTime),  # outputs rank it by this instead of `date`: it came in a backfill
    Column("content_hash", LargeBinary, nullable=False),
    Column("body", LargeBinary),  # Article, encoded and compressed; NULL: dropped by retention
    Index("article_source_date", "source", "date"),
    Index("article_story", "story"),
    Index("article_link", "link"),
)

alias = Table(  # the keys by which an article is recognised when its source shows it again
    "alias",
    metadata,
    Column("source", Text, primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    Column("article", RowId, nullable=False),
    Index("alias_article", "article"),
)

exact_key = Table(  # keys that identical articles share, across sources
    "exact_key",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("article", RowId, primary_key=True),
    Index("exact_key_article", "article"),
)

decision = Table(  # why an article is in its story
    "decision",
    metadata,
    Column("article", RowId, primary_key=True),
    Column("joined_to", Text, nullable=False),  # Article.id; "": the article began its story
    Column("evidence", Text, nullable=False),  # why it joined, or why it did not
    Column("scores", LargeBinary),  # dedupe.score_record, encoded
    Column("decided_at", UtcDateTime, nullable=False),
)
# Of the joins only, which are few: for `feeds merges` and the counts of joins.
Index("decision_joined", decision.c.decided_at, sqlite_where=decision.c.joined_to != "")

correction = Table(  # stories that the user merged or split; stronger than any evidence
    "correction",
    metadata,
    Column("article", Text, primary_key=True),  # Article.id
    Column("story", Text, primary_key=True),  # Article.id of any article of the story
    Column("must_join", Integer, nullable=False),  # 1: always one story; 0: never
    Column("decided_at", UtcDateTime, nullable=False),
    # The sources of the two, of a split that says something about the pair of sources; otherwise "".
    Column("article_source", Text, nullable=False, server_default=""),
    Column("other_source", Text, nullable=False, server_default=""),
)

output = Table(
    "output",
    metadata,
    Column("name", Text, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),  # dates an edition without entries
    Column("settings_digest", LargeBinary, nullable=False),  # other settings give other entries
    Column("published_digest", LargeBinary),  # the settings of its files; NULL: some are not written
    Column("listing", LargeBinary),  # what the other files say about it: render.listing.Listing, encoded
    Column("entry_offsets", LargeBinary),  # where its entries are in its files, encoded
)

ledger = Table(  # every entry that was published; hidden ones are deleted after `retention.ledger`
    "ledger",
    metadata,
    Column("output", Text, primary_key=True),
    Column("entry", Text, primary_key=True),  # the published id
    Column("first_article", Text, nullable=False),  # Article.id that gave the entry its id
    Column("story", Text, nullable=False),
    Column("lead_n", RowId, nullable=False),  # article.n of the copy that is shown
    Column("source", Text, nullable=False),  # of the lead
    Column("link", Text, nullable=False, server_default=""),  # of the lead
    Column("published", UtcDateTime, nullable=False),
    Column("rank_date", UtcDateTime, nullable=False, server_default="0"),  # orders the output
    Column("updated", UtcDateTime, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("archive_page", Integer),  # NULL: none yet; 0: older than the archive reaches
    Column("shown", Integer, nullable=False),
    Column("hidden_reason", Text, nullable=False, default=""),
    Index("ledger_first_article", "output", "first_article", unique=True),
    Index("ledger_story", "output", "story"),
    Index("ledger_rank_date", "output", "shown", "rank_date"),
    Index("ledger_archive_page", "output", "archive_page"),
)

archive = Table(  # the archive pages that are kept
    "archive",
    metadata,
    Column("output", Text, primary_key=True),
    Column("page", Integer, primary_key=True),
)

health = Table(  # problems of sources, present and past
    "health",
    metadata,
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("since", UtcDateTime, primary_key=True),
    Column("until", UtcDateTime),  # NULL: not over yet
    Column("description", Text, nullable=False),
)

previously_published = Table(  # entries that an earlier state published, read from the files it left
    "previously_published",
    metadata,
    Column("output", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("link", Text, nullable=False),
    Column("published", UtcDateTime, nullable=False),
    Column("updated", UtcDateTime, nullable=False),
    Column("archive_page", Integer),
)

changed_output = Table(  # stories that changed since the output was published
    "changed_output",
    metadata,
    Column("output", Text, primary_key=True),
    Column("story", Text, primary_key=True),
)

subscription = Table(  # WebSub subscriptions to sources, at their hubs
    "subscription",
    metadata,
    Column("token", Text, primary_key=True),  # secret end of the callback URL: whoever knows it may deliver
    Column("callback", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("hubs", Text, nullable=False),  # JSON: [url]
    Column("hub", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("allow_private", Integer, nullable=False),
    Column("poll_deferred", Integer, nullable=False, default=0),  # 1: polls of the source wait longer
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("requested_at", UtcDateTime),
    Column("lease_end", UtcDateTime),
    Column("next_try", UtcDateTime, nullable=False),
    Column("error", Text, nullable=False),
    Index("subscription_source", "source"),
    Index("subscription_next_try", "next_try"),
)

ping = Table(  # notices to WebSub hubs that a published feed changed
    "ping",
    metadata,
    Column("hub", Text, primary_key=True),
    Column("topic", Text, primary_key=True),  # URL of the published feed
    Column("digest", LargeBinary, nullable=False),  # of the feed as it is now
    Column("acknowledged_digest", LargeBinary, nullable=False),  # of the feed at the last accepted notice
    Column("attempts", Integer, nullable=False),
    Column("next_try", UtcDateTime, nullable=False),
    Column("error", Text, nullable=False),
)

delivery = Table(  # documents that hubs delivered and that are not read yet
    "delivery",
    metadata,
    Column("n", RowId, primary_key=True, autoincrement=True),  # the order of arrival
    Column("token", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),  # the topic: the base of relative links
    Column("content_type", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

received_delivery = Table(  # digests of accepted deliveries, by which a replay is known
    "received_delivery",
    metadata,
    Column("n", RowId, primary_key=True, autoincrement=True),  # the order of arrival
    Column("token", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Index("received_delivery_digest", "token", "digest", unique=True),
)

near_recent = Table(  # postings of the latest articles; see `recent_postings`
    "near_recent",
    metadata,
    Column("seq", RowId, primary_key=True),
    Column("n", BigInteger, nullable=False),  # article.n
    Column("date", BigInteger, nullable=False),
    Column("keys", LargeBinary, nullable=False),
)

near_fingerprint = (
    Table(  # fingerprints of the near-duplicate window; `near_index` creates its posting tables
        "near_fingerprint",
        metadata,
        Column("n", RowId, primary_key=True, autoincrement=False),  # article.n
        Column("source", Text, nullable=False),
        Column("date", BigInteger, nullable=False),
        Column("fingerprint", LargeBinary, nullable=False),
        Index("near_fingerprint_date", "date"),
    )
)

near_passage = Table(  # paragraphs and title endings, with the titles that each appeared under
    "near_passage",
    metadata,
    Column("key", RowId, primary_key=True, autoincrement=False),
    Column("titles", LargeBinary, nullable=False),  # hashes, packed
    Column("date", BigInteger, nullable=False),
    Index("near_passage_date", "date"),
)
