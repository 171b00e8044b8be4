"""What labelled lines say of a person, made of it: names, address, phone number."""

from connector.accounts.addresses import find_addresses
from connector.accounts.names import is_name, split_name
from connector.accounts.person_labels import PERSON_LABELS, Said
from connector.mapping.label_names import label_key
from connector.mapping.phones import normalise_phone
from connector.mapping.render import one_line


def names_of(said: Said) -> tuple[str, str]:
    """Return first and last name; "Nombre" beside "Apellidos" is only the first one."""
    first, last = _clean(said.get("first_name", "")), _clean(said.get("last_name", ""))
    name = _clean(bare_name(said.get("name", "")))
    if last and not first:
        return name.removesuffix(last).strip(), last
    if first:
        return first, last
    return split_name(name) if name else ("", "")


def name_of(said: Said) -> str:
    """Return the whole name, empty where nobody said it."""
    return " ".join(filter(None, names_of(said)))


def bare_name(words: str) -> str:
    """Return a name without the address beside it: "Ana Lopez <ana@client.example>"."""
    found = next(find_addresses(words), None)
    name = words[: found.start] if found else words
    before, _, label = name.rpartition(",")
    return before if label_key(label) in PERSON_LABELS else name


def address_of(said: Said) -> str:
    """Return the address in normal form, also one that stands beside the name."""
    found = next(find_addresses(f"{said.get('email', '')} {said.get('name', '')}"), None)
    return found.address if found else ""


def phone_of(said: Said) -> str:
    """Return the phone number in readable form; empty where there is none that rings."""
    return normalise_phone(one_line(said.get("phone", ""))) or ""


def _clean(name: str) -> str:
    bare = one_line(name).strip(" ,;:<>()[]\"'*-")
    return bare if is_name(bare.replace(",", " ")) else ""
