"""Run a command, then wait for whatever it left behind: so that its CPU time is counted with it.

    python -S bench/reap.py COMMAND...

The processes that read documents are children of a server process of multiprocessing's, for which nobody waits at the
end; rusage knows only what was waited for, and would leave out half of the work.
"""

import ctypes
import os
import sys

PR_SET_CHILD_SUBREAPER = 36  # prctl(2): orphans of our descendants become ours

ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
first = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
result = 1
while True:
    try:
        pid, status = os.wait()
    except ChildProcessError:
        break
    if pid == first:
        result = os.waitstatus_to_exitcode(status)
sys.exit(result)
