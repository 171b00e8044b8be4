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


def test_the_decision_quotes_the_words_that_made_it_an_emergency():
    decided = decide_priority(
        named=None,
        emergency_word=URGENT,
        form_flag=False,
        rule_priority=None,
        template_priority=None,
    )
    assert "Urgent: help" in decided.decisions[1].text
