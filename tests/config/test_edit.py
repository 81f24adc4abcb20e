from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.config import load
from feeds.config.edit import ImportResult, add_source, add_sources
from feeds.config.starter import starter
from feeds.errors import ConfigError
from feeds.model import Schedule
from tests.config.files import EVERYTHING, loaded

ROOT = Path(__file__).resolve().parents[2]
NEW = "https://new.example/feed"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """\
sources:   # all of them
  - https://a.example/   # the first
  # - https://old.example/

# What is published
outputs: {}
""",
            """\
sources:   # all of them
  - https://a.example/   # the first
  # - https://old.example/
  - id: new.example-feed
    url: https://new.example/feed
    tags: [t]

# What is published
outputs: {}
""",
            id="comments",
        ),
        pytest.param(
            "sources:\n- url: https://a.example/\n  tags:\n  - x\n# end\nsite: {title: x}",
            "sources:\n- url: https://a.example/\n  tags:\n  - x\n- id: new.example-feed\n"
            "  url: https://new.example/feed\n  tags: [t]\n# end\nsite: {title: x}",
            id="no indent",
        ),
        pytest.param(
            "sources: [https://a.example/, {url: https://b.example/} ] # two\n",
            "sources: [https://a.example/, {url: https://b.example/}, {id: new.example-feed, "
            "url: https://new.example/feed, tags: [t]} ] # two\n",
            id="flow",
        ),
        pytest.param(
            "sources: [] # none\nsite: {title: x}\n",
            "sources: # none\n  - id: new.example-feed\n    url: https://new.example/feed\n    tags: [t]\n"
            "site: {title: x}\n",
            id="empty list",
        ),
        pytest.param(
            "sources:\n\nsite: {title: x}\n",
            "sources:\n  - id: new.example-feed\n    url: https://new.example/feed\n    tags: [t]\n\n"
            "site: {title: x}\n",
            id="no value",
        ),
        pytest.param(
            "site: {title: x}",
            "site: {title: x}\n\nsources:\n  - id: new.example-feed\n    url: https://new.example/feed\n"
            "    tags: [t]\n",
            id="no list",
        ),
        pytest.param(
            "sources:\r\n  - https://a.example/",
            "sources:\r\n  - https://a.example/\r\n  - id: new.example-feed\r\n"
            "    url: https://new.example/feed\r\n    tags: [t]\r\n",
            id="lines of Windows",
        ),
        pytest.param(
            "sources:\n  - url: https://a.example/\n    title: >\n      folded text\n\nsite: {title: x}\n",
            "sources:\n  - url: https://a.example/\n    title: >\n      folded text\n\n"
            "  - id: new.example-feed\n    url: https://new.example/feed\n    tags: [t]\nsite: {title: x}\n",
            id="block text",
        ),
    ],
)
def test_a_source_is_added_and_nothing_else_changes(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes(before.encode())
    assert add_source(path, NEW, tags=["t"]) == "new.example-feed"
    assert path.read_bytes().decode() == after
    assert load(path, {}).sources[-1].tags == ("t",)


def test_a_source_is_added_while_secrets_are_missing(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(EVERYTHING)
    add_source(path, NEW, id="mine", title="Mine: really", tags=["world", "a, b"])
    source = load(path, {"AGENCY_TOKEN": "x"}).sources[-1]
    assert (source.id, source.title, source.tags) == ("mine", "Mine: really", ("world", "a, b"))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1).filter(str.strip),
    tag=st.sampled_from(
        ["off", "null", "1", "1e3", "a: b", "#x", "[a", "a,b", "'", '"', "*a", "${env:X}", "~", "="]
    ),
)
def test_any_title_and_tag_is_read_back_unchanged(tmp_path: Path, title: str, tag: str) -> None:
    for before in ("sources: [https://a.example/]\n", "sources:\n  - https://a.example/\n"):
        path = tmp_path / "sources.yaml"
        path.write_text(before)
        add_source(path, NEW, title=title, tags=[tag])
        source = load(path, {"X": tag}).sources[-1]
        harmless = [" ".join(text.split()).replace("${", "$ {") for text in (title, tag)]
        assert [source.title, *source.tags] == harmless


