"""`feeds` and `python -m feeds`."""

import os


def main() -> None:
    # numpy's linear algebra library starts one thread per core when it is loaded. Nothing here uses it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Imported here because parse processes import this module too, and do not need the commands.
    from feeds.cli import main as command

    command()


if __name__ == "__main__":
    main()
