"""Theme: the templates and the style sheet of the pages, each file built in or replaced by the user's own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from markupsafe import Markup

from feeds.errors import PublishError
from feeds.render import entry_text
from feeds.render.pages import template_digest
from feeds.render.pages.template_digest import TEMPLATE_FILES

BUILT_IN_TEMPLATES = Path(__file__).parent / "templates"

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Theme:
    """Templates, a style sheet, and the time zone of the times on the pages.

    `folder`: the user's own files; a file that is not there is taken from the built-in ones. The files are read once:
    `load_theme` makes a new theme when one changes. Raises PublishError for a file that cannot be read.
    """

    def __init__(self, folder: Path | None = None, zone: str = "UTC") -> None:
        folders = (folder, BUILT_IN_TEMPLATES) if folder else (BUILT_IN_TEMPLATES,)
        self._folder = folder
        self.zone = ZoneInfo(zone)
        self._environment = Environment(
            loader=FileSystemLoader(folders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        filters: dict[str, Any] = {
            "day": day_name,
            "short_date": lambda moment: short_date(moment, self.zone),
            "clock": lambda moment: clock(moment, self.zone),
            "rfc3339": entry_text.rfc3339,
            "mention": entry_text.mention_title,
        }
        self._environment.filters |= filters
        try:
            style = next(path for name in folders if (path := name / "style.css").is_file())
            css = style.read_text(encoding="utf-8")
            self.digest = template_digest.digest(folder, zone)
        except (OSError, UnicodeError) as error:
            raise PublishError(
                f"site.templates: {folder}: {error}. Correct the file, or remove it."
            ) from error
        hashed = b64encode(sha256(css.encode()).digest()).decode()
        self._environment.globals |= {
            "zone": "UTC" if zone == "UTC" else zone.replace("_", " "),
            "style": Markup(css),  # noqa: S704 - the user's file or the built-in one; the policy names its hash
            "policy": f"default-src 'none'; img-src https: http:; style-src 'sha256-{hashed}'; "
            "base-uri 'none'; form-action 'none'",
        }

    def render(self, name: str, values: Mapping[str, Any]) -> bytes:
        """Render a template with these variables. Raises PublishError that names the file and line of an error."""
        try:
            return self._environment.get_template(name).render(values).encode()
        except TemplateSyntaxError as error:
            raise self._template_error(f"{error.name or name}, line {error.lineno}", error) from error
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
            if self._folder is None:
                raise
            raise self._template_error(name, error) from error

    def check(self) -> None:
        """Parse every template. Raises PublishError for the first one with an error."""
        for name in TEMPLATE_FILES:
            if name.endswith(".html"):
                try:
                    self._environment.get_template(name)
                except TemplateSyntaxError as error:
                    raise self._template_error(f"{error.name or name}, line {error.lineno}", error) from error

    def _template_error(self, where: str, error: Exception) -> PublishError:
        return PublishError(
            f"site.templates: {where}: {error}. Correct the file, or remove it: then the built-in one "
            "is used."
        )


def load_theme(folder: Path | None, zone: str = "UTC") -> Theme:
    """The theme of a folder, read again only if a file changed. `zone`: an IANA time zone name. Raises PublishError."""
    try:
        stamps = _stamps(folder)
    except OSError as error:
        raise PublishError(f"site.templates: {folder}: {error}. Correct the file, or remove it.") from error
    return _cached(folder, zone, stamps)


@cache
def built_in_theme() -> Theme:
    return Theme()


_Stamps = tuple[tuple[str, int, int], ...]
_themes: dict[tuple[Path | None, str], tuple[_Stamps, Theme]] = {}


def _cached(folder: Path | None, zone: str, stamps: _Stamps) -> Theme:
    cached = _themes.get((folder, zone))
    if cached is None or cached[0] != stamps:
        cached = _themes[folder, zone] = stamps, Theme(folder, zone)
    return cached[1]


def _stamps(folder: Path | None) -> _Stamps:
    """(name, modification time, size) of the user's template files."""
    if folder is None:
        return ()
    paths = ((name, folder / name) for name in TEMPLATE_FILES)
    return tuple(
        (name, (status := path.stat()).st_mtime_ns, status.st_size) for name, path in paths if path.is_file()
    )


def day_name(moment: date) -> str:
    """In English, like the rest of the page, in every locale."""
    return f"{_DAYS[moment.weekday()]}, {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def short_date(moment: datetime, zone: tzinfo = UTC) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1][:3]} {local.year}, {clock(moment, zone)}"


def clock(moment: datetime, zone: tzinfo = UTC) -> str:
    """Hours, minutes, and the zone's abbreviation at that moment, which distinguishes the hour that occurs twice."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M} {local.tzname()}"
