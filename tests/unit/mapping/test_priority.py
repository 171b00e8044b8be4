import pytest

from connector.domain.due_dates import Priority
from connector.mapping.emergency import Found
from connector.mapping.models import EmergencyWords, PrioritiesFile
from connector.mapping.priority import decide_priority, read_priority

TENANT = PrioritiesFile(
    priorities={"Low": "Low", "Normal": "Medium", "High": "P2", "Critical": 40484},
    emergency=EmergencyWords(words=("urgent",)),
)
URGENT = Found("urgent", "Urgent: help")
L, N, H, C = Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.CRITICAL


@pytest.mark.parametrize(
    ("words", "priority"),
    [
        ("High", H),
        ("high", H),
        (" CRITICAL!", C),
        ("*Low*", L),
        ("High priority", H),
        ("High - nobody can work", H),
        ("High (one user)", H),
        ("normal.", N),
        ("Medium", N),
        ("medium", N),
        ("P2", H),
    ],
)
def test_guide_words_and_the_tenants_own_names_are_read(words, priority):
    assert read_priority(words, TENANT) is priority


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Urgent",
        "not high",
        "Low / Normal / High / Critical",
        "High or Low?",
        "40484",
        "highest",
    ],
)
def test_words_that_name_no_priority_are_unusable(words):
    assert read_priority(words, TENANT) is None


def test_a_guide_word_wins_over_a_tenants_name_spelled_alike():
    tenant = TENANT.model_copy(
        update={"priorities": {L: "Normal", N: "Medium", H: "High", C: "Top"}}
    )
    assert read_priority("Normal", tenant) is N


@pytest.mark.parametrize(
    ("named", "word", "flag", "rule", "template", "priority", "emergency"),
    [
        (None, None, False, None, None, N, False),
        (None, None, False, None, L, L, False),
        (None, None, False, H, L, H, False),
        (None, None, False, None, C, C, True),
        (None, None, False, C, L, C, True),
        (None, URGENT, False, L, L, C, True),
        (None, None, True, L, L, C, True),
        (L, URGENT, False, None, H, L, True),
        (H, None, True, None, None, H, True),
        (C, None, False, None, L, C, True),
        (L, None, False, C, C, L, False),
    ],
)
def test_priority_and_emergency_are_decided_in_the_order_of_the_design(
    named, word, flag, rule, template, priority, emergency
):
    decided = decide_priority(
        named=named,
        emergency_word=word,
        form_flag=flag,
        rule_priority=rule,
        template_priority=template,
    )
    assert (decided.priority, decided.emergency) == (priority, emergency)
    assert decided.decisions[0].step == "priority"
    assert any(d.step == "emergency" for d in decided.decisions) is emergency


WORD_SAYS = ("emergency", "emergency word", "emergency: the subject says “urgent” (“Urgent: help”)")
FORM_SAYS = ("emergency", "form flag", "emergency: the form says so")
CRITICAL_IS = ("emergency", "critical", "Critical is always an emergency")
NOTHING_NAMED = "Critical: it is an emergency and no priority named"
LOW_NAMED = ("priority", "named", "Low: the requester named it")
CRITICAL_NAMED = ("priority", "named", "Critical: the requester named it")
RULE_SETS_IT = ("priority", "template rule", "Low: the template rule sets it")


@pytest.mark.parametrize(
    ("named", "word", "flag", "rule", "template", "decisions"),
    [
        (None, None, False, None, None, [("priority", "default", "Normal: nothing names another")]),
        (H, None, False, C, C, [("priority", "named", "High: the requester named it")]),
        (None, None, False, L, C, [RULE_SETS_IT]),
        (None, None, False, None, H, [("priority", "template", "High: the template's")]),
        (None, URGENT, True, L, L, [("priority", "emergency word", NOTHING_NAMED), WORD_SAYS]),
        (None, None, True, L, L, [("priority", "form flag", NOTHING_NAMED), FORM_SAYS]),
        (L, URGENT, False, None, C, [LOW_NAMED, WORD_SAYS]),
        (C, None, False, L, L, [CRITICAL_NAMED, CRITICAL_IS]),
    ],
    ids=["nothing", "named", "rule", "template", "word", "flag", "named and word", "critical"],
)
def test_every_decision_says_which_rule_made_it_and_why(
    named, word, flag, rule, template, decisions
):
    decided = decide_priority(
        named=named,
        emergency_word=word,
        form_flag=flag,
        rule_priority=rule,
        template_priority=template,
    )
    assert [(d.step, d.rule, d.text) for d in decided.decisions] == decisions
    assert decided.is_default is (decisions[0][1] == "default")


@pytest.mark.parametrize("words", ["1 - Top", "1 - top!"])
def test_a_tenants_name_may_hold_what_otherwise_parts_a_comment_from_a_name(words):
    tenant = TENANT.model_copy(update={"priorities": TENANT.priorities | {H: "1 - Top"}})
    assert read_priority(words, tenant) is H
