"""The texts of `messages/`: what they say, that they escape, and how a broken one is told."""

import html
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.load import load_mappings, message_problems
from connector.mapping.message_examples import EXAMPLES
from connector.mapping.message_faults import all_faults
from connector.mapping.message_templates import (
    ALERT,
    DENIED,
    HTML,
    MAX_SUBJECT,
    OF_ACCESS,
    READY,
    TEXT,
    WANTED,
    AccessWords,
    AcknowledgementWords,
    AlertWords,
    MessageTemplates,
    html_beside,
    unfilled,
)
from connector.mapping.render import one_line
from connector.samples import mappings_dir

SAMPLES = load_mappings(mappings_dir()).messages
NORMAL = AcknowledgementWords(
    number="T1", answer_by="Monday at 12:00", answer_within="2 hours", phone="305-680-3122"
)
EMERGENCY = replace(NORMAL, emergency=True, answer_within="15 minutes")
ACCESS = AccessWords(
    event="denied",
    number="T2",
    account="Client Example",
    people=("Ana Lopez <ana@client.example>, External User",),
    name="Pat",
    reason="she <has> left",
)


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


def test_an_acknowledgement_without_a_template_in_html_is_text_alone():
    sources = {name: text for name, text in SAMPLES.sources.items() if name != HTML}
    assert MessageTemplates(sources).acknowledgement(NORMAL).html == ""


def test_a_mail_about_access_says_who_what_and_why():
    message = SAMPLES.access(DENIED, ACCESS)
    assert message.subject == "#T2# Your request for access was not approved"
    assert message.text.startswith("Hello Pat,\n")
    assert "not approved for Client Example" in message.text
    assert "- Ana Lopez <ana@client.example>, External User" in message.text
    assert "Reason: she <has> left" in message.text
    assert message.html == ""


def test_a_mail_about_access_has_html_where_there_is_a_template_for_it():
    beside = {html_beside(DENIED): "<p>{{ name }}: {{ reason }}</p>"}
    templates = MessageTemplates({**SAMPLES.sources, **beside})
    assert templates.access(DENIED, ACCESS).html == "<p>Pat: she &lt;has&gt; left</p>"
    assert templates.access(READY, ACCESS).html == ""
    assert list(all_faults(templates)) == []


def test_a_long_subject_is_cut_so_that_every_channel_takes_it():
    subject = SAMPLES.alert(AlertWords("emergency", "key", what="911 " * 100)).subject
    assert subject.startswith("EMERGENCY: 911 911")
    assert len(subject) == MAX_SUBJECT


def test_what_a_person_is_told_of_a_template_that_failed_on_a_request():
    said = unfilled(ALERT, ValueError("no\nsuch thing"))
    assert said.startswith(f"mappings/messages/{ALERT} cannot be rendered: no such thing; ")
    assert "`bms-connector mappings test`" in said


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        (TEXT, "Subject: #{{ number }}#\n\n{% if %}", 3, "is no valid template"),
        (TEXT, "Subject: #{{ number }}#\n{{ nubmer }}", 2, "'nubmer' is undefined"),
        (TEXT, "Hello\n", 1, "its first line must be `Subject: …`"),
        (TEXT, "Subject: \n\n#{{ number }}#", 1, "its first line must be `Subject: …`"),
        (TEXT, "Subject: Hello\n\nHello", 1, "the subject must hold #{{ number }}#"),
        (TEXT, "Subject: #{{ number }}#\n{{ number.__class__ }}", 2, "unsafe"),
        (HTML, "<p>\n{{ number }\n", 2, "is no valid template"),
        (ALERT, "Subject: x\n\n{{ number }}\n{{ 1 / 0 }}\n", 4, "division by zero"),
        (ALERT, "Subject: x\n\n{{ request.index('?') }}", 3, "cannot be rendered: substring not"),
        (WANTED, "Subject: x\n\n{{ until }}", 1, "it must hold {{ link }}: by it a point of cont"),
        (html_beside(WANTED), "<p>{{ until }}</p>", 1, "it must hold {{ link }}"),
    ],
)
def test_a_broken_template_is_told_with_its_line(tmp_path, name, text, line, said):
    templates = MessageTemplates({**SAMPLES.sources, name: text})
    [(where, fault)] = all_faults(templates)
    assert (where, fault.line) == (name, line)
    assert said in fault.message
    [problem] = message_problems(tmp_path, templates)
    assert str(problem).startswith(str(tmp_path / "messages" / name) + f":{line}: ")


ALWAYS = {
    TEXT: {"number"},
    ALERT: {"event", "request"},
    **dict.fromkeys(OF_ACCESS, frozenset({"event", "number", "account", "people", "link"})),
}
"""What a template may rely on; anything else that it may say is empty at times."""
KINDS = {TEXT: AcknowledgementWords, ALERT: AlertWords, **dict.fromkeys(OF_ACCESS, AccessWords)}


def faults_where(name: str, condition: str) -> list[tuple[str, object]]:
    """What is told of a template with a mistake that shows only on a condition."""
    text = f"Subject: #{{{{ number }}}}# x\n{{{{ link }}}}\n{{{{ nubmer if {condition} }}}}"
    text = text if name in OF_ACCESS else text.replace("{{ link }}", "")
    return list(all_faults(MessageTemplates({name: text})))


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name, words in KINDS.items() for field in words.__slots__]
)
def test_a_mistake_beside_any_word_is_found_before_a_request_has_that_word(name, field):
    assert faults_where(name, field)
    assert bool(faults_where(name, f"not {field}")) is (field not in ALWAYS[name])


@pytest.mark.parametrize(
    ("name", "event"),
    [
        (ALERT, "emergency"),
        (ALERT, "ticket"),
        (ALERT, "parked"),
        (ALERT, "channel"),
        (WANTED, "asked"),
        (WANTED, "reminder"),
        (DENIED, "denied"),
        (DENIED, "expired"),
    ],
)
def test_a_mistake_in_what_one_event_says_is_found_before_it_happens(name, event):
    assert faults_where(name, f"event == '{event}'")


def test_a_template_may_go_through_the_people_and_join_any_word_to_a_text():
    """All words are texts, but the people, who are several texts, and what is true or false."""
    for name, words in KINDS.items():
        texts = [one for one in words.__slots__ if one not in ("people", "questions", "emergency")]
        lines = "\n".join(f"{{{{ '' + {one} }}}}" for one in texts)
        lists = [one for one in words.__slots__ if one in ("people", "questions")]
        lines += "\n".join(f"{{% for x in {one} %}}{{{{ '' + x }}}}{{% endfor %}}" for one in lists)
        templates = MessageTemplates({name: f"Subject: #{{{{ number }}}}# x\n{lines}"})
        assert list(all_faults(templates)) == []


def test_the_samples_work_with_every_example():
    assert list(all_faults(SAMPLES)) == []
    assert set(EXAMPLES) == {name.partition(".")[0] for name in SAMPLES.sources}
