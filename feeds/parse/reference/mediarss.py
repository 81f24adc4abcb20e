"""Media RSS: its elements as they go by, and what they make of an item's media.

What stands inside a media:content belongs to it, what stands inside a media:group to the group's contents, and
the rest to all media of the item. feedparser lets media:title and media:description replace the item's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from feeds.model import Media
from feeds.parse.parts import whole_number
from feeds.parse.reference.raw_extras import Attributes, Extra, Handlers


class MediaElements(Handlers):
    medium: Attributes | None = None  # the media:content that is open
    group: Attributes | None = None  # the captions of the media:group that is open

    def _start_media_group(self: Any, attrs: Attributes) -> None:
        self.group = {}
        self._extra().groups.append(self.group)

    def _end_media_group(self: Any) -> None:
        self.group = None

    def _start_media_content(self: Any, attrs: Attributes) -> None:
        extra = self._extra()
        self.medium = dict(self._absolute(attrs, "url"))
        if self.group is not None:
            self.medium["group"] = str(len(extra.groups))
        extra.media.append(self.medium)

    def _end_media_content(self: Any) -> None:
        self.medium = None

    def _caption(self: Any, name: str, value: str) -> None:
        if value:
            captions = self._extra().captions if self.group is None else self.group
            (captions if self.medium is None else self.medium).setdefault(name, value)

    def _start_media_title(self: Any, attrs: Attributes) -> None:
        self.push("media_title", 1)

    def _end_media_title(self: Any) -> None:
        self._caption("title", self.pop("media_title"))

    def _start_media_description(self: Any, attrs: Attributes) -> None:
        self._caption("description type", attrs.get("type", ""))
        self.push("media_description", 1)

    def _end_media_description(self: Any) -> None:
        self._caption("description", self.pop("media_description"))

    def _start_media_thumbnail(self: Any, attrs: Attributes) -> None:
        attrs = self._absolute(attrs, "url")
        if self.medium is not None and self.medium.get("url"):
            self._caption("thumbnail", attrs.get("url", ""))
        else:  # a video in a player of its own (media:player) is a media:content without a URL
            self._extra().thumbnails.append(attrs)

    def _end_media_thumbnail(self: Any) -> None:
        pass

    def _start_media_credit(self: Any, attrs: Attributes) -> None:
        self.push("media_credit", 1)

    def _end_media_credit(self: Any) -> None:
        self._extra().credits.append(self.pop("media_credit") or "")

    def _start_media_player(self: Any, attrs: Attributes) -> None:
        self._extra().players.append(self._absolute(attrs, "url").get("url", ""))
        self.push("media_player", 0)

    def _end_media_player(self: Any) -> None:
        self.pop("media_player")

    def _start_media_keywords(self: Any, attrs: Attributes) -> None:
        self.push("media_keywords", 1)

    def _end_media_keywords(self: Any) -> None:
        self._extra().keywords += (self.pop("media_keywords") or "").split(",")

    def _start_media_license(self: Any, attrs: Attributes) -> None:
        self._extra().licenses.append(self._absolute(attrs, "href").get("href", ""))
        self.push("media_license", 1)

    def _end_media_license(self: Any) -> None:
        self.pop("media_license")

    def _start_media_copyright(self: Any, attrs: Attributes) -> None:
        self.push("media_copyright", 1)  # for its text, whatever its attributes

    def _end_media_copyright(self: Any) -> None:
        self.pop("media_copyright")


def caption(extra: Extra, name: str) -> str:
    """What the media of the item are called together: a group's caption stands for it where there is no other."""
    return next((one[name] for one in (extra.captions, *extra.groups) if one.get(name)), "")


def contents(extra: Extra) -> Iterable[Media]:
    for one in extra.media:
        if one.get("url"):
            number = int(one.get("group", 0))
            around = (extra.groups[number - 1] if number else {}, extra.captions)
            yield Media(
                url=one["url"],
                type=one.get("type", ""),
                length=whole_number(one.get("filesize")),
                medium=one.get("medium", ""),
                title=_said(one, *around, name="title"),
                description=_said(one, *around, name="description"),
                width=whole_number(one.get("width")),
                height=whole_number(one.get("height")),
                duration=whole_number(one.get("duration")),
                bitrate=whole_number(one.get("bitrate")),
                language=one.get("lang", ""),
                expression=one.get("expression", ""),
                default=one.get("isdefault", "").strip().lower() == "true",
                group=number,
                thumbnail=one.get("thumbnail", ""),
                role="content",
            )


def _said(*captions: Attributes, name: str) -> str:
    return next((one[name] for one in captions if one.get(name)), "")


def thumbnails(extra: Extra) -> Iterable[Media]:
    for one in extra.thumbnails:
        if one.get("url"):
            width, height = whole_number(one.get("width")), whole_number(one.get("height"))
            yield Media(url=one["url"], medium="image", width=width, height=height, role="thumbnail")
