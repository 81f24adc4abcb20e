"""The state: one SQLite database that holds sources, articles, stories, outputs and what is due when."""

from feeds.store.store import Store, attach, attach_readonly, open_or_set_aside, open_store

__all__ = ["Store", "attach", "attach_readonly", "open_or_set_aside", "open_store"]
