"""The texts of `mappings/messages/`, as Jinja templates: sandboxed, and HTML escapes by itself."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from connector.mapping.render import one_line

if TYPE_CHECKING:
    from jinja2 import Environment, Template

TEXT: Final = "acknowledgement.txt.j2"
HTML: Final = "acknowledgement.html.j2"
ALERT: Final = "alert.txt.j2"
REQUIRED: Final = (TEXT, ALERT)
KNOWN: Final = (*REQUIRED, HTML)

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


Words = AcknowledgementWords | AlertWords

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
    "alert": tuple(
        AlertWords(event, "abcdefghjkmn", who="Marta Example <marta@client.example>", what="911")
        for event in ("emergency", "ticket", "parked", "channel")
    ),
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
            autoescape=lambda name: name == HTML,
            trim_blocks=True,
            lstrip_blocks=True,
        )


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
    if name == HTML:
        return
    subject, _ = _parted(rendered)
    if isinstance(words, AcknowledgementWords) and f"#{words.number}#" not in subject:
        raise ValueError("the subject must hold #{{ number }}#: by it an answer finds its ticket")


def _line_in_template(error: BaseException) -> int | None:
    """Return the line of the template that raised: Jinja lets tracebacks lead there."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
