"""Fetches the documents of sources: http, https, and files below the configuration's directory.

    Fetcher → retriever of the URL's scheme → Response | Unchanged, or FetchError

The retriever of http: `http` → `connection` (limits of `fetch_budget`, `guard` at connect) → `decoding`. `pacing`
spaces the requests to a host. When a source is fetched again is decided in `feeds.schedule`.
"""

from feeds.fetch.fetcher import Fetcher

__all__ = ["Fetcher"]
