"""Whom a request asks access for: labelled lines, free wording, form fields (DESIGN section 8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from connector.accounts.model import Person, Role
from connector.accounts.names import same_name
from connector.accounts.person_labels import Said, before_closing, labelled_people
from connector.accounts.person_said import address_of, bare_name, name_of, names_of, phone_of
from connector.accounts.person_wording import (
    Mention,
    is_also_for_oneself,
    is_for_oneself,
    mentions,
)
from connector.accounts.roles import read_role
from connector.domain.mail import Mailbox
from connector.domain.request import Request
from connector.mapping.details import answer
from connector.mapping.domains import normal_address
from connector.mapping.new_text import new_text
from connector.mapping.render import one_line
from connector.quotations import header_block

MAX_PEOPLE = 100
"""People of one request; more of them come by `accounts import`."""
MAX_FORWARD_LINES = 200
_MYSELF = frozenset({"me", "myself", "self", "i", "yo", "mi", "mí", "yo mismo", "yo misma"})


@dataclass(frozen=True, slots=True)
class PersonRead:
    """A person as a request names them.

    `remarks` are sentences for a technician about words that were read otherwise than they stand.
    """

    person: Person
    remarks: tuple[str, ...] = ()


def people_in(request: Request) -> tuple[PersonRead, ...]:
    """Return whom a request asks access for, each address once; never empty.

    Who asks for their own access is the requester. Where nobody can be told, one person with
    everything missing is returned.
    """
    if request.order is not None:
        return tuple(PersonRead(person) for person in request.order.people)
    text = _written(request)
    said = _without_requester(_said(request, text), request.sender)
    told = f"{one_line(request.subject)}\n{before_closing(text)}"
    named = mentions(told, others=_other_addresses(request))
    people = _completed(said, named) if _names_anybody(said) else _from_wording(said, named)
    if request.sender and _is_for_requester(request, told, people):
        people.append(_requester(request, said if not people else []))
    read = [_person(each) for each in people[:MAX_PEOPLE]] or [_person({})]
    return _once_each(_with_remark(read, people, named))


def missing_in(person: Person) -> tuple[str, ...]:
    """Return what nobody said of a person and a contact in BMS needs ("the e-mail address")."""
    if not person.name:
        names = ["the name"]
    else:
        names = [] if person.last_name else ["the last name"]
        names += [] if person.first_name else ["the first name"]
    return (*names, *(() if person.address else ("the e-mail address",)))


def changes_in(
    text: str, person: Person, *, sender: Mailbox | None = None, alone: bool = True
) -> Person | None:
    """Return `person` as labelled lines of an answer correct them; None when they change nothing.

    `alone`: the request is about nobody else, so that the lines may give another name and
    address; else they must name this person. `sender` wrote the answer: the lines of a signature,
    which hold the sender's own address, are left aside. A phone number alone changes nothing.
    """
    blocks = [said for said in labelled_people(new_text(text)) if set(said) - {"phone"}]
    blocks = [said for said in blocks if not _is_signature(said, sender, person)]
    own = next((said for said in blocks if _speaks_of(said, person)), None)
    if own is None and alone and len(blocks) == 1:
        own = blocks[0]
    if own is None:
        return None
    changed = _corrected(person, own)
    return None if changed == person else changed


# --- the text --------------------------------------------------------------------------------


def _written(request: Request) -> str:
    """Return what the requester wrote now; of a forward also the mail that was forwarded."""
    mail = request.mail
    if mail is None:
        return new_text(request.text)
    return _forwarded(request.text) if mail.is_forward else new_text(mail.new_text or request.text)


def _forwarded(text: str) -> str:
    lines = text.splitlines()
    for index in range(min(len(lines), MAX_FORWARD_LINES)):
        block = header_block(lines, index) if lines[index].strip() else None
        if block is not None:
            below = new_text("\n".join(lines[index + block.lines :]))
            return f"{new_text(text)}\n{below}"
    return new_text(text)


def _other_addresses(request: Request) -> set[str]:
    """Return addresses that belong to the mail and not to whom it asks for."""
    mail = request.mail
    boxes = [request.sender, request.forwarded_by, *(mail.recipients if mail else ())]
    return {normal_address(box.address) for box in boxes if box}


# --- labelled lines and form fields ----------------------------------------------------------


def _said(request: Request, text: str) -> list[Said]:
    """Return what labelled lines say, and the affected user whom a form names."""
    people = labelled_people(text)
    details = request.form.details if request.form else None
    words = answer(details.affected_user.words) if details and details.affected_user else None
    if details is None or words is None or _is_requester(words, request.sender):
        return people
    affected: Said = {"name": words}
    if details.mobile:
        affected["phone"] = details.mobile.words
    if len(people) == 1 and not _names_other(people[0], words):
        return [{**affected, **people[0]}]
    return people or [affected]


def _is_requester(words: str, sender: Mailbox | None) -> bool:
    if words.casefold().strip(" .") in _MYSELF:
        return True
    return sender is not None and (words == sender.address or same_name(words, sender.name))


def _names_other(said: Said, words: str) -> bool:
    name = name_of(said)
    return bool(name) and not same_name(name, bare_name(words))


def _names_anybody(said: Sequence[Said]) -> bool:
    return any(name_of(each) or "email" in each for each in said)


def _without_requester(said: list[Said], sender: Mailbox | None) -> list[Said]:
    """Leave out the requester's own lines, which are a signature, beside those of others."""
    if sender is None:
        return said
    others = [each for each in said if not _is_of(each, sender)]
    return others if _names_anybody(others) else said


