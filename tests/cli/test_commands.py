from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from lxml import etree

from feeds.cli import ExitCode
from feeds.cli.format import count_noun, format_duration
from feeds.engine.lock import lock_state
from feeds.store import open_store
from feeds.store.store import save_fact
from tests.cli.conftest import Call
from tests.loopback import Answer, Loopback
from tests.make import NOW
from tests.newsroom import item, rss

CONFIG = Path("sources.yaml")


def configure(*urls: str, outputs: str = "outputs: {front: {title: Front}}") -> None:
    lines = "".join(f"  - {{id: s{n}, url: '{url}', allow_private: true}}\n" for n, url in enumerate(urls, 1))
    CONFIG.write_text(f"# mine\nsources:\n{lines}\n{outputs}\n", encoding="utf-8")


def test_count_noun_uses_the_singular_for_one() -> None:
    assert [count_noun(n, "entry") for n in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]
    assert [count_noun(n, "source") for n in (0, 1, 2)] == ["0 sources", "1 source", "2 sources"]


def test_init_writes_a_valid_file_and_never_overwrites_one(call: Call) -> None:
    assert call("init", "--title", "Harbour news")[0] == ExitCode.OK
    assert "Harbour news" in CONFIG.read_text(encoding="utf-8")
    assert json.loads(Path("sources.schema.json").read_text(encoding="utf-8"))["$schema"]
    assert call("check")[0] == ExitCode.OK
    before = CONFIG.read_bytes()
    code, _, err = call("init")
    assert code == ExitCode.FAILED
    assert "nothing was changed" in err
    assert CONFIG.read_bytes() == before


def test_check_lists_every_mistake_with_line_and_column(call: Call) -> None:
    CONFIG.write_text("sources:\n  - {urll: https://a.example/}\nouputs: {}\n", encoding="utf-8")
    code, _, err = call("check")
    assert code == ExitCode.USAGE_ERROR
    assert "sources.yaml:2:6" in err
    assert "sources.yaml:3:1" in err
    assert "outputs" in err


def test_once_publishes_and_prints_a_summary(call: Call, server: Loopback) -> None:
    configure(server.page("/a", rss([item(1), item(2)])), server.page("/b", b"broken", status=503))
    code, out, _ = call("once")
    assert code == ExitCode.OK
    lines = out.splitlines()
    assert lines.index("s1: 2 new") < lines.index("Summary of this cycle")
    assert [line for line in lines if "failed: " in line] == [
        line for line in lines if line.startswith("s2: failed: ")
    ]
    assert lines[lines.index("Summary of this cycle") + 1 :][:3] == [
        "     1  source answered, 0 of them without news",
        "     1  source failed",
        "     2  new articles",
    ]
    assert "of them joined" not in out
    assert len(feedparser.parse(Path("output/front.atom").read_bytes()).entries) == 2


def test_once_prints_in_one_format_what_went_wrong(call: Call, server: Loopback) -> None:
    configure(server.page("/a", rss([item(1), "<item/>"])), outputs="outputs: {front: {formats: [atom]}}")
    Path("output").write_text("not a folder", encoding="utf-8")
    code, out, _ = call("once")
    assert code == ExitCode.FAILED
    assert "  skipped: s1: " in out
    assert "  not published: index: " in out


def test_once_masks_secrets_in_the_line_of_a_failed_poll(call: Call, server: Loopback) -> None:
    url = server.answers(
        "/a", Answer(status=302, headers=[("Location", "ftp://me:pw@files.example/?token=k3y")])
    )
    configure(url)
    out = call("once")[1]
    assert "s1: failed: " in out
    assert "k3y" not in out
    assert "pw" not in out


def test_once_has_its_own_exit_code_if_nothing_could_be_fetched(call: Call, server: Loopback) -> None:
    configure(server.page("/a", b"", status=500))
    assert call("once")[0] == ExitCode.ALL_FETCHES_FAILED


def test_once_with_json_prints_one_line_per_poll(call: Call, server: Loopback) -> None:
    configure(server.page("/a", rss([item(1)])))
    code, out, err = call("once", "--json")
    assert (code, out) == (ExitCode.OK, "")
    (line,) = [line for line in map(json.loads, err.splitlines()) if line["event"] == "poll"]
    assert {key: line[key] for key in ("event", "source", "result", "new")} == {
        "event": "poll",
        "source": "s1",
        "result": "new",
        "new": 1,
    }


def test_once_with_all_fetches_sources_that_are_not_due(call: Call, server: Loopback) -> None:
    configure(server.page("/a", rss([item(1)])))
    call("once")
    call("once")
    assert len(server.requests) == 1
    call("once", "--all")
    assert len(server.requests) == 2


