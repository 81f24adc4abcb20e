"""What stands inside an embed for programs that cannot show it: words, pictures, links, or a notice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from feeds.model import Url
from feeds.normalize.rewrite.context import HelperLink, RewriteContext
from feeds.normalize.rewrite.helper_links import part_from_neighbours
from feeds.normalize.rewrite.hidden import is_hidden
from feeds.normalize.text import one_line
from feeds.normalize.tree import BLOCKS, Element, mark_dropped
from feeds.normalize.url import absolute_url, url_host

MAX_LINK_TEXT_CHARS = 200
_MAX_DESCENDANTS = 500  # looked at; an element with more has no end tag, and holds the rest of the body

_WITHOUT_WORDS = frozenset({"script", "style", "template", "param", "noscript"})
_PICTURES = frozenset({"img", "amp-img", "amp-anim"})
_EMBEDS = frozenset({"iframe", "object", "embed", "video", "audio", "amp-iframe", "amp-video"})
# Words of a sentence about the program and not about the content: "Your browser does not support frames."
_NOTICE = re.compile(
    r"browser|\biframes?\b|inline frame|javascript|flash player|plug-?in|html ?5|navigateur|navegador|navigatore"
    "|przeglądar|prohlížeč|prehliadač|webbläsar|nettleser|selain|böngésző|tarayıcı|trình duyệt|peramban|браузер|браузър"
    "|περιήγησης|דפדפן|متصفح|مرورگر|ब्राउज़र|เบราว์เซอร์|ブラウザ|浏览器|瀏覽器|브라우저",
    re.I,
)
# What stands there until a script has loaded the content
_LOADING = re.compile(
    r"(?:loading|please wait|wird geladen|lädt|chargement|cargando|caricamento|carregando|a carregar|laden|laddar"
    r"|indlæser|ładowanie|načítání|betöltés|yükleniyor|загрузка|読み込|加载|載入|로드)[^.…]{0,30}(?:…|\.{2,3})?",
    re.I,
)
# Pages that offer a plug-in, explain how to allow scripts, or are the service that needs them
_PLUGIN_HOST = re.compile(
    r"(?:www\.)?(?:get\.adobe|macromedia|java)\.com$|get\.webgl\.org$|(?:www\.)?(?:silverlight|videolan)\."
    r"|(?:www\.)?(?:enable-?javascript|activatejavascript|whatismybrowser)\.|(?:[\w-]+\.)?disqus\.com$"
)


@dataclass(frozen=True, slots=True)
class Fallback:
    """The content of an embed. `leads`: it has a link, or another embed, which is rewritten after this one."""

    words: str  # on one line; "" for a notice
    leads: bool
    has_picture: bool
    has_blocks: bool

    @property
    def is_only_a_url(self) -> bool:
        return self.words.startswith(("http://", "https://")) and " " not in self.words


def fallback_of(element: Element, context: RewriteContext) -> Fallback:
    words: list[str] = [element.text or ""]
    leads = has_picture = has_blocks = False
    for child in islice(element.iterdescendants(), _MAX_DESCENDANTS):
        tag = child.tag
        if tag not in _WITHOUT_WORDS:
            words += [" " if tag in BLOCKS or tag == "br" else "", child.text or ""]
        words.append(child.tail or "")
        has_blocks = has_blocks or tag in BLOCKS
        if tag == "a":
            leads = leads or _is_useful_link(child, context)
        elif tag in _PICTURES:
            has_picture = True
        elif tag in _EMBEDS:
            leads = leads or any(name in child.attrib for name in ("src", "data", "data-src", "srcdoc"))
    line: str = one_line("".join(words))
    if len(line) <= MAX_LINK_TEXT_CHARS and (_NOTICE.search(line) or _is_loading(line)):
        line = ""
    return Fallback(line, leads, has_picture, has_blocks)


def _is_loading(line: str) -> bool:
    match = _LOADING.fullmatch(line)
    return match is not None and (line.endswith(("…", "..")) or len(line.split()) == 1)


def _is_useful_link(link: Element, context: RewriteContext) -> bool:
    url = absolute_url(link.get("href") or "", base=context.base)
    return url is not None and not _PLUGIN_HOST.match(url_host(url)) and not is_hidden(link)


def keep_fallback(element: Element, fallback: Fallback) -> None:
    """Only the content stays; nothing, if it is only a notice."""
    if fallback.words or fallback.leads or fallback.has_picture:
        element.tag = "div" if fallback.has_blocks else "span"
        _clear_attributes(element)
        if not fallback.has_blocks:
            part_from_neighbours(element)
    else:
        mark_dropped(element)


def _clear_attributes(element: Element) -> None:
    """Removes all attributes but the id, to which a link within the body may lead."""
    id_ = element.get("id")
    element.attrib.clear()
    if id_ is not None:
        element.set("id", id_)


def become_link(element: Element, url: Url, text: str, context: RewriteContext) -> None:
    """Nothing but a link stays."""
    element.tag = "span"
    _clear_attributes(element)
    element.text = None
    del element[:]
    context.helper_links.append(HelperLink(element, url, text))


def put_link_before_content(element: Element, url: Url, text: str, context: RewriteContext) -> None:
    """The content stays. A link stands before it."""
    _clear_attributes(element)
    place = etree.Element("span")
    place.tail, element.text = element.text, None
    element.insert(0, place)
    context.helper_links.append(HelperLink(place, url, text))
