import pytest
from ruamel.yaml import YAML

from connector.intake.forms.examples import run_form_examples
from connector.mapping.models import FormFile

FIELDS = {"email": "email", "subject": "subject", "emergency": "emergency", "remote_ok": "remote"}
PAYLOAD = {"email": "A@client.example", "subject": "x", "emergency": 1, "remote": True}


def run(payload: dict, expect: dict) -> tuple[bool, str]:
    mapping = FormFile(fields=FIELDS, examples=({"payload": payload, "expect": expect},))
    (result,) = run_form_examples("support", mapping)
    return result


@pytest.mark.parametrize(
    ("payload", "expect"),
    [
        (PAYLOAD, {"email": "a@client.example", "subject": "x", "emergency": True}),
        (PAYLOAD, {"remote_ok": True, "phone": None, "attachments": []}),
        ({"subject": "x"}, {"refused": "no e-mail address"}),
    ],
)
def test_an_example_that_comes_out_says_nothing(payload, expect):
    assert run(payload, expect) == (True, "")


@pytest.mark.parametrize(
    ("payload", "expect", "message"),
    [
        (PAYLOAD, {"subject": "y"}, "subject is 'x' and should be 'y'"),
        (PAYLOAD, {"emergency": False}, "emergency is True and should be False"),
        (PAYLOAD, {"colour": "red"}, "'colour' is no field"),
        (PAYLOAD, {"refused": "address"}, "should be refused"),
        ({"subject": "x"}, {"subject": "x"}, "it is refused: The form submission has no e-mail"),
        ({"subject": "x"}, {"refused": "not valid JSON"}, "it is refused"),
    ],
)
def test_an_example_that_does_not_come_out_says_why(payload, expect, message):
    ok, said = run(payload, expect)
    assert not ok
    assert message in said


def test_the_sample_form_carries_examples_that_come_out(pytestconfig):
    path = pytestconfig.rootpath / "mappings" / "forms" / "members.yaml"
    sample = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    results = run_form_examples("members", FormFile.model_validate(sample, strict=False))
    assert len(results) >= 5
    assert all(ok for ok, _ in results), results
