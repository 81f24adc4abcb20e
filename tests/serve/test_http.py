"""What a reader gets: media types, validators, 304, ranges, gzip."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest

from feeds.model import Schedule, Source
from feeds.publish.http_headers import freshness_lifetime
from feeds.render import formats
from feeds.serve.files import USER_FILES, FileCache, media_type
from tests.serve.conftest import ATOM, WRITTEN_AT, Site, put

MODIFIED = "Wed, 18 Nov 2026 11:06:40 GMT"


# output checklist 20
@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("world.atom", "application/atom+xml"),
        ("world.rss", "application/rss+xml"),
        ("world.json", "application/feed+json"),
        ("world.html", "text/html; charset=utf-8"),
        ("feeds.opml", "text/x-opml; charset=utf-8"),
        ("archive/1.atom", "application/atom+xml"),
        ("", "text/html; charset=utf-8"),
        ("world.atom?utm_source=x", "application/atom+xml"),
    ],
)
def test_a_file_has_its_type_and_headers(site: Site, name: str, media: str) -> None:
    answer = site.get(name)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == media
    assert answer.headers["Last-Modified"] == MODIFIED
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Cache-Control"] == "max-age=1800"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Server"] == "feeds"


def test_no_content_security_policy_allows_scripts() -> None:
    endings = [*(f".{name}" for name in formats.names()), ".opml", ".css", *USER_FILES]
    served = [media for ending in endings if (media := media_type(ending))]
    assert len(served) == len(endings)
    assert all("default-src 'none'" in media.policy for media in served)
    assert not [media for media in served if "script" in media.policy or "script" in media.type]


def test_the_root_is_index_html(site: Site) -> None:
    assert site.get("").content == (site.directory / "index.html").read_bytes()


# output checklist 20
def test_head_equals_get_without_the_body(site: Site) -> None:
    head, get = site.get("world.atom", "HEAD"), site.get("world.atom")
    assert head.content == b""
    without = {"Date"}
    assert {k: v for k, v in head.headers.items() if k not in without} == {
        k: v for k, v in get.headers.items() if k not in without
    }
    assert head.headers["Content-Length"] == str(len(ATOM))


# output checklist 20
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_a_matching_if_none_match_is_304(site: Site, form: str) -> None:
    first = site.get("world.atom")
    again = site.get("world.atom", If_None_Match=form.format(first.headers["ETag"]))
    assert again.status_code == 304
    assert again.content == b""
    for name in ("ETag", "Cache-Control", "Vary"):  # RFC 9110 §15.4.5
        assert again.headers[name] == first.headers[name]
    assert "Content-Type" not in again.headers


# output checklist 20
def test_if_none_match_takes_precedence_over_if_modified_since(site: Site) -> None:
    assert site.get("world.atom", If_None_Match='"old"', If_Modified_Since=MODIFIED).status_code == 200
    etag = site.get("world.atom").headers["ETag"]
    long_ago = "Mon, 01 Jan 2001 00:00:00 GMT"
    assert site.get("world.atom", If_None_Match=etag, If_Modified_Since=long_ago).status_code == 304


# output checklist 20
@pytest.mark.parametrize(
    ("since", "status"),
    [(MODIFIED, 304), ("Wed, 18 Nov 2026 11:06:39 GMT", 200), ("yesterday", 200)],
)
def test_if_modified_since(site: Site, since: str, status: int) -> None:
    assert site.get("world.atom", If_Modified_Since=since).status_code == status


# output checklist 20
def test_gzip_has_its_own_etag(site: Site) -> None:
    plain, packed = site.get("world.atom"), site.get("world.atom", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content == ATOM
    assert int(packed.headers["Content-Length"]) < len(ATOM) / 5
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    etag = packed.headers["ETag"]
    again = site.get("world.atom", Accept_Encoding="gzip", If_None_Match=etag)
    assert (again.status_code, again.headers["ETag"]) == (304, etag)
    assert site.get("world.atom", If_None_Match=etag).status_code == 200


@pytest.mark.parametrize("accepted", ["", "br", "identity", "gzip;q=0", "gzip;q=0.1, identity", "*;q=0"])
def test_gzip_is_only_sent_if_it_is_accepted_and_preferred(site: Site, accepted: str) -> None:
    answer = site.get("world.atom", Accept_Encoding=accepted)
    assert "Content-Encoding" not in answer.headers
    assert answer.content == ATOM


def test_a_file_that_gzip_does_not_shrink_is_sent_plain(site: Site) -> None:
    answer = site.get("world.rss", Accept_Encoding="gzip")
    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers


# output checklist 20
def test_a_range_is_206(site: Site) -> None:
    answer = site.get("world.atom", Range="bytes=0-4", Accept_Encoding="gzip")
    assert (answer.status_code, answer.content) == (206, b"<?xml")
    assert answer.headers["Content-Range"] == f"bytes 0-4/{len(ATOM)}"
    assert site.get("world.atom", Range="bytes=-8").content == b"</feed>\n"


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "lines=1-2", "bytes=x", "bytes"])
def test_unsupported_ranges_are_ignored(site: Site, asked: str) -> None:
    answer = site.get("world.atom", Range=asked)
    assert (answer.status_code, answer.content) == (200, ATOM)


def test_a_range_beyond_the_end_is_416(site: Site) -> None:
    answer = site.get("world.atom", Range="bytes=999999-")
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(ATOM)}"


# output checklist 20
def test_a_range_obeys_if_range_and_if_none_match(site: Site) -> None:
    etag = site.get("world.atom").headers["ETag"]
    assert site.get("world.atom", Range="bytes=0-4", If_Range=etag).status_code == 206
    assert site.get("world.atom", Range="bytes=0-4", If_Range='"old"').status_code == 200
    assert site.get("world.atom", Range="bytes=0-4", If_None_Match=etag).status_code == 304


def test_a_new_version_with_the_same_size_and_time_is_served_at_once(site: Site) -> None:
    put(site.directory, "news.atom", b"<feed>1</feed>")
    first = site.get("news.atom")
    put(site.directory, "news.atom", b"<feed>2</feed>")
    second = site.get("news.atom", If_None_Match=first.headers["ETag"])
    assert (second.status_code, second.content) == (200, b"<feed>2</feed>")


def test_the_etag_depends_on_the_content_only(site: Site) -> None:
    put(site.directory, "same.atom", ATOM)
    first = site.get("same.atom", Accept_Encoding="gzip").headers["ETag"]
    put(site.directory, "same.atom", ATOM, WRITTEN_AT + 3600)
    assert site.get("same.atom", Accept_Encoding="gzip").headers["ETag"] == first


def test_gzip_bytes_contain_no_time(site: Site) -> None:
    found = FileCache(site.directory).get("world.atom")
    assert found is not None
    assert gzip.decompress(found.encoded["gzip"]) == ATOM
    assert found.encoded["gzip"][4:8] == bytes(4)  # MTIME (RFC 1952 §2.3.1)


def test_a_deleted_file_is_404(site: Site) -> None:
    path = put(site.directory, "brief.atom", ATOM)
    assert site.get("brief.atom").status_code == 200
    path.unlink()
    assert site.get("brief.atom").status_code == 404


@pytest.mark.parametrize(
    ("schedules", "expected"),
    [
        ([Schedule()], timedelta(minutes=30)),
        ([Schedule(), Schedule(every=timedelta(minutes=10))], timedelta(minutes=5)),
        ([Schedule(every=timedelta(seconds=10))], timedelta(minutes=1)),
        ([Schedule(every=timedelta(days=1))], timedelta(hours=1)),
        ([], timedelta(minutes=30)),
    ],
)
def test_freshness_follows_the_shortest_interval(schedules: list[Schedule], expected: timedelta) -> None:
    sources = [Source(id=f"s{n}", url="a.xml", schedule=schedule) for n, schedule in enumerate(schedules)]
    assert freshness_lifetime(sources) == expected
