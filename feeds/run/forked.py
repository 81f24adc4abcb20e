"""What every reading process needs, made ready in the one that they are forked from: once, and in shared memory."""

from feeds.normalize import invitations
from feeds.parse import feed
from feeds.run import reading

invitations.ready()

__all__ = ["feed", "reading"]
