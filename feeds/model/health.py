"""SourceIssue: what the health report says of a source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

IssueKind = Literal["gone", "failing", "silent", "moved", "flooding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIssue:
    """A current or past issue of a source, as the health report shows it."""

    source: str  # Source.id
    kind: IssueKind
    description: str  # a clause that follows the source's name, from when the issue began
    since: datetime
    until: datetime | None = None  # None: not ended
