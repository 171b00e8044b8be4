"""A call that was broken off since we were asked to stop: no fault of the server, nor of mail."""

from connector.errors import Unreachable


class Abandoned(Unreachable):
    """We were asked to stop, and waited no longer for an answer."""

    def __init__(self, source: str) -> None:
        """Name the source that was asked."""
        super().__init__(f"Source '{source}': we were asked to stop", "The next run goes on")
