"""The texts of `mappings/messages/`, as Jinja templates: sandboxed, and HTML escapes by itself."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from connector.mapping.render import one_line

if TYPE_CHECKING:
    from jinja2 import Environment, Template

TEXT: Final = "acknowledgement.txt.j2"
HTML: Final = "acknowledgement.html.j2"
ALERT: Final = "alert.txt.j2"
WANTED: Final = "approval-wanted.txt.j2"
RECORDED: Final = "approval-recorded.txt.j2"
READY: Final = "access-ready.txt.j2"
DENIED: Final = "access-denied.txt.j2"
OF_ACCESS: Final = (WANTED, RECORDED, READY, DENIED)
REQUIRED: Final = (TEXT, ALERT, *OF_ACCESS)


def html_beside(name: str) -> str:
    """Return the name of the template that is the same in HTML."""
    return name.replace(".txt.", ".html.")


KNOWN: Final = (*REQUIRED, HTML, *map(html_beside, OF_ACCESS))

MAX_SUBJECT = 250
SUBJECT: Final = re.compile(r"\s*Subject:(?P<subject>[^\n]*)\n(?P<text>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered message: its subject on one line, its text, and HTML where there is any."""

    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class AcknowledgementWords:
    """What the templates of an acknowledgement may say; `acknowledgement.txt.j2` explains it."""

    number: str
    answer_by: str
    answer_within: str = ""
    title: str = ""
    name: str = ""
    emergency: bool = False
    phone: str = ""
    desired: str = ""
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertWords:
    """What the template of an alert may say; `alert.txt.j2` explains it."""

    event: str
    request: str
    who: str = ""
    account: str = ""
    what: str = ""
    text: str = ""
    phone: str = ""
    received: str = ""
    answer_by: str = ""
    number: str = ""
    reason: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class AccessWords:
    """What the templates about access may say; each explains what it has.

    `people` are whole: name, address and role. `link` is where an approval is given.
    """

    event: str
    number: str
    account: str
    people: tuple[str, ...]
    name: str = ""
    what: str = ""
    requester: str = ""
    link: str = ""
    until: str = ""
    approver: str = ""
    recorded_by: str = ""
    evidence: str = ""
    reason: str = ""
    phone: str = ""


Words = AcknowledgementWords | AlertWords | AccessWords


def _access_examples(*events: str) -> tuple[AccessWords, ...]:
    full = AccessWords(
        event="",
        number="T20261116.0003",
        account="Client Example",
        people=("Ana Lopez <ana@client.example>, External User",),
        name="Paula Example",
        what="Access to the payroll folder",
        requester="Marta Example <marta@client.example>",
        link="https://approvals.example/approvals/TOKEN",
        until="Monday 30 November 2026 at 10:00",
        approver="Paula Example <paula@client.example>",
        recorded_by="a technician",
        evidence="by phone",
        reason="she has left",
        phone="305-680-3122",
    )
    bare = AccessWords("", full.number, full.account, full.people, link=full.link)
    return tuple(replace(words, event=event) for event in events for words in (full, bare))


def _alert_examples(*events: str) -> tuple[AlertWords, ...]:
    full = AlertWords(
        event="",
        request="abcdefghjkmn",
        who="Marta Example <marta@client.example>",
        account="Client Example",
        what="911",
        text="The server room is on fire",
        phone="+1 305-555-0101",
        received="Monday 16 November 2026 at 10:00",
        answer_by="Monday 16 November 2026 at 10:15",
        number="T20261116.0004",
        reason="the mail server does not answer",
        channel="mail",
    )
    bare = AlertWords("", full.request)
    return tuple(replace(words, event=event) for event in events for words in (full, bare))


EXAMPLES: Final[Mapping[str, tuple[Words, ...]]] = {
    "acknowledgement": (
        AcknowledgementWords(
            number="T20261116.0001",
            answer_by="Monday 16 November 2026 at 12:00",
            title="Printer jam",
            name="Marta Example",
            phone="305-680-3122",
            desired="Tuesday 17 November 2026 at 12:00",
            questions=("a picture of the issue",),
        ),
        AcknowledgementWords(
            number="T20261116.0002",
            answer_by="Monday 16 November 2026 at 10:15",
            answer_within="15 minutes",
            emergency=True,
            phone="305-680-3122",
        ),
        AcknowledgementWords(number="7", answer_by="Monday 16 November 2026 at 12:00"),
        AcknowledgementWords(number="8", answer_by="", emergency=True),
    ),
    "alert": _alert_examples("emergency", "ticket", "parked", "channel"),
    "approval-wanted": _access_examples("asked", "reminder"),
    "approval-recorded": _access_examples("recorded"),
    "access-ready": _access_examples("ready"),
    "access-denied": _access_examples("denied", "expired"),
}
"""Words with which a template must work, by the beginning of its file's name."""


