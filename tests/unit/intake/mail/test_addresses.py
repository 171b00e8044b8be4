import pytest

from connector.domain.mail import Mailbox
from connector.intake.mail.addresses import count_mailboxes, parse_mailbox


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("dana@client.example", "", "dana@client.example"),
        ("<DANA@Client.EXAMPLE>", "", "dana@client.example"),
        ('"Whitfield, Dana" <dana@client.example>', "Whitfield, Dana", "dana@client.example"),
        ('"Dana \\"D\\" W" <dana@client.example>', 'Dana "D" W', "dana@client.example"),
        ("'dana@client.example'", "", "dana@client.example"),
        ("dana@client.example <dana@client.example>", "", "dana@client.example"),
        ("Dana <mailto:dana@client.example>", "Dana", "dana@client.example"),
        ("Dana <@relay.example:dana@client.example>", "Dana", "dana@client.example"),
        ("Dana <dana @ client . example>", "Dana", "dana@client.example"),
        ("O'Brien <pat.o'brien@client.example>", "O'Brien", "pat.o'brien@client.example"),
        ("Printer <printer@[10.0.0.7]>", "Printer", "printer@[10.0.0.7]"),
        ("alerts@server.local", "", "alerts@server.local"),
        ("Team: dana@client.example, sam@client.example;", "", "dana@client.example"),
        ("Ops. <> <ops@client.example>", "Ops.", "ops@client.example"),
        ("Dana Whitfield. dana@client.example", "", "dana@client.example"),
        ("=?utf-8?Q?jos=C3=A9?=@client.example", "", "josé@client.example"),
        ('"odd local"@client.example', "", '"odd local"@client.example'),
    ],
)
def test_an_address_is_read_as_senders_write_it(value, name, address):
    mailbox = parse_mailbox(value)
    assert mailbox == Mailbox(name, address)


@pytest.mark.parametrize(
    "value", ["", "<>", "MAILER-DAEMON", "root <root>", "a@b@c", "@client.example", "dana@", ";,<"]
)
def test_a_from_without_an_address_gives_no_mailbox(value):
    assert parse_mailbox(value) is None


def test_the_address_in_brackets_wins_over_one_in_the_name():
    mailbox = parse_mailbox("ceo@client.example <mallory@evil.example>")
    assert mailbox == Mailbox("ceo@client.example", "mallory@evil.example")


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("a@client.example", 1),
        ("a@client.example <a@client.example>", 1),
        ('"b@client.example" <a@client.example>', 1),
        ("a@client.example, b@client.example", 2),
    ],
)
def test_several_addresses_in_from_are_counted(value, count):
    assert count_mailboxes(value) == count
