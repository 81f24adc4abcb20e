"""The `site` section: its schema, and its conversion to `Site`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from feeds.config.document import ConfigDocument, KeyPath
from feeds.config.field_types import (
    BaseUrl,
    Endpoint,
    HeaderValue,
    Hub,
    Language,
    Line,
    NonEmptyLine,
    Section,
    TimeZone,
    Websub,
)
from feeds.config.regular_file import read_regular_file
from feeds.config.settings import Bucket, ContentCoding, PrivateAccess, Site
from feeds.model.websub import is_confidential

_SITE = Site()

MAX_CERTIFICATE_BYTES = 4 << 20
"""The lists of all authorities that systems ship have a quarter of a MiB."""


def _expand_bool(value: Any) -> Any:
    return (["gzip", "br"] if value else []) if isinstance(value, bool) else value


class S3Entry(Section):
    """The object store that `site.output` names."""

    endpoint: Endpoint | None = Field(
        None, description="Its address, where it is not Amazon's.", examples=["https://s3.example.net/"]
    )
    region: Line = Field("", description="Its region.")
    key: Line = Field("", description="The access key; unset: as boto3 finds it. Better `${env:NAME}`.")
    secret: Line = Field("", description="The secret of that key; better `${env:NAME}` or `${file:PATH}`.")


class SiteEntry(Section):
    """Who publishes, and where."""

    title: NonEmptyLine = Field(_SITE.title, description="The name of the whole; shown on the index page.")
    description: Line = Field("", description="What a visitor finds here, in a sentence.")
    language: Language | None = Field(None, description="The language of the pages and outputs: en, de-AT.")
    base_url: BaseUrl = Field(
        _SITE.base_url,
        description="The address under which the output folder is reached; it becomes part of every output.",
        examples=["https://feeds.example.org/"],
    )
    output: NonEmptyLine = Field(
        str(_SITE.output),
        description="The folder to publish into, seen from this file; or `s3://BUCKET/PREFIX`.",
    )
    s3: S3Entry | None = Field(None, description="The object store that `output` names.")
    state: NonEmptyLine = Field(str(_SITE.state), description="The file that everything is remembered in.")
    user_agent: HeaderValue = Field(
        "", description="What requests call themselves, in place of feeds/VERSION (+CONTACT)."
    )
    contact: HeaderValue = Field(
        "", description="A URL or mail address for the operators of the servers that are asked."
    )
    websub: Websub = Field(
        False,
        description="Let hubs push news: `true` for base_url + websub/, or where else hubs reach /websub/.",
    )
    hubs: list[Hub] = Field([], description="The WebSub hubs that are told when a feed of ours has changed.")
    precompress: Annotated[
        list[ContentCoding], BeforeValidator(_expand_bool, json_schema_input_type=bool | list[ContentCoding])
    ] = Field(
        [],
        description="Write packed copies beside the files, for web servers that send them as they are.",
    )
    timezone: TimeZone = Field(
        _SITE.timezone, description="The time zone that the pages tell times in: Europe/Vienna."
    )
    templates: NonEmptyLine | None = Field(
        None, description="A folder with your own page.html, index.html, health.html, base.html or style.css."
    )
    ca: NonEmptyLine | None = Field(
        None,
        description="A file (PEM) with certificate authorities to trust besides the usual ones, for all requests: that "
        "of a proxy of your network, or of your own servers.",
    )
    health: bool = Field(True, description="Publish how the sources are: health.atom and health.html.")
    private_access: PrivateAccess = Field(
        _SITE.private_access,
        description="Who may read the files of private outputs on this machine: `owner`, the user who runs feeds; "
        "`web_server`, every user who knows the name of a file.",
    )


def build_site(entry: SiteEntry, document: ConfigDocument, directory: Path) -> Site:
    """Convert the section. Problems are noted in the document."""
    bucket = _bucket(entry, document)
    # With a bucket, the output folder is not used.
    output = str(_SITE.output) if bucket else entry.output
    folder = _resolve_path(output, ("site", "output"), document, directory)
    publishes_config = folder == directory or folder in directory.parents
    state = _resolve_path(entry.state, ("site", "state"), document, directory)
    if "://" in entry.state:
        hint = "Write a file's name, such as feeds.db."
        document.note(("site", "state"), "state: only a file can hold it", hint)
    elif not publishes_config and folder in state.parents:
        document.note(("site", "state"), "state: lies in the output folder, where everybody can read it")
    if publishes_config:
        hint = "Choose a folder of its own: output: output"
        document.note(("site", "output"), "output: would publish the folder of this file", hint)
    return Site(
        title=entry.title,
        description=entry.description,
        language=entry.language or "",
        base_url=entry.base_url,
        output=folder,
        bucket=bucket,
        state=state,
        user_agent=entry.user_agent,
        contact=entry.contact,
        callback_prefix=_callback_prefix(entry, document),
        hubs=tuple(dict.fromkeys(entry.hubs)),
        content_codings=tuple(dict.fromkeys(entry.precompress)),
        timezone=entry.timezone,
        ca=certificate_file(entry.ca, ("site", "ca"), document, directory),
        templates=_templates(entry, document, directory),
        health=entry.health,
        private_access=entry.private_access,
    )


def _callback_prefix(entry: SiteEntry, document: ConfigDocument) -> str:
    """The prefix of the URLs to which hubs deliver. It carries a secret, so it must be https (WebSub §8.2)."""
    url = f"{entry.base_url}websub/" if entry.websub is True else entry.websub or ""
    if url and not is_confidential(url):
        loc = (
            "site",
            "base_url" if entry.websub is True and document.written(("site", "base_url")) else "websub",
        )
        hint = "Put a web server with TLS in front (docs/serving.md), and write its https:// address."
        document.note(loc, "websub: hubs are given https addresses only", hint)
    return url


def _templates(entry: SiteEntry, document: ConfigDocument, directory: Path) -> Path | None:
    if entry.templates is None:
        return None
    folder = _resolve_path(entry.templates, ("site", "templates"), document, directory)
    if not folder.is_dir():
        document.note(("site", "templates"), f"templates: {entry.templates} is no folder here")
    return folder


def certificate_file(
    text: str | None, loc: KeyPath, document: ConfigDocument, directory: Path
) -> Path | None:
    """The absolute path of a file that a setting names. A problem is noted if it cannot be read."""
    if text is None:
        return None
    file = _resolve_path(text, loc, document, directory)
    try:
        content = read_regular_file(file, MAX_CERTIFICATE_BYTES)
    except OSError as error:
        document.note(loc, f"{loc[-1]}: {text} cannot be read: {error.strerror}")
        return file
    if b"-----BEGIN " not in content:
        hint = "Convert it: openssl x509 -in FILE -out FILE.pem; a key: openssl pkey -in FILE -out FILE.pem"
        document.note(loc, f"{loc[-1]}: {text} is not in PEM form", hint)
    return file


def _bucket(entry: SiteEntry, document: ConfigDocument) -> Bucket | None:
    loc: KeyPath = ("site", "output")
    hint = "As in: output: s3://bucket/folder"
    if not entry.output.startswith("s3://"):
        if "://" in entry.output:
            document.note(loc, "output: is neither a folder nor an object store", hint)
        elif entry.s3:
            document.note(("site", "s3"), "s3: belongs to an output in an object store", hint)
        return None
    name, _, prefix = entry.output.removeprefix("s3://").partition("/")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name):
        document.note(loc, "output: names no bucket: 3 to 63 of a-z, 0-9, - and .", hint)
    if not re.fullmatch(r"[A-Za-z0-9_./-]*", prefix) or "//" in prefix or ".." in prefix:
        document.note(loc, "output: what follows the bucket has only letters, digits, _ . - and /", hint)
    if entry.precompress:
        document.note(
            ("site", "precompress"),
            "precompress: needs a folder, and a web server that knows of the copies",
            "Take it out; object stores send what they are given.",
        )
    store = entry.s3 or S3Entry()
    if bool(store.key) != bool(store.secret):
        document.note(("site", "s3"), "s3: key and secret belong together", "Write both or neither.")
    return Bucket(
        name=name,
        prefix=f"{prefix.strip('/')}/" if prefix.strip("/") else "",
        endpoint=store.endpoint or "",
        region=store.region,
        key=store.key,
        secret=store.secret,
    )


def _resolve_path(text: str, loc: KeyPath, document: ConfigDocument, directory: Path) -> Path:
    try:
        return (directory / text).resolve()
    except (OSError, ValueError, RuntimeError):
        document.note(loc, f"{loc[-1]}: is not a usable path")
        return directory / "unusable"
