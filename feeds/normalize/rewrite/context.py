"""What the handlers of elements know about the body they rewrite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from feeds.model import Url
from feeds.normalize.tree import Element


@dataclass(frozen=True, slots=True)
class HelperLink:
    """A link that stands for something that is not shown. `helper_links` writes it, unless it stands there already.

    `element`: a place in the body, which becomes the link; with `after`, a player, which the link follows.
    """

    element: Element
    url: Url
    text: str
    after: bool = False


@dataclass(frozen=True, slots=True)
class RewriteContext:
    """`base`: the URL that relative URLs refer to. `page`: the URL of the article's page, "" if it has none."""

    base: str
    page: str = ""
    helper_links: list[HelperLink] = field(default_factory=list)


Handler = Callable[[Element, RewriteContext], None]