def _is_of(said: Said, sender: Mailbox) -> bool:
    address = address_of(said)
    if address:
        return address == normal_address(sender.address)
    return bool(name_of(said)) and same_name(name_of(said), sender.name)


def _is_signature(said: Said, sender: Mailbox | None, person: Person) -> bool:
    return sender is not None and _is_of(said, sender) and not _speaks_of(said, person)


def _speaks_of(said: Said, person: Person) -> bool:
    """Whether lines are about this person: by the address, or by the name."""
    address, name = address_of(said), name_of(said)
    if person.address and address == person.address:
        return True
    return same_name(name, person.name) if name and person.name else False


# --- free wording ----------------------------------------------------------------------------


def _completed(said: list[Said], named: Sequence[Mention]) -> list[Said]:
    """Return labelled people with what only the wording around them says of them."""
    taken = {address_of(each) for each in said}
    names = [name_of(each) for each in said]
    people: list[Said] = []
    for each in said:
        full = dict(each)
        if not address_of(each):
            own = [m for m in named if m.address and same_name(m.name, name_of(each))]
            free = [m for m in named if m.address not in taken and m.address]
            if found := own or (free if len(said) == len(free) == 1 else []):
                full["email"] = found[0].address
        if not name_of(each):
            beside = [m.name for m in named if m.address == address_of(each) and m.name]
            loose = [m.name for m in named if m.name and m.name not in names]
            if found_name := beside or (loose if len(said) == len(loose) == 1 else []):
                full["name"] = found_name[0]
        people.append(full)
    return people


def _from_wording(said: Sequence[Said], named: Sequence[Mention]) -> list[Said]:
    """Return the people of free wording; where some have an address, these are all.

    Labelled lines that name nobody ("Role: External Manager") are about the only one.
    """
    sure = [each for each in named if each.address] or list(named)
    people: list[Said] = [{"name": each.name, "email": each.address} for each in sure]
    if len(people) == 1 and said:
        return [{**said[0], **people[0]}]
    return people


def _is_for_requester(request: Request, told: str, people: Sequence[Said]) -> bool:
    """Whether the requester asks for their own access, or for that too."""
    if people:
        return is_also_for_oneself(told) and not any(
            address_of(each) == normal_address(request.sender.address if request.sender else "")
            for each in people
        )
    return request.form is not None or is_for_oneself(told)


def _requester(request: Request, said: Sequence[Said]) -> Said:
    sender = request.sender or Mailbox("", "")
    own: Said = {"name": sender.name.partition("(")[0], "email": sender.address}
    if request.form and request.form.phone:
        own["phone"] = request.form.phone
    return {**own, **said[0]} if said else own


def _with_remark(
    read: list[PersonRead], people: Sequence[Said], named: Sequence[Mention]
) -> list[PersonRead]:
    """Add to the first person that the request may name somebody else, without an address."""
    known = [name_of(each) for each in people]
    others = [m.name for m in named if m.name and not m.address and not _is_among(m.name, known)]
    if not others or not known:
        return read
    names = ", ".join(f"“{one_line(name)}”" for name in others[:5])
    remark = f"The request may also name {names}, without an e-mail address: please ask if so."
    return [replace(read[0], remarks=(*read[0].remarks, remark)), *read[1:]]


def _is_among(name: str, known: Sequence[str]) -> bool:
    words = set(name.casefold().split())
    return any(words <= set(other.casefold().split()) for other in known)


# --- one person ------------------------------------------------------------------------------


def _person(said: Said) -> PersonRead:
    first, last = names_of(said)
    role, remark = read_role(said.get("role", ""))
    address = address_of(said)
    person = Person(first, last, address, phone_of(said), role or Role.EXTERNAL_USER)
    return PersonRead(person, (remark,) if remark else ())


def _corrected(person: Person, said: Said) -> Person:
    first, last = names_of(said)
    role, _ = read_role(said.get("role", ""))
    if not last and same_name(first, person.first_name):
        last = person.last_name
    return Person(
        first_name=first or person.first_name,
        last_name=last or person.last_name,
        address=address_of(said) or person.address,
        phone=phone_of(said) or person.phone,
        role=role or person.role,
    )


def _once_each(read: Sequence[PersonRead]) -> tuple[PersonRead, ...]:
    """Return everybody once: by address, else by name."""
    kept: dict[str, PersonRead] = {}
    for each in read:
        kept.setdefault(each.person.address or each.person.name.casefold(), each)
    return tuple(kept.values())
