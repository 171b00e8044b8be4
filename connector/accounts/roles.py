"""The roles that may be asked for, as people call them: an allow-list (DESIGN section 8)."""

from connector.accounts.model import Role
from connector.mapping.render import one_line
from connector.mapping.words import phrase, without_accents

_WORDS = {
    Role.EXTERNAL_USER: ("external user", "user", "standard user", "usuario externo", "usuario"),
    Role.EXTERNAL_MANAGER: ("external manager", "gerente externo"),
}
"""The greater role is only meant by its full name: "Role: Manager" may well be a job title."""
MAX_SHOWN = 40


def role_called(words: str) -> Role | None:
    """Return the role that `words` name, in any case; None for every other word."""
    wanted = " ".join(phrase(without_accents(words)))
    return next((role for role, names in _WORDS.items() if wanted in names), None)


def read_role(words: str) -> tuple[Role | None, str]:
    """Return the role that `words` name, if any, and a remark on words that name none."""
    line = one_line(words)
    if not line:
        return None, ""
    role = role_called(line)
    if role is not None:
        return role, ""
    shown = line if len(line) <= MAX_SHOWN else f"{line[: MAX_SHOWN - 1]}…"
    return None, f"The role “{shown}” is none of {', '.join(Role)}: {Role.EXTERNAL_USER} is meant."
