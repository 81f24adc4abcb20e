"""Check names across the whole file: ids and URLs that are used twice, and tags and ids that no source has."""

from __future__ import annotations

from feeds.config import addresses
from feeds.config.build import url_key
from feeds.config.document import ConfigDocument, KeyPath
from feeds.config.entries import ConfigFile
from feeds.config.messages import nearest_hint, quoted_value
from feeds.config.settings import Settings
from feeds.model import Source


def check_sources(sources: tuple[Source, ...], positions: tuple[int, ...], document: ConfigDocument) -> None:
    """Note ids and URLs that are used twice. `positions` are the indexes of the sources in the document."""
    by_url: dict[str, KeyPath] = {}
    by_id: dict[str, KeyPath] = {}
    for source, position in zip(sources, positions, strict=True):
        loc: KeyPath = ("sources", position)
        key = url_key(source.kind)
        first_url = by_url.setdefault(addresses.url_comparison_key(source.url), loc)
        first_id = by_id.setdefault(source.id.casefold(), loc)
        if first_url != loc:
            hint = "One source can feed many outputs: give it several tags."
            document.note(
                (*loc, key),
                f"{key}: the source in line {document.line(first_url)} has the same address",
                hint,
            )
        elif first_id != loc:
            document.note(
                (*loc, "id"),
                f"the id {source.id} is also that of the source in line {document.line(first_id)}",
                "Give one of them another id."
                if _has_own_id(document, loc)
                else "Give one of them an id of its own.",
            )


def _has_own_id(document: ConfigDocument, loc: KeyPath) -> bool:
    """Whether the source at `loc` has an id in the file, not one derived from its URL."""
    entry, own_id = document.locate(loc), document.locate((*loc, "id"))
    return entry is not None and own_id is not None and own_id.value is not entry.value


def check_outputs(file: ConfigFile, settings: Settings, document: ConfigDocument) -> None:
    """Note tags and source ids that outputs and their rules name and no source has."""
    if not settings.sources:
        return
    tags = {tag for source in settings.sources for tag in source.tags}
    ids = {source.id for source in settings.sources}
    has_opml = any(source.kind == "opml" for source in settings.sources)  # its feeds' ids are not known here
    for name, entry in (file.outputs or {}).items():
        from_loc: KeyPath = ("outputs", name, "from")
        for index, tag in enumerate(entry.from_.tags if entry.from_ else ()):
            if tag not in tags:
                document.note(
                    (*from_loc, "tags", index),
                    f"no source has the tag {quoted_value(tag)}",
                    nearest_hint(tag, tags),
                )
        if has_opml:
            continue
        for index, source_id in enumerate(entry.from_.sources if entry.from_ else ()):
            if source_id not in ids:
                document.note(
                    (*from_loc, "sources", index),
                    f"no source has the id {quoted_value(source_id)}",
                    nearest_hint(source_id, ids),
                )
        conditions = [("keep", entry.keep), ("drop", entry.drop)]
        conditions += [("rewrite", step.when) for step in entry.rewrite]
        for key, condition in conditions:
            for source_id in condition.named_source_ids() if condition else ():
                if source_id.casefold() not in {known.casefold() for known in ids}:
                    document.note(
                        ("outputs", name, key),
                        f"no source has the id {quoted_value(source_id)}",
                        nearest_hint(source_id, ids),
                        scalar=source_id,
                    )


def check_retention(settings: Settings, document: ConfigDocument) -> None:
    if settings.retention.ledger < settings.retention.age:
        document.note(
            ("retention",),
            "ledger is shorter than age: what is forgotten would be published as new",
            "Make it longer.",
        )
