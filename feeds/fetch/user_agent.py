"""The User-Agent header of every request."""

from __future__ import annotations

from feeds import __version__
from feeds.config import Settings


def user_agent(settings: Settings) -> str:
    """`site.user_agent`, or `feeds/VERSION (+contact)`: the operator of a server must be able to complain (RFC 9110
    §10.1.5)."""
    site = settings.site
    return site.user_agent or f"feeds/{__version__} (+{site.contact or site.base_url})"
