"""The texts of `mappings/messages/`, as Jinja templates: sandboxed, and HTML escapes by itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class MessageTemplates:
    """The templates by the names of their files; compiled when the first is used."""

    sources: Mapping[str, str]

    def acknowledgement(self, words: AcknowledgementWords) -> Message:
        """Render the mail that a requester gets; raises what Jinja raises for a broken one."""
        subject, text = parted(self.render(TEXT, words))
        html = self.render(HTML, words) if HTML in self.sources else ""
        return Message(subject, text, html)

    def alert(self, words: AlertWords) -> Message:
        """Render what our own people get; raises what Jinja raises for a broken one."""
        return Message(*parted(self.render(ALERT, words)))

    def access(self, name: str, words: AccessWords) -> Message:
        """Render a mail about access by one of `OF_ACCESS`; raises what Jinja raises."""
        subject, text = parted(self.render(name, words))
        html = html_beside(name)
        return Message(subject, text, self.render(html, words) if html in self.sources else "")

    def render(self, name: str, words: Words) -> str:
        """Return what a template makes of words, as it is; raises what Jinja raises."""
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
            autoescape=is_html,
            trim_blocks=True,
            lstrip_blocks=True,
        )


def is_html(name: str | None) -> bool:
    """Whether a template is HTML, by its name: one without a name is not."""
    return name is not None and ".html." in name


def unfilled(name: str, error: Exception) -> str:
    """Return what a person is told of a template that failed on the words of one request."""
    return (
        f"mappings/messages/{name} cannot be rendered: {one_line(str(error))}; "
        "mend it and try it with `bms-connector mappings test`"
    )


def parted(rendered: str) -> tuple[str, str]:
    """Part the subject from the text; raises `ValueError` where there is none."""
    found = SUBJECT.match(rendered)
    if found is None or not (subject := one_line(found["subject"])):
        raise ValueError("its first line must be `Subject: …`")
    return subject[:MAX_SUBJECT], f"{found['text'].strip()}\n"
