"""Media RSS: feedparser handlers for the media: elements, and the Media made of them.

A caption (title, description, thumbnail) inside a media:content belongs to it, inside a media:group to the contents
of the group, and elsewhere to all media of the item. feedparser lets media:title and media:description replace the
item's own title and description.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from feeds.model import Media
from feeds.parse.reference.raw_extras import Attributes, BaseHandlers, RawExtras
from feeds.parse.values import whole_number


class MediaElements(BaseHandlers):
    open_media: Attributes | None = None  # the media:content that we are in
    group_captions: Attributes | None = None  # those of the media:group that we are in

    def _start_media_group(self: Any, attrs: Attributes) -> None:
        self.group_captions = {}
        self._extras().group_captions.append(self.group_captions)

    def _end_media_group(self: Any) -> None:
        self.group_captions = None

    def _start_media_content(self: Any, attrs: Attributes) -> None:
        extras = self._extras()
        self.open_media = dict(self._resolve(attrs, "url"))
        if self.group_captions is not None:
            self.open_media["group"] = str(len(extras.group_captions))
        extras.media.append(self.open_media)

    def _end_media_content(self: Any) -> None:
        self.open_media = None

    def _add_caption(self: Any, name: str, value: str) -> None:
        if value:
            captions = self._extras().captions if self.group_captions is None else self.group_captions
            (captions if self.open_media is None else self.open_media).setdefault(name, value)

    def _start_media_title(self: Any, attrs: Attributes) -> None:
        self.push("media_title", 1)

    def _end_media_title(self: Any) -> None:
        self._add_caption("title", self.pop("media_title"))

    def _start_media_description(self: Any, attrs: Attributes) -> None:
        self._add_caption("description type", attrs.get("type", ""))
        self.push("media_description", 1)

    def _end_media_description(self: Any) -> None:
        self._add_caption("description", self.pop("media_description"))

    def _start_media_thumbnail(self: Any, attrs: Attributes) -> None:
        attrs = self._resolve(attrs, "url")
        if self.open_media is not None and self.open_media.get("url"):
            self._add_caption("thumbnail", attrs.get("url", ""))
        else:  # a video with a media:player of its own is a media:content without a URL
            self._extras().thumbnails.append(attrs)

    def _end_media_thumbnail(self: Any) -> None:
        pass

    def _start_media_credit(self: Any, attrs: Attributes) -> None:
        self.push("media_credit", 1)

    def _end_media_credit(self: Any) -> None:
        self._extras().credits.append(self.pop("media_credit") or "")

    def _start_media_player(self: Any, attrs: Attributes) -> None:
        self._extras().player_urls.append(self._resolve(attrs, "url").get("url", ""))
        self.push("media_player", 0)

    def _end_media_player(self: Any) -> None:
        self.pop("media_player")

    def _start_media_keywords(self: Any, attrs: Attributes) -> None:
        self.push("media_keywords", 1)

    def _end_media_keywords(self: Any) -> None:
        self._extras().keywords += (self.pop("media_keywords") or "").split(",")

    def _start_media_license(self: Any, attrs: Attributes) -> None:
        self._extras().license_urls.append(self._resolve(attrs, "href").get("href", ""))
        self.push("media_license", 1)

    def _end_media_license(self: Any) -> None:
        self.pop("media_license")

    def _start_media_copyright(self: Any, attrs: Attributes) -> None:
        self.push("media_copyright", 1)  # so that its text is kept, whatever its attributes

    def _end_media_copyright(self: Any) -> None:
        self.pop("media_copyright")


def shared_caption(extras: RawExtras, name: str) -> str:
    """The caption of that name for all media of the item, or else of the first group that has one; "" if none."""
    return next((attrs[name] for attrs in (extras.captions, *extras.group_captions) if attrs.get(name)), "")


def media_contents(extras: RawExtras) -> Iterable[Media]:
    """One Media for each media:content that has a URL."""
    for attrs in extras.media:
        if attrs.get("url"):
            group_number = int(attrs.get("group", 0))
            outer = (extras.group_captions[group_number - 1] if group_number else {}, extras.captions)
            yield Media(
                url=attrs["url"],
                type=attrs.get("type", ""),
                length=whole_number(attrs.get("filesize")),
                medium=attrs.get("medium", ""),
                title=_first_caption("title", attrs, *outer),
                description=_first_caption("description", attrs, *outer),
                width=whole_number(attrs.get("width")),
                height=whole_number(attrs.get("height")),
                duration=whole_number(attrs.get("duration")),
                bitrate=whole_number(attrs.get("bitrate")),
                language=attrs.get("lang", ""),
                expression=attrs.get("expression", ""),
                default=attrs.get("isdefault", "").strip().lower() == "true",
                group=group_number,
                thumbnail=attrs.get("thumbnail", ""),
                role="content",
            )


def _first_caption(name: str, *captions: Attributes) -> str:
    return next((attrs[name] for attrs in captions if attrs.get(name)), "")


def media_thumbnails(extras: RawExtras) -> Iterable[Media]:
    """One Media for each media:thumbnail that belongs to the item."""
    for attrs in extras.thumbnails:
        if attrs.get("url"):
            width, height = whole_number(attrs.get("width")), whole_number(attrs.get("height"))
            yield Media(url=attrs["url"], medium="image", width=width, height=height, role="thumbnail")
