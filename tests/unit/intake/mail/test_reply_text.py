"""What of a reply is new; whole mails of every mail program are in tests/fixtures/mail."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.intake.mail.quote_marks import (
    QUOTE_CLOSES,
    QUOTE_OPENS,
    REST_IS_QUOTED,
    SIGNATURE_CLOSES,
    SIGNATURE_OPENS,
    without_marks,
)
from connector.intake.mail.reply_text import reply_text

OWN = "It still jams.\nSecond floor."
QUOTED = "> Which tray?\n> \n> Ana"
MARKS = QUOTE_OPENS + QUOTE_CLOSES + REST_IS_QUOTED + SIGNATURE_OPENS + SIGNATURE_CLOSES


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, Nov 16, 2026 at 3:00 PM Ana <ana@desk.example> wrote:",
        "On Mon, Nov 16, 2026 at 3:00 PM Ana <\nana@desk.example> wrote:",
        "On 16-Nov-2026, at 15:00, Ana sent:",
        "El lun, 16 nov 2026 a las 15:00, Ana (<ana@desk.example>) escribió:",
        "Am 16.11.2026 um 15:00 schrieb Ana Ruiz <ana@desk.example>:",
        "Le lun. 16 nov. 2026 à 15:00, Ana <ana@desk.example> a écrit\xa0:",
        "Em seg., 16 de nov. de 2026 às 15:00, Ana <ana@desk.example>\nescreveu:",
        "Il 16/11/2026 15:00, Ana ha scritto:",
        "Op ma 16 nov. 2026 om 15:00 schreef Ana <ana@desk.example>:",
        "Op 16 nov. 2026, om 15:00 heeft Ana het volgende geschreven:",
        "Den mån 16 nov. 2026 kl 15:00 skrev Ana <ana@desk.example>:",
        "pon., 16 lis 2026 o 15:00 Ana <ana@desk.example> napisał(a):",
        "2026-11-16 15:00 GMT-05:00 Ana <ana@desk.example>:",
        "---- Ana Ruiz wrote ----",
        "Ana Ruiz wrote:",
    ],
)
def test_the_line_that_names_who_wrote_goes_with_the_quotation(attribution):
    assert reply_text(f"{OWN}\n\n{attribution}\n{QUOTED}") == OWN
    assert reply_text(f"{attribution}\n{QUOTED}\n\n{OWN}") == OWN


@pytest.mark.parametrize(
    "opening",
    [
        "-----Original Message-----",
        "-----Mensaje original-----",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d'origine-----",
        "________________________________\nFrom: Ana <ana@desk.example>\nSent: Monday\nTo: Jo",
        "*From:* Ana\n*Sent:* Monday\n*To:* Jo\n*Subject:* Printer",
        "De : Ana <ana@desk.example>\nEnvoyé : lundi\nÀ : Jo\nObjet : Imprimante",
        "Fra: Ana <ana@desk.example>\nSendt: mandag\nTil: Jo\nEmne: Printer",
        "On Mon, Nov 16, 2026 at 3:00 PM -0500, Ana <ana@desk.example> wrote:",
        "## Please reply above this line ##",
        "** please type your reply above this line **",
    ],
)
def test_everything_below_the_opening_of_a_mail_is_quoted(opening):
    assert reply_text(f"{OWN}\n\n{opening}\n\nWhich tray?\n\nAna") == OWN


@pytest.mark.parametrize(
    "text",
    [
        "On the phone he wrote: no.\nI wrote it down.",
        "On Monday at 9:00 it broke.\n\nIt works for Jo.",
        "From: Miami\nTo: Tampa\nDate: Friday",
        "Date: Monday\nTime: 7:00\nPlace: 130 Fox St",
        "See:\n> 5 GB free",
        "--- details ---\nall of them",
        "a -- b",
        "Original message was lost.",
        "Forwarded message came twice.",
        "Printer: see above\n--\nScanner: it hums",
        "Printer: see above\n\n--\nDoes the scanner do the same?",
        "Hi,\n\nOn 3/4 our vendor said:\nthe cable is dead.\n\nPlease order one.",
        "I clicked on:\n> File\n> Print",
        "Sent from the scanner of the second floor it arrives only after an hour, as I said",
    ],
)
def test_what_only_looks_like_a_quotation_is_kept(text):
    assert reply_text(f"{text}\nThe end.") == f"{text}\nThe end."


def test_how_something_else_was_sent_is_no_line_of_a_device():
    text = "The parcel left.\nSent via courier yesterday, number 7789"
    assert reply_text(text) == text


def test_answers_between_quotations_are_kept():
    asked = "On 11/16/26 15:00, Ana wrote:\n> Which tray?"
    text = f"{asked}\nThe second.\n> Since when?\nToday.\n{QUOTED}"
    assert reply_text(text) == "The second.\nToday."


def test_words_before_an_attribution_on_its_line_are_kept():
    text = f"Yes. On Mon, Nov 16, 2026 at 3:00 PM, ana@desk.example wrote:\n{QUOTED}"
    assert reply_text(text) == "Yes."


@pytest.mark.parametrize("signature", ["-- \nDana\n305 555 0101", "--\nDana", "Sent from my iPhone",
    "Enviado desde mi iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone",
    "Get Outlook for iOS<https://aka.example/x>", "Obtener Outlook para Android"])  # fmt: skip
def test_a_signature_is_left_out(signature):
    assert reply_text(f"{OWN}\n\n{signature}") == OWN
    assert reply_text(f"{OWN}\n\n{signature}\n\n{QUOTED}") == OWN


@pytest.mark.parametrize(
    "text", [QUOTED, "-- \nDana", f"On 11/16/26, Ana wrote:\n{QUOTED}", "", "> a"]
)
def test_where_nothing_would_remain_all_is_kept(text):
    assert reply_text(text) == text.strip()


def test_what_is_forwarded_in_an_answer_is_part_of_it():
    inner = "---------- Forwarded message ---------\nFrom: Jo <jo@client.example>\nDate: Mon\n\nx"
    text = f"{OWN}\n\n{inner}"
    assert reply_text(text) == text


def test_marks_of_html_tell_quotation_and_signature():
    marked = (
        f"{OWN}\n{SIGNATURE_OPENS}Dana\nOffice{SIGNATURE_CLOSES}\n"
        f"{QUOTE_OPENS}Which tray?\n{QUOTE_OPENS}older{QUOTE_CLOSES}\nAna{QUOTE_CLOSES}\nBelow."
    )
    assert reply_text(marked) == f"{OWN}\nBelow."
    assert reply_text(f"{OWN}\n{REST_IS_QUOTED}\nWhich tray?") == OWN
    assert reply_text(f"{OWN} {REST_IS_QUOTED}\nWhich tray?") == f"{OWN} ".strip()


def test_marks_leave_no_trace_in_the_text():
    assert without_marks(f"a\n{QUOTE_OPENS}\nb{QUOTE_CLOSES}\n\n\nc") == "a\nb\n\nc"


@given(st.text(alphabet=st.sampled_from(list(">-_:\n OnFromewrote@x.19" + MARKS)), max_size=300))
@settings(max_examples=200, deadline=None)
def test_nothing_is_invented_and_something_is_always_left(text):
    kept = reply_text(text)
    assert not set(MARKS) & set(kept)
    assert set(kept.split("\n")) - {""} <= {
        part for line in without_marks(text).split("\n") for part in _beginnings(line)
    }
    assert bool(kept.strip()) == bool(without_marks(text).strip())


def _beginnings(line: str) -> set[str]:
    """A line may lose its end to an attribution and blanks around it."""
    return {line[:end].strip(" -") for end in range(len(line) + 1)} | {line, line.strip()}


@pytest.mark.parametrize(
    "piece",
    ["On 1 wrote ", "Am 19.11. schrieb, ", "From: a@b.example\n", "> ", "<", " ", "_", "-- \n",
     "On 1/1/26 x:\n", "Sent from my ", QUOTE_OPENS, "De : x@y.example,\n ", "wrote:\n",
     "x:\n> y\n", "\n--\nx?"],
)  # fmt: skip
def test_hostile_texts_are_read_in_bounded_time(piece):
    started = time.process_time()
    reply_text(piece * (400_000 // len(piece)))
    assert time.process_time() - started < 5
