"""Tokens of approval links: random, known to their reader only (DESIGN section 8, channel b)."""

import hashlib
import secrets

TOKEN_BYTES = 32
"""256 bits, so that nobody guesses one and a plain hash of it is safe to keep."""


def new_token() -> str:
    """Return a new token, fit for a URL. It is never kept, logged or shown but in its letter."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """Return what the ledger keeps of a token (SHA-256, hexadecimal); any text has a hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
