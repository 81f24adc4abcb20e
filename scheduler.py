"""The daemon's front door: `python scheduler.py` is `feeds run`.

Every second it asks the state which sources are due, polls them, and publishes what changed; SIGTERM ends it
within ten seconds, SIGHUP or a saved sources.yaml reloads the configuration. Options as for `feeds run`.
"""

import sys

if __name__ == "__main__":
    from feeds.__main__ import main

    sys.argv[1:1] = ["run"]
    main()
