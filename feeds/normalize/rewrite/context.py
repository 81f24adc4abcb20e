"""What the handlers of elements know about the body they rewrite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feeds.normalize.tree import Element


@dataclass(frozen=True, slots=True)
class RewriteContext:
    """`base`: the URL that relative URLs refer to. `page`: the URL of the article's page, "" if it has none."""

    base: str
    page: str = ""


Handler = Callable[[Element, RewriteContext], None]
