"""Connections to BMS: kept open between calls, each used by one thread at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from connector.bms.access import BmsAccess


class Sessions:
    """As many sessions as there are calls at the same time; `requests` promises no more."""

    def __init__(self, access: BmsAccess) -> None:
        """Open no connection yet."""
        self._access = access
        self._idle: list[requests.Session] = []
        self._is_closed = False
        self._lock = threading.Lock()

    @contextmanager
    def borrowed(self) -> Iterator[requests.Session]:
        """Yield a session that nobody else uses meanwhile."""
        with self._lock:
            session = self._idle.pop() if self._idle else _session(self._access)
        try:
            yield session
        finally:
            self._give_back(session)

    def close(self) -> None:
        """Close the sessions; one that is in use closes once it is given back."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    def _give_back(self, session: requests.Session) -> None:
        with self._lock:
            if not self._is_closed:
                self._idle.append(session)
                return
        session.close()


def _session(access: BmsAccess) -> requests.Session:
    session = requests.Session()
    session.mount(access.base_url, HTTPAdapter(max_retries=Retry(total=0)))
    session.headers["Accept"] = "application/json"
    session.headers["User-Agent"] = "bms-connector"
    if access.is_local:
        # A proxy from the environment would carry plain HTTP off this machine.
        session.trust_env = False
    return session
