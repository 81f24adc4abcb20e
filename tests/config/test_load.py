from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.config import Limits, Retention, load
from feeds.errors import ConfigError
from feeds.model import Access, DedupePolicy, Extract, Output, Schedule, Source, SourceFilter
from tests.config.files import EVERYTHING, loaded, refused


def test_a_file_with_everything_in_it(tmp_path: Path) -> None:
    settings = loaded(tmp_path, EVERYTHING, AGENCY_TOKEN="t0k3n")

    assert (settings.path, settings.directory) == (tmp_path / "sources.yaml", tmp_path)
    assert (settings.site.title, settings.site.base_url) == ("The wire", "https://feeds.example.org/")
    assert (settings.site.output, settings.site.state) == (tmp_path / "output", tmp_path / "feeds.db")
    hourly = Schedule(min=timedelta(hours=1), max=timedelta(days=1))
    assert settings.sources == (
        Source(id="simple.example-feed", url="https://simple.example/feed", schedule=hourly),
        Source(
            id="agency",
            url="https://agency.example/rss",
            tags=("world", "wire"),
            priority=10,
            schedule=hourly,
            access=Access(headers=(("Authorization", "Bearer t0k3n"),)),
            full_text=800,
            secrets=("t0k3n", "Bearer t0k3n"),
        ),
        Source(
            id="council",
            url="https://council.example/news",
            kind="page",
            schedule=hourly,
            extract=Extract(item="li.news", title="a", link="a@href", date="time@datetime"),
        ),
        Source(
            id="people.example-list.opml",
            url="https://people.example/list.opml",
            kind="opml",
            schedule=hourly,
        ),
    )
    (world,) = settings.outputs
    assert [str(rule) for rule in world.rules] == [
        "keep only: (title /trade/i or source “agency”)",
        "drop: title “sponsored”",
    ]
    assert world == Output(
        name="world",
        title="World, once",
        source_filter=SourceFilter(tags=("world",)),
        dedupe=DedupePolicy(),
        rules=world.rules,
        formats=("atom", "rss", "json"),
        limit=100,
        per_source=10,
    )
    assert (settings.retention, settings.limits) == (Retention(), Limits())


def test_the_shortest_file_has_one_output_with_everything(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "site: {title: Mine, language: en}\nsources: [https://n.example/feed]\n")
    everything = ("atom", "rss", "json", "html")
    assert settings.outputs == (Output(name="all", title="Mine", language="en", formats=everything),)


def test_a_source_overrides_the_defaults_key_by_key(tmp_path: Path) -> None:
    text = """
defaults: {every: 2h, tags: [news], timeout: 10s, max_size: 5MB, proxy: "http://p.example:3128"}
sources:
  - https://a.example/
  - {url: https://b.example/, every: auto, tags: [], timeout: 1m, max_size: 1MiB, allow_private: true}
"""
    default, own = loaded(tmp_path, text).sources
    assert (default.schedule, default.tags) == (Schedule(every=timedelta(hours=2)), ("news",))
    assert default.access == Access(
        timeout=10.0,
        max_transferred_bytes=5_000_000,
        max_decoded_bytes=5_000_000,
        proxy="http://p.example:3128",
    )
    assert (own.schedule, own.tags) == (Schedule(), ())
    assert (own.access.timeout, own.access.max_decoded_bytes, own.access.allow_private) == (
        60.0,
        1 << 20,
        True,
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("every: 5m", Schedule(every=timedelta(minutes=5))),
        ("min: 48h", Schedule(min=timedelta(hours=48))),
        ("max: 10m", Schedule(max=timedelta(minutes=10))),
    ],
)
def test_every_wins_and_a_single_bound_moves_the_other(
    tmp_path: Path, options: str, expected: Schedule
) -> None:
    (source,) = loaded(tmp_path, f"sources: [{{url: https://a.example/, {options}}}]").sources
    assert source.schedule == expected
    assert source.schedule.shortest <= source.schedule.longest


