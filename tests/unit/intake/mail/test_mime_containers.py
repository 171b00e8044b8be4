"""winmail.dat, rich text, S/MIME and calendars, whole, damaged and made of anything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import tnef_streams as write

from connector.intake.mail.calendars import calendar_line
from connector.intake.mail.compressed_rtf import decompressed_rtf
from connector.intake.mail.rtf_text import read_rtf
from connector.intake.mail.smime import signed_content
from connector.intake.mail.tnef import read_tnef

# "{\rtf1\ansi\ansicpg1252\pard hello world}", the example of MS-OXRTFCP section 3.1.1.
HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542"
    "320af32068656c090020627705b06c647d0a800fa0"
)
STREAM = write.tnef(
    write.message(
        write.text(0x0037, "Printer"),
        write.named_number("x-own", 7),
        write.binary(0x1009, HELLO),
        write.narrow_text(0x1000, b"caf\xe9"),
    ),
    write.file(b"ONE~1.TXT", b"one", write.text(0x3707, "Größe one.txt")),
    write.file(b"two.txt", b"two" * 50),
)
SIGNED = (
    bytes.fromhex("3080 0609 2a864886f70d010702 a080 3080 020101 3100 3080")
    + bytes.fromhex("0609 2a864886f70d010701 a080 2480")
    + b"\x04\x06Subjec\x04\x03t: \x04\x01x"
    + b"\0\0" * 6
)


def test_a_stream_is_read_with_its_subject_text_and_files():
    message = read_tnef(STREAM)
    assert (message.subject, message.text, message.is_whole) == ("Printer", "café", True)
    assert decompressed_rtf(message.rtf).startswith(rb"{\rtf1\ansi\ansicpg1252\pard hello")
    files = [(file.name, file.content) for file in message.files]
    assert files == [("Größe one.txt", b"one"), ("two.txt", b"two" * 50)]


def test_text_that_is_not_unicode_is_read_in_the_codepage_of_the_stream():
    body = write.message(write.narrow_text(0x1000, "žluť".encode("cp1250")))
    assert read_tnef(write.tnef(body, codepage=1250)).text == "žluť"


@pytest.mark.parametrize("length", range(0, len(STREAM), 7))
def test_of_a_stream_cut_short_the_files_before_the_cut_are_read(length):
    message = read_tnef(STREAM[:length])
    if message is None:
        assert length < 6
        return
    files = [file.content for file in message.files if file.content]
    assert files == [b"one", b"two" * 50][: len(files)]


def test_a_message_within_itself_is_read_to_a_depth_and_no_further():
    stream = write.tnef()
    for _ in range(10):
        stream = write.tnef(write.file(b"x", b"", write.embedded(stream)))
    depth, message = 0, read_tnef(stream)
    while message.files and message.files[0].message:
        depth, message = depth + 1, message.files[0].message
    assert depth == 3


@pytest.mark.parametrize("end", range(len(HELLO)))
def test_compressed_text_cut_short_is_read_as_far_as_it_goes(end):
    whole = decompressed_rtf(HELLO)
    assert whole.startswith(decompressed_rtf(HELLO[:end]))


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1 one\par two\line three\tab four}", "one\ntwo\nthree\tfour"),
        (rb"{\rtf1\ansicpg1250 \'9elu\'9d}", "žluť"),
        (rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\secret no}\f0 yes}", "yes"),
        (rb"{\rtf1\uc2\u8364 xxeuro {\uc0\u8364 x}}", "€euro €x"),
        (rb"{\rtf1 \{a\} \\b\\ c\_d}", "{a} \\b\\ c-d"),
        (rb"{\rtf1 not closed {\b bold", "not closed bold"),
        (rb"closed} too } often", "closed too  often"),
        (b"", ""),
    ],
)
def test_rich_text_is_read_as_it_is_shown(rtf, text):
    assert read_rtf(rtf).text == text


def test_html_that_outlook_hid_in_rich_text_comes_back_without_what_it_added():
    rtf = (
        rb"{\rtf1\ansi\fromhtml1{\*\htmltag84 <b>}\htmlrtf {\b no\par\htmlrtf0 x"
        rb"{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0 {\*\mhtmltag84 <i>}}"
    )
    found = read_rtf(rtf)
    assert (found.text, found.is_html) == ("<b>x</b>", True)


def test_what_was_signed_is_read_from_its_pieces():
    assert signed_content(SIGNED) == b"Subject: x"


@pytest.mark.parametrize("end", range(len(SIGNED) - 12))
def test_a_signed_part_cut_short_is_no_signed_part(end):
    assert signed_content(SIGNED[:end]) is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("SUMMARY:A\nDTSTART:20261124T140000", "[Appointment: A; Tue 2026-11-24 14:00]"),
        (
            "SUMMARY:A\nDTSTART:20261124T140000Z\nDTEND:20261124T150000Z",
            "[Appointment: A; Tue 2026-11-24 14:00 to 15:00 UTC]",
        ),
        (
            "SUMMARY:A\nDTSTART;TZID=Asia/Tokyo:20261124T140000\nDTEND:20261124T060000Z",
            "[Appointment: A; Tue 2026-11-24 14:00 Asia/Tokyo to Tue 2026-11-24 06:00 UTC]",
        ),
        ("SUMMARY:A\nDTEND:20261124T140000", "[Appointment: A; until Tue 2026-11-24 14:00]"),
        ("SUMMARY:A\nDTSTART;VALUE=DATE:00000000", "[Appointment: A; 00000000]"),
        ("ORGANIZER;CN=Dana:x", "[Appointment: without a title; from Dana]"),
        ("ORGANIZER:mailto:D@client.example", "[Appointment: without a title; from d@client.ex"),
        ("SUMMARY:A\n\n b", "[Appointment: A"),
    ],
)
def test_a_calendar_is_said_in_a_line(lines, said):
    line = calendar_line(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR")
    assert line.startswith(said)


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR\nEND:X", "BEGIN:VEVENT", "SUMMARY:x"])
def test_a_calendar_without_an_entry_says_nothing(text):
    assert calendar_line(text) == ""


@settings(max_examples=150, deadline=None)
@given(
    base=st.sampled_from([STREAM, HELLO, SIGNED, b"{\\rtf1\\fromhtml1{\\u-1 \\'41}}", b""]),
    at=st.integers(0, 400),
    drop=st.integers(0, 8),
    more=st.binary(max_size=12),
)
def test_containers_with_any_bytes_in_them_are_read_or_left(base, at, drop, more):
    data = base[:at] + more + base[at + drop :]
    read_tnef(data)
    signed_content(data)
    read_rtf(decompressed_rtf(data))
    read_rtf(data).text.encode()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["BEGIN:VEVENT\n", "END:VEVENT\n", "BEGIN:", "DTSTART", "DTEND:", "20261124T140000",
             ";TZID=", "RRULE:x\n", "SUMMARY:", "\n ", '"', "\\n", "METHOD:REPLY\n", "ATTENDEE;"]
        ) | st.text(max_size=8)
    ).map("".join)
)  # fmt: skip
def test_any_text_is_a_calendar_or_none(text):
    line = calendar_line("BEGIN:VEVENT\nSUMMARY:x\n" + text)
    line.encode()
    assert "\n" not in line


def test_the_example_of_compressed_text_is_what_microsoft_says():
    assert decompressed_rtf(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
