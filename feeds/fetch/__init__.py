"""Source → Response or Unchanged, over http, https, or from a file below the configuration's directory.

    fetch → allowance (time, bytes, addresses) → connection (guard at connect) → decoding → Response
                                                                             └→ status → FetchError

`Fetcher` in `http` is the door; everything else is its parts. When to ask again is not decided here.
"""

from feeds.fetch.http import Fetcher

__all__ = ["Fetcher"]
