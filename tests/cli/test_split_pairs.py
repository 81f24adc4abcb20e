"""After some splits of a pair of sources, its near copies join only on more evidence, and later never."""

from __future__ import annotations

from tests.cli.conftest import Call
from tests.cli.test_commands import CONFIG, published_titles
from tests.cli.test_split_merge import SINCE_NOW, delete_state
from tests.loopback import Loopback
from tests.newsroom import item, prose, rss


def page(server: Loopback, source: str, *numbers: int, end: str = "") -> str:
    """A source with an article for each number, whose texts have the end."""
    items = [
        item(
            n,
            title=f"Lantern of {prose(n)[:30]}",
            text=prose(n) + prose(n + 500) + end,
            link=f"https://{source}.example/{n}",
            guid=f"{source}{n}",
            hours=SINCE_NOW + 1 + n / 100,
        )
        for n in numbers
    ]
    return server.page(f"/{source}", rss(items))


def once(call: Call, server: Loopback, *numbers: int, equal: tuple[int, ...] = ()) -> None:
    """Polls a herald, and a post with near copies and equal ones."""
    herald = page(server, "herald", *numbers, *equal)
    post = page(server, "post", *numbers, end=" Read on in the post.")
    exact = page(server, "exact", *equal)
    urls = {"herald": herald, "post": post} | ({"post": exact} if equal else {})
    rows = "".join(f"  - {{id: {id_}, url: '{url}', allow_private: true}}\n" for id_, url in urls.items())
    CONFIG.write_text(f"limits: {{host_interval: 0s}}\nsources:\n{rows}", encoding="utf-8")
    call("once", "--all")


def test_the_third_and_the_sixth_split_of_a_pair_change_what_joins(call: Call, server: Loopback) -> None:
    once(call, server, *range(1, 7))
    assert len(published_titles("all")) == 6
    outputs = [call("split", f"https://post.example/{n}")[1] for n in range(1, 7)]
    raised = "herald and post: {} articles were split, so near copies join only with a score of 0.9 or more."
    assert ["articles were split" in out for out in outputs] == [False, False, True, True, True, True]
    assert raised.format(3) in outputs[2]
    assert (
        "herald and post: 6 articles were split, so only equal articles join, near copies never."
        in outputs[5]
    )
    assert "6 articles were split" in call("status")[1]

    for rebuilt in (False, True):
        if rebuilt:
            delete_state()
        once(call, server, *range(1, 8))
        both = [call("explain", f"https://{source}.example/7")[1] for source in ("herald", "post")]
        assert all(": 1 article\n" in out for out in both), rebuilt
        out = "".join(both)  # which of the two came first is chance
        assert (
            "began the story: you split articles of the two sources so often that only equal ones join" in out
        )
        assert ", because you split 6 articles of herald and post: score " in out
    once(call, server, equal=(9,))
    assert "2 articles\n" in call("explain", "https://exact.example/9")[1]
