"""An invented Edition with every kind of value that an entry can have. The golden files show it rendered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from feeds.model import (
    Article,
    Category,
    Edition,
    Entry,
    GeoPlace,
    Link,
    Media,
    Mention,
    Origin,
    Person,
    Podcast,
    SafeHtml,
    Text,
    Transcript,
    Url,
)


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, second, tzinfo=UTC)


LEDGER = Origin(
    title="The Harbour Ledger",
    id="urn:uuid:0b7a7f52-6f0d-4c0e-9a55-0d8a3c1f9b01",
    url="https://ledger.example/feed.atom",
    link="https://ledger.example/",
    updated=at(6, 9),
    rights="© 2026 The Harbour Ledger",
    authors=(Person(name="Ledger newsroom", uri="https://ledger.example/about"),),
    language="en",
    icon="https://ledger.example/icon.png",
)
KENAR = Origin(title="روزنامهٔ کنار", id="https://kenar.example/rss", url="https://kenar.example/rss")
TIDE = Origin(title="Tide & Time", url="https://tide.example/podcast.rss", link="https://tide.example/")
PAGE = Origin(title="Town council", link="https://council.example/news")

FERRY = Entry(
    id="https://ledger.example/2026/ferry?id=7&lang=en",
    published=at(6, 8, 30),
    updated=at(6, 9, 5),
    article=Article(
        id="a1",
        source="ledger",
        link=Url("https://ledger.example/2026/ferry?id=7&lang=en"),
        title=Text("Night ferry returns: “quiet & on time”, says the crew"),
        html=SafeHtml(
            "<p>The night ferry ran again on Tuesday, the first crossing since the storm.</p>"
            '<p><img src="https://ledger.example/ferry.jpg" alt="A ferry"> Fares stay below £12 &amp; dogs '
            'travel free, <a href="https://ledger.example/fares">the operator</a> said.</p>'
        ),
        summary=SafeHtml("<p>Six weeks after the storm the <b>night ferry</b> sails.</p>"),
        text=Text("The night ferry ran again on Tuesday, the first crossing since the storm."),
        authors=(
            Person(name="Ada Quay", email="ada@ledger.example", uri="https://ledger.example/ada"),
            Person(name="Bo Mole"),
        ),
        contributors=(Person(name="Cy Jetty"),),
        credits=("NORTHWIRE",),
        categories=(
            Category(term="transport", scheme="https://ledger.example/topics", label="Transport"),
            Category(term="harbour & coast"),
        ),
        published=at(6, 8, 30),
        updated=at(6, 9, 5),
        first_seen=at(6, 8, 40),
        language="en-GB",
        media=(
            Media(
                url="https://ledger.example/ferry.mp3",
                type="audio/mpeg",
                length=123456,
                medium="audio",
                title="The crossing, heard",
                duration=754,
            ),
            Media(url="https://ledger.example/timetable.pdf", type="application/pdf", medium="document"),
            Media(
                url="https://ledger.example/ferry.jpg",
                type="image/jpeg",
                length=4321,
                medium="image",
                title="The ferry",
                description="A white ferry at a lit quay before dawn",
                width=1200,
                height=800,
                thumbnail="https://ledger.example/ferry-small.jpg",
                role="content",
            ),
            Media(
                url="https://ledger.example/thumb.jpg",
                type="image/jpeg",
                width=150,
                height=100,
                role="thumbnail",
            ),
        ),
        image=Url("https://ledger.example/ferry.jpg"),
        comments=Url("https://ledger.example/2026/ferry/comments"),
        rights=Text("© 2026 Ada Quay & Bo Mole"),
        license=Url("https://creativecommons.org/licenses/by/4.0/"),
        place=GeoPlace(latitude=55.6, longitude=-4.25, name="South quay"),
        related=(
            Link(href="https://ledger.example/2025/storm", rel="related", title="The storm, in pictures"),
            Link(href="https://northwire.example/7", rel="via"),
            Link(href="https://ledger.example/feed.atom", rel="self"),
        ),
    ),
    origin=LEDGER,
    also=(
        Mention(
            source=Text("Coast & Country"),
            title=Text("Night ferry is back"),
            link=Url("https://coast.example/f?a=1&b=2"),
        ),
        Mention(source=Text("Evening Pilot"), title=Text("Ferry!"), link=Url("https://pilot.example/ferry")),
    ),
)

LIGHTHOUSE = Entry(
    id="urn:uuid:8a3f5f62-6b9d-5d3d-8f35-5c8e6c1b7a02",
    published=at(6, 7),
    updated=at(6, 7),
    article=Article(
        id="a2",
        source="kenar",
        link=Url("https://kenar.example/fanus"),
        title=Text("فانوس دریایی پس از ده سال دوباره روشن شد"),
        html=SafeHtml("<p>فانوس دریایی بندر شامگاه دوشنبه دوباره روشن شد.</p>"),
        text=Text("فانوس دریایی بندر شامگاه دوشنبه دوباره روشن شد."),
        credits=("خبرگزاری موج",),
        first_seen=at(6, 7, 2),
        language="fa",
        direction="rtl",
    ),
    origin=KENAR,
)

EPISODE = Entry(
    id="tag:tide.example,2026:ep-12",
    published=at(5, 18),
    updated=at(5, 18),
    article=Article(
        id="a3",
        source="tide",
        link=Url("https://tide.example/12"),
        title=Text("12: What the gauges say"),
        summary=SafeHtml("<p>An hour with the people who read the tide gauges.</p>"),
        authors=(Person(name="Dee Lock", email="dee@tide.example"),),
        first_seen=at(5, 18, 5),
        language="en",
        media=(
            Media(
                url="https://cdn.tide.example/12.mp3",
                type="audio/mpeg",
                length=48_000_000,
                medium="audio",
                duration=3667,
            ),
        ),
        image=Url("https://tide.example/12.jpg"),
        podcast=Podcast(
            duration="1:01:07",
            episode="12",
            season="2",
            episode_type="full",
            explicit="no",
            image="https://tide.example/12.jpg",
            subtitle="Reading the sea",
            keywords="tide, gauges",
            chapters="https://tide.example/12.chapters.json",
            transcripts=(
                Transcript(url="https://tide.example/12.vtt", type="text/vtt", language="en", rel="captions"),
            ),
        ),
    ),
    origin=TIDE,
)

UNTITLED = Entry(
    id="urn:uuid:8a3f5f62-6b9d-5d3d-8f35-5c8e6c1b7a04",
    published=at(5, 12),
    updated=at(5, 12),
    article=Article(
        id="a4",
        source="council",
        link=Url("https://council.example/news/4"),
        text=Text(
            "The footbridge at Mill Lane is closed from Thursday until the end of the month while its "
            "boards are replaced & painted.\nBuses stop at the chapel."
        ),
        first_seen=at(5, 12),
    ),
    origin=PAGE,
)

BARE_LINK = Entry(
    id="urn:uuid:8a3f5f62-6b9d-5d3d-8f35-5c8e6c1b7a05",
    published=at(5, 11),
    updated=at(5, 11),
    article=Article(
        id="a5", source="council", link=Url("https://council.example/news/5"), first_seen=at(5, 11)
    ),
    origin=PAGE,
)

NO_LINK = Entry(
    id="urn:uuid:8a3f5f62-6b9d-5d3d-8f35-5c8e6c1b7a06",
    published=at(5, 10),
    updated=at(5, 10),
    article=Article(
        id="a6",
        source="council",
        title=Text("How to use <script> & <b> in a notice; AT&amp;T is written AT&T"),
        first_seen=at(5, 10),
    ),
    origin=PAGE,
)

EVIL = 'javascript:alert("1")'
HOSTILE = Entry(
    id="urn:uuid:8a3f5f62-6b9d-5d3d-8f35-5c8e6c1b7a07",
    published=at(5, 9),
    updated=at(5, 9),
    article=Article(
        id="a7",
        source="evil",
        link=Url(EVIL),
        title=Text("<script>alert(1)</script>\x00\x1b[31m \ud800\ufffe]]>"),
        text=Text("</p><script>alert(2)</script> \x08\udfff"),
        authors=(Person(name="<img src=x onerror=alert(3)> mallory@evil.example", uri=EVIL),),
        credits=("<svg onload=alert(4)>",),
        categories=(Category(term="<script>alert(5)</script>", scheme=EVIL, label='"><script>'),),
        first_seen=at(5, 9),
        language='"><script>',
        media=(
            Media(url=EVIL, type="audio/mpeg"),
            Media(url='https://evil.example/a"><script>.mp3', type='"><script>', title="<script>"),
            Media(url="data:image/svg+xml,<svg onload=alert(6)>", type="image/svg+xml", role="content"),
        ),
        image=Url(EVIL),
        comments=Url(EVIL),
        rights=Text("<script>alert(7)</script>"),
        license=Url("file:///etc/passwd"),
        podcast=Podcast(image=EVIL, chapters=EVIL, subtitle="<script>", explicit="<script>", duration="<b>"),
        place=GeoPlace(latitude=float("nan"), longitude=999.0, name="<script>"),
        related=(Link(href=EVIL, rel="related"), Link(href="https://evil.example/", rel='"><script>')),
    ),
    origin=Origin(
        title="<script>alert(8)</script>",
        id=EVIL,
        url="https://user:secret@evil.example/feed",
        link=EVIL,
        icon=EVIL,
        authors=(Person(name="<script>", uri=EVIL),),
    ),
    also=(
        Mention(source=Text("<script>"), title=Text("<script>"), link=Url(EVIL)),
        Mention(source=Text("<script>"), title=Text(""), link=Url('https://evil.example/"onclick="alert(9)')),
    ),
)

EDITION = Edition(
    name="world",
    title=Text("World, once & for all"),
    description=Text("Every story once, from <every> source"),
    language="en",
    id="urn:uuid:2d1f0c4e-55a5-5c3a-8a52-8f0f4a2f3c10",
    base_url="https://feeds.example/",
    updated=at(6, 9, 5),
    entries=(FERRY, LIGHTHOUSE, EPISODE, UNTITLED, BARE_LINK, NO_LINK, HOSTILE),
    formats=("atom", "rss", "json", "html"),
    ttl=30,
)
ARCHIVED = replace(
    EDITION,
    name="world.archive-2",
    current="world",
    previous="world.archive-1",
    updated=LIGHTHOUSE.updated,
    entries=(LIGHTHOUSE,),
)
EMPTY = Edition(
    name="quiet",
    title=Text("Nothing yet"),
    id="urn:uuid:2d1f0c4e-55a5-5c3a-8a52-8f0f4a2f3c11",
    base_url="https://feeds.example/",
    updated=at(1),
    formats=("atom", "rss"),
)


def with_entries(*entries: Entry) -> Edition:
    return replace(EDITION, entries=entries)


def with_article(entry: Entry, **changes: Any) -> Entry:
    return replace(entry, article=replace(entry.article, **changes))
