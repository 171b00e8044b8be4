"""Whether a webhook comes from somebody who knows its secret; compared in constant time."""

import base64
import binascii
import hmac
from typing import Final

from flask import Request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from connector.web.hook_settings import Hook

BMS_SIGNATURES: Final = ("Signature", "X-Signature-256")
"""BMS sends a "Signature"; how it is reckoned is published nowhere, so the usual ways count."""

WRONG = "the secret is not that of this webhook"


def must_know_secret(request: Request, hook: Hook) -> None:
    """Raise `Unauthorized` when nothing was shown, `Forbidden` when it is not the secret."""
    if hook.auth == "basic":
        _must_be_signed_in(request, hook)
        return
    shown = request.headers.get(hook.header, "")
    if not shown:
        raise Unauthorized(f"the header {hook.header} is missing")
    if hook.auth == "header":
        is_right = _same(shown, hook.secret)
    else:
        is_right = is_signature(shown, hook.secret, request.get_data(), algorithm="sha256")
    if not is_right:
        raise Forbidden(WRONG)


def _must_be_signed_in(request: Request, hook: Hook) -> None:
    given = request.authorization
    if given is None or given.type != "basic":
        raise Unauthorized(
            "basic authentication is missing",
            www_authenticate=WWWAuthenticate("basic", {"realm": "webhook"}),
        )
    is_right = _same(given.username or "", hook.username or "")
    if not _same(given.password or "", hook.secret) or not is_right:
        raise Forbidden(WRONG)


def is_signature(shown: str, secret: str, body: bytes, *, algorithm: str) -> bool:
    """Return whether this is the HMAC of the body: in hex, or in base64 (Typeform)."""
    prefix, equals, rest = shown.strip().partition("=")
    packed = rest if equals and prefix.lower() == algorithm else shown.strip()
    expected = hmac.digest(secret.encode(), body, algorithm)
    return any(hmac.compare_digest(given, expected) for given in _unpacked(packed, len(expected)))


def knows_bms_secret(request: Request, secret: str) -> bool:
    """Return whether the address holds the secret, or a signature shows it."""
    if _same(request.args.get("key", ""), secret):
        return True
    body = request.get_data()
    return any(
        is_signature(request.headers[name], secret, body, algorithm=algorithm)
        for name in BMS_SIGNATURES
        for algorithm in ("sha256", "sha1")
        if name in request.headers
    )


def _unpacked(packed: str, length: int) -> list[bytes]:
    """Return the bytes that the text may stand for, if there are so many."""
    found = []
    for unpack in (binascii.unhexlify, _from_base64):
        try:
            found.append(unpack(packed))
        except ValueError:
            continue
    return [each for each in found if len(each) == length]


def _from_base64(packed: str) -> bytes:
    return base64.b64decode(packed, validate=True)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