def test_a_second_process_on_a_state_is_refused(call: Call, server: Loopback) -> None:
    configure(server.page("/a", rss([item(1)])))
    with lock_state(Path("feeds.db"), NOW):
        code, _, err = call("once")
    assert code == ExitCode.IN_USE
    assert " already works on " in err
    assert err.endswith("feeds.db; stop it first, or set another `site.state`\n")


def test_add_finds_the_feed_of_a_page_fetches_it_once_and_stores_its_articles(
    call: Call, server: Loopback
) -> None:
    feed = server.page("/feed.xml", rss([item(1)], "Harbour blog"))
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
    CONFIG.write_text("# mine\nsources: []\n", encoding="utf-8")
    code, out, err = call(
        "add",
        server.page("/", page),
        "--id",
        "blog",
        "--tag",
        "blogs",
        "--title",
        "The blog",
        "--allow-private",
    )
    assert (code, err) == (ExitCode.OK, "")
    assert "1 article." in out
    text = CONFIG.read_text(encoding="utf-8")
    assert text.startswith("# mine\n")
    assert feed in text
    assert call("once")[0] == ExitCode.OK
    assert server.paths() == ["/", "/feed.xml"]
    assert len(feedparser.parse(Path("output/all.atom").read_bytes()).entries) == 1


def test_add_refuses_a_page_without_a_feed_and_does_not_change_the_file(call: Call, server: Loopback) -> None:
    CONFIG.write_text("sources: []\n", encoding="utf-8")
    before = CONFIG.read_bytes()
    code, _, err = call("add", server.page("/", b"<html><p>nothing here</p></html>"), "--allow-private")
    assert code == ExitCode.FAILED
    assert "not added" in err
    assert "is a loopback address" not in err
    assert "is a loopback address" in call("add", server.url("/"))[2]
    assert "is a loopback address" in call("preview", server.url("/"))[2]
    assert "is a loopback address" not in call("preview", server.url("/"), "--allow-private")[2]
    assert CONFIG.read_bytes() == before


def test_status_names_a_page_that_cannot_be_rendered_and_when_it_is_tried_again(
    call: Call, server: Loopback
) -> None:
    configure(server.page("/a", rss([item(1)])))
    Path("mine").mkdir()
    Path("mine", "page.html").write_text("{{ 1 / 0 }}")
    CONFIG.write_text(f"site: {{templates: mine}}\n{CONFIG.read_text()}", encoding="utf-8")
    code, out, _ = call("once")
    assert code == ExitCode.FAILED
    out = " ".join(call("status")[1].split())
    assert "not published: front.html: site.templates: page.html, line 1: ZeroDivisionError" in out
    assert "Next attempt in 3" in out or "Next attempt in 2" in out


def test_status_lists_failing_sources_first_and_one_source_with_all_details(
    call: Call, server: Loopback
) -> None:
    configure(server.page("/a", rss([item(1)], "Harbour")), server.page("/b", b"", status=404))
    assert call("status")[0] == ExitCode.FAILED  # there is no state yet
    call("once")
    code, out, _ = call("status")
    assert code == ExitCode.OK
    assert out.index("s2") < out.index("s1")
    assert "404" in out
    assert "2 sources, 1 failing" in out
    assert "s1" not in call("status", "--failing")[1].replace("s1 ", "")
    details = call("status", "s1")[1]
    assert "Harbour" in details
    assert "about one article in" in details  # the reason for its due time
    code, _, err = call("status", "s")
    assert code == ExitCode.FAILED
    assert "Did you mean s1, s2?" in err


@pytest.mark.parametrize(
    ("version", "advice"),
    [
        (None, "there is no state yet: `feeds once` or `feeds run` creates it"),
        ("99", "was written by a newer version of feeds (its schema is 99, this one reads"),
    ],
)
def test_status_says_what_to_do_about_an_empty_or_a_newer_state(
    call: Call, version: str | None, advice: str
) -> None:
    Path("sources.yaml").write_text("sources: [a.xml]\n")
    if version is None:
        Path("feeds.db").touch()
    else:
        store = open_store(Path("feeds.db"))
        with store.write() as connection:
            save_fact(connection, "version", version)
        store.close()
    code, _, err = call("status")
    assert code == ExitCode.FAILED
    assert advice in err


