"""Reads form bodies: multipart/form-data (RFC 7578) and application/x-www-form-urlencoded."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

_PARAMETER = re.compile(r';\s*([A-Za-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')


@dataclass(frozen=True, slots=True)
class FormPart:
    """One field of a form. `file_name` is None for a field that is no file."""

    name: str
    content: bytes
    file_name: str | None = None
    content_type: str = "text/plain"

    @property
    def text(self) -> str:
        """The field's value."""
        return self.content.decode("utf-8", "replace")


def read_form(content_type: str, body: bytes) -> list[FormPart]:
    """Return the fields of a form; raises `ValueError` when the body is none."""
    kind, parameters = _header_value(content_type)
    if kind == "application/x-www-form-urlencoded":
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        return [FormPart(name, value.encode()) for name, value in pairs]
    if kind != "multipart/form-data" or not parameters.get("boundary"):
        raise ValueError(f"Unsupported content type {content_type or 'none'}")
    return _parts(b"--" + parameters["boundary"].encode(), body)


def _parts(delimiter: bytes, body: bytes) -> list[FormPart]:
    chunks = (b"\r\n" + body).split(b"\r\n" + delimiter)
    if len(chunks) < 2 or not chunks[-1].startswith(b"--"):
        raise ValueError("The multipart body is cut off")
    return [_part(chunk) for chunk in chunks[1:-1]]


def _part(chunk: bytes) -> FormPart:
    head, separator, content = chunk.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    if not separator:
        raise ValueError("A part of the multipart body has no header")
    headers = dict(_header_lines(head.decode("utf-8", "replace")))
    _, parameters = _header_value(headers.get("content-disposition", ""))
    return FormPart(
        name=parameters.get("name", ""),
        content=content,
        file_name=_file_name(parameters),
        content_type=headers.get("content-type", "text/plain"),
    )


def _header_lines(head: str) -> list[tuple[str, str]]:
    lines = [line.partition(":") for line in head.split("\r\n")]
    return [(name.strip().lower(), value.strip()) for name, _, value in lines]


def _header_value(header: str) -> tuple[str, dict[str, str]]:
    """Return a header's value in lower case, and its parameters (RFC 2045, section 5.1)."""
    parameters = {
        name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        for name, quoted, bare in _PARAMETER.findall(header)
    }
    return header.partition(";")[0].strip().lower(), parameters


def _file_name(parameters: dict[str, str]) -> str | None:
    if "filename*" in parameters:
        charset, _, text = parameters["filename*"].partition("''")
        return unquote(text, encoding=charset or "utf-8")
    name = parameters.get("filename")
    # Browsers, and urllib3 with them, escape only quotes and line breaks, by percent.
    return None if name is None else re.sub(r"%(22|0D|0A)", lambda m: unquote(m.group()), name)
