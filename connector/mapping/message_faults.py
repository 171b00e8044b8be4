"""What is wrong with a text of `mappings/messages/`, and in which line: found by rendering it."""

from collections.abc import Iterable
from dataclasses import dataclass

from connector.mapping.message_examples import EXAMPLES
from connector.mapping.message_templates import (
    AccessWords,
    AcknowledgementWords,
    MessageTemplates,
    Words,
    is_html,
    parted,
)


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
    from jinja2 import TemplateSyntaxError

    try:
        for words in EXAMPLES[name.partition(".")[0]] if examples is None else examples:
            _try(templates, name, words)
    except TemplateSyntaxError as error:
        return [Fault(error.lineno, f"is no valid template: {error.message}")]
    except Exception as error:  # a template may call anything that a text can do
        line = _line_in_template(error)
        if line is None and isinstance(error, ValueError):  # of what was rendered
            return [Fault(1, str(error))]
        return [Fault(line, f"cannot be rendered: {error}")]
    return []


def all_faults(templates: MessageTemplates) -> Iterable[tuple[str, Fault]]:
    """Yield what is wrong with any template, beside its file's name."""
    for name in sorted(templates.sources):
        for fault in faults_of(templates, name):
            yield name, fault


def _try(templates: MessageTemplates, name: str, words: Words) -> None:
    rendered = templates.render(name, words)
    if isinstance(words, AccessWords) and name.startswith("approval-wanted"):
        _must_hold_link(rendered, words)
    if is_html(name):
        return
    subject, _ = parted(rendered)
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
