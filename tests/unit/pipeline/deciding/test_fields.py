"""Which value a ticket gets: requester > rule > BMS template > defaults, by names BMS knows."""

from dataclasses import replace

import pytest
from support.directory import EMAIL_ISSUE, HIGH, MEDIUM, NAMES, PHISHING, FakeDirectory

from connector.domain.due_dates import Priority
from connector.domain.request import RequestKind
from connector.domain.tenant import Lookup, Named, Template
from connector.errors import NameUnresolved
from connector.mapping.models import (
    Defaults,
    EmergencyWords,
    Overrides,
    PrioritiesFile,
    QueueByClass,
)
from connector.mapping.priority import PriorityDecision
from connector.pipeline.deciding.fields import (
    Fields,
    Resolver,
    bms_priority,
    choose_fields,
    guide_word,
    plain_fields,
)

DEFAULTS = Defaults(template="General request")

OWN = Template(
    id=6002,
    name="Computer problem",
    queue=Named(38403, "Access and Security"),
    ticket_type=Named(8, "Incident"),
    issue_type=EMAIL_ISSUE,
    sub_issue_type=PHISHING,
    work_type=Named(701, "Remote Support"),
    assignee_id=1001,
)
BARE = Template(id=6008, name="General request")


def chosen(
    rule: Overrides | None = None,
    template: Template | None = OWN,
    *,
    defaults: Defaults = DEFAULTS,
    kind: RequestKind = RequestKind.EMAIL,
    emergency: bool = False,
    resolver: Resolver | None = None,
) -> Fields:
    return choose_fields(
        resolver or Resolver(FakeDirectory()),
        rule=rule or Overrides(),
        template=template,
        defaults=defaults,
        kind=kind,
        emergency=emergency,
    )


RULE = Overrides(
    status="Assigned",
    queue="Onboarding",
    type="Problem",
    source="Phone",
    issue_type="Access",
    sub_issue_type="Password reset",
    work_type="Onsite Support",
    use_default_contract=False,
)


@pytest.mark.parametrize(
    ("field", "by_rule", "by_template", "by_default"),
    [
        ("status", "Assigned", "New", "New"),
        ("queue", "Onboarding", "Access and Security", "Help Desk"),
        ("ticket_type", "Problem", "Incident", "Service Request"),
        ("source", "Phone", "Email", "Email"),
        ("issue_type", "Access", "Email", None),
        ("sub_issue_type", "Password reset", "Spam or phishing", None),
        ("work_type", "Onsite Support", "Remote Support", None),
    ],
)
def test_a_rule_wins_over_the_template_and_the_template_over_defaults(
    field: str, by_rule: str, by_template: str, by_default: str | None
) -> None:
    names = [
        value.name if (value := getattr(fields, field)) else None
        for fields in (chosen(RULE), chosen(), chosen(template=None))
    ]

    assert names == [by_rule, by_template, by_default]


@pytest.mark.parametrize(
    ("rule", "default", "expected"),
    [(None, True, True), (None, False, False), (False, True, False), (True, False, True)],
)
def test_the_default_contract_is_the_rules_word_else_the_defaults(
    rule: bool | None, default: bool, expected: bool
) -> None:
    defaults = DEFAULTS.model_copy(update={"use_default_contract": default})

    assert chosen(Overrides(use_default_contract=rule), defaults=defaults).use_default_contract is (
        expected
    )


def test_the_source_is_that_of_the_kind() -> None:
    assert chosen(kind=RequestKind.EMAIL).source.name == "Email"
    assert chosen(kind=RequestKind.FORM).source.name == "Web Form"


@pytest.mark.parametrize(
    ("queue", "template", "emergency", "expected"),
    [
        (None, BARE, False, "Help Desk"),
        (None, BARE, True, "Emergency"),
        (None, OWN, True, "Access and Security"),
        (QueueByClass(emergency="Emergency"), OWN, True, "Emergency"),
        (QueueByClass(emergency="Emergency"), OWN, False, "Access and Security"),
        (QueueByClass(normal="Onboarding"), OWN, False, "Onboarding"),
        (QueueByClass(normal="Onboarding"), BARE, True, "Emergency"),
        ("Onboarding", OWN, True, "Onboarding"),
    ],
)
def test_the_queue_goes_by_class(
    queue: str | QueueByClass | None, template: Template, emergency: bool, expected: str
) -> None:
    fields = chosen(Overrides(queue=queue), template, emergency=emergency)

    assert fields.queue is not None
    assert fields.queue.name == expected


UNKNOWN = Overrides(
    status="Gone", queue="Gone", type="Gone", source="Gone", issue_type="Gone", work_type="Gone"
)


def test_a_name_that_bms_does_not_have_falls_back_and_is_told() -> None:
    resolver = Resolver(FakeDirectory())

    fields = chosen(UNKNOWN, resolver=resolver)

    assert fields == chosen()
    told = " ".join(resolver.faults)
    for kind in ("status", "queue", "ticket type", "ticket source", "issue type", "work type"):
        assert f"{kind} Gone" in told


