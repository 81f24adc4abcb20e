"""The look of the pages: our templates and style, or the user's in their place, file by file."""

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
from feeds.render import entry_text, template_digest
from feeds.render.template_digest import FILES

OURS = Path(__file__).parent / "templates"

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Theme:
    """Templates, a style sheet and the time zone that pages tell times in. `folder`: where the user's own
    files stand; what is not there is ours.

    Read once: an edited template is a new theme. `theme` keeps them. Raises PublishError for a file that
    cannot be read.
    """

    def __init__(self, folder: Path | None = None, zone: str = "UTC") -> None:
        folders = (folder, OURS) if folder else (OURS,)
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
            raise PublishError(f"site.templates: {folder}: {error}. Mend it, or take it away.") from error
        hashed = b64encode(sha256(css.encode()).digest()).decode()
        self._environment.globals |= {
            "zone": "UTC" if zone == "UTC" else zone.replace("_", " "),
            "style": Markup(css),  # noqa: S704 - the user's or ours, and the policy names its hash
            "policy": f"default-src 'none'; img-src https: http:; style-src 'sha256-{hashed}'; "
            "base-uri 'none'; form-action 'none'",
        }

    def render(self, name: str, facts: Mapping[str, Any]) -> bytes:
        """Raises PublishError for a template that is wrong; says which and where."""
        try:
            return self._environment.get_template(name).render(facts).encode()
        except TemplateSyntaxError as error:
            raise self._wrong(f"{error.name or name}, line {error.lineno}", error) from error
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
            if self._folder is None:
                raise
            raise self._wrong(name, error) from error

    def check(self) -> None:
        """Read every template. Raises PublishError for the first that is wrong."""
        for name in FILES:
            if name.endswith(".html"):
                try:
                    self._environment.get_template(name)
                except TemplateSyntaxError as error:
                    raise self._wrong(f"{error.name or name}, line {error.lineno}", error) from error

    def _wrong(self, where: str, error: Exception) -> PublishError:
        return PublishError(f"site.templates: {where}: {error}. Mend it, or take it away: then ours is used.")


def theme(folder: Path | None, zone: str = "UTC") -> Theme:
    """The theme of a folder as it stands now. `zone`: an IANA name. Raises PublishError."""
    try:
        stamps = _stamps(folder)
    except OSError as error:
        raise PublishError(f"site.templates: {folder}: {error}. Mend it, or take it away.") from error
    return _kept(folder, zone, stamps)


@cache
def ours() -> Theme:
    return Theme()


_Stamps = tuple[tuple[str, int, int], ...]
_newest: dict[tuple[Path | None, str], tuple[_Stamps, Theme]] = {}


def _kept(folder: Path | None, zone: str, stamps: _Stamps) -> Theme:
    known = _newest.get((folder, zone))
    if known is None or known[0] != stamps:
        known = _newest[folder, zone] = stamps, Theme(folder, zone)
    return known[1]


def _stamps(folder: Path | None) -> _Stamps:
    if folder is None:
        return ()
    found = ((name, folder / name) for name in FILES)
    return tuple(
        (name, (facts := path.stat()).st_mtime_ns, facts.st_size) for name, path in found if path.is_file()
    )


def day_name(moment: date) -> str:
    """In English, as the rest of the page, whatever the locale."""
    return f"{_DAYS[moment.weekday()]}, {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def short_date(moment: datetime, zone: tzinfo = UTC) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1][:3]} {local.year}, {clock(moment, zone)}"


def clock(moment: datetime, zone: tzinfo = UTC) -> str:
    """Hours, minutes, and what the zone calls itself at that moment: the hour that comes twice is told apart."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M} {local.tzname()}"
