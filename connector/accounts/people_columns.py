"""The columns of a file of people: what they may be called, and what their cells must hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from connector.accounts.addresses import read_address
from connector.accounts.model import Person, Role
from connector.accounts.names import MAX_NAME, is_name, split_name
from connector.accounts.roles import role_called
from connector.mapping.label_names import label_key
from connector.mapping.phones import normalise_phone

Column = Literal["first name", "last name", "email", "phone", "account", "role", "name"]
COLUMNS: tuple[Column, ...] = get_args(Column)[:-1]
"""The columns that the documentation names; `name` may stand for the first two."""

MAX_SHOWN = 60

_CALLED: Mapping[Column, str] = {
    "first name": "first name|firstname|first|given name|forename|nombre|nombres|primer nombre",
    "last name": "last name|lastname|last|surname|family name|apellido|apellidos",
    "name": "name|full name|fullname|person|employee|user|nombre completo|nombre y apellidos",
    "email": """email|e mail|mail|email address|e mail address|emailaddress|mail address|correo
correo electronico|direccion de correo|direccion de correo electronico|user name|username""",
    "phone": """phone|phone number|phonenumber|telephone|telephone number|tel|mobile|mobile phone
mobile number|cell|cell phone|telefono|numero de telefono|movil|celular""",
    "account": """account|account name|accountname|company|company name|client|client name
customer|customer name|organization|organisation|cuenta|nombre de la cuenta|empresa
nombre de la empresa|cliente|nombre del cliente""",
    "role": "role|security role|portal role|rol|rol de seguridad|rol del portal",
}
_COLUMN_OF: Mapping[str, Column] = {
    name.strip(): column
    for column, names in _CALLED.items()
    for line in names.splitlines()
    for name in line.split("|")
}


@dataclass(frozen=True, slots=True)
class NotUsable:
    """Why a cell cannot be used, and what to do."""

    message: str
    remedy: str = ""


def column_called(heading: str) -> Column | None:
    """Return the column that a heading means, in whatever case, spelling and language."""
    return _COLUMN_OF.get(label_key(heading))


def faults_of(cells: Mapping[Column, str]) -> tuple[NotUsable, ...]:
    """Return everything that is wrong with a row. `cells` holds one line of text by column."""
    return tuple(filter(None, _faults(cells)))


def person_of(cells: Mapping[Column, str]) -> Person:
    """Return the person of a row without faults."""
    first, last = _names(cells)
    role = cells.get("role", "")
    return Person(
        first_name=first,
        last_name=last,
        address=read_address(cells["email"]) or "",
        phone=normalise_phone(cells.get("phone", "")) or "",
        role=role_called(role) or Role.EXTERNAL_USER,
    )


def _faults(cells: Mapping[Column, str]) -> Iterator[NotUsable | None]:
    first, last = _names(cells)
    yield _of_name("first name", first)
    yield _of_name("last name", last)
    yield _of_address(cells["email"])
    if not cells["account"]:
        yield NotUsable("the account is missing", "Write the account's name as in BMS")
    yield _of_phone(cells.get("phone", ""))
    yield _of_role(cells.get("role", ""))


def _names(cells: Mapping[Column, str]) -> tuple[str, str]:
    """Return first and last name, which `name` may hold together."""
    first, last = cells.get("first name", ""), cells.get("last name", "")
    if first or last or "name" not in cells:
        return first, last
    return split_name(cells["name"])


def _of_name(column: Column, name: str) -> NotUsable | None:
    if not name:
        return NotUsable(f"the {column} is missing", "BMS makes no contact without it")
    if is_name(name):
        return None
    remedy = f"Write a name of letters, of at most {MAX_NAME} characters"
    return NotUsable(f"the {column} '{_shown(name)}' is none", remedy)


def _of_address(words: str) -> NotUsable | None:
    if not words:
        return NotUsable("the email is missing", "It becomes the user name of the login")
    if read_address(words):
        return None
    return NotUsable(f"the email '{_shown(words)}' is none", "Write it like ana@client.example")


def _of_phone(words: str) -> NotUsable | None:
    if not words or normalise_phone(words):
        return None
    remedy = "Write it with its area code, or leave it empty"
    return NotUsable(f"the phone '{_shown(words)}' is no whole number", remedy)


def _of_role(words: str) -> NotUsable | None:
    if not words or role_called(words):
        return None
    message = f"the role '{_shown(words)}' is none that may be asked for"
    return NotUsable(message, f"Write {' or '.join(Role)}, or leave it empty")


def _shown(words: str) -> str:
    return words if len(words) <= MAX_SHOWN else f"{words[: MAX_SHOWN - 1]}…"
