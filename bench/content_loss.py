"""`python -m bench.content_loss DIRECTORY [--show KIND]`: what of the content of real feeds comes out.

Reads every feed document of the directory (also gzip), normalizes each entry alone, and compares the body as html5lib
reads it, as a browser would, with the body that is published. Prints for each kind of element how many went in, how
many came out as themselves, as a link or a picture, or as text, and how many vanished; the words that vanished; the
documents that could not be read; the slowest document and the biggest worker. `--show KIND` prints each element (or
`words`) that vanished.

Needs html5lib: `pip install -r .ci/html5lib.txt`.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from feeds import codec
from feeds.errors import ParseError
from feeds.model import Article, Body, Document, Item
from feeds.normalize.article import to_articles
from feeds.normalize.beacons import is_beacon
from feeds.parse import parse
from feeds.workers.parse_document import parse_document
from feeds.workers.parse_job import ParseJob

Element = Any  # html5lib gives elements of xml.etree
NOW = datetime(2026, 11, 30, tzinfo=UTC)
KINDS = (
    "iframe", "object", "embed", "amp-*", "math", "svg", "pre", "table", "img", "video", "audio", "noscript",
    "in-page link", "in-page target", "checkbox", "h1-h6", "li", "blockquote", "code",
)  # fmt: skip
OUTCOMES = ("itself", "link", "text", "by purpose", "vanished")
_NEVER_ITSELF = frozenset({"iframe", "object", "embed", "noscript"})
_URL_ATTRIBUTES = frozenset({"src", "href", "data", "data-src", "data-lazy-src", "poster"})
_INVISIBLE = frozenset({"script", "style", "template", "head", "title", "noscript"})
_WORD = re.compile(r"\w+")
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")


@dataclass(slots=True)
class Report:
    """`outcomes`: (kind, outcome) → count. `examples`: kind → what vanished, with the entry it stood in."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    feeds: int = 0
    stated: int = 0
    entries: int = 0
    words: int = 0
    lost_words: Counter[str] = field(default_factory=Counter)
    cost: list[tuple[float, int, str]] = field(default_factory=list)  # CPU seconds, KiB, document

    def count(self, kind: str, outcome: str, example: str) -> None:
        self.outcomes[kind, outcome] += 1
        if outcome in ("vanished", "by purpose"):
            self.examples.setdefault(kind, []).append(f"{outcome}: {example}")


@dataclass(slots=True)
class Published:
    """What an entry shows: the elements of its HTML, its words and the URLs it links or shows.

    `tags`, `sites` and `boxes` are used up: two elements that went in need two that came out.
    """

    tags: Counter[str]
    boxes: int
    sites: Counter[str]
    links: list[str]
    pictures: list[str]
    words: Counter[str]
    ids: set[str]
    text: str


def main() -> None:
    parser = argparse.ArgumentParser(description="What of the content of real feeds comes out.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--show", metavar="KIND", action="append", default=[])
    options = parser.parse_args()
    report = Report()
    for path in sorted(options.directory.iterdir()):
        if path.suffix in (".gz", ".xml", ".json", ".rss", ".atom"):
            _measure(path, report)
    _print(report, options.show)


def _measure(path: Path, report: Report) -> None:
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    url = f"https://feed.example/{path.name}"
    report.feeds += 1
    report.stated += len(_ENTRY.findall(body))
    report.cost.append((*_cost(body, url), path.name))
    try:
        document = parse(path.name, body, url=url)
    except ParseError as error:
        report.unread.append(f"{path.name}: {error}")
        return
    report.entries += len(to_articles(document, source=path.name, url=url, now=NOW)[0])
    for item in document.items:
        _compare(item, document, path.name, url, report)


