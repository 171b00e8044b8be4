"""The sample tenant: a managed service provider in Florida with three clients.

Ids are arbitrary and differ in every real tenant.
"""

from connector.sandbox.tenant import (
    Account,
    Contact,
    CustomField,
    Employee,
    IssueType,
    Item,
    Location,
    Login,
    Role,
    Status,
    Template,
    Tenant,
)

MEGABYTES_PER_ATTACHMENT = 20


def reference_tenant() -> Tenant:
    """Return a new copy of the sample tenant."""
    user = Employee(1001, "API Connector", email="api.connector@securenetmsp.com")
    return Tenant(
        id=501,
        login=Login("securenet", user.email, "sandbox-password"),
        user=user,
        time_zone="America/New_York",
        maximum_attachment_mb=MEGABYTES_PER_ATTACHMENT,
        priorities=[
            Item(40481, "Low"),
            Item(40482, "Medium", is_default=True),
            Item(40483, "High"),
            Item(40484, "Critical"),
        ],
        statuses=_statuses(),
        queues=[
            Item(38401, "Help Desk"),
            Item(38402, "Emergency"),
            Item(38403, "Access and Security"),
            Item(38404, "Onboarding"),
        ],
        ticket_types=[Item(8, "Incident"), Item(9, "Service Request"), Item(10, "Problem")],
        ticket_sources=[
            Item(1, "Phone"),
            Item(2, "Email"),
            Item(3, "Web Form"),
            Item(4, "Client Portal"),
            Item(6, "Voice Mail"),
        ],
        note_types=[Item(21, "Task Notes"), Item(22, "Client Communication")],
        email_types=[Item(1, "Work"), Item(2, "Personal")],
        phone_types=[Item(1, "Work"), Item(2, "Mobile")],
        contact_types=[Item(1, "Client")],
        issue_types=_issue_types(),
        work_types=[Item(701, "Remote Support"), Item(702, "Onsite Support")],
        slas=[Item(801, "Emergency"), Item(802, "Normal", is_default=True)],
        roles=[
            Role(901, "External User", is_external=True),
            Role(902, "External Manager", is_external=True),
            Role(903, "Administrator"),
        ],
        employees=[user],
        custom_fields=[
            CustomField(3001, "Remote Response Due", data_type=3),
            CustomField(3002, "Onsite Response Due", data_type=3),
            CustomField(3003, "Desired Resolution", data_type=3),
            CustomField(3004, "Connector Reference"),
        ],
        templates=_templates(),
        accounts=_accounts(),
        contacts=_contacts(),
    )


def _statuses() -> list[Status]:
    return [
        Status(49958, "New", order=1, is_system=True),
        Status(49959, "Assigned", order=2),
        Status(49960, "In Progress", order=3, is_first_response=True),
        Status(49961, "Waiting for Customer", order=4, is_system=True),
        Status(49962, "Customer Responded", order=5),
        Status(49963, "Escalated", order=6),
        Status(49964, "Completed", order=7, is_system=True, is_completed=True),
    ]


def _issue_types() -> list[IssueType]:
    return [
        _issue_type(501, "Network", "Internet down", "Wi-Fi", "VPN"),
        _issue_type(502, "Workstation", "Will not turn on", "Slow", "Peripheral"),
        _issue_type(503, "Email", "Cannot send or receive", "Spam or phishing"),
        _issue_type(504, "Access", "Password reset", "New permissions", "BMS account"),
        _issue_type(505, "Printer"),
        _issue_type(506, "Software", "Install", "Error"),
    ]


def _issue_type(type_id: int, name: str, *subtypes: str) -> IssueType:
    """Return an issue type whose sub-issue types are numbered after it: 501 has 5011, 5012."""
    items = [Item(type_id * 10 + number, text) for number, text in enumerate(subtypes, start=1)]
    return IssueType(type_id, name, subtypes=items)


def _templates() -> list[Template]:
    incident, service_request = 8, 9
    remote, onsite = 701, 702
    rows: list[tuple[int, str, int | None, int | None, int, int, int, int]] = [
        (6001, "Internet or network down", 501, 5011, 40484, 38402, incident, remote),
        (6002, "Computer problem", 502, None, 40483, 38401, incident, remote),
        (6003, "E-mail problem", 503, None, 40482, 38401, incident, remote),
        (6004, "Printer problem", 505, None, 40482, 38401, incident, onsite),
        (6005, "Software request", 506, 5061, 40481, 38401, service_request, remote),
        (6006, "Access or security request", 504, 5042, 40482, 38403, service_request, remote),
        (6007, "BMS account request", 504, 5043, 40481, 38404, service_request, remote),
        (6008, "General request", None, None, 40482, 38401, service_request, remote),
    ]
    return [
        Template(
            id=template_id,
            name=name,
            title=name,
            details="Steps for the technician who takes the call.",
            issue_type_id=issue_type,
            sub_issue_type_id=sub_issue_type,
            priority_id=priority,
            queue_id=queue,
            ticket_type_id=ticket_type,
            work_type_id=work_type,
        )
        for (
            template_id,
            name,
            issue_type,
            sub_issue_type,
            priority,
            queue,
            ticket_type,
            work_type,
        ) in rows
    ]


def _accounts() -> list[Account]:
    return [
        Account(
            2001,
            "Harbor Dental Group",
            code="HARBOR",
            locations=[Location(2101, "Brickell", is_main=True), Location(2102, "Doral")],
        ),
        Account(
            2002,
            "Palmetto Legal LLP",
            code="PALMETTO",
            locations=[Location(2201, "Main Office", is_main=True)],
        ),
        Account(
            2003,
            "Biscayne Freight",
            code="BISCAYNE",
            locations=[Location(2301, "Warehouse", is_main=True)],
        ),
        Account(
            2009,
            "Unmatched Requests",
            code="UNMATCHED",
            locations=[Location(2901, "Main", is_main=True)],
        ),
    ]


def _contacts() -> list[Contact]:
    marta = _contact(30001, 2001, 2101, "Marta Ruiz", "marta.ruiz@harbordental.example", "0101")
    owen = _contact(30002, 2001, 2102, "Owen Price", "owen.price@harbordental.example", "0102")
    dana = _contact(30003, 2002, 2201, "Dana Whitfield", "dana@palmettolegal.example", "0201")
    luis = _contact(30004, 2002, 2201, "Luis Ortega", "luis@palmettolegal.example", "0202")
    ingrid = _contact(30005, 2003, 2301, "Ingrid Solberg", "ingrid@biscaynefreight.example", "0301")
    for poc in (marta, dana):
        poc.is_poc = poc.has_portal_access = True
    return [
        marta,
        owen,
        dana,
        luis,
        ingrid,
        _contact(30006, 2003, 2301, "Shared Mailbox", "shared@twoclients.example"),
        _contact(30007, 2002, 2201, "Shared Mailbox", "shared@twoclients.example"),
        _contact(30009, 2009, 2901, "Unmatched Sender", "unmatched@securenetmsp.com"),
    ]


def _contact(
    contact_id: int, account: int, location: int, name: str, address: str, line: str = ""
) -> Contact:
    first, _, last = name.partition(" ")
    phones = [f"305-555-{line}"] if line else []
    return Contact(contact_id, account, location, first, last, [address], phones)