@pytest.mark.parametrize(
    "entry",
    [
        "{url: 'https://a.example/feed', auth: {basic: {user: me, password: 'p:w'}}}",
        "'https://me:p%3Aw@a.example/feed'",
    ],
)
def test_a_login_becomes_a_header_and_leaves_the_url(tmp_path: Path, entry: str) -> None:
    (source,) = loaded(tmp_path, f"sources: [{entry}]").sources
    basic = base64.b64encode(b"me:p:w").decode()
    assert (source.url, source.access.headers) == (
        "https://a.example/feed",
        (("Authorization", f"Basic {basic}"),),
    )


def test_keys_without_a_value_count_as_not_written(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "site:\nsources:\n  - url: https://a.example/\n    tags:\noutputs:\n")
    assert settings.sources == (Source(id="a.example", url="https://a.example/"),)
    assert [output.name for output in settings.outputs] == ["all"]


def test_anchors_and_merges_work(tmp_path: Path) -> None:
    text = """
sources:
  - &first {url: https://a.example/, tags: [x], priority: 3}
  - {<<: *first, url: https://b.example/}
"""
    _, merged = loaded(tmp_path, text).sources
    assert (merged.url, merged.tags, merged.priority) == ("https://b.example/", ("x",), 3)


def test_a_dedupe_mode_alone_is_enough_and_off_is_a_word(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path, "sources: [https://a.example/]\noutputs: {a: {dedupe: exact}, b: {dedupe: off}}"
    )
    assert [output.dedupe.mode for output in settings.outputs] == ["exact", "off"]


def test_title_and_language_of_an_output_have_defaults(tmp_path: Path) -> None:
    (output,) = loaded(tmp_path, "site: {language: de-AT}\noutputs: {world-news: {}}").outputs
    assert (output.title, output.language) == ("World news", "de-AT")


def test_file_sources_are_kept_as_paths_below_the_folder(tmp_path: Path) -> None:
    (source,) = loaded(tmp_path, "sources: [./examples/newsroom/a.xml]").sources
    assert (source.url, source.scheme.is_local) == ("examples/newsroom/a.xml", True)


def test_the_file_may_begin_with_a_byte_order_mark_and_end_its_lines_as_windows_does(tmp_path: Path) -> None:
    (source,) = loaded(tmp_path, "\ufeffsources:\r\n  - https://a.example/\r\n").sources
    assert source.id == "a.example"


def test_a_missing_file_is_reported_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "sources.yaml", {})
    assert str(caught.value) == (
        f"{tmp_path}/sources.yaml: cannot be read: No such file or directory\n"
        "    `feeds init` writes one to begin with."
    )


@pytest.mark.parametrize(
    ("site", "callback_prefix"),
    [
        ("{base_url: 'https://a.example/'}", ""),
        ("{base_url: 'https://a.example/feeds', websub: true}", "https://a.example/feeds/websub/"),
        ("{websub: 'https://hooks.example/x'}", "https://hooks.example/x/"),
        ("{websub: false}", ""),
        ("{websub: true}", "http://127.0.0.1:8000/websub/"),  # a hub on the same machine
    ],
)
def test_the_callback_prefix(tmp_path: Path, site: str, callback_prefix: str) -> None:
    settings = loaded(tmp_path, f"site: {site}\nsources: [https://b.example/]\n")
    assert settings.site.callback_prefix == callback_prefix


# fetching checklist 33
@pytest.mark.parametrize(
    "site",
    ["{base_url: 'http://a.example/', websub: true}", "{websub: 'http://hooks.example/'}"],
)
def test_the_callback_prefix_must_be_https(tmp_path: Path, site: str) -> None:
    message = refused(tmp_path, f"site: {site}\nsources: [https://b.example/]\n")
    assert "hubs are given https addresses only" in message