def _cost(body: bytes, url: str) -> tuple[float, int]:
    """CPU seconds and peak memory (KiB) of a process that parses the document."""
    child = os.fork()
    if not child:
        try:
            parse_document(_job(body, url))
        finally:
            os._exit(0)
    _, _, usage = os.wait4(child, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def _job(body: bytes, url: str) -> bytes:
    job = ParseJob(
        source_id="x", kind="feed", title="", extract=None, url=url, content_type="", body=body, now=NOW
    )
    return codec.dumps(job)


def _compare(item: Item, document: Document, name: str, url: str, report: Report) -> None:
    alone = replace(document, items=(item,))
    articles, skipped = to_articles(alone, source=name, url=url, now=NOW)
    label = f"{name} {item.guid[:60]}"
    if not articles:
        report.examples.setdefault("entry", []).append(f"{label}: {skipped}")
        return
    stated = item.content if item.content and item.content.value.strip() else item.summary
    if stated is None:
        return
    article = articles[0]
    base = stated.base or article.link or url
    published = _published(article, base)
    if stated.type == "text":
        _compare_words(_WORD.findall(stated.value.lower()), published, label, report)
        return
    tree = _tree(stated)
    words = [word for text in _visible_texts(tree) for word in _WORD.findall(text.lower())]
    _compare_words(words, published, label, report)
    targets = {element.get("href")[1:] for element in tree.iter("a") if _is_in_page(element)}
    for element in tree.iter():
        for kind in _kinds(element, targets) if isinstance(element.tag, str) else ():
            outcome = _outcome(kind, element, base, published)
            report.count(kind, outcome, f"{label}: {_describe(element)}")


def _tree(body: Body) -> Element:
    html5lib = import_module("html5lib")
    return html5lib.parse(body.value, namespaceHTMLElements=False, scripting=False)


def _published(article: Article, base: str) -> Published:
    tree = _tree(Body(value=f"{article.html}\n{article.summary}"))
    text = " ".join((article.title, *_visible_texts(tree), *article.credits))
    links = [urljoin(base, element.get("href")) for element in tree.iter("a") if element.get("href")]
    links += [media.url for media in article.media]
    pictures = [element.get("src", "") for element in tree.iter("img")]
    candidates = " ".join(
        element.get("srcset", "") for element in tree.iter() if isinstance(element.tag, str)
    )
    pictures += candidates.replace(",", " ").split()
    return Published(
        tags=Counter(_local(element.tag) for element in tree.iter() if isinstance(element.tag, str)),
        boxes=sum(text.count(box) for box in "☐☑☒"),
        sites=Counter(_site(link) for link in dict.fromkeys(links)),
        links=links,
        pictures=pictures
        + [media.url for media in article.media]
        + ([article.image] if article.image else []),
        words=Counter(_WORD.findall(text.lower())),
        ids={value for element in tree.iter() if (value := element.get("id"))},
        text=text,
    )


def _visible_texts(element: Element) -> Iterator[str]:
    if isinstance(element.tag, str) and _local(element.tag) not in _INVISIBLE:
        yield element.text or ""
        for child in element:
            yield from _visible_texts(child)
            yield child.tail or ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _kinds(element: Element, targets: set[str]) -> Iterator[str]:
    tag = _local(element.tag)
    if tag in KINDS:
        yield tag
    elif tag.startswith("amp-"):
        yield "amp-*"
    elif re.fullmatch(r"h[1-6]", tag):
        yield "h1-h6"
    elif tag == "input" and element.get("type", "").lower() == "checkbox":
        yield "checkbox"
    elif _is_in_page(element):
        yield "in-page link"
    if (element.get("id") or element.get("name")) in targets:
        yield "in-page target"


def _is_in_page(element: Element) -> bool:
    return _local(element.tag) == "a" and len(element.get("href") or "") > 1 and element.get("href")[0] == "#"


def _outcome(kind: str, element: Element, base: str, published: Published) -> str:
    """One of OUTCOMES."""
    if kind == "in-page target":
        name = element.get("id") or element.get("name") or ""
        return "itself" if any(known.endswith(name) for known in published.ids) else "vanished"
    if kind == "in-page link":
        fragment = element.get("href")[1:]
        if any(unquote(urlsplit(link).fragment).endswith(unquote(fragment)) for link in published.links):
            return "itself"
        return _as_text(element, base, published)
    if kind == "checkbox":
        published.boxes -= 1
        return "text" if published.boxes >= 0 else "vanished"
    if kind == "img":
        return _picture_outcome(element, base, published)
    tag = _local(element.tag)
    if kind not in _NEVER_ITSELF and published.tags[tag]:
        published.tags[tag] -= 1
        return "itself"
    for site in _sites(element, base):
        if published.sites[site] > 0:
            published.sites[site] -= 1
            return "link"
    if kind in ("noscript", "iframe") and _is_pixel(element):
        return "by purpose"
    return _as_text(element, base, published)


def _picture_outcome(element: Element, base: str, published: Published) -> str:
    names = {_picture_name(urljoin(base, value)) for value in _picture_urls(element)} - {""}
    if names & {_picture_name(picture) for picture in published.pictures}:
        return "itself"
    if names & {_picture_name(link) for link in published.links}:
        return "link"
    alt = _WORD.findall((element.get("alt") or "").lower())
    if alt and all(published.words[word] for word in alt):
        return "text"
    if (alt_text := (element.get("alt") or "").strip()) and alt_text in published.text:
        return "text"
    if any(is_beacon(urljoin(base, value)) for value in _picture_urls(element)) or _is_pixel(element):
        return "by purpose"
    return "vanished"


def _picture_urls(element: Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        if not isinstance(name, str) or not value:
            continue
        if "srcset" in name:
            yield from (part.split()[0] for part in value.split(",") if part.split())
        elif name == "src" or (name.startswith("data-") and "/" in value and " " not in value.strip()):
            yield value.strip()


def _picture_name(url: str) -> str:
    """The URL without its query, percent-decoded, for comparison; "" for a data URI."""
    parts = urlsplit(url)
    return unquote(parts.netloc + parts.path).lower() if parts.scheme in ("http", "https") else ""


def _is_pixel(element: Element) -> bool:
    return any(
        (child.get("width") or "9").strip("px ") in ("0", "1")
        and (child.get("height") or "9").strip("px ") in ("0", "1")
        for child in element.iter()
        if isinstance(child.tag, str)
    )


def _sites(element: Element, base: str) -> Iterator[str]:
    """The sites of the URLs in an element's attributes, the element's own first."""
    for part in element.iter():
        for name, value in part.attrib.items() if isinstance(part.tag, str) else ():
            is_url = name in _URL_ATTRIBUTES or ("//" in value and "xmlns" not in name)
            if is_url and (site := _site(urljoin(base, value.strip()))):
                yield site


def _site(url: str) -> str:
    """The last two labels of the host: the player's host and the page's differ in the others."""
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""
    return ".".join(host.replace("youtube-nocookie", "youtube").split(".")[-2:])


def _as_text(element: Element, base: str, published: Published) -> str:
    if _local(element.tag) == "math":
        return _formula_outcome(element, published)
    words = _WORD.findall("".join(element.itertext()).lower())
    stated = words or _WORD.findall((element.get("title") or element.get("alttext") or "").lower())
    if not stated:
        return "vanished" if any(_sites(element, base)) else "by purpose"  # an empty element shows nothing
    found = sum(1 for word in stated if published.words[word])
    return "text" if found * 10 >= len(stated) * 9 else "vanished"


def _formula_outcome(math: Element, published: Published) -> str:
    """A formula is text if its letters stand in the text in a row: those of its symbols, or those of its TeX."""
    text = _letters(published.text)
    parts = [part for part in math.iter() if isinstance(part.tag, str)]
    tex = [part.text or "" for part in parts if _local(part.tag) == "annotation"]
    symbols = "".join(
        part.text or "" for part in parts if _local(part.tag) in ("mi", "mn", "mo", "mtext", "ms")
    )
    stated = {
        _letters(form) for form in (symbols, *tex, math.get("alttext") or "", "".join(math.itertext()))
    } - {""}
    return "text" if not stated or any(form in text for form in stated) else "vanished"


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _compare_words(words: list[str], published: Published, label: str, report: Report) -> None:
    report.words += len(words)
    lost = Counter(words) - published.words
    if lost:
        report.lost_words.update(lost)
        report.examples.setdefault("words", []).append(
            f"{sum(lost.values()):5} {label}: {' '.join(lost.elements())[:300]}"
        )


def _describe(element: Element) -> str:
    attributes = " ".join(f'{name}="{str(value)[:100]}"' for name, value in list(element.attrib.items())[:6])
    text = " ".join("".join(element.itertext()).split())[:80]
    return f"<{_local(element.tag)} {attributes}> {text}"


def _print(report: Report, shown: list[str]) -> None:
    print(
        f"feeds: {report.feeds}, read: {report.feeds - len(report.unread)}; "
        f"entries stated: {report.stated}, published: {report.entries}"
    )
    for line in report.unread:
        print("  not read:", line)
    print(f"{'element':16}{'in':>8}" + "".join(f"{outcome:>12}" for outcome in OUTCOMES))
    for kind in KINDS:
        counts = [report.outcomes[kind, outcome] for outcome in OUTCOMES]
        if sum(counts):
            print(f"{kind:16}{sum(counts):8}" + "".join(f"{count:12}" for count in counts))
    lost = sum(report.lost_words.values())
    print(f"words: {report.words}, not in the published text: {lost} ({lost / max(report.words, 1):.3%})")
    slowest, biggest = max(report.cost), max(report.cost, key=lambda cost: cost[1])
    print(f"slowest document: {slowest[0]:.2f} CPU seconds ({slowest[2]})")
    print(f"biggest worker: {biggest[1] / 1024:.0f} MiB ({biggest[2]})")
    for kind in shown:
        print(f"\n{kind}:")
        for example in report.examples.get(kind, []):
            print("  ", example)


if __name__ == "__main__":
    main()