@dataclass(frozen=True)
class MessageTemplates:
    """The templates by the names of their files; compiled when the first is used."""

    sources: Mapping[str, str]

    def acknowledgement(self, words: AcknowledgementWords) -> Message:
        """Render the mail that a requester gets; raises what Jinja raises for a broken one."""
        subject, text = _parted(self._render(TEXT, words))
        html = self._render(HTML, words) if HTML in self.sources else ""
        return Message(subject, text, html)

    def alert(self, words: AlertWords) -> Message:
        """Render what our own people get; raises what Jinja raises for a broken one."""
        return Message(*_parted(self._render(ALERT, words)))

    def access(self, name: str, words: AccessWords) -> Message:
        """Render a mail about access by one of `OF_ACCESS`; raises what Jinja raises."""
        subject, text = _parted(self._render(name, words))
        html = html_beside(name)
        return Message(subject, text, self._render(html, words) if html in self.sources else "")

    def _render(self, name: str, words: Words) -> str:
        return self.template(name).render({key: getattr(words, key) for key in words.__slots__})

    def template(self, name: str) -> "Template":
        """Return one template, compiled."""
        return self._environment.get_template(name)

    @cached_property
    def _environment(self) -> "Environment":
        from jinja2 import DictLoader, StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        return ImmutableSandboxedEnvironment(
            loader=DictLoader(dict(self.sources)),
            undefined=StrictUndefined,
            autoescape=_is_html,
            trim_blocks=True,
            lstrip_blocks=True,
        )


def _is_html(name: str | None) -> bool:
    return name is not None and ".html." in name


def unfilled(name: str, error: Exception) -> str:
    """Return what a person is told of a template that failed on the words of one request."""
    return (
        f"mappings/messages/{name} cannot be rendered: {one_line(str(error))}; "
        "mend it and try it with `bms-connector mappings test`"
    )


def _parted(rendered: str) -> tuple[str, str]:
    """Part the subject from the text; raises `ValueError` where there is none."""
    found = SUBJECT.match(rendered)
    subject = one_line(found["subject"]) if found else ""
    if found is None or not subject:
        raise ValueError("its first line must be `Subject: …`")
    return subject[:MAX_SUBJECT], f"{found['text'].strip()}\n"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template, in which of its lines."""

    line: int | None
    message: str
    remedy: str = "the comment at the top of the sample tells what may stand here"


def faults_of(
    templates: MessageTemplates, name: str, examples: Iterable[Words] | None = None
) -> list[Fault]:
    """Return what is wrong with one template, by rendering it with examples (default: all)."""
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        for words in EXAMPLES[name.partition(".")[0]] if examples is None else examples:
            _try(templates, name, words)
    except TemplateSyntaxError as error:
        return [Fault(error.lineno, f"is no valid template: {error.message}")]
    except TemplateError as error:
        return [Fault(_line_in_template(error), f"cannot be rendered: {error.message}")]
    except ValueError as error:
        return [Fault(1, str(error))]
    except Exception as error:  # a template may call anything that a text can do
        return [Fault(_line_in_template(error), f"cannot be rendered: {error}")]
    return []


def all_faults(templates: MessageTemplates) -> Iterable[tuple[str, Fault]]:
    """Yield what is wrong with any template, beside its file's name."""
    for name in sorted(templates.sources):
        for fault in faults_of(templates, name):
            yield name, fault


def _try(templates: MessageTemplates, name: str, words: Words) -> None:
    rendered = templates._render(name, words)
    if isinstance(words, AccessWords) and name.startswith("approval-wanted"):
        _must_hold_link(rendered, words)
    if _is_html(name):
        return
    subject, _ = _parted(rendered)
    if isinstance(words, AcknowledgementWords) and f"#{words.number}#" not in subject:
        raise ValueError("the subject must hold #{{ number }}#: by it an answer finds its ticket")


def _must_hold_link(rendered: str, words: AccessWords) -> None:
    if words.link and words.link not in rendered:
        raise ValueError("it must hold {{ link }}: by it a point of contact approves")


def _line_in_template(error: BaseException) -> int | None:
    """Return the line of the template that raised: Jinja lets tracebacks lead there."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
