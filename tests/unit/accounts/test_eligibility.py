"""Who may approve, what a mail approves by itself, and when it is enough."""

from dataclasses import replace

import pytest
from support.access import (
    ANA,
    HARBOR,
    LUIS,
    MARTA,
    PALMETTO,
    PETER,
    RULES,
    access,
    approval_of,
    poc,
)

from connector.accounts.eligibility import (
    account_domains,
    approved_by_itself,
    is_complete,
    may_approve,
)
from connector.accounts.model import AccessKind, AccessState, Person, Require, Role
from connector.domain.tenant import Named
from connector.mapping.models import ClientRule, ClientsFile

SELF = replace(RULES, self_approval=True)
ONLY_PETER = replace(
    RULES, require=Require.NAMED, named={"harbor dental group": frozenset({PETER.address})}
)
FOR_MARTA = Person("Marta", "Ruiz", MARTA.address)


@pytest.mark.parametrize(
    ("who", "request_", "rules", "why_not"),
    [
        (MARTA, access(), RULES, None),
        (None, access(), RULES, "no active point of contact"),
        (poc(is_poc=False), access(), RULES, "no point of contact"),
        (poc(account=PALMETTO), access(), RULES, "of Palmetto Legal LLP, not of"),
        (MARTA, access(FOR_MARTA), RULES, "for themselves"),
        (MARTA, access(ANA, FOR_MARTA), RULES, "for themselves"),
        (MARTA, access(FOR_MARTA), SELF, None),
        (poc(is_poc=False), access(FOR_MARTA), SELF, "no point of contact"),
        (MARTA, access(replace(ANA, address="marta.ruiz+2@harbordental.example")), RULES, "themse"),
        (PETER, access(), ONLY_PETER, None),
        (MARTA, access(), ONLY_PETER, "approvals.named"),
        (MARTA, access(), replace(ONLY_PETER, named={}), "approvals.named"),
        (MARTA, access(), replace(ONLY_PETER, named={"2001": frozenset({MARTA.address})}), None),
    ],
)
def test_who_may_approve(who, request_, rules, why_not):
    said = may_approve(who, request_, rules, HARBOR)
    assert (said is None) if why_not is None else (why_not in said)


def vouched(*people: Person, **values: object):
    return access(*people, **{"vouched": MARTA.address, **values})


def test_the_mail_of_a_point_of_contact_approves_a_login_for_a_colleague():
    below = replace(LUIS, address="luis@lab.HarborDental.example")
    assert approved_by_itself(vouched(ANA, below), [PETER, MARTA], RULES) == (MARTA,)


@pytest.mark.parametrize(
    ("request_", "pocs", "rules", "why_not"),
    [
        (access(not_vouched="it came by a form"), [MARTA], RULES, "it came by a form"),
        (vouched(), [], RULES, "is no point of contact of Harbor Dental Group"),
        (vouched(), [PETER], RULES, "is no point of contact"),
        (vouched(), [poc(is_poc=False)], RULES, "is no point of contact"),
        (vouched(), [poc(account=PALMETTO)], RULES, "of Palmetto Legal LLP"),
        (vouched(replace(ANA, role=Role.EXTERNAL_MANAGER)), [MARTA], RULES, "External Manager"),
        (vouched(ANA, replace(LUIS, role=Role.EXTERNAL_MANAGER)), [MARTA], RULES, "External Man"),
        (vouched(FOR_MARTA), [MARTA], RULES, "themselves"),
        (vouched(FOR_MARTA), [MARTA], SELF, "themselves"),
        (vouched(replace(FOR_MARTA, address="m@harbordental.example")), [MARTA], RULES, "themsel"),
        (vouched(replace(ANA, address="ana@gmail.example")), [MARTA], RULES, "no mail domain"),
        (vouched(replace(ANA, address="ana@palmetto.example")), [MARTA], RULES, "no mail domain"),
        (
            vouched(replace(ANA, address="ana@legal.harbordental.example")),
            [MARTA],
            RULES,
            "no mail domain",
        ),
        (
            vouched(replace(ANA, address="ana@notharbordental.example")),
            [MARTA],
            RULES,
            "no mail domain",
        ),
        (vouched(), [MARTA], replace(RULES, account_domains={}), "no mail domain"),
        (vouched(), [MARTA], ONLY_PETER, "approvals.named"),
        (vouched(kind=AccessKind.OTHER), [MARTA], RULES, "only portal logins"),
        (vouched(account=None), [MARTA], RULES, "not known yet"),
    ],
)
def test_what_no_mail_approves_by_itself(request_, pocs, rules, why_not):
    said = approved_by_itself(request_, pocs, rules)
    assert isinstance(said, str)
    assert why_not in said