def test_status_works_while_another_process_writes_and_does_not_migrate_its_state(
    call: Call, server: Loopback
) -> None:
    configure(server.page("/a", rss([item(1)])))
    call("once")
    with closing(sqlite3.connect("feeds.db", isolation_level=None, timeout=0)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        for command in (("status",), ("explain", "https://news.example/1"), ("export",)):
            assert call(*command)[0] == ExitCode.OK
        writer.execute("UPDATE meta SET value = '1' WHERE key = 'version'")
        writer.execute("COMMIT")
        code, _, err = call("status")
        assert code == ExitCode.FAILED
        assert "feeds.db was written by an older version of feeds (its schema is 1, this one reads" in err
        assert writer.execute("SELECT value FROM meta WHERE key = 'version'").fetchone() == ("1",)


def test_status_names_the_hosts_in_cooldown(call: Call, server: Loopback) -> None:
    busy = Answer(status=429, headers=[("Retry-After", "7200")])
    configure(server.answers("/a", busy), server.page("/b", rss([item(1)])))
    call("once")
    cooldown = "127.0.0.1 is in cooldown for another"
    assert f"host {cooldown} 2 h: 127.0.0.1" in " ".join(call("status")[1].split())
    assert "sources that wait: 2" in call("status")[1]
    assert cooldown in " ".join(call("status", "s2")[1].split())


def test_explain_shows_the_story_the_reasons_and_the_outputs(call: Call, server: Loopback) -> None:
    title = "Harbour pier closes after storm"
    copy = item(1, title=title, guid="tag:b.example,2026:1", link="https://b.example/1")
    outputs = "outputs: {front: {title: F}, trade: {title: T, keep: {title: trade}}}"
    configure(server.page("/a", rss([item(1, title=title)])), server.page("/b", rss([copy])), outputs=outputs)
    call("once")
    for name in ("https://b.example/1", "https://news.example/1?utm_source=x", "tag:news.example,2026:1"):
        code, out, _ = call("explain", name)
        assert code == ExitCode.OK
        assert "2 articles" in out
        assert "the same title and text, word by word" in out
        assert "front: shown as tag:" in out
        assert "trade: not shown (keep only: title “trade”)" in out
    assert call("explain", "https://nowhere.example/")[0] == ExitCode.FAILED


def test_once_names_the_first_20_files_that_it_wrote(call: Call, server: Loopback) -> None:
    url = server.page("/a", rss([item(1)]))
    configure(url, outputs=f"outputs: {{{', '.join(f'o{n}: {{}}' for n in range(10))}}}")
    out = call("once")[1]
    assert "45  files written: o0.atom, " in out
    assert "o4.html, and 25 more\n" in out


def test_preview_of_a_source_shows_its_articles_and_stores_nothing(call: Call, server: Loopback) -> None:
    configure(server.page("/a", rss([item(1), item(2)], "Harbour")))
    code, out, _ = call("preview", "s1", "--limit", "1")
    assert code == ExitCode.OK
    assert "Harbour (rss20), 2 articles" in out
    assert "Title 1" in out
    assert "Title 2" not in out
    assert not Path("feeds.db").exists()
    assert call("preview", "nothing")[0] == ExitCode.FAILED


def test_preview_of_an_output_shows_what_each_rule_does(call: Call, server: Loopback) -> None:
    url = server.page("/a", rss([item(1, title="Trade grows | Harbour"), item(2, title="Sponsored: buy")]))
    configure(url)
    assert call("once")[0] == ExitCode.OK
    before = {path.name: path.read_bytes() for path in Path("output").iterdir()}
    rules = "drop: [{title: advert}, {title: sponsored}], rewrite: [{title: {strip_suffix: ' | Harbour'}}]"
    configure(url, outputs=f"outputs: {{world: {{{rules}}}}}")
    code, out, _ = call("preview", "world")
    assert code == ExitCode.OK
    assert "World (world): 1 of its 2 newest stories would be published" in out
    assert "  1  drop: (title “advert” or title “sponsored”)" in out
    assert "+ Trade grows\n    s1, " in out
    assert "    rule 2: “Trade grows | Harbour” → “Trade grows”" in out
    assert "- Sponsored: buy\n" in out
    assert "    rule 1 removes s1's “Sponsored: buy”: title “sponsored”\n" in out
    assert {path.name: path.read_bytes() for path in Path("output").iterdir()} == before


def test_preview_shows_the_first_words_of_an_untitled_story_as_its_title(
    call: Call, server: Loopback
) -> None:
    note = "<item><guid>g</guid><description>The quay is closed until noon.</description></item>"
    configure(server.page("/a", rss([note])))
    assert call("once")[0] == ExitCode.OK
    assert "+ The quay is closed until noon." in call("preview", "front")[1]
    assert "The quay is closed until noon." in call("preview", "s1")[1]


def test_export_writes_what_import_read(call: Call) -> None:
    CONFIG.write_text("sources: []\n", encoding="utf-8")
    Path("in.opml").write_text(
        '<opml version="2.0"><head/><body><outline text="Blogs">'
        '<outline type="rss" text="One" xmlUrl="https://one.example/feed"/>'
        '<outline type="rss" text="Two" xmlUrl="https://two.example/feed"/></outline></body></opml>',
        encoding="utf-8",
    )
    code, out, _ = call("import", "in.opml", "--tag", "mine")
    assert code == ExitCode.OK
    assert "Added 2 of 2" in out
    code, out, _ = call("export")
    outlines = etree.fromstring(out.encode()).iter("outline")
    assert [
        (outline.get("title"), outline.get("xmlUrl"), outline.get("category")) for outline in outlines
    ] == [
        ("One", "https://one.example/feed", "mine,Blogs"),
        ("Two", "https://two.example/feed", "mine,Blogs"),
    ]
    assert "Added 0 of 2" in call("import", "in.opml")[1]


def test_schema_prints_json(call: Call) -> None:
    code, out, _ = call("schema")
    assert code == ExitCode.OK
    assert "sources" in json.loads(out)["properties"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "3 s"), (119, "119 s"), (180, "3 min"), (7200, "2 h"), (200000, "2 d")]
)
def test_durations_use_the_largest_unit_of_which_there_are_two(seconds: int, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


CRANE_TEXT = (
    "The harbour board of Lindholm met on Monday evening and voted for a second crane on the eastern quay. "
    "The crane costs 14 million crowns and will be delivered by Hansson Marine in the autumn of next year. "
    "Chairwoman Greta Alm said that the port had turned away 63 ships since January because nobody could "
    "unload them in time. Two members voted against it and asked for a new ice house instead. "
)


def published_titles(output: str = "front") -> dict[str, str]:
    """Entry id → title, from the published Atom file."""
    entries = feedparser.parse(Path(f"output/{output}.atom").read_bytes()).entries
    return {entry.id: entry.title for entry in entries}


def two_near_copies(server: Loopback) -> None:
    copy = item(
        1, title="Crane bought", text=CRANE_TEXT, guid="tag:b.example,2026:1", link="https://b.example/1"
    )
    original = item(
        2, title="Lindholm votes for a second crane", text=f"{CRANE_TEXT} The town pays a third of the price."
    )
    configure(server.page("/a", rss([original])), server.page("/b", rss([copy])))


def test_near_copies_are_explained_with_their_evidence(call: Call, server: Loopback) -> None:
    two_near_copies(server)
    call("once")
    assert len(published_titles()) == 1
    out = call("explain", "https://b.example/1")[1]
    assert "2 articles" in out
    assert "of the shorter text is also in the longer text" in out


def test_split_and_merge_hold_in_later_cycles(call: Call, server: Loopback) -> None:
    two_near_copies(server)
    call("once")
    (before,) = published_titles()
    assert call("split", "https://b.example/1")[0] == ExitCode.OK
    assert call("split", "https://b.example/1")[0] == ExitCode.FAILED  # alone already
    call("once")
    assert len(published_titles()) == 2
    assert before in published_titles()
    assert "you split it from s1's “Lindholm votes" in call("explain", "https://b.example/1")[1]
    assert call("merge", "https://news.example/2", "https://b.example/1")[0] == ExitCode.OK
    call("once", "--all")
    assert list(published_titles()) == [before]
    assert call("merge", "https://news.example/2", "https://nowhere.example/")[0] == ExitCode.FAILED


def test_an_article_that_is_split_off_keeps_the_entry_that_it_began(call: Call, server: Loopback) -> None:
    two_near_copies(server)
    call("once")
    before = published_titles()
    assert call("split", "https://news.example/2")[0] == ExitCode.OK
    call("once")
    assert set(before) < set(published_titles())
    assert published_titles()["tag:news.example,2026:2"] == "Lindholm votes for a second crane"


# fetching checklist 23
@pytest.mark.parametrize(
    ("site", "warns"),
    [
        ("{}", True),
        ("{base_url: 'http://[::1]:8000/'}", True),
        ("{base_url: 'http://news.home.arpa/'}", True),
        ("{base_url: 'https://news.example.org/'}", False),
        ("{contact: me@news.example.org}", False),
        ("{user_agent: Herald/1}", False),
    ],
)
def test_check_warns_if_the_user_agent_names_no_contact(call: Call, site: str, warns: bool) -> None:
    CONFIG.write_text(f"site: {site}\nsources: []\n", encoding="utf-8")
    code, out, err = call("check")
    assert code == ExitCode.OK
    assert err.startswith("warning: ") == warns
    assert ("site.contact" in err) == warns
    assert "site.contact" not in out


@pytest.mark.parametrize("arguments", [("status",), ("retry",), ("preview",)])
def test_an_unknown_source_is_answered_with_similar_ids(call: Call, arguments: tuple[str, ...]) -> None:
    Path("harbour.rss").write_bytes(rss([item(1)]))
    CONFIG.write_text("sources: [harbour.rss]\n", encoding="utf-8")
    call("once")
    for typed in ("harb", "habrour"):
        code, _, err = call(*arguments, typed)
        assert code == ExitCode.FAILED
        assert "Did you mean harbour.rss?" in err
    assert "`feeds status` lists the ids" in call(*arguments, "zzz")[2]
