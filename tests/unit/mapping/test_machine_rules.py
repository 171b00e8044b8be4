"""What `machine.yaml` makes of the mail of machines."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connector.domain.mail import Mailbox, MailFacts, Origin
from connector.domain.plan import Decision
from connector.domain.request import Request, RequestKind
from connector.mapping.machine_file import MachineFile
from connector.mapping.machine_rules import (
    decide_machine_mail,
    is_machine_mail,
)

MERGE = {
    "name": "monitoring",
    "match": {"senders": ["@monitor.example"]},
    "action": "merge",
    "key": r"host (\S+)",
    "recovery": ["ok", "back up"],
}


def rules(*given: dict, senders: tuple[str, ...] = ()) -> MachineFile:
    return MachineFile.model_validate_json(json.dumps({"rules": given, "senders": senders}))


def mail(subject="", text="", sender="x@monitor.example", **facts) -> Request:
    facts = {"origin": Origin.AUTOMATIC} | facts
    return Request(
        RequestKind.EMAIL, "drop", datetime(2026, 11, 20, tzinfo=UTC), Mailbox("", sender),
        subject, text, mail=MailFacts(**facts),
    )  # fmt: skip


def test_mails_of_one_trouble_have_one_key():
    file = rules(MERGE)
    keys = {
        decide_machine_mail(mail(subject), file).key
        for subject in ("DOWN: Host FS01 disk", "DOWN:  host fs01 fan", "OK: host FS01")
    }
    assert keys == {"fs01"}


def test_another_trouble_has_another_key():
    file = rules(MERGE)
    assert decide_machine_mail(mail("host fs02"), file).key == "fs02"


def test_without_the_key_there_is_nothing_to_merge_by():
    decided = decide_machine_mail(mail("all hosts"), rules(MERGE))
    assert (decided.action, decided.key) == ("merge", None)
    assert "nothing to merge by" in decided.decision.text


@pytest.mark.parametrize(
    ("subject", "over"),
    [("OK: host fs01", True), ("host fs01 is back up", True), ("Broken: host fs01", False),
     ("Not OK? host fs01 looked at", True), ("host fs01 token", False)],
)  # fmt: skip
def test_a_word_of_recovery_says_that_it_is_over(subject, over):
    assert decide_machine_mail(mail(subject), rules(MERGE)).is_recovery is over


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (r"host \S+", "host fs01"),
        (r"host (\S+)|disk (\S+)", "fs01"),
        (r"disk (\S+)|host \S+", "host fs01"),
        (r"\bx*", None),
    ],
    ids=["no group", "first of two", "a group that found nothing", "nothing found"],
)
def test_the_key_is_the_first_group_that_found_something_else_all_of_it(key, found):
    assert decide_machine_mail(mail("Host FS01"), rules(MERGE | {"key": key})).key == found


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("host FS01", "merge by “fs01”: rule monitoring matches"),
        ("all hosts", "nothing to merge by: rule monitoring matches"),
        (
            "host fs01 is back up",
            "merge by “fs01”: rule monitoring matches, over: it says “back up”",
        ),
    ],
)
def test_a_merge_is_explained_by_its_key_its_rule_and_the_word_of_recovery(subject, told):
    decision = decide_machine_mail(mail(subject), rules(MERGE)).decision
    assert decision == Decision("machine mail", "monitoring", told)


@pytest.mark.parametrize("action", ["ignore", "park"])
def test_what_is_not_merged_is_explained_by_what_is_done_and_its_rule(action):
    file = rules({"name": "ads", "match": {"words": ["sale"]}, "action": action})
    decision = decide_machine_mail(mail("Sale!"), file).decision
    assert decision == Decision("machine mail", "ads", f"{action}: rule ads matches")


def test_key_and_recovery_are_looked_for_in_the_text_where_the_rule_says_so():
    file = rules(MERGE | {"look_in": "text", "window": 6})
    decided = decide_machine_mail(mail("host no", "host fs01\nstate: ok"), file)
    assert (decided.key, decided.is_recovery, decided.window) == ("fs01", True, 6)


@pytest.mark.parametrize(
    ("match", "matching", "other"),
    [
        ({"senders": ["x@monitor.example"]}, {}, {"sender": "y@monitor.example"}),
        ({"senders": ["@monitor.example"]}, {}, {"sender": "x@not-monitor.example"}),
        ({"subject": "^backup"}, {"subject": "Backup ok"}, {"subject": "No backup"}),
        ({"words": ["toner low"]}, {"text": "Toner low!"}, {"text": "toner is low"}),
        ({"headers": {"X-Env": "prod"}}, {"headers": {"x-env": "Production"}},
         {"headers": {"x-env": "test"}}),
        ({"headers": {"X-Env": "."}}, {"headers": {"x-env": "a"}}, {}),
        ({"list_ids": ["News.vendor.example"]}, {"list_ids": ("news.vendor.example",)},
         {"list_ids": ("other.vendor.example",)}),
        ({"sources": ["drop"]}, {}, None),
        ({"senders": ["@monitor.example"], "subject": "a"}, {"subject": "a"}, {"subject": "b"}),
    ],
)  # fmt: skip
def test_a_rule_matches_when_all_it_says_holds(match, matching, other):
    file = rules({"name": "r", "match": match, "action": "ignore"})
    decided = decide_machine_mail(mail(**matching), file)
    assert (decided.action, decided.rule, decided.decision.rule) == ("ignore", "r", "r")
    if other is not None:
        assert decide_machine_mail(mail(**other), file) is None


def test_the_first_rule_that_matches_decides():
    file = rules(
        {"name": "first", "match": {"words": ["a"]}, "action": "park"},
        {"name": "second", "match": {"words": ["a"]}, "action": "ignore"},
    )
    assert decide_machine_mail(mail("a"), file).rule == "first"


@pytest.mark.parametrize("origin", [Origin.PERSON, Origin.AUTO_REPLY, Origin.BOUNCE])
def test_no_rule_touches_other_mail(origin):
    file = rules({"name": "all", "match": {"subject": ".*"}, "action": "ignore"})
    assert decide_machine_mail(mail("a", origin=origin), file) is None


def test_no_rule_touches_a_form():
    file = rules({"name": "all", "match": {"subject": ".*"}, "action": "ignore"})
    form = replace(mail("a"), kind=RequestKind.FORM, mail=None)
    assert decide_machine_mail(form, file) is None
    assert not is_machine_mail(form, file)


def test_a_sender_can_be_named_a_machine_but_never_an_automatic_reply():
    file = rules(senders=("x@monitor.example", "@scan.example"))
    assert is_machine_mail(mail(origin=Origin.PERSON), file)
    assert is_machine_mail(mail(origin=Origin.PERSON, sender="a@scan.example"), file)
    assert is_machine_mail(mail(origin=Origin.PERSON, sender='"a@b"@scan.example'), file)
    assert not is_machine_mail(mail(origin=Origin.PERSON, sender="y@monitor.example"), file)
    assert not is_machine_mail(mail(origin=Origin.AUTO_REPLY), file)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}$", r"(\w+\s?)*!"])
def test_a_careless_pattern_costs_a_moment_and_matches_nothing(pattern):
    file = rules({"name": "r", "match": {"subject": pattern}, "action": "ignore"})
    started = time.process_time()
    assert decide_machine_mail(mail("a" * 300 + "b"), file) is None
    assert time.process_time() - started < 2
