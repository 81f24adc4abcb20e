"""Retention: deletes the bodies of old articles, and much later the articles themselves.

An article without its body is still recognised by its aliases, so an old item that stays in its feed for years never
comes back as new. The article's row is deleted only if its source's document was read without it since then (or the
source is no longer configured), and longer ago than the ledger's age.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, delete, exists, func, select, type_coerce, update

from feeds.store.schema import alias, article, decision, exact_key, ledger, source

LAST_SEEN_INTERVAL = timedelta(days=30)
"""`article.last_seen_at` is updated this often while the article stays in its feed."""


@dataclass(frozen=True, slots=True)
class Pruned:
    bodies: int
    identities: int


def prune(
    connection: Connection, now: datetime, *, age: timedelta, per_source: int, ledger_age: timedelta
) -> Pruned:
    """Delete bodies older than `age`, or beyond the newest `per_source` of their source; delete articles and hidden
    ledger entries older than `ledger_age`. Returns how many."""
    newness = (
        func.row_number()
        .over(partition_by=article.c.source, order_by=(article.c.date.desc(), article.c.n.desc()))
        .label("newness")
    )
    ranked = select(article.c.n, newness).where(article.c.body.is_not(None)).subquery()
    surplus = select(ranked.c.n).where(ranked.c.newness > per_source)
    old = (article.c.date < now - age) & (article.c.first_seen < now - age)
    bodies = connection.execute(
        update(article).where(article.c.body.is_not(None), old | article.c.n.in_(surplus)).values(body=None)
    ).rowcount
    connection.execute(
        update(ledger)
        .where(
            ledger.c.shown == 1,
            ~exists().where(article.c.n == ledger.c.lead_n, article.c.body.is_not(None)),
        )
        .values(shown=0, hidden_reason="retention")
    )
    limit = now - ledger_age
    connection.execute(delete(ledger).where(ledger.c.shown == 0, ledger.c.updated < limit))
    still_in_feed = exists().where(
        source.c.id == article.c.source,
        source.c.configured == 1,
        func.coalesce(type_coerce(source.c.parsed_at, BigInteger), 0)
        <= type_coerce(article.c.last_seen_at, BigInteger) + int(LAST_SEEN_INTERVAL.total_seconds()),
    )
    gone = select(article.c.n).where(
        article.c.body.is_(None),
        article.c.last_seen_at < limit,
        ~still_in_feed,
        ~exists().where(ledger.c.lead_n == article.c.n),
    )
    for table in (alias, exact_key, decision):
        connection.execute(delete(table).where(table.c.article.in_(gone)))
    identities = connection.execute(delete(article).where(article.c.n.in_(gone))).rowcount
    return Pruned(bodies, identities)
