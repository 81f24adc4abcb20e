"""The sink that a configuration publishes to: a directory or an object store."""

from __future__ import annotations

from feeds.config import Settings
from feeds.publish.directory import Directory
from feeds.publish.http_headers import freshness_lifetime
from feeds.publish.object_store import ObjectStore
from feeds.publish.sink import Sink


def make_sink(settings: Settings) -> Sink:
    site = settings.site
    if site.bucket:
        return ObjectStore(site.bucket, freshness_lifetime(settings.sources))
    return Directory(site.output, site.content_codings, site.private_access)