@pytest.mark.parametrize(
    ("before", "url", "message"),
    [
        ("sources: [https://new.example/feed/]\n", NEW, "the source in line 1 has the same address"),
        ("sources: []\n", "ftp://not.example/", "is not an http or https URL"),
        ("sources: [{ulr: x}]\n", NEW, 'unknown key "ulr"'),
        ("{}\n", NEW, "nothing can be added to"),
        ("sources: [\n", NEW, "not valid YAML"),
    ],
)
def test_an_edit_that_would_break_the_file_is_refused(
    tmp_path: Path, before: str, url: str, message: str
) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(before)
    with pytest.raises(ConfigError) as caught:
        add_source(path, url)
    assert message in str(caught.value)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_taken_id_is_refused_and_a_derived_one_gets_a_number(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources: [{id: new.example-feed, url: https://a.example/}]\n")
    with pytest.raises(ConfigError, match="also that of the source in line 1"):
        add_source(path, NEW, id="new.example-feed")
    assert add_source(path, NEW) == "new.example-feed-2"


def test_an_import_adds_only_new_sources(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources:\n  - https://a.example/\n")
    added = add_sources(
        path,
        [
            ("http://a.example", "there already", ()),
            ("https://b.example/x-y", "B", ("t",)),
            ("https://b.example/x/y", "", ()),
            ("https://b.example/x/y#again", "", ()),
            ("feed.xml", "not ours to open", ()),
        ],
    )
    assert added == ImportResult(
        added=("b.example-x-y", "b.example-x-y-2"),
        known=2,
        refused=('"feed.xml" is not an http or https URL',),
    )
    assert [source.id for source in load(path, {}).sources] == ["a.example", *added.added]
    text = path.read_text()
    assert add_sources(path, [("https://a.example/", "", ())]) == ImportResult(known=1)
    assert path.read_text() == text


def test_an_imported_list_cannot_read_secrets(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("sources: []\n")
    secret = "${env:TOKEN} ${file:/etc/passwd}"
    add_sources(path, [("https://a.example/?${env:TOKEN}", secret, (secret,))])
    (source,) = load(path, {"TOKEN": "t0k3n"}).sources
    assert source.url == "https://a.example/?%24{env:TOKEN}"
    assert source.title == "$ {env:TOKEN} $ {file:/etc/passwd}"
    assert source.tags == (source.title,)
    add_source(path, "https://b.example/${env:TOKEN}", title=secret)
    assert load(path, {"TOKEN": "t0k3n"}).sources[-1].url == "https://b.example/%24{env:TOKEN}"


def test_a_link_stays_a_link_and_the_mode_is_kept(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text("sources: []\n")
    real.chmod(0o600)
    path = tmp_path / "sources.yaml"
    path.symlink_to(real)
    add_source(path, NEW)
    assert path.is_symlink()
    assert "new.example" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("title", ["Feeds", 'A "wire": # {once}', "", "ध्वनि", "two\nlines"])
def test_the_starter_loads_and_takes_sources(tmp_path: Path, title: str) -> None:
    text = starter(title)
    assert text.startswith("# yaml-language-server: $schema=")
    fresh = loaded(tmp_path, text)
    assert fresh.site.title == (" ".join(title.split()) or "Feeds")
    assert fresh.sources == ()
    add_source(fresh.path, NEW)
    edited = fresh.path.read_text()
    assert [source.url for source in load(fresh.path, {}).sources] == [NEW]
    assert edited.index("AGENCY_TOKEN") < edited.index(NEW) < edited.index("# What is published")


# fetching checklist 11, 13
@pytest.mark.parametrize("text", [starter("x"), (ROOT / "sources.yaml").read_text(encoding="utf-8")])
def test_an_added_source_has_no_interval_that_overrules_its_server(tmp_path: Path, text: str) -> None:
    """A default `min` would poll a server hourly that allows more, and a default `max` one that asks for less."""
    fresh = loaded(tmp_path, text)
    add_source(fresh.path, NEW)
    (source,) = (source for source in load(fresh.path, {}).sources if source.url == NEW)
    assert source.schedule == Schedule()


def test_the_commented_examples_of_the_starter_load(tmp_path: Path) -> None:
    lines = starter("x").split("sources:\n")[1].splitlines()
    shown = "\n".join(line.replace("# ", "", 1) for line in lines if not line.startswith(("# What", "#\n")))
    settings = loaded(
        tmp_path, f"sources:\n{shown.replace(chr(10) + '#' + chr(10), chr(10))}", AGENCY_TOKEN="x"
    )
    assert [source.id for source in settings.sources] == ["news.example-feed.xml", "agency"]
    assert [output.name for output in settings.outputs] == ["world"]
