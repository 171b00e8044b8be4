"""The texts of `messages/`: what they say, that they escape, and how a broken one is told."""

import html
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.load import load_mappings, message_problems
from connector.mapping.message_templates import (
    ALERT,
    EXAMPLES,
    HTML,
    TEXT,
    AcknowledgementWords,
    AlertWords,
    MessageTemplates,
    all_faults,
)
from connector.mapping.render import one_line
from connector.samples import mappings_dir

SAMPLES = load_mappings(mappings_dir()).messages
NORMAL = AcknowledgementWords(
    number="T1", answer_by="Monday at 12:00", answer_within="2 hours", phone="305-680-3122"
)
EMERGENCY = replace(NORMAL, emergency=True, answer_within="15 minutes")


@pytest.mark.parametrize(
    ("words", "said", "unsaid"),
    [
        (NORMAL, "will answer within 2 hours, by Monday at 12:00.", "We treat it"),
        (NORMAL, "In an emergency, call us at 305-680-3122.", "THIS IS"),
        (EMERGENCY, "call us now at 305-680-3122", "In an emergency, call"),
        (replace(NORMAL, answer_within=""), "will answer by Monday", "within"),
        (replace(NORMAL, phone=""), "T1", "call us"),
        (replace(NORMAL, desired="Friday"), "You asked for it to be solved by Friday.", "sooner"),
        (replace(NORMAL, questions=("a picture",)), "- a picture", "You asked"),
        (replace(NORMAL, title="Jam", name="Pat"), "Hello Pat,", "Hello,"),
        (NORMAL, "Hello,", "“"),
    ],
)
def test_what_an_acknowledgement_says(words, said, unsaid):
    message = SAMPLES.acknowledgement(words)
    assert said in message.text
    assert unsaid not in message.text
    assert message.subject == "#T1# We have received your request"


def test_an_emergency_begins_with_the_phone_number():
    first = SAMPLES.acknowledgement(EMERGENCY).text.splitlines()[0]
    assert first == "THIS IS AN EMERGENCY: please also call us now at 305-680-3122."


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_html_shows_what_was_said_and_runs_nothing(title, name):
    words = replace(NORMAL, title=f"<script>{title}", name=f"{{{{7*7}}}}{name}")
    shown = SAMPLES.acknowledgement(words).html
    assert "<script" not in shown
    assert "{{7*7}}" in shown
    assert one_line(title) in one_line(html.unescape(shown))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_a_subject_is_one_line_whatever_was_asked(what):
    words = AlertWords("emergency", "key", who="Pat", what=one_line(what) or "x")
    message = SAMPLES.alert(words)
    assert len(message.subject.splitlines()) == 1
    assert message.text.startswith("Pat")


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        (TEXT, "Subject: #{{ number }}#\n\n{% if %}", 3, "is no valid template"),
        (TEXT, "Subject: #{{ number }}#\n{{ nubmer }}", 2, "'nubmer' is undefined"),
        (TEXT, "Hello\n", 1, "its first line must be `Subject: …`"),
        (TEXT, "Subject: Hello\n\nHello", 1, "the subject must hold #{{ number }}#"),
        (TEXT, "Subject: #{{ number }}#\n{{ number.__class__ }}", 2, "unsafe"),
        (HTML, "<p>\n{{ number }\n", 2, "is no valid template"),
        (ALERT, "Subject: x\n\n{{ number }}\n{{ 1 / 0 }}\n", 4, "division by zero"),
    ],
)
def test_a_broken_template_is_told_with_its_line(tmp_path, name, text, line, said):
    templates = MessageTemplates({**SAMPLES.sources, name: text})
    [(where, fault)] = all_faults(templates)
    assert (where, fault.line) == (name, line)
    assert said in fault.message
    [problem] = message_problems(tmp_path, templates)
    assert str(problem).startswith(str(tmp_path / "messages" / name) + f":{line}: ")


def test_the_samples_work_with_every_example():
    assert list(all_faults(SAMPLES)) == []
    assert set(EXAMPLES) == {name.partition(".")[0] for name in SAMPLES.sources}
