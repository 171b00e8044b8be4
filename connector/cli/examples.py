"""The examples written in the mapping files, of every kind: run, and shown."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from connector.intake.forms.examples import run_form_examples
from connector.mapping.examples import ExampleResult, run_examples, run_message_examples
from connector.mapping.load import FORMS, Mappings


def run_all_examples(mappings: Mappings, zone: ZoneInfo) -> list[ExampleResult]:
    """Return how every example of every mapping file turned out; `zone` is the help desk's."""
    return [
        *run_examples(mappings, zone),
        *_form_examples(mappings),
        *run_message_examples(mappings),
    ]


def one_line(result: ExampleResult) -> str:
    """Return an example that failed as a person reads it."""
    return f"{result.file}: examples[{result.index}] '{result.title}': {result.message}"


def example_as_json(result: ExampleResult) -> dict[str, object]:
    """Return how an example turned out as a JSON object."""
    return {
        "file": result.file,
        "index": result.index,
        "title": result.title,
        "ok": result.ok,
        "message": result.message,
    }


def _form_examples(mappings: Mappings) -> Iterator[ExampleResult]:
    for name, form in mappings.forms.items():
        for index, (ok, line) in enumerate(run_form_examples(name, form)):
            message = "" if ok else line.partition(": ")[2]
            title = str(form.examples[index].payload.get("subject") or "submission")
            yield ExampleResult(f"{FORMS}/{name}.yaml", index, title, ok, message)
