"""Authentication-Results and what they come to; whole mails are in tests/fixtures/mail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.mail import Mailbox, Verdict
from connector.intake.mail.authentication_results import parse_authentication_results
from connector.intake.mail.headers import read_header
from connector.intake.mail.organisational_domain import is_aligned, organisational_domain
from connector.intake.mail.sender_verdict import read_verdict

DANA = Mailbox("Dana", "dana@client.example")


@pytest.mark.parametrize(
    ("value", "host", "results"),
    [
        ("mx.example; dmarc=pass", "mx.example", [("dmarc", "pass")]),
        ("MX.example 1; DKIM=Pass; SPF=None", "mx.example", [("dkim", "pass"), ("spf", "none")]),
        ('"mx.example" ; dkim/1=pass', "mx.example", [("dkim", "pass")]),
        ("mx.example; none", "mx.example", []),
        ("spf=pass; dkim=fail", "", [("spf", "pass"), ("dkim", "fail")]),
        ("mx.example; spf = (a) pass (b (c) ; dmarc=pass)", "mx.example", [("spf", "pass")]),
        (r"mx.example; spf=none (a \) ; dmarc=pass)", "mx.example", [("spf", "none")]),
        ('mx.example; spf=none reason="x; dmarc=pass"', "mx.example", [("spf", "none")]),
        ("mx.example; spf=none (never closed; dmarc=pass", "mx.example", [("spf", "none")]),
        ('mx.example; spf=none reason="never closed; dmarc=pass', "mx.example", [("spf", "none")]),
        ("(mx.example) other.example; spf=none", "other.example", [("spf", "none")]),
        ("", "", []),
    ],
)
def test_results_are_told_from_comments_and_quotations(value, host, results):
    found = parse_authentication_results(value)
    assert found.host == host
    assert [(one.method, one.result) for one in found.results] == results


def test_properties_are_read():
    found = parse_authentication_results('mx; dkim=pass header.d=a.example header.b="x=y"')
    assert found.results[0].properties == {"header.d": "a.example", "header.b": "x y"}


@pytest.mark.parametrize(
    ("domain", "other", "aligned"),
    [
        ("client.example", "client.example", True),
        ("mail.client.example", "client.example", True),
        ("a.client.co.uk", "b.client.co.uk", True),
        ("client.co.uk", "attacker.co.uk", False),
        ("notclient.example", "client.example", False),
        ("client.example", "client.other", False),
        ("bücher.example", "mail.xn--bcher-kva.example", True),
        ("a.github.io", "b.github.io", False),
        ("co.uk", "client.co.uk", False),
        ("", "", False),
    ],
)
def test_domains_are_aligned_within_one_organisation(domain, other, aligned):
    assert is_aligned(domain, other) is aligned
    assert is_aligned(other, domain) is aligned


def test_a_public_suffix_stands_for_itself():
    assert organisational_domain("co.uk") == "co.uk"


def verdict(*values: str, receiver: str | None = "mx.desk.example", sender=DANA) -> Verdict:
    lines = [f"Authentication-Results: {value}" for value in values]
    raw = "\n".join((*lines, "From: dana@client.example", "", "")).encode()
    return read_verdict(read_header(raw, 0, len(raw))[0], sender, receiver)[0]


@pytest.mark.parametrize(
    "dmarc", ["pass", "fail", "none", "temperror", "permerror", "bestguesspass"]
)
@pytest.mark.parametrize("spf", ["pass", "fail", "softfail", "none"])
@pytest.mark.parametrize("dkim", ["pass", "fail", "none"])
@pytest.mark.parametrize("signer", ["client.example", "mail.client.example", "other.example"])
def test_the_verdict_follows_the_table(dmarc, spf, dkim, signer):
    found = verdict(
        f"mx.desk.example; spf={spf}; dkim={dkim} header.d={signer};"
        f" dmarc={dmarc} header.from=client.example"
    )
    if dmarc == "fail":
        expected = Verdict.FAILED
    elif dmarc == "pass" or (dkim == "pass" and signer != "other.example"):
        expected = Verdict.VERIFIED
    else:
        expected = Verdict.FAILED if spf == dkim == "fail" else Verdict.NONE
    assert found is expected


def test_without_an_author_nobody_is_verified():
    passed = "mx.desk.example; dmarc=pass header.from=client.example"
    assert verdict(passed, sender=None) is Verdict.NONE
    assert verdict(passed, sender=Mailbox("", "dana")) is Verdict.NONE


@given(st.text(max_size=200), st.sampled_from(["mx.desk.example", "exchange-online"]))
@settings(max_examples=150, deadline=None)
def test_only_the_receiver_verifies(text, receiver):
    value = " ".join(text.split())
    if verdict(f"attacker.example; {value}", receiver=receiver) is not Verdict.NONE:
        raise AssertionError(value)
