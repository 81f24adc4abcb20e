"""What is let go of, and when: bodies first, identities much later.

An article whose body is gone is still known by its aliases, so an old item that stands in its feed for years
never comes back as new. Its identity goes only when its source's document was read since without it, or the
source is no longer configured, and all that is longer ago than the ledger's age.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, delete, exists, func, select, type_coerce, update

from feeds.store.schema import alias, article, decision, exact_key, ledger, source

MET_EVERY = timedelta(days=30)
"""How often it is noted that an article still stands in its feed."""


@dataclass(frozen=True, slots=True)
class Released:
    bodies: int
    identities: int


def release(
    connection: Connection, now: datetime, *, age: timedelta, per_source: int, ledger_age: timedelta
) -> Released:
    """Drop bodies older than `age`, or beyond the newest `per_source` of their source; drop what is older
    than `ledger_age` for good."""
    place = (
        func.row_number()
        .over(partition_by=article.c.source, order_by=(article.c.date.desc(), article.c.n.desc()))
        .label("place")
    )
    ranked = select(article.c.n, place).where(article.c.body.is_not(None)).subquery()
    surplus = select(ranked.c.n).where(ranked.c.place > per_source)
    old = (article.c.date < now - age) & (article.c.first_seen < now - age)
    bodies = connection.execute(
        update(article).where(article.c.body.is_not(None), old | article.c.n.in_(surplus)).values(body=None)
    ).rowcount
    connection.execute(
        update(ledger)
        .where(
            ledger.c.shown == 1,
            ~exists().where(article.c.n == ledger.c.lead, article.c.body.is_not(None)),
        )
        .values(shown=0, why="retention")
    )
    end = now - ledger_age
    connection.execute(delete(ledger).where(ledger.c.shown == 0, ledger.c.updated < end))
    still_there = exists().where(
        source.c.id == article.c.source,
        source.c.configured == 1,
        func.coalesce(type_coerce(source.c.parsed_at, BigInteger), 0)
        <= type_coerce(article.c.met, BigInteger) + int(MET_EVERY.total_seconds()),
    )
    ended = select(article.c.n).where(
        article.c.body.is_(None),
        article.c.met < end,
        ~still_there,
        ~exists().where(ledger.c.lead == article.c.n),
    )
    for table in (alias, exact_key, decision):
        connection.execute(delete(table).where(table.c.article.in_(ended)))
    identities = connection.execute(delete(article).where(article.c.n.in_(ended))).rowcount
    return Released(bodies, identities)
