"""Media RSS: feedparser handlers for the media: elements, and the Media made of them.

A caption (title, description, thumbnail, rating) inside a media:content belongs to it, inside a media:group to the
contents of the group, and elsewhere to all media of the item. feedparser lets media:title and media:description replace
the item's own title and description.

The image of an item (RSS has one for the channel only, but sites write it) and webfeeds:featuredImage count as media.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from feeds.model import Media, Rating
from feeds.parse.reference.raw_extras import Attributes, BaseHandlers, RawExtras
from feeds.parse.values import whole_number

RATING_FIELD = "rating of all items"  # a key that no element can have
_SIMPLE_SCHEMES = frozenset({"", "urn:simple", "simple"})
_SIMPLE_VALUES: dict[str, Rating] = {"adult": "adult", "nonadult": "nonadult"}
_ADULT_VALUES: dict[str, Rating] = {"true": "adult", "false": "nonadult"}
_ADULT_FILMS = frozenset({"nc-17", "x", "xxx"})


class MediaElements(BaseHandlers):
    open_media: Attributes | None = None  # the media:content that we are in
    group_captions: Attributes | None = None  # those of the media:group that we are in
    rating_scheme: str = ""  # of the media:rating that we are in
    item_image: str | None = None  # URL of the image of an item that we are in

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

    def _start_media_rating(self: Any, attrs: Attributes) -> None:
        self.rating_scheme = attrs.get("scheme", "")
        self.push("media_rating", 1)

    def _end_media_rating(self: Any) -> None:
        self._add_rating(rating_of(self.pop("media_rating") or "", self.rating_scheme))

    def _start_media_adult(self: Any, attrs: Attributes) -> None:
        self.push("media_adult", 1)

    def _end_media_adult(self: Any) -> None:
        self._add_rating(rating_of_adult(self.pop("media_adult") or ""))

    def _add_rating(self: Any, value: Rating) -> None:
        if not self.inentry and not self.insource:
            add_rating(self.feeddata, value, RATING_FIELD)
            return
        captions = self._extras().captions if self.group_captions is None else self.group_captions
        add_rating(captions if self.open_media is None else self.open_media, value)

    def _start_image(self: Any, attrs: Attributes) -> None:
        super()._start_image(attrs)  # type: ignore[misc]
        self.item_image = (attrs.get("href") or attrs.get("url") or "") if self.inentry else None

    def _end_url(self: Any) -> None:
        text = self.elementstack[-1][2] if self.elementstack else []
        if self.inimage and self.item_image is not None:
            self.item_image = self.item_image or "".join(map(str, text)).strip()
        super()._end_url()  # type: ignore[misc]

    def _end_image(self: Any) -> None:
        text = self.elementstack[-1][2] if self.elementstack else []
        url = (self.item_image or "".join(map(str, text))).strip() if self.item_image is not None else ""
        if url and len(url.split()) == 1:
            self._extras().media.append({"url": self.resolve_uri(url), "medium": "image"})
        self.item_image = None
        super()._end_image()  # type: ignore[misc]

    def _start_webfeeds_featuredimage(self: Any, attrs: Attributes) -> None:
        if attrs.get("url"):
            self._extras().media.append({**self._resolve(attrs, "url"), "medium": "image"})
        self.push("webfeeds_featuredimage", 1)

    def _end_webfeeds_featuredimage(self: Any) -> None:
        self.pop("webfeeds_featuredimage")

    def _start_media_copyright(self: Any, attrs: Attributes) -> None:
        self.push("media_copyright", 1)  # so that its text is kept, whatever its attributes

    def _end_media_copyright(self: Any) -> None:
        self.pop("media_copyright")


def rating_of(text: str, scheme: str) -> Rating:
    """The rating that a media:rating states (Media RSS 1.5.1); "" for schemes that do not tell whether it is adult."""
    value, scheme = text.strip().lower(), scheme.strip().lower()
    if scheme in _SIMPLE_SCHEMES and value in _SIMPLE_VALUES:
        return _SIMPLE_VALUES[value]
    return "adult" if scheme == "urn:mpaa" and value in _ADULT_FILMS else ""


def rating_of_adult(text: str) -> Rating:
    """The rating that a media:adult states, which older feeds have."""
    return _ADULT_VALUES.get(text.strip().lower(), "")


def add_rating(captions: dict[str, Any], value: Rating, name: str = "rating") -> None:
    """Adds a rating to others. If one of them is "adult", so are all."""
    if value and captions.get(name) != "adult":
        captions[name] = value


def stated_rating(captions: dict[str, Any], name: str = "rating") -> Rating:
    return cast(Rating, dict.get(captions, name, ""))


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
                rating=cast(Rating, _first_caption("rating", attrs, outer[0])),
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
