"""Limits a story to some of its articles."""

from __future__ import annotations

from dataclasses import replace

from feeds.model import Article, Story


def with_members(story: Story, members: tuple[Article, ...]) -> Story | None:
    """The story with only these members, the lead first, under the same id; None if there are none."""
    if not members:
        return None
    return replace(story, lead=members[0], others=members[1:])
