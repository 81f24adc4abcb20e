"""Every document of the corpus, and the hostile ones, as we publish them."""

from __future__ import annotations

from collections import Counter

from feeds.model import Format
from feeds.render import render
from tests.render.lossless import NOW, edition_of
from tests.render.validator import validate
from tests.shared import HOSTILE_DIR, corpus_documents


def main() -> None:
    found: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    feeds = 0
    forms: tuple[Format, ...] = ("atom", "rss")
    for path in (*corpus_documents(), *(one for one in sorted(HOSTILE_DIR.rglob("*")) if one.is_file())):
        edition = edition_of(path)
        if edition is None:
            continue
        for form in forms:
            feeds += 1
            for one in validate(render(edition, form).data, edition.url(form), NOW):
                found[form, one.rule] += 1
                examples.setdefault((form, one.rule), f"{path.name}: {one.where}: {one.what}")
    print(f"{feeds} feeds of ours, {found.total()} findings")
    for key, count in found.most_common():
        print(f"{count:5} {' '.join(key)}, such as {examples[key][:300]}")


if __name__ == "__main__":
    main()
