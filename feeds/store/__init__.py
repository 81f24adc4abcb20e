"""The only state: one database that answers what is due, what may be the same, and what an output shows."""

from feeds.store.store import Store, attach, open_or_set_aside, open_store

__all__ = ["Store", "attach", "open_or_set_aside", "open_store"]
