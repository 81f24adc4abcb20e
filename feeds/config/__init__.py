"""Load sources.yaml into `Settings`: which sources to pull and which outputs to publish."""

from feeds.config.addresses import source_id
from feeds.config.load import load
from feeds.config.settings import Limits, Retention, Settings, Site

__all__ = ["Limits", "Retention", "Settings", "Site", "load", "source_id"]
