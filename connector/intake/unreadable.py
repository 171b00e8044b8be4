"""The error for a request that nothing sensible can be read from."""

from connector.errors import RequestRejected


class Unreadable(RequestRejected):
    """The bytes are no e-mail or no form submission; `message` says why, `remedy` what to do."""
