"""Who may approve an access request, and whether it is approved (DESIGN section 8)."""

from collections.abc import Mapping, Sequence

from connector.accounts.model import (
    AccessKind,
    AccessRequest,
    AccessState,
    Approval,
    ApprovalRules,
    Person,
    Require,
    Role,
)
from connector.accounts.names import same_name
from connector.domain.tenant import Contact, Named
from connector.mapping.domains import longest_parent, normal_address, normal_domain
from connector.mapping.models import ClientsFile


def may_approve(
    poc: Contact | None, request: AccessRequest, rules: ApprovalRules, account: Named
) -> str | None:
    """Return why this contact may not approve the request, as a clause; None when it may.

    `poc` is the contact as BMS has it this moment (None: it has no such active contact),
    `account` the account of the request.
    """
    if poc is None:
        return f"is no active point of contact of {account.name}"
    if poc.account.id != account.id:
        return f"is a contact of {poc.account.name}, not of {account.name}"
    if not poc.is_poc:
        return f"is no point of contact of {account.name}"
    if rules.require is Require.NAMED and normal_address(poc.address) not in _named(rules, account):
        return f"is not among those whom approvals.named in config.yaml names for {account.name}"
    if not rules.self_approval and _is_beneficiary(poc, request):
        return "would approve access for themselves (approvals.self_approval does not allow it)"
    return None


def approved_by_itself(
    request: AccessRequest, pocs: Sequence[Contact], rules: ApprovalRules
) -> tuple[Contact, ...] | str:
    """Return the point of contact whose own mail approves what it asks for, or why it does not.

    `pocs` are the account's, as BMS has them this moment. It is enough only for `External User`,
    for another person, whose address is in a domain of the account.
    """
    account = request.account
    if request.kind is not AccessKind.LOGIN:
        return "only portal logins can be approved by the request itself"
    if account is None:
        return "its account is not known yet"
    poc = _who_vouched(request, pocs, account)
    if isinstance(poc, str):
        return poc
    if why_not := may_approve(poc, request, rules, account):
        return f"{poc.address} {why_not}"
    beyond = (_beyond_request(person, poc, account, rules) for person in _waiting(request))
    return next(filter(None, beyond), (poc,))


def is_complete(
    request: AccessRequest,
    approvals: Sequence[Approval],
    pocs: Sequence[Contact],
    rules: ApprovalRules,
) -> bool:
    """Whether the approvals suffice for `approvals.require`.

    Only those of the request's present content count, by contacts of `pocs` (the account's, as
    BMS has them this moment) who may approve it now. `any` and `named` take one of them, `all`
    takes each.
    """
    account = request.account
    if account is None:
        return False
    eligible = {
        normal_address(poc.address)
        for poc in pocs
        if may_approve(poc, request, rules, account) is None
    }
    given = {
        normal_address(each.approver)
        for each in approvals
        if each.approved and each.counts_for(request.digest)
    }
    if rules.require is Require.ALL:
        return bool(eligible) and eligible <= given
    return bool(eligible & given)


def account_domains(clients: ClientsFile) -> Mapping[str, frozenset[str]]:
    """Return the mail domains of every account by its name or id, for `ApprovalRules`.

    Public mail domains belong to nobody, whatever the file says.
    """
    public = [normal_domain(domain) for domain in clients.public_domains]
    found: dict[str, frozenset[str]] = {}
    for client in clients.clients:
        own = {normal_domain(domain) for domain in client.domains}
        kept = {domain for domain in own if not longest_parent(domain, public)}
        key = str(client.account)
        found[key] = found.get(key, frozenset()) | kept
    return found


def _who_vouched(request: AccessRequest, pocs: Sequence[Contact], account: Named) -> Contact | str:
    """Return the point of contact whose mail the request is, or why it is nobody's."""
    if not request.vouched:
        return request.not_vouched or "nothing vouches for the request's sender"
    vouched = normal_address(request.vouched)
    found = (poc for poc in pocs if normal_address(poc.address) == vouched)
    return next(found, f"{request.vouched} is no point of contact of {account.name}")


def _beyond_request(
    person: Person, poc: Contact, account: Named, rules: ApprovalRules
) -> str | None:
    """Return why the request itself does not approve this person; None when it does."""
    if person.role is not Role.EXTERNAL_USER:
        return f"{person.name or person.address} is to be {person.role}"
    if is_same_person(person, poc) or same_name(person.name, poc.name):
        return f"{poc.address} asks for themselves"
    if not _is_of_account(person.address.rpartition("@")[2], account, rules):
        return f"{person.address} is in no mail domain of {account.name} (clients.yaml)"
    return None


def is_same_person(person: Person, contact: Contact) -> bool:
    """Whether a person's address reaches a contact; what stands behind a "+" is left aside."""
    return bool(person.address) and _mailbox(person.address) == _mailbox(contact.address)


def _is_beneficiary(poc: Contact, request: AccessRequest) -> bool:
    return any(is_same_person(record.person, poc) for record in request.records)


def _waiting(request: AccessRequest) -> list[Person]:
    waiting = AccessState.AWAITING_APPROVAL
    return [record.person for record in request.records if record.state is waiting]


def _is_of_account(domain: str, account: Named, rules: ApprovalRules) -> bool:
    """Whether `clients.yaml` gives a domain to this account: the longest suffix decides."""
    wanted = normal_domain(domain)
    everybody = [each for domains in rules.account_domains.values() for each in domains]
    return longest_parent(wanted, everybody) in _of_account(rules.account_domains, account)


def _named(rules: ApprovalRules, account: Named) -> frozenset[str]:
    return frozenset(map(normal_address, _of_account(rules.named, account)))


def _of_account(by_account: Mapping[str, frozenset[str]], account: Named) -> frozenset[str]:
    """Return what a setting says of an account, which it names without case, or by its id."""
    names = {account.name.strip().casefold(), str(account.id)}
    found = (each for name, each in by_account.items() if name.strip().casefold() in names)
    return frozenset().union(*found)


def _mailbox(address: str) -> str:
    local, _, domain = normal_address(address).rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
