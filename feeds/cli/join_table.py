"""How many joins each pair of sources had: a part of `feeds status`."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from feeds.cli.describe import describe_threshold
from feeds.cli.format import count_noun, format_time
from feeds.dedupe.split_pairs import pair_name
from feeds.store.corrections import Corrections
from feeds.store.joins import JoinCounts

_MAX_PAIRS = 10


def print_joins(console: Console, counts: JoinCounts, corrected: Corrections) -> None:
    """The pairs of sources with the most joins, and those whose threshold the user's splits have raised."""
    if counts.since is not None:
        since = format_time(counts.since)
        console.print(f"{count_noun(counts.total, 'join')} since {since} (`feeds merges` lists them):")
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("joins", justify="right")
        table.add_column("split", justify="right")
        table.add_column("sources", overflow="fold")
        for pair, count in counts.pairs[:_MAX_PAIRS]:
            splits = corrected.count_splits(pair)
            table.add_row(str(count), str(splits or ""), Text(pair_name(pair)))
        console.print(table)
        if (others := len(counts.pairs) - _MAX_PAIRS) > 0:
            console.print(f"  and {count_noun(others, 'other pair')}", highlight=False)
    for pair, split_articles in sorted(corrected.split_articles.items()):
        if effect := describe_threshold(pair, len(split_articles)):
            console.print(Text(f"  {effect}"))


def describe_joins(counts: JoinCounts, source: str) -> str:
    """The joins of one source, such as "12 with agency, 3 with itself"; "" if there are none."""
    parts = [
        f"{count} with {'itself' if pair == (source, source) else pair[pair[0] == source]}"
        for pair, count in counts.pairs
        if source in pair
    ]
    return ", ".join(parts)
