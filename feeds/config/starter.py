"""The file that `feeds init` writes."""

from __future__ import annotations

from feeds.config.quote import quoted
from feeds.config.schema import MODELINE

_STARTER = """\
{modeline}
#
# What to pull, and what to publish. Every key is described in docs/configuration.md; `feeds check` reads this
# file and says what is wrong with it. `feeds add URL` adds a source.

site:
  title: {title}
  base_url: http://127.0.0.1:8000/    # the address that readers will use for the output folder
  output: output
  state: feeds.db
  # contact: https://example.org/about    # sent to the servers, so that their operators can reach you

# What every source does unless it says otherwise.
defaults:
  every: auto       # by the source's own rhythm, and by what its server asks for; or 30m, 6h, 1d
  # min: 60m        # never more often, though a server allows it
  # max: 24h        # never less often, though a server asks for it

sources:
  # - https://news.example/feed.xml          # a URL alone is a source
  # - id: agency
  #   url: https://agency.example/rss
  #   tags: [world]
  #   priority: 10                           # wins when several sources carry the same text
  #   auth: {{bearer: "${{env:AGENCY_TOKEN}}"}}

# What is published. Without this section there is one output, `all`, with everything.
#
# outputs:
#   world:
#     title: World, once
#     from: {{tags: [world]}}
#     drop: [{{title: sponsored}}]
#     limit: 100
"""


def starter(title: str) -> str:
    """The text of a first sources.yaml: valid, without sources, explained by comments."""
    return _STARTER.format(modeline=MODELINE, title=quoted(" ".join(title.split()) or "Feeds"))
