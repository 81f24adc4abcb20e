"""The fetching checklist (docs/checklists/fetching.md), run against real servers on the loopback.

    server.py    the web that is polled: hosts on loopback addresses with one common request log
    scene.py     one instance beside it: sources.yaml, the state in SQLite, the daemon's ticks, restarts
    checklist/   the rows: what the servers answer, and what their log must then show

`pytest tests/acceptance -v` runs the rows. `python -m tests.acceptance` prints a table of the items, and with
`--days 30` the log of one ordinary source as its operator sees it. Rows look only at the request log and, where an item
is about entries, at the published feed.
"""

import pytest

pytest.register_assert_rewrite("tests.acceptance.checklist", "tests.acceptance.scene")
