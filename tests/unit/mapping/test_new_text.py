import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.new_text import new_text

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
    started = time.process_time()
    new_text(text)
    assert time.process_time() - started < 1
