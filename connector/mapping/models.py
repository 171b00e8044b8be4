"""The mapping files as types: one model per file, named as the file's own words.

Everything is named as in BMS (or given as a plain id). Unknown keys are refused.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from connector.domain.access import ApprovalFor
from connector.domain.due_dates import Priority
from connector.domain.tenant import NameOrId
from connector.yaml_validation import refusal


def _domain(text: str) -> str:
    domain = text.strip().lower().removeprefix("@").removesuffix(".")
    if not re.fullmatch(r"[^\W_](?:[\w-]*)(?:\.[\w-]+)+", domain):
        raise refusal(f"'{text}' is not a mail domain", "write it like client.example")
    return domain


def _sender(text: str) -> str:
    name, at, domain = text.strip().lower().rpartition("@")
    if not at:
        message = f"'{text}' is neither an address nor a domain"
        remedy = f"write someone@{domain}, or @{domain} for everybody there"
        raise refusal(message, remedy)
    return f"{name}@{_domain(domain)}"


def _address(text: str) -> str:
    if "@" not in text or text.strip().startswith("@"):
        raise refusal(f"'{text}' is no address", "write it like help@desk.example")
    return _sender(text)


def _mail_list(text: str) -> str:
    return _address(text) if "@" in text else _domain(text.strip().strip("<>"))


Words = tuple[Annotated[str, Field(min_length=1)], ...]
Domain = Annotated[str, AfterValidator(_domain)]
"""A mail domain in lower case, without a leading @."""
Sender = Annotated[str, AfterValidator(_sender)]
"""An address, or a domain with a leading @; in lower case."""
Address = Annotated[str, AfterValidator(_address)]
"""A mail address in lower case."""
MailList = Annotated[str, AfterValidator(_mail_list)]
"""The address of a mailing list or its List-Id (RFC 2919), in lower case."""


class MappingModel(BaseModel):
    """Base of every mapping model: frozen, strict about types, no unknown keys."""

    model_config = ConfigDict(defer_build=True, extra="forbid", frozen=True, strict=True)


# --- priorities.yaml -------------------------------------------------------------------------


class EmergencyWords(MappingModel):
    """Words in a subject that make a new request an emergency, and what takes them back."""

    words: Words
    negations: Words = ()
    negation_reach: Annotated[int, Field(ge=0, le=10)] = 3
    """How many words may stand between a negation and the emergency word, itself included."""


class PriorityExample(MappingModel):
    """A subject (and what the requester named), and what it must come to."""

    subject: str = ""
    text: str = ""
    priority: str | None = None
    emergency_flag: bool = False
    expect_priority: Priority
    expect_emergency: bool


class PrioritiesFile(MappingModel):
    """`priorities.yaml`: the guide's priorities as BMS calls them, and the emergency words."""

    priorities: dict[Annotated[Priority, Field(strict=False)], NameOrId]
    emergency: EmergencyWords
    examples: tuple[PriorityExample, ...] = ()


# --- templates.yaml --------------------------------------------------------------------------


class QueueByClass(MappingModel):
    """A queue for emergencies and one for everything else; the one left out is not set."""

    normal: NameOrId | None = None
    emergency: NameOrId | None = None


Queue = NameOrId | QueueByClass


class SourceByKind(MappingModel):
    """The BMS ticket source of e-mails and of form submissions."""

    email: NameOrId = "Email"
    form: NameOrId = "Web Form"


class Defaults(MappingModel):
    """What a ticket gets where neither the requester, a rule nor the template says anything."""

    template: NameOrId
    status: NameOrId = "New"
    queue: Queue = QueueByClass(normal="Help Desk", emergency="Emergency")
    type: NameOrId = "Service Request"
    source: SourceByKind = SourceByKind()
    use_default_contract: bool = True
    title: Annotated[str, Field(min_length=1)] = "Request without a subject"


