"""Which template rule a request comes to: ordered rules, the first that matches wins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from connector.domain.due_dates import Priority
from connector.domain.tenant import Named
from connector.mapping.clients import is_account
from connector.mapping.domains import is_within, normal_address, normal_domain
from connector.mapping.models import Match, TemplateRule
from connector.mapping.words import has_phrase, joined, phrase


@dataclass(frozen=True)
class Facts:
    """What rules may look at. `text` is the new text; `form_template` the requester's choice.

    `priority` is what is known before there is a template: named, or Critical by an emergency;
    None where the template is still to decide.
    """

    subject: str = ""
    text: str = ""
    sender: str = ""
    account: Named | None = None
    source: str = ""
    form_template: str | None = None
    emergency: bool = False
    priority: Priority | None = None

    @cached_property
    def words(self) -> str:
        """Subject and text as words, parted so that no phrase runs from one into the other."""
        return f"{joined(self.subject)}\n{joined(self.text)}"


def choose_rule(rules: Sequence[TemplateRule], facts: Facts) -> TemplateRule | None:
    """Return the first rule that matches.

    A template chosen on a form is what the requester said explicitly, and wins over any rule
    that goes by other signs: where some rule knows it, only such rules are tried.
    """
    if knows_form_template(rules, facts.form_template):
        rules = [rule for rule in rules if _names_template(rule.match, facts)]
    return next((rule for rule in rules if matches(rule.match, facts)), None)


def knows_form_template(rules: Sequence[TemplateRule], form_template: str | None) -> bool:
    """Whether some rule lists the template that a form names."""
    facts = Facts(form_template=form_template)
    return any(_names_template(rule.match, facts) for rule in rules)


def matches(match: Match, facts: Facts) -> bool:
    """Whether every key given in `match` holds."""
    return all(holds(match, facts) for given, holds in _CRITERIA if given(match))


def _names_template(match: Match, facts: Facts) -> bool:
    wanted = phrase(facts.form_template or "")
    return bool(wanted) and any(phrase(name) == wanted for name in match.form_templates)


def _has_words(match: Match, facts: Facts) -> bool:
    return has_phrase(facts.words, match.words) is not None


def _has_also_words(match: Match, facts: Facts) -> bool:
    return has_phrase(facts.words, match.also_words) is not None


def _is_from(match: Match, facts: Facts) -> bool:
    address = normal_address(facts.sender)
    domain = address.rpartition("@")[2]
    return any(
        is_within(domain, normal_domain(sender[1:]))
        if sender.startswith("@")
        else normal_address(sender) == address
        for sender in match.senders
    )


def _is_of_account(match: Match, facts: Facts) -> bool:
    account = facts.account
    return account is not None and any(is_account(account, name) for name in match.accounts)


_Criterion = tuple[Callable[[Match], bool], Callable[[Match, Facts], bool]]

_CRITERIA: tuple[_Criterion, ...] = (
    (lambda match: bool(match.sources), lambda match, facts: facts.source in match.sources),
    (
        lambda match: match.emergency is not None,
        lambda match, facts: match.emergency is facts.emergency,
    ),
    (lambda match: bool(match.priorities), lambda match, facts: facts.priority in match.priorities),
    (lambda match: bool(match.form_templates), _names_template),
    (lambda match: bool(match.senders), _is_from),
    (lambda match: bool(match.accounts), _is_of_account),
    (lambda match: bool(match.words), _has_words),
    (lambda match: bool(match.also_words), _has_also_words),
)
"""Whether a rule gives a key, and whether it holds; the cheap ones first."""
