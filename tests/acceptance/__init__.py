"""What a well-behaved client does, in 34 numbered lines, as the servers that it asks see it.

    web (server.py) ─ hosts on loopback addresses, one log of all requests, dated by the hand clock
      └ scene.py    ─ a whole instance beside it: sources.yaml, state in SQLite, daemon's ticks, restarts
          └ lines/  ─ the rows: what the servers do, and what their log has to show then

`pytest tests/acceptance -v` runs them; `python -m tests.acceptance` prints the table, and with `--days 30`
the log of one ordinary source as its operator sees it. The log is the judge: rows look at nothing else but,
where a line speaks of entries, at what readers are given.
"""

import pytest

pytest.register_assert_rewrite("tests.acceptance.lines", "tests.acceptance.scene")
