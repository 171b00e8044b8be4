"""Readable text from the HTML of a mail: paragraphs, lists and tables laid out, links kept.

inscriptis and lxml are imported only once there is HTML to read: they cost an idle run more
than all its other work.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from connector.intake.limits import MAX_HTML_CHARS, MAX_HTML_DEPTH
from connector.intake.mail.plain_text import clean_text
from connector.intake.mail.quote_marks import (
    MARKS,
    TOO_MANY_BLANK_LINES,
    mark_quotes,
    without_marks,
)
from connector.intake.remarks import Remarks

if TYPE_CHECKING:
    from lxml.html import HtmlElement

NO_PICTURES: Mapping[str, str] = MappingProxyType({})

_DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=%\s]*", re.IGNORECASE)
_HIDDEN = re.compile(r"display:none|visibility:hidden|(?<![\w-])opacity:0(?:\.0+)?(?:;|!|$)")
_COLLAPSED = re.compile(r"(?:max-)?height:0(?:px|em|pt)?(?:;|!|$)")
_LINK = re.compile(r"(?:https?|ftp|mailto|tel):", re.IGNORECASE)
_SPACES_AT_END = re.compile(r"[^\S\n]+$", re.MULTILINE)
_INVISIBLE = re.compile(r"[\u00ad\u034f\u200b-\u200d\u2060]")
"""Fillers with which newsletters pad what a list of mails shows of them."""

_TOKEN = re.compile(r"<(?P<closing>/?)(?P<tag>[A-Za-z][\w:-]*)?[^<>]*>|(?P<words>[^<]+|<)")
_BLOCK_TAGS = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "blockquote", "pre"}
)
_TAG = re.compile(r"<[A-Za-z!/]")
_SKIPPED_TAGS = frozenset({"script", "style", "title"})


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The visible text of an HTML document, and whether that is all it had to show."""

    text: str
    is_whole: bool
    marked: str = ""
    """The text with the marks of `quote_marks` in it."""


def html_to_text(
    html: str,
    remarks: Remarks,
    pictures: Mapping[str, str] = NO_PICTURES,
    *,
    limit: int = MAX_HTML_CHARS,
) -> HtmlText:
    """Return the visible text of an HTML document; never raises.

    `pictures` names the pictures of the mail by Content-ID: each is said where it stands.
    At most `limit` characters are read.
    """
    html, embedded = _DATA_URI.subn("data:,", MARKS.sub("", clean_text(html)))
    if embedded:
        remarks.add("A picture embedded in the HTML text itself is in the attached HTML only")
    is_cut = len(html) > limit
    if is_cut:
        remarks.add(
            f"Only the first {limit:,} characters of the HTML text were read; all of it is attached"
        )
        html = html[:limit]
    try:
        text = _laid_out(html, pictures)
    except (RecursionError, ValueError, ArithmeticError, LookupError, AttributeError, TypeError):
        remarks.add("The layout of the HTML text could not be read; its words are all there")
        text = _dumped(html)
    text = _SPACES_AT_END.sub("", _INVISIBLE.sub("", text))
    marked = clean_text(TOO_MANY_BLANK_LINES.sub("\n\n", text))
    is_whole = not (embedded or is_cut)
    return HtmlText(clean_text(without_marks(marked)), is_whole=is_whole, marked=marked)


def words_of_html(html: str) -> str:
    """Return the words of an HTML document without layout: cheap, to compare lengths."""
    return _dumped(clean_text(html))


def _laid_out(html: str, pictures: Mapping[str, str]) -> str:
    """Lay out with inscriptis; raises RecursionError for elements nested too deeply."""
    if not _TAG.search(html):  # devices call plain text HTML
        return unescape(html)
    from inscriptis import Inscriptis
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    # Without huge_tree, lxml silently drops everything from nesting depth 255 on.
    parser = HTMLParser(huge_tree=True, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except etree.LxmlError:  # nothing in it
        return ""
    _check_depth(root)
    _drop_hidden(root)
    _name_pictures(root, pictures)
    _write_out_links(root)
    mark_quotes(root)
    _guard_ampersands(root)
    config = ParserConfig(css=CSS_PROFILES["strict"].copy(), display_links=False)
    return str(Inscriptis(root, config).get_text())


def _check_depth(root: "HtmlElement") -> None:
    level: list[Any] = [root]
    for _ in range(MAX_HTML_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return
    raise RecursionError


def _drop_hidden(root: "HtmlElement") -> None:
    """Remove what a mail program does not show, such as the preheader of a newsletter."""
    for element in root.xpath("//body//*[@style]"):
        if _is_hidden(re.sub(r"\s", "", element.get("style", "")).lower()):
            element.drop_tree()


def _is_hidden(style: str) -> bool:
    if _HIDDEN.search(style):
        return True
    return "overflow:hidden" in style and bool(_COLLAPSED.search(style))


def _write_out_links(root: "HtmlElement") -> None:
    """Put the target of each link behind its words, unless the words say it already."""
    for anchor in root.xpath("//a[@href]"):
        href = anchor.get("href", "").strip()
        target = re.sub(r"^mailto:|^tel:", "", href, flags=re.IGNORECASE)
        words = "".join(anchor.itertext())
        if not _LINK.match(href) or _bare(target) in _bare(words):
            continue
        written = f" <{target}>" if words.strip() else f"<{target}>"
        if len(anchor):
            anchor[-1].tail = (anchor[-1].tail or "") + written
        else:
            anchor.text = (anchor.text or "") + written


def _guard_ampersands(root: "HtmlElement") -> None:
    """Write `&` as an entity in texts: inscriptis undoes entities once more than lxml does."""
    for element in root.iter():
        if element.text and "&" in element.text:
            element.text = element.text.replace("&", "&amp;")
        if element.tail and "&" in element.tail:
            element.tail = element.tail.replace("&", "&amp;")


def _name_pictures(root: "HtmlElement", pictures: Mapping[str, str]) -> None:
    """Say where a picture of the mail stood: the steps of a fault are often told around them."""
    if not pictures:
        return
    for picture in root.xpath("//img[@src]"):
        source = picture.get("src", "").strip()
        if source[:4].lower() == "cid:" and (name := pictures.get(unquote(source[4:]))):
            picture.tail = f"[picture: {name}]{picture.tail or ''}"


def _bare(url: str) -> str:
    return re.sub(r"^https?://|/$|\s", "", url.strip(), flags=re.IGNORECASE).lower()


def _dumped(html: str) -> str:
    """Return the words of a document, a new line at each block, for what has no layout.

    Not the standard library's HTMLParser, which took minutes for 200 kB of open quotes.
    """
    pieces: list[str] = []
    skipped = ""
    for token in _TOKEN.finditer(html):
        tag = (token["tag"] or "").lower()
        if skipped:
            skipped = "" if tag == skipped and token["closing"] else skipped
        elif tag in _SKIPPED_TAGS and not token["closing"]:
            skipped = tag
        elif tag in _BLOCK_TAGS:
            pieces.append("\n")
        elif token["words"]:
            pieces.append(token["words"])
    return unescape("".join(pieces))
