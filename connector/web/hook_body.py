"""The body of a webhook as the JSON object that a form mapping reads."""

import base64
import json
from io import BytesIO
from typing import Final
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import UnprocessableEntity, UnsupportedMediaType
from werkzeug.formparser import FormDataParser

MOST_FIELDS: Final = 1000
URLENCODED: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"
FILES: Final = "attachments"
"""Where the mapping finds all files of a multipart body, as `{name, type, data}`."""


def payload_of(request: Request) -> bytes:
    """Return the submission: JSON as it came, fields of a form as a JSON object.

    Raises `UnsupportedMediaType` and `UnprocessableEntity`, saying what is wrong.
    """
    kind, body = request.mimetype, request.get_data()
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return _checked(body)
    if kind == URLENCODED:
        return _packed(_urlencoded(body), [])
    if kind == MULTIPART:
        return _multipart(request, body)
    raise UnsupportedMediaType(f"send {URLENCODED}, {MULTIPART} or application/json")


def _checked(body: bytes) -> bytes:
    try:
        payload = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise UnprocessableEntity("the body is no JSON in UTF-8") from None
    if not isinstance(payload, dict) or not payload:
        raise UnprocessableEntity("the body is no JSON object with fields in it")
    return body


def _urlencoded(body: bytes) -> MultiDict[str, str]:
    try:
        text = body.decode("ascii", "replace")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise UnprocessableEntity(f"the body has more than {MOST_FIELDS} fields") from None
    return MultiDict(pairs)


def _multipart(request: Request, body: bytes) -> bytes:
    # The whole body is limited by limits.request_mb already, so no field has a limit of its own.
    parser = FormDataParser(max_form_memory_size=None, max_form_parts=MOST_FIELDS, silent=False)
    options = request.mimetype_params
    try:
        _, fields, files = parser.parse(BytesIO(body), MULTIPART, len(body), options)
    except ValueError:
        raise UnprocessableEntity("the body is no multipart/form-data") from None
    return _packed(fields, [_file(each) for _, each in files.items(multi=True)])


def _file(upload: FileStorage) -> dict[str, str]:
    with upload.stream:
        data = base64.b64encode(upload.stream.read()).decode()
    return {"name": upload.filename or "", "type": upload.mimetype, "data": data}


def _packed(fields: MultiDict[str, str], files: list[dict[str, str]]) -> bytes:
    """Return fields as JSON; one that comes several times is a list."""
    payload: dict[str, object] = {}
    for name, values in fields.lists():  # werkzeug: None for a part without a name
        payload[(name or "").removesuffix("[]")] = values if len(values) > 1 else values[0]
    if files:
        others = payload.get(FILES, [])
        payload[FILES] = [*files, *(others if isinstance(others, list) else [others])]
    if not payload:
        raise UnprocessableEntity("the body holds no fields")
    return json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