class Match(MappingModel):
    """What a rule looks at. Every key given must hold; within one key any of its values does."""

    form_templates: Words = ()
    words: Words = ()
    """Words or phrases in the subject or the new text, as whole words, in any case."""
    also_words: Words = ()
    """A second set of words of which one must stand there too (a wish and its object)."""
    senders: tuple[Sender, ...] = ()
    """Addresses, or domains with a leading @."""
    accounts: Words = ()
    sources: Words = ()
    emergency: bool | None = None
    priorities: tuple[Annotated[Priority, Field(strict=False)], ...] = ()


class Overrides(MappingModel):
    """Fields in which a rule wins over its BMS template."""

    title: str | None = None
    status: NameOrId | None = None
    queue: Queue | None = None
    type: NameOrId | None = None
    source: NameOrId | None = None
    priority: Annotated[Priority, Field(strict=False)] | None = None
    issue_type: NameOrId | None = None
    sub_issue_type: NameOrId | None = None
    work_type: NameOrId | None = None
    use_default_contract: bool | None = None


class TemplateRule(MappingModel):
    """A named rule: the first one that matches chooses the template."""

    name: Annotated[str, Field(min_length=1)]
    template: NameOrId
    match: Match
    set: Overrides = Overrides()
    asks_details: bool = True
    """Whether the acknowledgement asks for what the guide wants to know and nobody said."""
    approval: ApprovalFor | None = None
    """For what the client's point of contact has to approve: portal logins, or other access."""


class TemplateExample(MappingModel):
    """A request, and the rule it must come to (`default` where none may match)."""

    subject: str = ""
    text: str = ""
    form_template: str | None = None
    sender: str = "someone@client.example"
    account: str | None = None
    source: str = "drop"
    expect_rule: str


class TemplatesFile(MappingModel):
    """`templates.yaml`: defaults, and ordered rules that choose a BMS ticket template."""

    defaults: Defaults
    rules: tuple[TemplateRule, ...] = ()
    examples: tuple[TemplateExample, ...] = ()


# --- clients.yaml ----------------------------------------------------------------------------


class ClientRule(MappingModel):
    """An account in BMS and the mail domains that belong to it, subdomains included."""

    account: NameOrId
    domains: tuple[Domain, ...]


class ClientExample(MappingModel):
    """A sender's address and the account its domain must come to; null where none may."""

    sender: str
    expect_account: NameOrId | None


class ClientsFile(MappingModel):
    """`clients.yaml`: mail domain to account; public mail domains belong to nobody.

    It also says which mail is our own: our staff's, our addresses', our mailing lists'.
    """

    clients: tuple[ClientRule, ...] = ()
    public_domains: tuple[Domain, ...] = ()
    staff_domains: tuple[Domain, ...] = ()
    """Domains of the help desk's own people, subdomains included."""
    own_addresses: tuple[Address, ...] = ()
    """Addresses that the connector reads or writes from."""
    own_lists: tuple[MailList, ...] = ()
    """Mailing lists through which requests reach us."""
    examples: tuple[ClientExample, ...] = ()


# --- forms/*.yaml ----------------------------------------------------------------------------

FormField = Literal[
    "id",
    "submitted_at",
    "name",
    "email",
    "company",
    "phone",
    "affected_user",
    "mobile",
    "template",
    "subject",
    "description",
    "priority",
    "emergency",
    "started",
    "remote_ok",
    "first_time",
    "desired_resolution",
    "attachments",
]


class FormExample(MappingModel):
    """A payload as the vendor sends it, and canonical fields it must come to."""

    payload: dict[str, object]
    expect: dict[str, object]


class FormFile(MappingModel):
    """`forms/NAME.yaml`: how a vendor's payload becomes the canonical form submission.

    `fields` names, per canonical field, the place in the payload (`intake.forms.places`),
    several joined by ` + `, or a list of these of which the first that is filled wins. `values`
    translates what stands there, compared without case.
    """

    fields: dict[FormField, str | tuple[str, ...]]
    values: dict[FormField, dict[str, str | bool]] = {}
    examples: tuple[FormExample, ...] = ()
