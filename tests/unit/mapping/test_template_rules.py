import pytest

from connector.domain.due_dates import Priority
from connector.domain.tenant import Named
from connector.mapping.models import Match, TemplateRule
from connector.mapping.template_rules import Facts, choose_rule, knows_form_template, matches


def rule(name, **match):
    return TemplateRule(name=name, template=f"{name} template", match=Match(**match))


@pytest.mark.parametrize(
    ("match", "facts", "is_one"),
    [
        (Match(words=("printer",)), Facts(subject="The PRINTER jams"), True),
        (Match(words=("printer",)), Facts(text="my printer."), True),
        (Match(words=("printer",)), Facts(subject="two printers"), False),
        (Match(words=("does not turn on",)), Facts(text="It does  not\nturn on!"), True),
        (Match(words=("won't start",)), Facts(text="it won\u2019t start"), True),
        (Match(words=("turn on",)), Facts(text="a turn-on problem"), True),
        (Match(words=("impresora",)), Facts(subject="¿Impresora?"), True),
        (Match(words=("internet down",)), Facts(subject="internet", text="down"), False),
        (Match(words=("a", "b"), also_words=("c",)), Facts(text="b c"), True),
        (Match(words=("a", "b"), also_words=("c",)), Facts(text="a b"), False),
        (Match(words=("?!",)), Facts(text="?!"), False),
        (Match(senders=("jane@client.example",)), Facts(sender="Jane@Client.example"), True),
        (Match(senders=("jane@client.example",)), Facts(sender="j@client.example"), False),
        (Match(senders=("@client.example",)), Facts(sender="j@client.example"), True),
        (Match(senders=("@client.example",)), Facts(sender="j@sub.client.example"), True),
        (Match(senders=("@client.example",)), Facts(sender="j@notclient.example"), False),
        (Match(senders=("@client.example",)), Facts(sender='"a@b"@client.example'), True),
        (Match(senders=("@client.example",)), Facts(), False),
        (Match(accounts=("harbor dental",)), Facts(account=Named(7, "Harbor Dental")), True),
        (Match(accounts=("7",)), Facts(account=Named(7, "Harbor Dental")), True),
        (Match(accounts=("Harbor",)), Facts(account=Named(7, "Harbor Dental")), False),
        (Match(accounts=("Harbor",)), Facts(), False),
        (Match(sources=("drop",)), Facts(source="drop"), True),
        (Match(sources=("drop",)), Facts(source="form"), False),
        (Match(emergency=True), Facts(emergency=True), True),
        (Match(emergency=True), Facts(), False),
        (Match(emergency=False), Facts(), True),
        (Match(priorities=(Priority.HIGH,)), Facts(priority=Priority.HIGH), True),
        (Match(priorities=(Priority.NORMAL,)), Facts(), False),
        (Match(form_templates=("E-mail problem",)), Facts(form_template="e-mail  PROBLEM"), True),
        (Match(form_templates=("Printer",)), Facts(form_template="Printer problem"), False),
        (Match(form_templates=("Printer",)), Facts(), False),
        (Match(words=("a",), sources=("drop",)), Facts(text="a", source="drop"), True),
        (Match(words=("a",), sources=("drop",)), Facts(text="a", source="form"), False),
    ],
)
def test_every_key_given_must_hold(match, facts, is_one):
    assert matches(match, facts) is is_one


def test_the_first_rule_that_matches_wins():
    rules = (rule("b", words=("two",)), rule("a", words=("one",)), rule("c", words=("one",)))
    assert choose_rule(rules, Facts(subject="one")).name == "a"
    assert choose_rule(rules, Facts(subject="two one")).name == "b"
    assert choose_rule(rules, Facts(subject="three")) is None


RULES = (
    rule("outage", words=("internet is down",)),
    rule("form-printer", form_templates=("Printer", "Impresora")),
    rule("printer", words=("printer",)),
)


def test_a_template_chosen_on_a_form_wins_over_words():
    facts = Facts(form_template="printer", text="The internet is down")
    assert choose_rule(RULES, facts).name == "form-printer"


def test_a_form_template_nobody_mapped_leaves_it_to_the_other_rules():
    facts = Facts(form_template="Toaster", text="The printer jams")
    assert not knows_form_template(RULES, "Toaster")
    assert choose_rule(RULES, facts).name == "printer"
    assert choose_rule(RULES, Facts(form_template="Toaster")) is None
