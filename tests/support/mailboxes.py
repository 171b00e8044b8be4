"""A help desk whose source is a mailbox."""

from support.desk import Desk
from support.dovecot import PASSWORD, Dovecot, User


def read_mailbox(desk: Desk, user: User, *, host: str = "localhost", **settings: object) -> None:
    """Let the desk read a user's mailbox over IMAP, and nothing else."""
    chosen = {
        "name": "mail",
        "type": "imap",
        "host": host,
        "port": user.server.imaps_port,
        "ca_file": str(user.server.ca_file),
        "username": user.name,
        "password": PASSWORD,
        "since": "all",
        **settings,
    }
    fields = ", ".join(f"{key}: {_yaml(value)}" for key, value in chosen.items() if value)
    desk.sources = {}
    desk.mailboxes = [f"{{{fields}}}"]


def plain(server: Dovecot, port: int | None = None) -> dict[str, object]:
    """Return settings for a connection without encryption, perhaps through a proxy."""
    return {
        "host": "127.0.0.1",
        "security": "plain",
        "port": port or server.imap_port,
        "ca_file": None,
    }


def _yaml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(inner)}" for key, inner in value.items()) + "}"
    return str(value) if isinstance(value, int) else f"'{value}'"
