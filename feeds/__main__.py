"""`feeds` and `python -m feeds`."""


def main() -> None:
    # Here, for a reading process imports the program that it belongs to, and has no use for its commands.
    from feeds.cli import main as command

    command()


if __name__ == "__main__":
    main()
