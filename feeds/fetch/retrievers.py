"""Retrievers: the functions that fetch a source's document, one for each URL scheme.

A scheme's record in `feeds.model.schemes` names its retriever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from feeds.clock import Clock
from feeds.fetch.pacing import HostPacer
from feeds.model import Fetched, Scheme, Source, Validators

if TYPE_CHECKING:
    from feeds.fetch.http import HttpClient


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchContext:
    """What the retrievers of one `Fetcher` share."""

    directory: Path  # of the configuration
    clock: Clock
    pacing: HostPacer
    http: HttpClient


Retriever = Callable[[FetchContext, Source, str, Validators], Fetched]
"""(context, source, URL, stored validators) → the document, or `Unchanged` if the validators are current. Is called
from any thread, keeps the limits of `source.access`, and raises FetchError and nothing else. The result's `url` and
the message of an error go into logs: they hold no secret."""


def find_retriever(scheme: Scheme) -> Retriever:
    return _import(scheme.retriever)


@cache
def _import(name: str) -> Retriever:
    module, _, function = name.partition(":")
    return cast(Retriever, getattr(import_module(module), function))
