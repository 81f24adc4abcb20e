"""Publish every document of the corpus, and the hostile ones, and print what the validator finds."""

from __future__ import annotations

from collections import Counter

from feeds.model import Format
from feeds.render import render
from tests.render.invented_edition import NOW
from tests.render.lossless import edition_of
from tests.render.validator import validate
from tests.shared import HOSTILE_DIR, corpus_documents


def main() -> None:
    counts: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    feeds = 0
    forms: tuple[Format, ...] = ("atom", "rss")
    for path in (*corpus_documents(), *(path for path in sorted(HOSTILE_DIR.rglob("*")) if path.is_file())):
        edition = edition_of(path)
        if edition is None:
            continue
        for form in forms:
            feeds += 1
            for finding in validate(render(edition, form).data, edition.url(form), NOW):
                counts[form, finding.rule] += 1
                examples.setdefault((form, finding.rule), f"{path.name}: {finding.where}: {finding.what}")
    print(f"{feeds} feeds of ours, {counts.total()} findings")
    for key, count in counts.most_common():
        print(f"{count:5} {' '.join(key)}, such as {examples[key][:300]}")


if __name__ == "__main__":
    main()
