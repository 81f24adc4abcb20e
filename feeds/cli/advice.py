"""Advice about sources that have moved or ended, or whose certificate is not checked: printed by `feeds status`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from http import HTTPStatus

from feeds.config import Settings, change_urls
from feeds.logs import mask_secrets
from feeds.model import SourceState


def advice(settings: Settings, states: Sequence[SourceState]) -> Iterator[tuple[str, str]]:
    """Yields (source id, advice) for each source whose entry in a file should be changed. The source is the subject of
    the advice."""
    file = settings.path.name
    changes = {
        change.source: change
        for change in change_urls.plan_url_changes(settings.path, new_addresses(states)).changes
    }
    unverified = {source.id for source in settings.sources if not source.access.tls.verify}
    for state in states:
        if state.id in unverified:
            yield (
                state.id,
                "is fetched without a check of its certificate (verify: false), so anybody on the way may change it. "
                "Better name the certificate, or the authority that issued it, as `ca`.",
            )
        if state.status == HTTPStatus.GONE and state.error:
            place = f"the list {state.listed_by}" if state.listed_by else file
            yield (
                state.id,
                f"has ended (410 Gone) and is no longer fetched. Remove it from {place}, or change its URL there. "
                f"`feeds retry {state.id}` fetches it once more.",
            )
        elif state.permanent_url and state.listed_by:
            yield (
                state.id,
                f"has moved permanently to {mask_secrets(state.permanent_url)} and is fetched there. "
                f"The list {state.listed_by} still has {mask_secrets(state.url)}; only its maintainer can change that.",
            )
        elif change := changes.get(state.id):
            how = (
                f"edit it by hand ({change.obstacle})"
                if change.obstacle
                else "`feeds check --fix` changes it"
            )
            yield (
                state.id,
                f"has moved permanently to {mask_secrets(change.new)} and is fetched there. "
                f"{file} still has {mask_secrets(change.old)}: {how}.",
            )


def new_addresses(states: Sequence[SourceState]) -> dict[str, str]:
    """Source id → new address. Only sources whose URL stands in sources.yaml and has itself moved: where a page names
    the feed, the feed has moved and not the page."""
    return {
        state.id: state.permanent_url
        for state in states
        if state.permanent_url and not state.feed_url and not state.listed_by
    }
