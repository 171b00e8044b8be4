"""What was answered in the hosted form, as canonical JSON (DESIGN section 5)."""

import base64
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Protocol

CHUNK = 57 * 1024
"""Bytes of a file that are encoded at a time; a multiple of 3, so that base64 needs no filling."""


class Upload(Protocol):
    """A file that was uploaded; Werkzeug keeps all but small ones on disk."""

    filename: str | None
    stream: IO[bytes]

    @property
    def mimetype(self) -> str:
        """Its type, as the browser tells it."""
        ...


def canonical_json(
    answers: Mapping[str, object], files: Sequence[Upload], *, form_id: str
) -> bytes:
    """Return a submission; files are read piece by piece.

    Its id is of the form that was handed out and of all that was answered: sent twice it is the
    same submission, and sent again with other answers it is another one.
    """
    body = io.BytesIO()
    body.write(b'{"attachments": [')
    for place, file in enumerate(files):
        body.write(b", " if place else b"")
        _write_file(body, file)
    body.write(b"]")
    for name, answer in answers.items():
        body.write(f", {json.dumps(name)}: {json.dumps(answer)}".encode())
    digest = hashlib.sha256(body.getbuffer()).hexdigest()
    body.write(f', "id": "{form_id}-{digest[:16]}"}}'.encode())
    return body.getvalue()


def _write_file(body: IO[bytes], file: Upload) -> None:
    name, kind = json.dumps(file.filename), json.dumps(file.mimetype)
    body.write(f'{{"name": {name}, "type": {kind}, "data": "'.encode())
    for chunk in _chunks(file.stream):
        body.write(base64.b64encode(chunk))
    body.write(b'"}')


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk
