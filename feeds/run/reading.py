"""Body → articles: everything that runs where it can be killed. Bytes in, bytes out, through the codec."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from feeds import codec
from feeds.dedupe.exact import ExactKey, exact_keys
from feeds.dedupe.identity import Keys, keys, versions_apart
from feeds.errors import Malformed, ParseError
from feeds.model import Article, Body, Document, Extract, Feed, Item, Kind, Source, Text
from feeds.normalize.article import to_articles
from feeds.parse import fulltext, opml, parse
from feeds.parse.delta import UTF8, Cut, cut
from feeds.run.entries import pack, taken_apart, unpack

# It warns, to nobody, of what leaves here as a ParseError.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs to know to read one document."""

    source: str
    kind: Kind
    title: str  # of the source, where the user gave one
    extract: Extract | None
    url: str  # where the document was
    content_type: str
    body: bytes
    now: datetime
    teaser: Article | None = None  # the document is the page of this article
    known: bytes = b""  # the entries of the last document, by `entries.pack`


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document turned out to hold. `keys` and `exact` stand beside `articles`, one for each.

    `partial`: the articles are those that the last document did not hold in this form; `standing` are the keys
    of the others.
    """

    feed: Feed
    articles: tuple[Article, ...] = ()
    keys: tuple[Keys, ...] = ()
    exact: tuple[tuple[ExactKey, ...], ...] = ()
    skipped: tuple[str, ...] = ()
    complete: bool = True  # False: the document was cut off
    outlines: tuple[opml.Outline, ...] = ()  # of an OPML list
    partial: bool = False
    standing: tuple[Keys, ...] = ()
    entries: bytes = b""  # to be remembered, by `entries.pack`; empty: the next document is read whole


def read(job: bytes) -> bytes:
    """Job → Reading. Raises ParseError."""
    return codec.dumps(_read(codec.loads(Job, job)))


def _read(job: Job) -> Reading:
    if job.kind == "opml":
        return Reading(feed=Feed(format="opml"), outlines=opml.read(job.source, job.body))
    if job.teaser is not None:
        return _full(job, job.teaser)
    pieces = cut(job.body, url=job.url, content_type=job.content_type) if job.kind == "feed" else None
    news = _news(job, pieces) if pieces and job.known else None
    return news or _whole(job, pieces)


def _whole(job: Job, pieces: Cut | None) -> Reading:
    """All that the document holds."""
    document = parse(job.source, job.body, url=job.url, content_type=job.content_type, extract=job.extract)
    reading = _understood(job, document)
    # Remembered is only what reads the same piece by piece: whatever is doubtful is read whole each time.
    if not pieces or not _one_by_one(reading, document, len(pieces.entries)) or not taken_apart(reading.keys):
        return reading
    return replace(reading, entries=pack(pieces, reading.keys))


def _news(job: Job, pieces: Cut) -> Reading | None:
    """What the document holds that the last one did not; None where that has to be found in the whole."""
    known = unpack(job.known)
    standing = {digest: known.keys[digest] for digest in pieces.digests if digest in known.keys}
    new = [digest for digest in pieces.digests if digest not in standing]
    if not standing:
        return None
    try:
        document = parse(job.source, pieces.only(new), url=job.url, content_type=UTF8)
    except ParseError:
        return None
    reading = _understood(job, document)
    if not _one_by_one(reading, document, len(new)) or not taken_apart(reading.keys, standing.values()):
        return None
    keyed = standing | dict(zip(new, reading.keys, strict=True))
    return replace(
        reading,
        partial=True,
        standing=tuple(standing.values()),
        entries=pack(pieces, [keyed[digest] for digest in pieces.digests]),
    )


def _one_by_one(reading: Reading, document: Document, entries: int) -> bool:
    """Whether each entry became an article, and would have become the same without the others."""
    return document.separable and not reading.skipped and len(reading.articles) == entries


def _understood(job: Job, document: Document) -> Reading:
    articles, skipped = to_articles(document, source=job.source, url=job.url, now=job.now)
    articles = versions_apart(articles)
    keyed = keys(articles)
    site = Text(job.title or document.feed.title)
    return Reading(
        feed=document.feed,
        articles=articles,
        keys=keyed,
        exact=tuple(
            exact_keys(article, site=site, link_is_own=key.link is not None)
            for article, key in zip(articles, keyed, strict=True)
        ),
        skipped=document.skipped + skipped,
        complete=document.complete,
    )


def _full(job: Job, teaser: Article) -> Reading:
    """The teaser with the text of its page, through the same cleaning as a feed's. Raises ParseError, also
    where the page does not go on from the teaser: it may be a login or a notice.

    The digest of what it says stays the teaser's: the feed will say the same the next time, and that is no
    edit. What it may share with copies is told by the whole text.
    """
    item = Item(
        title=Body(value=teaser.title, type="text"),
        summary=Body(value=teaser.summary or teaser.html),  # kept where the page does not say it
        content=fulltext.main_text(job.source, job.body, url=job.url, content_type=job.content_type),
        language=teaser.language,
    )
    page = Document(feed=Feed(format="page"), items=(item,))
    articles, _ = to_articles(page, source=job.source, url=job.url, now=job.now)
    if not articles or not fulltext.goes_on(articles[0].text, teaser.text):
        raise Malformed(job.source, "the page does not go on from what the feed says")
    read = articles[0]
    article = replace(
        teaser,
        html=read.html,
        summary=read.summary,
        text=read.text,
        credits=tuple(dict.fromkeys((*teaser.credits, *read.credits))),
        language=teaser.language or read.language,
        direction=teaser.direction or read.direction,
        image=teaser.image or read.image,
    )
    exact = exact_keys(article, site=Text(job.title), link_is_own=True)
    return Reading(feed=page.feed, articles=(article,), exact=(exact,))


def job_for(
    source: Source,
    *,
    url: str,
    content_type: str,
    body: bytes,
    now: datetime,
    teaser: Article | None = None,
    site: str = "",
    known: bytes = b"",
) -> bytes:
    """`teaser`: the document is the page of this article, in the feed that is called `site`. `known`: the
    entries that need not be read again."""
    return codec.dumps(
        Job(
            source=source.id,
            kind=source.kind,
            title=source.title or site,
            extract=source.extract,
            url=url,
            content_type=content_type,
            body=body,
            now=now,
            teaser=teaser,
            known=known,
        )
    )
