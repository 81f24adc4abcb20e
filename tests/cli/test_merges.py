"""`feeds merges`, and the counts of joins in `feeds status`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from feeds.cli import ExitCode
from tests.cli.conftest import Call
from tests.cli.test_commands import CONFIG, CRANE_TEXT
from tests.cli.test_split_merge import SINCE_NOW
from tests.loopback import Answer, Loopback
from tests.newsroom import item, prose, rss

LONG = "港口委員會投票決定購買第二台起重機並且討論碼頭的未來以及漁船等待卸貨的時間和學校屋頂的修理費用"


def copy(source: str, title: str, text: str, *, page: int = 1, hours: float = 1) -> str:
    link = f"https://{source}.example/{page}"
    return item(1, title=title, text=text, link=link, guid=link, hours=SINCE_NOW + hours)


@pytest.fixture
def joined(call: Call, server: Loopback) -> None:  # `call` has changed to the folder of the test
    """The post has the herald's words, the star has a near copy, and the herald repeats a text on a second page."""
    first = copy("herald", "Crane bought", CRANE_TEXT)
    again = [copy("herald", "Lantern lit", prose(7) + prose(8), page=n, hours=36 - 16 * n) for n in (1, 2)]
    pages = {
        "herald": server.answers("/h", *(Answer(body=rss([items])) for items in (first, *again))),
        "post": server.page("/p", rss([copy("post", "Crane bought", CRANE_TEXT)])),
        "star": server.page("/s", rss([copy("star", LONG, f"{CRANE_TEXT} Read on.")])),
    }
    rows = "".join(f"  - {{id: {id_}, url: '{url}', allow_private: true}}\n" for id_, url in pages.items())
    CONFIG.write_text(
        f"limits: {{host_interval: 0s}}\nsources:\n{rows}"
        "outputs: {front: {}, apart: {dedupe: {within_source: false}}}\n",
        encoding="utf-8",
    )


def poll(call: Call) -> None:
    for _ in range(3):
        assert call("once", "--all")[0] == ExitCode.OK


@pytest.mark.usefixtures("joined")
def test_each_join_has_its_articles_evidence_and_ids(call: Call) -> None:
    poll(call)
    code, out, _ = call("merges")
    assert code == ExitCode.OK
    assert out.startswith("3 joins since ")
    assert max(map(cell_len, out.splitlines())) <= 80
    blocks = out.replace("\n       ", "\t").splitlines()
    newest, post, star = (line for line in blocks if "\t" in line)
    if "  star" in post:
        post, star = star, post
    assert "within herald: same title and text" in newest
    assert "herald  Crane bought\tsame title and text\tids " in post
    assert "score " in star
    assert "of the shorter text is also in the longer text" in star.replace("\t", " ")
    assert "…\therald  Crane bought" in star
    for line in (newest, post, star):
        first, second = line.rpartition("ids ")[2].split()
        assert f"article {first}" in call("explain", second)[1]


@pytest.mark.usefixtures("joined")
def test_merges_can_be_limited_to_a_source_and_a_time(call: Call) -> None:
    poll(call)
    assert call("merges", "--source", "post")[1].startswith("1 join since ")
    assert call("merges", "--source", "herald", "--since", "1h")[1].startswith("3 joins since ")
    code, _, err = call("merges", "--source", "pots")
    assert (code, "Did you mean post?" in err) == (ExitCode.FAILED, True)
    assert call("merges", "--since", "yesterday")[0] == ExitCode.USAGE_ERROR


@pytest.mark.usefixtures("joined")
def test_merges_as_json(call: Call) -> None:
    assert call("merges", "--json")[0] == ExitCode.FAILED  # there is no state yet
    poll(call)
    found = {join["article"]["source"]: join for join in json.loads(call("merges", "--json")[1])}
    assert found["post"]["joined_to"]["url"] == "https://herald.example/1"
    assert found["post"]["evidence"] == "same title and text"
    assert found["star"]["article"]["title"] == LONG
    assert 0.5 <= found["star"]["score"] <= 1
    assert len(found["star"]["reasons"]) == 2
    assert found["herald"]["within_source"] is True
    assert call("split", found["post"]["article"]["id"])[0] == ExitCode.OK
    after = {join["article"]["source"]: join["one_story"] for join in json.loads(call("merges", "--json")[1])}
    assert after == {"post": False, "star": True, "herald": True}
    assert call("merges")[1].count("(no longer one story)") == 1


@pytest.mark.usefixtures("joined")
def test_status_counts_the_joins_of_each_pair_of_sources(call: Call) -> None:
    poll(call)
    post = json.loads(call("merges", "--json", "--source", "post")[1])[0]["article"]["id"]
    assert call("split", post)[0] == ExitCode.OK
    lines = [" ".join(line.split()) for line in call("status")[1].splitlines()]
    start = next(n for n, line in enumerate(lines) if line.startswith("3 joins since "))
    assert lines[start + 1 : start + 5] == [
        "joins split sources",
        "1 herald with itself",
        "1 1 herald and post",
        "1 herald and star",
    ]
    assert "joins" not in call("status", "--failing")[1]
    assert "1 with itself, 1 with post, 1 with star" in call("status", "herald")[1]


@pytest.mark.usefixtures("joined")
def test_copies_within_a_source_are_named_or_kept_apart(call: Call) -> None:
    poll(call)
    pages = [f"https://herald.example/{n}" for n in (1, 2)]
    assert ", a copy within herald: the same title and text" in call("explain", pages[1])[1]
    assert ", a copy within" not in call("explain", "https://post.example/1")[1]
    front, apart = (
        [
            one
            for one in json.loads(Path(f"output/{name}.json").read_bytes())["items"]
            if "Lantern" in one["title"]
        ]
        for name in ("front", "apart")
    )
    assert [copy["url"] for copy in front[0]["_feeds"]["copies"]] == [pages[1]]
    assert sorted(one["url"] for one in apart) == pages
    assert not any("copies" in one["_feeds"] for one in apart)
