"""Brings attacks by HTML through the whole road, from a feed to the page of an output, into a real browser."""

# ruff: noqa: E501 - a script

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from xml.sax.saxutils import escape

from feeds.model import Source
from feeds.normalize.article import to_articles
from feeds.normalize.text import remove_unpublishable_chars
from feeds.parse import parse
from feeds.render import render
from feeds.render.edition import source_origin
from tests.render.invented_edition import NOW, edition_with, entry_of

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
BROWSER_SECONDS = 120

# Counts what runs, and what could: handlers, scripts, and links that run code. It makes the events that handlers wait for.
_DETECTOR = """<script id="detector">
const ran = []; for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
  window[name] = (...words) => { ran.push(name + ' ' + words.join(' ').slice(0, 80)); };
addEventListener('load', () => setTimeout(() => {
  const active = [];
  for (const element of document.querySelectorAll('*')) {
    for (const attribute of element.attributes)
      if (/^on/i.test(attribute.name) || /^\\s*(javascript|vbscript|data):/i.test(attribute.value) && attribute.name != 'alt'
          && attribute.name != 'title') active.push(element.tagName + ' ' + attribute.name + '=' + attribute.value.slice(0, 80));
    if (/^(script|iframe|object|embed|form|base|meta|style|svg|math|link)$/i.test(element.tagName)
        && element.closest('article, #bodies') && element.id != 'detector') active.push(element.tagName);
    for (const type of ['mouseover', 'focus', 'blur', 'keydown', 'toggle', 'input', 'copy', 'pointerenter', 'animationstart'])
      try { element.dispatchEvent(new Event(type, {bubbles: false, cancelable: true})); } catch (error) {}
  }
  const report = document.createElement('pre'); report.id = 'report';
  report.textContent = JSON.stringify({ran, active}); document.body.replaceChildren(report);
}, 300));
</script>"""
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n')
_REPORT = re.compile(r'<pre id="report">([^<]*)</pre>')


def generated(vectors: Sequence[str], count: int, seed: int) -> list[str]:
    """Attacks made of parts of others."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        pieces = [draw.choice(vectors) for _ in range(draw.randint(2, 4))]
        cuts = [
            piece[draw.randint(0, len(piece)) :] if n else piece[: draw.randint(0, len(piece))]
            for n, piece in enumerate(pieces)
        ]
        made.append("".join(cuts))
    return made


def page_of(attacks: Sequence[str]) -> str:
    """The page of an output whose items have these attacks as their text, their title and their author."""
    items = "".join(
        f"<item><title>{_text(attack[:300])}</title><link>https://n.example/{n}</link><author>{_text(attack[:80])}</author>"
        f"<category>{_text(attack[:80])}</category><description>{_text(attack)}</description></item>"
        for n, attack in enumerate(attacks)
    )
    source = Source(id="source", url="https://n.example/feed")
    document = parse(
        "source",
        f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode(),
        url=source.url,
    )
    articles, skipped = to_articles(document, source=source.id, url=source.url, now=NOW)
    assert not [reason for reason in skipped if "Error" in reason], skipped
    home = source_origin(source, document.feed)
    edition = edition_with(entry_of(article, home) for article in articles)
    bodies = "".join(
        f"<div>{entry.article.html}</div>" for entry in edition.entries
    )  # as a feed reader shows them
    page = render(edition, "html").data.decode()
    return page.replace("</body>", f'<div id="bodies">{bodies}</div></body>')


def _text(value: str) -> str:
    return escape(remove_unpublishable_chars(value.replace("\\r", " ")))


def active_in_browser(page: str, folder: Path) -> list[str]:
    """What ran, and what could run, when a browser shows this page without its policy."""
    assert BROWSER is not None
    file = folder / "page.html"
    without_policy = _POLICY.sub("", page)
    start = (
        without_policy.find("<head>") + len("<head>")
        if "<head>" in without_policy
        else without_policy.find(">") + 1
    )
    file.write_text(without_policy[:start] + _DETECTOR + without_policy[start:], encoding="utf-8")
    shown = subprocess.run(
        [
            BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
            "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=5000", "--dump-dom", file.as_uri(),
        ],
        capture_output=True,
        timeout=BROWSER_SECONDS,
        check=False,
    ).stdout.decode("utf-8", "replace")  # fmt: skip
    report = _REPORT.search(shown)
    if report is None:
        return [f"the page is gone: {shown[:200]}"]
    found = json.loads(unescape(report[1]))
    return [*found["ran"], *found["active"]]
