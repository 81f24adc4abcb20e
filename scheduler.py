"""The daemon: `python scheduler.py` is the same as `feeds run`, with the same options.

Every second it looks up which sources are due, polls them, and publishes what changed. SIGTERM ends it within ten
seconds. SIGHUP or a saved sources.yaml reloads the configuration.
"""

import sys

if __name__ == "__main__":
    from feeds.__main__ import main

    sys.argv[1:1] = ["run"]
    main()
