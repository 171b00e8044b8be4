"""File names of attachments as they may be shown, stored and uploaded."""

import re

from connector.intake.mail.encoded_words import decode_words
from connector.intake.mail.plain_text import clean_line

MAX_NAME = 150
_BAD_CHARS = re.compile(r'[<>:"|?*]')
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Among them U+202E, which makes `gpj.exe` look like `exe.jpg`."""

_EXTENSIONS = {
    "application/json": ".json",
    "application/msword": ".doc",
    "application/ms-tnef": ".dat",
    "application/pdf": ".pdf",
    "application/pgp-encrypted": ".asc",
    "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/rtf": ".rtf",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-outlook": ".msg",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/x-pkcs7-mime": ".p7m",
    "application/x-pkcs7-signature": ".p7s",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/rtf": ".rtf",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "video/mp4": ".mp4",
}

_TYPES = {ending: kind for kind, ending in _EXTENSIONS.items()} | {
    ".jpg": "image/jpeg",
    ".txt": "text/plain",
}


def attachment_name(given: str, content_type: str) -> str:
    """Return a harmless file name: no path, no control or direction characters, not too long.

    Without a usable name it is made from the media type.
    """
    name = _INVISIBLE.sub("", clean_line(decode_words(given)))
    name = re.split(r"[/\\]", name)[-1]
    name = _BAD_CHARS.sub("_", name).strip(" .")
    if not name:
        return "attachment" + _EXTENSIONS.get(content_type, ".bin")
    return _shortened(name)


def type_of_name(name: str) -> str:
    """Return the media type that the ending of a file name stands for."""
    ending = "." + name.lower().rpartition(".")[2]
    return _TYPES.get(ending, "application/octet-stream")


def _shortened(name: str) -> str:
    if len(name) <= MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:MAX_NAME]
    return stem[: MAX_NAME - len(extension) - 1] + "." + extension
