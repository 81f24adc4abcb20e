"""`feeds` and `python -m feeds`."""

import os


def main() -> None:
    # numpy's linear algebra, which nothing here asks for, starts a thread a core when it is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Here, for a reading process imports the program that it belongs to, and has no use for its commands.
    from feeds.cli import main as command

    command()


if __name__ == "__main__":
    main()
