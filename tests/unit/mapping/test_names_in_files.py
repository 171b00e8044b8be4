"""How an admin may write domains, senders, lists and patterns, and what else is refused."""

import pytest
from pydantic import TypeAdapter, ValidationError

from connector.mapping.machine_file import Pattern
from connector.mapping.models import Address, Domain, MailList, Sender


def remedy(kind, text):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(text)
    [error] = caught.value.errors()
    return error["msg"], error["ctx"]["remedy"]


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        (Domain, " @Client.EXAMPLE. ", "client.example"),
        (Sender, "Jane@Client.example", "jane@client.example"),
        (Sender, "@Client.example.", "@client.example"),
        (Address, " Help@Desk.example ", "help@desk.example"),
        (MailList, "Help@Lists.client.example", "help@lists.client.example"),
        (MailList, " <Help.Lists.client.example> ", "help.lists.client.example"),
    ],
)
def test_names_are_compared_in_lower_case_and_without_ornament(kind, written, meant):
    assert TypeAdapter(kind).validate_python(written) == meant


@pytest.mark.parametrize(
    ("kind", "written", "message", "what_to_do"),
    [
        (Domain, "client", "'client' is not a mail domain", "client.example"),
        (
            Sender,
            "Client.example",
            "'Client.example' is neither an address",
            "@client.example for every",
        ),
        (Address, "desk.example", "'desk.example' is no address", "help@desk.example"),
        (Address, " @desk.example", "' @desk.example' is no address", "help@desk.example"),
        (MailList, "@lists.example", "'@lists.example' is no address", "help@desk.example"),
        (MailList, "help", "'help' is not a mail domain", "client.example"),
        (Pattern, "a(b", "'a(b' is no regular expression: missing )", "correct it"),
    ],
)
def test_another_writing_is_refused_with_a_remedy(kind, written, message, what_to_do):
    told, advice = remedy(kind, written)
    assert told.startswith(message)
    assert what_to_do in advice
