"""A small directory of names as BMS has them, in memory (`ports.Directory`)."""

from collections.abc import Mapping, Sequence

from connector.domain.tenant import Contact, Lookup, Named, NameOrId, Template
from connector.errors import NameUnresolved

EMAIL_ISSUE = Named(503, "Email")
ACCESS = Named(504, "Access")
PHISHING = Named(5032, "Spam or phishing")
MEDIUM = Named(40482, "Medium")
HIGH = Named(40483, "High")
HARBOR = Named(2001, "Harbor Dental Group")
PALMETTO = Named(2002, "Palmetto Legal LLP")
UNMATCHED = Named(2009, "Unmatched Requests")

NAMES: dict[Lookup, list[Named]] = {
    Lookup.ACCOUNT: [HARBOR, PALMETTO, UNMATCHED],
    Lookup.STATUS: [Named(49958, "New"), Named(49959, "Assigned")],
    Lookup.QUEUE: [
        Named(38401, "Help Desk"),
        Named(38402, "Emergency"),
        Named(38403, "Access and Security"),
        Named(38404, "Onboarding"),
    ],
    Lookup.TICKET_TYPE: [Named(8, "Incident"), Named(9, "Service Request"), Named(10, "Problem")],
    Lookup.SOURCE: [Named(1, "Phone"), Named(2, "Email"), Named(3, "Web Form")],
    Lookup.PRIORITY: [MEDIUM, HIGH, Named(40481, "Low"), Named(40484, "Critical")],
    Lookup.ISSUE_TYPE: [EMAIL_ISSUE, ACCESS],
    Lookup.WORK_TYPE: [Named(701, "Remote Support"), Named(702, "Onsite Support")],
}
SUB_ISSUE_TYPES = {503: [PHISHING], 504: [Named(5041, "Password reset")]}

MARTA = Contact(30001, "Marta Ruiz", "marta.ruiz@harbordental.example", HARBOR, 2101)
CATCH_ALL_CONTACT = Contact(30009, "Unmatched", "unmatched@securenetmsp.com", UNMATCHED, 2901)


class FakeDirectory:
    """Knows what it is given; the first of a kind is BMS's default."""

    def __init__(
        self,
        *,
        contacts: Sequence[Contact] = (MARTA, CATCH_ALL_CONTACT),
        without: Sequence[Named] = (),
        templates: Sequence[Template] = (),
        attachment_limit: int = 1000,
    ) -> None:
        self._names = {
            kind: [each for each in names if each not in without] for kind, names in NAMES.items()
        }
        self._contacts = contacts
        self._templates = templates
        self._limit = attachment_limit
        self.asked_for_limit = 0

    def resolve(self, kind: Lookup, name: NameOrId, *, parent: int | None = None) -> Named:
        is_sub = kind is Lookup.SUB_ISSUE_TYPE
        names = SUB_ISSUE_TYPES.get(parent or 0, []) if is_sub else self._names[kind]
        for each in names:
            if name in (each.id, each.name):
                return each
        raise NameUnresolved(f"there is no {kind} {name}")

    def contacts(self, address: str) -> Sequence[Contact]:
        return [contact for contact in self._contacts if contact.address == address]

    def main_location(self, account_id: int) -> int:
        return account_id * 10

    def template(self, name: NameOrId) -> Template:
        for each in self._templates:
            if name in (each.id, each.name):
                return each
        raise NameUnresolved(f"there is no ticket template {name}")

    def default_of(self, kind: Lookup) -> Named | None:
        return next(iter(self._names[kind]), None)

    def custom_fields(self) -> Mapping[str, int]:
        return {"Connector Reference": 3004, "Remote Response Due": 3001}

    def attachment_limit(self) -> int:
        self.asked_for_limit += 1
        return self._limit
