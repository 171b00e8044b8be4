import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.processor_time import takes_less_than

from connector.mapping.new_text import new_text, text_with_forwarded

MINE = "My printer jams.\nPlease help."


@pytest.mark.parametrize(
    "quoted",
    [
        "> Priority: Critical",
        "  > Priority: Critical",
        "On Mon, Nov 2, 2026 at 3:00 PM Jane <j@client.example> wrote:\nPriority: Critical",
        "On Mon, Nov 2, 2026 at 3:00 PM Jane Doe\n<j@client.example>\nwrote:\nPriority: Critical",
        "El lun, 2 nov 2026 a las 15:00, Ana escribió:\nPriority: Critical",
        "-----Original Message-----\nPriority: Critical",
        "---------- Forwarded message ---------\nFrom: a\nPriority: Critical",
        "-----Mensaje original-----\nPriority: Critical",
        "Begin forwarded message:\n\nPriority: Critical",
        "From: Jane <j@client.example>\nSent: Monday\nTo: Help\nSubject: x\n\nPriority: Critical",
        "*From:* Jane\n*Date:* Monday\n*Subject:* x\n\nPriority: Critical",
        "De: Ana\nEnviado el: lunes\nPara: Help\nAsunto: x\n\nPriority: Critical",
        "-- \nJane\nPriority: Critical",
        "--\nJane\nPriority: Critical",
    ],
)
def test_quoted_mail_and_signature_are_not_new(quoted):
    assert new_text(f"{MINE}\n\n{quoted}").strip() == MINE


@pytest.mark.parametrize(
    "text",
    [
        "On Monday it broke.\nI tried all.",
        "From: the second floor, room 12",
        "From: Jane\nRoom 12\n\nSubject: printer",
        "--- details ---\nAffected user: Jane",
        "A -- B",
        "5 > 3 holds",
    ],
)
def test_what_only_looks_like_a_quotation_is_kept(text):
    assert new_text(text) == text


def test_lines_below_a_quoted_line_are_still_new():
    assert new_text("> Is it on?\nYes.\n> Sure?\nYes!") == "Yes.\nYes!"


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_new_text_of_new_text_is_itself(text):
    once = new_text(text)
    assert new_text(once).split() == once.split()


@pytest.mark.parametrize(
    "text", ["- " * 50_000, "On " * 33_000, "From: a\n" * 12_000, "-" * 100_000]
)
def test_a_hostile_text_is_read_in_a_moment(text):
    with takes_less_than(1):
        new_text(text)


OUTLOOK = "From: Luis <luis@client.example>\nSent: Monday\nTo: Ana\nSubject: Printer\n\n"
GMAIL = "---------- Forwarded message ---------\nFrom: Luis <luis@client.example>\n"
GMAIL += "Date: Mon, Nov 2, 2026\nSubject: Printer\nTo: Ana\n\n"


@pytest.mark.parametrize("opening", [OUTLOOK, GMAIL, f"-- \nAna\n\n{OUTLOOK}"])
def test_with_a_forwarded_mail_its_new_text_comes_after_the_senders_own(opening):
    inner = "Mobile: 305 555 0101\n\n-- \nLuis\nMobile: 305 555 0102\n\n> Mobile: 305 555 0103"
    read = text_with_forwarded(f"{MINE}\n\n{opening}{inner}")
    assert read.split("\n\n") == [MINE, "Mobile: 305 555 0101"]


@pytest.mark.parametrize("mark", ["> ", ">", " > "])
def test_a_forwarded_mail_is_read_where_a_program_quotes_it(mark):
    mail = OUTLOOK + "It jams.\n\n> Is it on?\nYes."
    quoted = "".join(f"{mark}{line}\n" for line in mail.splitlines())
    assert text_with_forwarded(f"{MINE}\n\n{quoted}").split() == f"{MINE} It jams. Yes.".split()


def test_without_a_forwarded_mail_there_is_only_the_senders_own_text():
    assert text_with_forwarded(f"{MINE}\n\n> Is it on?") == MINE


def test_of_a_forward_of_a_forward_only_the_outer_one_is_read():
    text = f"{MINE}\n\n{OUTLOOK}Outer.\n\n{GMAIL}Inner."
    assert text_with_forwarded(text) == f"{MINE}\n\nOuter."
