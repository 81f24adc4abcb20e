"""Does each item of a document mean the same without the others?

feedparser's state is one for the whole document. Where an item leaves some of it behind, or changes what a
prefix means, the items after it are read in another way than they would be alone; such a document is
`entangled`, and is read whole whenever it changes.
"""

from __future__ import annotations

from typing import Any


class Separable:
    """Goes before feedparser's class, as `handlers` does, and looks on."""

    def __init__(self, *args: Any) -> None:
        self.entangled = False
        self._setting: tuple[str, int] | None = None  # version and depth of the first item
        super().__init__(*args)

    def _start_item(self: Any, attrs: dict[str, str]) -> None:
        self._look()
        super()._start_item(attrs)  # type: ignore[misc]

    def _end_item(self: Any) -> None:
        super()._end_item()  # type: ignore[misc]
        self._look()

    def _look(self: Any) -> None:
        here = (self.version, self.depth)
        self._setting = self._setting or here
        if here != self._setting or self.is_open():
            self.entangled = True

    def is_open(self: Any) -> bool:
        """Whether something was begun and not ended, between two items or at the end."""
        left = self.incontent or self.insource or self.inauthor or self.incontributor or self.inpublisher
        left = left or self.svgOK or self.intextinput or self.ingeometry or self.psc_chapters_flag
        return bool(left or self.contentparams or self.sourcedata or self._summaryKey or not self.version)

    # feedparser takes what follows these for the feed's

    def _start_image(self: Any, attrs: dict[str, str]) -> None:
        self.entangled = self.entangled or bool(self.inentry)
        super()._start_image(attrs)  # type: ignore[misc]

    def _start_textinput(self: Any, attrs: dict[str, str]) -> None:
        self.entangled = self.entangled or bool(self.inentry)
        super()._start_textinput(attrs)  # type: ignore[misc]

    # what a prefix means is never taken back

    def track_namespace(self: Any, prefix: str | None, uri: str) -> None:
        on_root = self.depth == 0
        if not (on_root or prefix is None or self._says_nothing_new(prefix, uri)):
            self.entangled = True
        super().track_namespace(prefix, uri)  # type: ignore[misc]

    def _says_nothing_new(self: Any, prefix: str, uri: str) -> bool:
        names, used = self._matchnamespaces, self.namespaces_in_use
        name = names.get(uri.lower())
        if name is None:
            return bool(used.get(prefix) == uri)
        if name and used.get(name, uri).lower() not in names:
            return False
        if name == prefix:
            return bool(self.namespacemap.get(prefix, name) == name)
        return prefix not in names.values() and prefix not in used
