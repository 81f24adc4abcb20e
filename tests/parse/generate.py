"""Hypothesis strategies for feed documents whose elements, attributes and texts are drawn at random."""

from __future__ import annotations

from hypothesis import strategies as st

from feeds.parse.fast.core import CORE_ELEMENTS
from feeds.parse.fast.mediarss import MEDIARSS_ELEMENTS
from feeds.parse.fast.metadata import METADATA_ELEMENTS
from feeds.parse.fast.names import HANDLED_ELEMENTS
from feeds.parse.fast.podcasting import PODCAST_ELEMENTS
from feeds.parse.fast.walker import STORED_AS_TEXT, UNUSED

SPACES = {
    "media": "http://search.yahoo.com/mrss/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "georss": "http://www.georss.org/georss",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "cc": "http://web.resource.org/cc/",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "enc": "http://purl.oclc.org/net/rss_2.0/enc#",
    "webfeeds": "http://webfeeds.org/rss/1.0",
    "yt": "http://www.youtube.com/xml/schemas/2015",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'

KNOWN_NAMES = sorted(
    {*CORE_ELEMENTS, *METADATA_ELEMENTS, *MEDIARSS_ELEMENTS, *PODCAST_ELEMENTS, *STORED_AS_TEXT, *UNUSED}
)
RARE_NAMES = [
    *sorted(HANDLED_ELEMENTS), "date", "docs", "links", "yt_id", "slash_comments", "rdf_li", "width",
    "channel",
]  # fmt: skip
CONTAINERS = [
    "media_group", "media_content", "podcast_alternateenclosure", "psc_chapters", "image", "author",
    "contributor", "itunes_owner", "skiphours",
]  # fmt: skip
TEXTS = [
    "", " x ", "Some words", "http://a.example/b", "/c", "../d?x=1&amp;y=2", "http://A.example/../x;y#z",
    "mailto:a@b.example", "http://[x", "Mon, 20 Nov 2026 12:00:00 GMT", "2026-11-20T12:00:00+05:30", "2026",
    "Tue, 31 Feb 2026 10:00:00 GMT", "20 Nov 26", "<![CDATA[<p>a &nbsp; b</p>]]>", "&lt;b&gt;x&lt;/b&gt; y",
    "a &amp;amp; b", "cafÃ©", "\u0092quoted", "bob@x.example (Bob)", "Bob", "1, 2,3", "45.2 -71",
    "\u2003w\u00a0", "a<!-- b -->c", "&#233;&#x2019;", "true", "adult", "\r\n a \n", "?a=b&amp;c;", "12",
    "&amp;copy; z", '<div xmlns="http://www.w3.org/1999/xhtml">a <br/><b class="x">b &amp; c</b></div>',
    # markup that should be escaped
    "a &lt; b <b>c &amp;lt; d</b> &amp; e\n",
    " <p class='x'>a <br/> <I TITLE='&quot;q'>b</I></p>\n<p rel='A'/> ", "<table><tr><td/></tr></table>",
    "<div>a</div>", "<p>a<div>b</div></p>c", "<p>a<title>b</title></p>",
    "a<p xmlns='http://www.w3.org/1999/xhtml'>b</p>", "a<o:p xmlns:o='urn:o'>b</o:p>",
    "&lt;p xmlns:media='urn:a'&gt;a&lt;/p&gt;", "<![CDATA[<p xmlns:b='urn:b'>b</p>]]>",
    "45 -71 46.5,-70 45 -70 45 -71", "45 x", "45 -71 46",
]  # fmt: skip
ATTRIBUTES = [
    'type="html"', 'type="xhtml"', 'type="text"', 'type="TEXT/HTML"', 'rel="self"', 'rel="enclosure"',
    'rel="hub"', 'href="/x"', 'href=""', 'url="u/v"', 'url="http://a.example/m.jpg"', 'uri="q"',
    'isPermaLink="false"', 'xml:lang="de_AT"', 'lang="fr"', 'xml:lang=""', 'term="t"', 'scheme="s"',
    'domain="d"', 'label="l"', 'length="12"', 'medium="image"', 'text="T"', 'width="10"', 'start="00:01"',
    'title="tt"', 'rdf:about="ab"', 'img="/i.png"', 'role="host"', 'startTime="1.5"', 'duration="30"',
    'geo="geo:1.5,2"', 'name="N"', 'bitrate="128000"', 'default="true"', 'isDefault="true"',
    'thr:count="3"', 'display="D"', 'text="U"', 'enc:type="audio/MPEG"', 'enc:length="3"',
    'resource="/r.mp3"', 'rdf:resource="r"', 'mode="escaped"', 'version="1"', 'hreflang="en"',
    'filesize="9"', 'LENGTH="7"',
]  # fmt: skip

names = st.one_of(
    *[st.sampled_from(KNOWN_NAMES)] * 6, st.sampled_from(CONTAINERS), st.sampled_from(RARE_NAMES)
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(names)
    prefix, _, local = name.partition("_")
    prefix = "creativeCommons" if prefix == "creativecommons" else prefix
    tag = f"{prefix}:{local}" if local and prefix in SPACES else name
    attributes = " ".join(sorted(set(draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=2)))))
    attribute_names = [attribute.partition("=")[0] for attribute in attributes.split()]
    if len(set(attribute_names)) < len(attribute_names):
        attributes = ""
    inner = draw(st.sampled_from(TEXTS))
    if depth < 2 and (name in CONTAINERS or draw(st.integers(0, 30)) == 0):
        inner = draw(st.sampled_from(["", " ", inner])) + "".join(
            draw(st.lists(elements(depth + 1), max_size=3))
        )
    if name in ("title", "summary", "content", "content_encoded", "link") and draw(st.integers(0, 9)) == 0:
        attributes += " xml:base='/deeper/'"
    return f"<{tag} {attributes}>{inner}</{tag}>"


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    some = st.lists(elements(), max_size=5)
    head = "".join(draw(some))
    entries = ["".join(draw(some)) for _ in range(draw(st.integers(0, 3)))]
    root = draw(st.sampled_from(["", 'xml:lang="en_US"', 'xml:base="b/c/"', 'xml:base="https://o.example/"']))
    match draw(st.sampled_from(["rss", "atom", "rdf"])):
        case "rss":
            version = draw(st.sampled_from(["2.0", "0.91", "0.92", "2.0.1", ""]))
            items = "".join(f"<item>{entry}</item>" for entry in entries)
            body = f'<rss version="{version}" {DECLARED} {root}><channel>{head}{items}</channel></rss>'
        case "atom":
            base = draw(st.sampled_from(["", " xml:base='x/'", " xml:base='https://p.example/q'"]))
            items = "".join(f"<entry{base}>{entry}</entry>" for entry in entries)
            body = f"<feed {ATOM} {DECLARED} {root}>{head}{items}</feed>"
        case _:
            items = "".join(
                f'<item rdf:about="http://i.example/{n}">{entry}</item>' for n, entry in enumerate(entries)
            )
            channel = f'<channel rdf:about="c"><title>t</title>{head}<items><rdf:Seq/></items></channel>'
            body = f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {DECLARED} {root}>{channel}{items}</rdf:RDF>'
    return body.encode()


MARKUP_NAMES = [
    "p", "b", "P", "br", "img", "table", "td", "svg", "div", "xhtml:p", "x-y", "title", "o:p", "body",
]  # fmt: skip


@st.composite
def unescaped(draw: st.DrawFn, depth: int = 0) -> str:
    """Text with markup that is not escaped."""
    pieces = [draw(st.sampled_from(TEXTS[:20]))]
    for _ in range(draw(st.integers(0, 3 - depth))):
        name = draw(st.sampled_from([*MARKUP_NAMES[:7] * 5, *MARKUP_NAMES]))
        attributes = " ".join(sorted(draw(st.sets(st.sampled_from(ATTRIBUTES[:12]), max_size=1))))
        pieces += [f"<{name} {attributes}>", draw(unescaped(depth + 1)), f"</{name}>"]
        pieces.append(draw(st.sampled_from(["", " ", "a &amp; b", "\n"])))
    return "".join(pieces)
