"""Marks that carry from HTML into its text what a mail program says of its parts.

Outlook, Gmail, Apple Mail and others name the elements in which they quote a mail or put a
signature. The marks are characters of Unicode's private use area: removed from what came in,
written while HTML is laid out, and removed again once the reply is read.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

QUOTE_OPENS, QUOTE_CLOSES = "\ue010", "\ue011"
REST_IS_QUOTED = "\ue012"
"""Outlook closes nothing: from here to the end of the message everything is quoted."""
SIGNATURE_OPENS, SIGNATURE_CLOSES = "\ue013", "\ue014"
FORWARD_OPENS = "\ue015"
"""Here begins what the mail program says it forwards."""

MARKS = re.compile("[\ue010-\ue015]")
_LINE_OF_MARKS = re.compile("^[^\\S\n]*[\ue010-\ue015][\ue010-\ue015\\s]*?(?:\n|\\Z)", re.MULTILINE)
TOO_MANY_BLANK_LINES = re.compile(r"\n{3,}")

_QUOTING_CLASSES = frozenset(
    {
        "gmail_attr",
        "moz-cite-prefix",
        "moz-email-headers-table",
        "yahoo_quoted",
        "protonmail_quote",
        "zmail_extra",
        "quoted-plain-text",
    }
)
_REST_IDS = frozenset(
    {
        # Outlook: on the web and the new one, on telephones, of old, for Mac.
        "divRplyFwdMsg",
        "appendonsend",
        "stopSpelling",
        "mail-editor-reference-message-container",
        "OLK_SRC_BODY_SECTION",
    }
)
_REST_CLASSES = frozenset({"OutlookMessageHeader", "ms-outlook-mobile-reference-message"})
_SIGNATURE_CLASSES = frozenset(
    {
        "gmail_signature",
        "moz-signature",
        "protonmail_signature_block-user",
        "gmail_signature_prefix",
    }
)
_SIGNATURE_IDS = frozenset({"Signature", "ms-outlook-mobile-signature", "AppleMailSignature"})
_OUTLOOK_LINE = re.compile(r"border-top:solid(?:#E1E1E1|#B5C4DF)1\.0pt", re.IGNORECASE)
"""The line above the header block of Outlook for Windows, blanks left out."""


def mark_quotes(root: "HtmlElement") -> None:
    """Write marks into the text of a document where mail programs say what is quoted."""
    for element in root.iter("blockquote", "div", "hr", "table", "span", "pre"):
        opening, closing = _marks_of(element)
        if opening:
            _write(element, opening, closing)


def without_marks(text: str) -> str:
    """Return `text` without marks, and without the lines that stood there only for them."""
    if not MARKS.search(text):
        return text
    return TOO_MANY_BLANK_LINES.sub("\n\n", MARKS.sub("", _LINE_OF_MARKS.sub("", text))).strip("\n")


def _marks_of(element: "HtmlElement") -> tuple[str, str]:
    name = element.get("id", "").removeprefix("x_")
    classes = {one.removeprefix("x_") for one in element.get("class", "").split()}
    if name in _REST_IDS or classes & _REST_CLASSES or _has_outlook_line(element):
        return REST_IS_QUOTED, ""
    if classes & _SIGNATURE_CLASSES or name in _SIGNATURE_IDS:
        return SIGNATURE_OPENS, SIGNATURE_CLOSES
    if classes & _QUOTING_CLASSES or _is_cited(element, classes):
        return QUOTE_OPENS, QUOTE_CLOSES
    if "moz-forward-container" in classes:
        return FORWARD_OPENS, ""
    return "", ""


def _is_cited(element: "HtmlElement", classes: set[str]) -> bool:
    """Whether it is a quoting blockquote; a bare one is how people indent their own text."""
    if element.tag != "blockquote":
        return False
    return element.get("type", "").lower() == "cite" or "gmail_quote" in classes


def _has_outlook_line(element: "HtmlElement") -> bool:
    style = "".join(element.get("style", "").split())
    return element.tag == "div" and bool(_OUTLOOK_LINE.search(style))


def _write(element: "HtmlElement", opening: str, closing: str) -> None:
    if element.tag == "hr":  # it has no text of its own
        element.tail = opening + (element.tail or "")
        return
    element.text = opening + (element.text or "")
    if not closing:
        return
    if len(element):
        element[-1].tail = (element[-1].tail or "") + closing
    else:
        element.text += closing
