"""Theme: the templates and the style sheet of the pages, each file built in or replaced by the user's own."""

from __future__ import annotations

import traceback
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from markupsafe import Markup

from feeds.errors import PublishError, TemplateStopped
from feeds.render import entry_text
from feeds.render.pages import template_digest
from feeds.render.pages.template_digest import TEMPLATE_FILES, Stamps

BUILT_IN_TEMPLATES = Path(__file__).parent / "templates"

MAX_PAGE_BYTES = 32 << 20
"""A page of a thousand entries has 2 MB."""

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
        self._folder, self._folders = folder, folders
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
        except UnicodeError as error:
            raise PublishError(self.error_message("style.css", f"it is not UTF-8 ({error})")) from error
        except OSError as error:
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
            return self._bounded(self._environment.get_template(name).generate(values), name)
        except PublishError:
            raise
        except Exception as error:  # a template may call anything
            if self._folder is None:
                raise
            if isinstance(error, MemoryError):
                raise TemplateStopped(self.error_message(name, "the page needs too much memory")) from error
            raise self._template_error(name, error) from error

    def _bounded(self, parts: Iterable[str], name: str) -> bytes:
        page = bytearray()
        for part in parts:
            page += part.encode()
            if len(page) > MAX_PAGE_BYTES:
                problem = f"the page is larger than {MAX_PAGE_BYTES >> 20} MiB"
                raise TemplateStopped(self.error_message(name, problem))
        return bytes(page)

    def check(self) -> None:
        """Parse every template. Raises PublishError for the first one with an error."""
        for name in TEMPLATE_FILES:
            if name.endswith(".html"):
                try:
                    self._environment.get_template(name)
                except Exception as error:
                    raise self._template_error(name, error) from error

    def _template_error(self, name: str, error: Exception) -> PublishError:
        """`name`: of the template that was asked for; the error may be in one that it includes."""
        problem = str(error)
        if isinstance(error, TemplateSyntaxError):
            where = f"{error.name or name}, line {error.lineno}"
        elif isinstance(error, UnicodeDecodeError):
            where = next((path for path in TEMPLATE_FILES if not self._is_utf8(path)), name)
            problem = f"it is not UTF-8 ({error.reason} at byte {error.start})"
        else:
            where = self._line_of(error) or name
            if isinstance(error, RecursionError):
                problem = "it includes or calls itself without end"
            elif isinstance(error, TemplateNotFound):
                problem = f"there is no template {error.name or error}"
            elif not isinstance(error, TemplateError):
                problem = f"{type(error).__name__}: {error}"
        return PublishError(self.error_message(where, problem))

    def _line_of(self, error: Exception) -> str:
        """The innermost line of a template in the traceback, such as "page.html, line 7"; "" if there is none."""
        frames = traceback.extract_tb(error.__traceback__)
        paths = ((Path(frame.filename), frame.lineno) for frame in reversed(frames))
        return next((f"{path.name}, line {line}" for path, line in paths if path.parent in self._folders), "")

    def _is_utf8(self, name: str) -> bool:
        path = next(path for folder in self._folders if (path := folder / name).is_file())
        try:
            path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return False
        return True

    def error_message(self, where: str, problem: str) -> str:
        return f"site.templates: {where}: {problem}. Correct the file, or remove it: then the built-in one is used."


class UnreadableTheme(Theme):
    """Stands for templates that cannot be read: no page is rendered, and the existing ones are kept."""

    def __init__(self, error: PublishError, zone: str) -> None:
        self._error = error
        self.zone = ZoneInfo(zone)
        self.digest = sha256(str(error).encode()).digest()[:16]

    def render(self, name: str, values: Mapping[str, Any]) -> bytes:
        raise PublishError(str(self._error))


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


_themes: dict[tuple[Path | None, str], tuple[Stamps, Theme]] = {}


def _cached(folder: Path | None, zone: str, stamps: Stamps) -> Theme:
    cached = _themes.get((folder, zone))
    if cached is None or cached[0] != stamps:
        cached = _themes[folder, zone] = stamps, Theme(folder, zone)
    return cached[1]


def _stamps(folder: Path | None) -> Stamps:
    """(name, modification time, size) of the user's template files."""
    return template_digest.stamps(template_digest.files(folder)) if folder else ()


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