def test_where_nothing_is_known_a_field_bms_needs_gets_its_own_default() -> None:
    gone = Defaults(template="Gone", status="Gone", queue="Gone", type="Gone")
    resolver = Resolver(FakeDirectory())

    fields = chosen(template=None, defaults=gone, resolver=resolver)

    assert (fields.status.name, fields.ticket_type.name) == ("New", "Incident")
    assert fields.queue is None
    assert len(resolver.faults) == 3


def test_an_id_is_as_good_as_a_name() -> None:
    assert chosen(Overrides(queue=38404)).queue == Named(38404, "Onboarding")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Overrides(), ("Email", "Spam or phishing")),
        (Overrides(issue_type="Access"), ("Access", None)),
        (Overrides(issue_type="Email"), ("Email", "Spam or phishing")),
        (Overrides(issue_type=503), ("Email", "Spam or phishing")),
        (
            Overrides(issue_type="Access", sub_issue_type="Password reset"),
            ("Access", "Password reset"),
        ),
        (Overrides(sub_issue_type="Password reset"), ("Email", "Spam or phishing")),
        (Overrides(issue_type="Access", sub_issue_type="Spam or phishing"), ("Access", None)),
    ],
)
def test_a_sub_issue_type_follows_its_issue_type(
    rule: Overrides, expected: tuple[str | None, str | None]
) -> None:
    fields = chosen(rule)

    names = [value.name if value else None for value in (fields.issue_type, fields.sub_issue_type)]
    assert tuple(names) == expected


def test_spaces_around_a_name_in_bms_do_not_part_a_sub_issue_type_from_its_issue_type() -> None:
    own = replace(OWN, issue_type=Named(503, "Email "))

    assert chosen(Overrides(issue_type="Email"), own).sub_issue_type == PHISHING


def test_plain_fields_hold_nothing_that_bms_can_do_without() -> None:
    fields = plain_fields(
        Resolver(FakeDirectory()), defaults=DEFAULTS, kind=RequestKind.FORM, emergency=True
    )

    assert fields == Fields(
        status=Named(49958, "New"),
        ticket_type=Named(9, "Service Request"),
        source=Named(3, "Web Form"),
        queue=Named(38402, "Emergency"),
    )


# --- priority --------------------------------------------------------------------------------

PRIORITIES = PrioritiesFile(
    priorities={"Low": "Low", "Normal": "Medium", "High": HIGH.id, "Critical": "Critical"},
    emergency=EmergencyWords(words=("urgent",)),
)
VIP = Named(40490, "VIP")


@pytest.mark.parametrize(
    ("named", "word"),
    [
        (Named(1, "medium"), Priority.NORMAL),
        (Named(1, " Medium "), Priority.NORMAL),
        (HIGH, Priority.HIGH),
        (Named(1, str(HIGH.id)), None),
        (VIP, None),
    ],
)
def test_the_guide_word_of_a_bms_priority(named: Named, word: Priority | None) -> None:
    assert guide_word(named, PRIORITIES) is word


@pytest.mark.parametrize(
    ("decided", "is_default", "own", "expected"),
    [
        (Priority.NORMAL, True, None, MEDIUM),
        (Priority.HIGH, False, MEDIUM, HIGH),
        (Priority.NORMAL, False, MEDIUM, MEDIUM),
        (Priority.NORMAL, True, VIP, VIP),
        (Priority.NORMAL, False, VIP, MEDIUM),
        (Priority.HIGH, False, VIP, HIGH),
    ],
)
def test_the_bms_priority_of_a_decision(
    decided: Priority, is_default: bool, own: Named | None, expected: Named
) -> None:
    decision = PriorityDecision(decided, emergency=False, decisions=(), is_default=is_default)
    template = replace(BARE, priority=own)

    assert bms_priority(Resolver(FakeDirectory()), decision, PRIORITIES, template) == expected


def test_a_priority_bms_does_not_have_falls_back_to_its_own_default() -> None:
    renamed = PRIORITIES.model_copy(update={"priorities": {Priority.HIGH: "Hoch"}})
    decision = PriorityDecision(Priority.HIGH, emergency=False, decisions=())
    resolver = Resolver(FakeDirectory())

    assert bms_priority(resolver, decision, renamed, None) == MEDIUM
    assert any("Hoch" in fault for fault in resolver.faults)


def test_a_field_bms_needs_and_lists_nothing_for_is_told_with_what_to_do() -> None:
    directory = FakeDirectory(without=NAMES[Lookup.STATUS])

    with pytest.raises(NameUnresolved, match="BMS lists no status") as caught:
        chosen(resolver=Resolver(directory))

    assert "templates.yaml" in caught.value.remedy