def test_people_who_are_parked_do_not_keep_the_others_from_being_approved():
    asked = vouched(ANA, replace(LUIS, address="luis@elsewhere.example"))
    first, second = asked.records
    parked = replace(asked, records=(first, replace(second, state=AccessState.PARKED)))
    assert approved_by_itself(parked, [MARTA], RULES) == (MARTA,)


@pytest.mark.parametrize(
    ("require", "approvers", "complete"),
    [
        (Require.ANY, (), False),
        (Require.ANY, (MARTA,), True),
        (Require.ALL, (MARTA,), False),
        (Require.ALL, (MARTA, PETER), True),
        (Require.NAMED, (MARTA,), False),
        (Require.NAMED, (PETER,), True),
    ],
)
def test_whose_approvals_are_enough(require, approvers, complete):
    request = access()
    rules = replace(ONLY_PETER, require=require)
    approvals = [approval_of(each, request) for each in approvers]
    assert is_complete(request, approvals, [MARTA, PETER], rules) is complete


@pytest.mark.parametrize(
    "values", [{"approved": False}, {"digest": "of what was asked for before"}, {"voided_at": ...}]
)
def test_what_is_no_approval_of_the_present_content_does_not_count(values):
    request = access()
    given = approval_of(MARTA, request, **values)
    assert not is_complete(request, [given], [MARTA], RULES)


def test_the_approval_of_somebody_who_is_no_point_of_contact_any_more_does_not_count():
    request = access()
    given = [approval_of(MARTA, request)]
    assert not is_complete(request, given, [poc(is_poc=False)], RULES)
    assert not is_complete(request, given, [], RULES)
    assert not is_complete(request, given, [PETER], RULES)


def test_all_of_nobody_is_not_enough():
    rules = replace(RULES, require=Require.ALL)
    assert not is_complete(access(), [], [], rules)
    assert not is_complete(access(FOR_MARTA), [], [MARTA], rules)


def test_all_leaves_out_who_may_not_approve():
    request = access(FOR_MARTA)
    rules = replace(RULES, require=Require.ALL)
    assert is_complete(request, [approval_of(PETER, request)], [MARTA, PETER], rules)


def test_the_domains_of_accounts_leave_public_ones_out_and_go_by_name_or_id():
    clients = ClientsFile(
        clients=(
            ClientRule(account="Harbor Dental Group", domains=("HarborDental.example",)),
            ClientRule(account=2002, domains=("palmetto.example", "mail.free.example")),
        ),
        public_domains=("free.example",),
    )
    domains = account_domains(clients)
    assert domains == {
        "Harbor Dental Group": {"harbordental.example"},
        "2002": {"palmetto.example"},
    }
    rules = replace(RULES, account_domains=domains)
    at_palmetto = replace(ANA, address="ana@palmetto.example")
    chief = poc("Eva", "eva@palmetto.example", account=Named(2002, "Palmetto Legal LLP"))
    asked = access(at_palmetto, vouched=chief.address, account=chief.account)
    assert approved_by_itself(asked, [chief], rules) == (chief,)
