"""Mails made to cost too much: each is read within seconds, and its remarks say what was left."""

import time
import tracemalloc

import pytest
from support.mail_bombs import BOMBS, HEAD, HTML, MB, with_file

from connector.intake.mail.email_message import parse_email

SECONDS = 20


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_mail_is_read_in_bounded_time(name, received):
    make, remark = BOMBS[name]
    raw = make()
    started = time.process_time()
    request = parse_email(raw, source="drop", received_at=received)
    assert time.process_time() - started < SECONDS
    assert len(request.text) <= 500_000
    assert len(request.attachments) <= 1_000
    if remark:
        assert any(remark in said for said in request.remarks), request.remarks


@pytest.mark.parametrize("name", ["50 MB of nested HTML", "deep base64", "deep messages"])
def test_a_hostile_mail_takes_few_times_its_size_in_memory(name, received):
    raw = BOMBS[name][0]()
    peak = peak_memory(raw, received)
    assert peak < 3 * len(raw) + 60 * MB


def test_a_mail_of_50_mb_is_read_whole_in_three_times_its_size(received):
    raw = with_file(50 * MB)
    assert peak_memory(raw, received) < 3 * len(raw)
    request = parse_email(raw, source="drop", received_at=received)
    assert request.text == "See the dump."
    (dump,) = request.attachments
    assert (dump.name, dump.size) == ("dump.zip", 37_500_000)
    assert set(dump.content[::4]) == {dump.content[0]}
    assert request.remarks == ()


def test_a_text_too_long_for_a_ticket_is_attached_whole(received):
    text = b"word " * 200_000
    request = parse_email(HEAD + b"\n" + text, source="drop", received_at=received)
    assert len(request.text) == 500_000
    (whole,) = request.attachments
    assert whole.content == text.rstrip()
    assert "all is attached" in request.remarks[0]


def test_deep_html_keeps_the_text_behind_the_nest(received):
    raw = HTML + b"<div>" * 290 + b"in" + b"</div>" * 290 + b"<p>behind</p>"
    text = parse_email(raw, source="drop", received_at=received).text
    assert "in" in text
    assert "behind" in text


def peak_memory(raw, received) -> int:
    """Return the most bytes that reading took, the raw message not counted."""
    tracemalloc.start()
    try:
        parse_email(raw, source="drop", received_at=received)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
