"""A text is read as text or HTML whatever its type says, and is never empty for it."""

from __future__ import annotations

import pytest

from feeds.parse import parse

HTML = "&lt;p&gt;a &lt;b&gt;b&lt;/b&gt;&lt;/p&gt;"
INNER = "<p>a <b>b</b></p>"


def entry(inside: str) -> str:
    return f'<entry><id>1</id><title>t</title><link href="https://a.example/1"/>{inside}</entry>'


def atom(inside: str) -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>f</title><id>f</id>{entry(inside)}</feed>'.encode()
    )


@pytest.mark.parametrize("name", ["content", "summary"])
@pytest.mark.parametrize(
    ("stated", "written", "kind", "value"),
    [
        ("CDATA", f"<![CDATA[{INNER}]]>", "html", INNER),
        ("HTML", HTML, "html", INNER),
        ("html5", HTML, "html", INNER),
        ("text/html; charset=utf-8", HTML, "html", INNER),
        ("string", HTML, "html", INNER),
        ("escaped", "AT&amp;amp;T", "html", "AT&amp;T"),
        ("", HTML, "html", INNER),
        ("", "k &lt; n", "text", "k < n"),
        ("markdown", "four *b*", "text", "four *b*"),
        ("text/x-markdown", "*a* &lt;b&gt;", "text", "*a* <b>"),
        ("application/json", '{"a": 1}', "text", '{"a": 1}'),
        ("image", "a word", "text", "a word"),
        ("application/xml", '<doc xmlns="">six</doc>', "html", "<doc>six</doc>"),
        ("application/xml", HTML, "html", INNER),
        ("text/xml", f'<div xmlns="http://www.w3.org/1999/xhtml">{INNER}</div>', "html", INNER),
        ("application/octet-stream", "YSA8Yj5iPC9iPg==", "html", "a <b>b</b>"),
        ("text", HTML, "text", INNER),
        ("text/plain", HTML, "text", INNER),
    ],
)
def test_a_type_that_nobody_defined_is_text_or_html(
    name: str, stated: str, written: str, kind: str, value: str
) -> None:
    (item,) = parse("s", atom(f'<{name} type="{stated}">{written}</{name}>'), url="https://a.example/").items
    body = getattr(item, name)
    assert (body.type, body.value.removesuffix("</div>")) == (kind, value)


def test_a_file_in_base64_is_no_text() -> None:
    inside = (
        '<content type="image/png">iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB</content><summary>A picture</summary>'
    )
    (item,) = parse("s", atom(inside), url="https://a.example/").items
    assert item.content is None
    assert item.summary
    assert item.summary.value == "A picture"


def test_titles_of_json_and_of_feeds_have_no_references() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "title": "Ben &#8211; Jerry&#039;s &amp; Co", "items": []}'
    assert parse("s", body, url="https://a.example/").feed.title == "Ben – Jerry's & Co"
    escaped_twice = atom("").replace(b"<title>f<", b"<title>Ben &amp;amp; Jerry, a&amp;b=c<")
    assert parse("s", escaped_twice, url="https://a.example/").feed.title == "Ben & Jerry, a&b=c"
