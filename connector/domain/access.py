"""Portal logins: for whom they are asked, and in which role."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from connector.domain.mail import Mailbox


class Role(StrEnum):
    """The roles that may be asked for: an allow-list, in the words of BMS."""

    EXTERNAL_USER = "External User"
    EXTERNAL_MANAGER = "External Manager"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom access is asked for. `address` is in lower case; empty when nobody named it."""

    first_name: str
    last_name: str
    address: str
    phone: str = ""
    role: Role = Role.EXTERNAL_USER

    @property
    def name(self) -> str:
        """First and last name."""
        return " ".join(filter(None, (self.first_name, self.last_name)))


@dataclass(frozen=True, slots=True)
class AccessOrder:
    """Portal logins that staff ask for on behalf of a client (`accounts request` and `import`).

    `requested_by` is who at the client wants them, if anybody said so; `recorded_by` who ran the
    command.
    """

    account_name: str
    people: tuple[Person, ...]
    requested_by: Mailbox | None = None
    recorded_by: str = ""


ApprovalFor = Literal["login", "access"]
"""For what a kind of request needs the approval of a point of contact (`templates.yaml`)."""
