"""Labelled lines about people: "Name: Ana Lopez", "Correo: ana@client.example", "Role: …"."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from connector.accounts.addresses import find_addresses
from connector.mapping.details import answer
from connector.mapping.labels import labelled

PersonField = Literal["name", "first_name", "last_name", "email", "login", "phone", "role"]

_NAMES: Mapping[PersonField, str] = {
    "name": """
name|full name|employee|employee name|name of employee|name of the employee|new employee|new hire
new user|user|affected user|person|name of person|colleague|new colleague|for|account for|login for
complete name|nombre|nombre completo|nombre y apellido|nombre y apellidos|empleado|empleada
usuario afectado|persona|para|nombre del empleado|nombre del usuario|usuario nuevo
""",
    "first_name": "first name|firstname|given name|forename|first|nombres|primer nombre",
    "last_name": "last name|lastname|surname|family name|last|apellido|apellidos",
    "email": """
email|e mail|email address|e mail address|mail|mail address|email id|user email|user e mail
employee email|work email|new email|correct email|correo|correo electronico|email correo
direccion de correo|direccion de correo electronico|direccion de email
""",
    "login": "username|user name|login|login name|user id|usuario|nombre de usuario",
    "phone": """
phone|phone number|phone no|telephone|telephone number|tel|mobile|mobile number|mobile phone|cell
cell phone|cell number|cellphone|user phone|affected user mobile|telefono|numero de telefono|movil
celular|telefono movil
""",
    "role": """
role|security role|portal role|user role|access role|access level|rol|rol de seguridad
rol del portal|nivel de acceso|perfil
""",
}

PERSON_LABELS: Mapping[str, PersonField] = {
    label.strip(): field
    for field, names in _NAMES.items()
    for line in names.splitlines()
    for label in line.split("|")
    if label.strip()
}

_OPENS_PERSON = frozenset({"name", "first_name", "email"})
"""A second one of these begins another person; a second one of the others is left aside."""

_SEVERAL = re.compile(r"\s+(?:and|y)\s+|\s*[&;/]\s*", re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:many\s+|muchas\s+)?(?:thanks|thank you|thx|regards|best|cheers|sincerely|yours|gracias"
    r"|saludos|atentamente|cordialmente)\b[^:]{0,40}"
    r"|(?:best|kind|warm)\s+(?:regards|wishes)\b[^:]{0,20}|un saludo\b[^:]{0,20}",
    re.IGNORECASE,
)

Said = dict[PersonField, str]
"""What the lines about one person say, as written."""


def labelled_people(text: str) -> list[Said]:
    """Return what labelled lines say of each person, in the order of the text.

    `text` is what was written now. Lines that speak of nobody in particular are of the first.
    """
    people: list[Said] = [{}]
    for key, words in labelled(before_closing(text), PERSON_LABELS.__contains__):
        for field, value in _values(PERSON_LABELS[key], words):
            if people[-1].get(field, value) == value:
                people[-1][field] = value
            elif field in _OPENS_PERSON:
                people.append({field: value})
    return [each for said in people if said for each in _several(said)]


def before_closing(text: str) -> str:
    """Return `text` up to a line such as "Kind regards", below which its writer's own data stand.

    One that nothing with an address or a label precedes closes nothing.
    """
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if not _CLOSING.fullmatch(line.strip(" \t,.!*_-")):
            continue
        above = "\n".join(lines[:index])
        if "@" in above or next(labelled(above, PERSON_LABELS.__contains__), None):
            return above
    return text


def _values(field: PersonField, words: str) -> Iterator[tuple[PersonField, str]]:
    said = answer(words)
    if said is None:
        return
    if field == "login":  # an address, a person's name, or a user name, which nobody can choose
        if next(find_addresses(said), None):
            yield "email", said
        elif " " in said:
            yield "name", said
        return
    yield field, said


def _several(said: Said) -> list[Said]:
    """Return the people of one block: "Name: Ana Lopez and Luis Perez" names two.

    Their addresses are told apart only where there are as many of them.
    """
    names = _SEVERAL.split(said.get("name", ""))
    if len(names) == 1 or not all(" " in name for name in names):
        return [said]
    addresses = [found.address for found in find_addresses(said.get("email", ""))]
    if len(addresses) != len(names):
        addresses = [""] * len(names)
    shared: Said = {"role": said["role"]} if "role" in said else {}
    return [
        {**shared, "name": name, "email": address}
        for name, address in zip(names, addresses, strict=True)
    ]
