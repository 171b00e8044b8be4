"""Who runs a command: what is kept beside approvals and orders."""

import getpass
import os


def who_runs_this() -> str:
    """Return the user of this machine who runs the command, and for whom sudo was used."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in some containers
        user = f"uid {os.getuid()}"
    behind = os.environ.get("SUDO_USER", "")
    return f"{behind} (as {user})" if behind and behind != user else user
