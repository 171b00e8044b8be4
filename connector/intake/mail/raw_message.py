"""The bytes of a message file before anything is read from them."""

import codecs

_LOOK_AHEAD = 65_536


def straightened(raw: bytes) -> bytes:
    """Return a message without what editors and mailbox files put around it.

    Undone are a byte order mark, UTF-16 (Notepad's "Unicode"), line ends of CR alone, and
    blank lines before the header.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if b"\n" not in raw[:_LOOK_AHEAD] and b"\r" in raw[:_LOOK_AHEAD]:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw.lstrip(b"\r\n") if raw[:1] in (b"\r", b"\n") else raw
