"""Checks whether feedparser parses each entry of a document as it would without the other entries.

feedparser has one state for the whole document. Where an entry leaves some of that state behind, or changes the
meaning of a prefix, later entries are parsed in another way than they would be alone. The entries of such a document
depend on each other, and it is parsed whole whenever it changes.
"""

from __future__ import annotations

from typing import Any


class IndependenceCheck:
    """A mixin for feedparser's strict parser class: sets `entries_depend` and changes nothing else."""

    def __init__(self, *args: Any) -> None:
        self.entries_depend = False
        self._first_state: tuple[str, int] | None = None  # version and depth at the first entry
        super().__init__(*args)

    def _start_item(self: Any, attrs: dict[str, str]) -> None:
        self._check_state()
        super()._start_item(attrs)  # type: ignore[misc]

    def _end_item(self: Any) -> None:
        super()._end_item()  # type: ignore[misc]
        self._check_state()

    def _check_state(self: Any) -> None:
        state = (self.version, self.depth)
        self._first_state = self._first_state or state
        if state != self._first_state or self.has_open_state():
            self.entries_depend = True

    def has_open_state(self: Any) -> bool:
        """Whether feedparser's state says that an element is still open. Call it between entries, or at the end."""
        inside = self.incontent or self.insource or self.inauthor or self.incontributor or self.inpublisher
        inside = inside or self.svgOK or self.intextinput or self.ingeometry or self.psc_chapters_flag
        return bool(inside or self.contentparams or self.sourcedata or self._summaryKey or not self.version)

    # Inside an entry, feedparser takes what follows these for the feed's.

    def _start_image(self: Any, attrs: dict[str, str]) -> None:
        self.entries_depend = self.entries_depend or bool(self.inentry)
        super()._start_image(attrs)  # type: ignore[misc]

    def _start_textinput(self: Any, attrs: dict[str, str]) -> None:
        self.entries_depend = self.entries_depend or bool(self.inentry)
        super()._start_textinput(attrs)  # type: ignore[misc]

    # feedparser never ends the scope of a prefix.

    def track_namespace(self: Any, prefix: str | None, uri: str) -> None:
        on_root = self.depth == 0
        if not (on_root or prefix is None or self._keeps_names(prefix, uri)):
            self.entries_depend = True
        super().track_namespace(prefix, uri)  # type: ignore[misc]

    def _keeps_names(self: Any, prefix: str, uri: str) -> bool:
        """Whether all names keep their meaning under this declaration."""
        names, used = self._matchnamespaces, self.namespaces_in_use
        name = names.get(uri.lower())
        if name is None:
            return bool(used.get(prefix) == uri)
        if name and used.get(name, uri).lower() not in names:
            return False
        if name == prefix:
            return bool(self.namespacemap.get(prefix, name) == name)
        return prefix not in names.values() and prefix not in used
