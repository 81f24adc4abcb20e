"""The place that a configuration publishes to."""

from __future__ import annotations

from feeds.config import Settings
from feeds.publish.files import Directory
from feeds.publish.sink import Sink


def sink_of(settings: Settings) -> Sink:
    return Directory(settings.site.output, settings.site.packings)
