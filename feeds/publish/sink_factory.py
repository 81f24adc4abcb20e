"""The place that a configuration publishes to."""

from __future__ import annotations

from feeds.config import Settings
from feeds.publish.directory import Directory
from feeds.publish.object_store import ObjectStore
from feeds.publish.sink import Sink, freshness


def sink_of(settings: Settings) -> Sink:
    site = settings.site
    if site.bucket:
        return ObjectStore(site.bucket, freshness(settings.sources))
    return Directory(site.output, site.packings)
