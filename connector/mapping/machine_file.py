"""`machine.yaml` as types: what becomes of mail that a machine sent of its own accord."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from connector.mapping.models import MappingModel, Sender, Words
from connector.yaml_validation import refusal

MAX_PATTERN = 500


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise refusal(f"'{text}' is no regular expression: {error}", "correct it") from None
    return text


Pattern = Annotated[str, Field(min_length=1, max_length=MAX_PATTERN), AfterValidator(_pattern)]
"""A regular expression, looked for anywhere and in any case."""

MachineAction = Literal["ignore", "park", "merge"]


class MachineMatch(MappingModel):
    """What a rule looks at. Every key given must hold; within one key any of its values does."""

    senders: tuple[Sender, ...] = ()
    """Addresses, or domains with a leading @."""
    subject: Pattern | None = None
    words: Words = ()
    """Words or phrases in the subject or the text, as whole words, in any case."""
    headers: dict[str, Pattern] = Field(default_factory=dict)
    """Header to what its value must have in it: `X-…`, Auto-Submitted, Precedence."""
    list_ids: Words = ()
    """Identifiers of mailing lists (List-Id)."""
    sources: Words = ()


class MachineRule(MappingModel):
    """A named rule: the first one that matches decides."""

    name: Annotated[str, Field(min_length=1)]
    match: MachineMatch
    action: MachineAction
    key: Pattern | None = None
    """Merge: what tells one trouble from another; its first group, else all it matches."""
    look_in: Literal["subject", "text"] = "subject"
    """Merge: where the key and the words of recovery stand."""
    window: Annotated[int, Field(ge=1, le=24 * 31)] = 24
    """Merge: hours after the last mail of a trouble in which a further one joins its ticket."""
    recovery: Words = ()
    """Merge: words that say that the trouble is over."""


class MachineExample(MappingModel):
    """A mail of a machine, and the rule it must come to (`default` where none may match)."""

    sender: str = "monitor@vendor.example"
    subject: str = ""
    text: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    list_id: str | None = None
    source: str = "drop"
    from_person: bool = False
    """Whether no header says that a machine sent it."""
    expect_rule: str
    expect_key: str | None = None
    expect_recovery: bool = False


class MachineFile(MappingModel):
    """`machine.yaml`: senders that are machines, and ordered rules for what machines send."""

    senders: tuple[Sender, ...] = ()
    """Whose mail is a machine's although no header says so."""
    rules: tuple[MachineRule, ...] = ()
    examples: tuple[MachineExample, ...] = ()
