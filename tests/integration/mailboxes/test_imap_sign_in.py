"""Signing in to a mailbox: password, OAuth2, and what a refusal leads to."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from support.desk import Desk
from support.dovecot import Dovecot, User, mail, running_dovecot
from support.mailboxes import read_mailbox
from support.token_server import TokenServer, running_token_server

from connector.errors import ExitCode
from connector.intake.sources.imap_access import ImapAccess

pytestmark = pytest.mark.service


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with running_token_server() as running:
        yield running


@pytest.fixture
def oauth2_user(tokens: TokenServer) -> Iterator[User]:
    with running_dovecot(introspection_url=f"{tokens.url}/introspect") as server:
        user = server.user()
        tokens.username = user.name
        user.deliver(mail())
        yield user


def use_oauth2(desk: Desk, user: User, tokens: TokenServer, **settings: str) -> None:
    client = {
        "token_url": f"{tokens.url}/token",
        "client_id": "connector",
        "client_secret": "the secret",
        **settings,
    }
    read_mailbox(desk, user, password=None, oauth2=client)


def test_a_wrong_password_stops_with_exit_3_and_names_no_password(
    desk: Desk, dovecot: Dovecot
) -> None:
    read_mailbox(desk, dovecot.user(), password="s3cr3t")
    report = desk.sync()
    assert report.exit_code is ExitCode.REFUSED
    [problem] = report.problems
    assert "refused the sign-in of help" in problem
    assert "s3cr3t" not in problem


def test_a_refused_password_is_tried_again_after_15_minutes_then_hourly(
    desk: Desk, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More often, and the account may be locked; other sources go on meanwhile."""
    tries = []
    sign_in = ImapAccess._sign_in
    monkeypatch.setattr(
        ImapAccess, "_sign_in", lambda *args: (tries.append(minute), sign_in(*args))
    )
    user = dovecot.user()
    read_mailbox(desk, user, password="wrong")
    desk.sources = {"drop": "inbox"}
    desk.drop_mail()
    begun = desk.clock()
    for minute in range(0, 151, 5):
        desk.clock.now = begun + timedelta(minutes=minute)
        report = desk.sync(dry_run=minute % 10 == 5)
        assert report.exit_code is ExitCode.REFUSED
        assert "will not be tried again before" in report.problems[0]
    assert tries == [0, 15, 75, 135]
    assert len(desk.sandbox.tickets) == 1

    user.deliver(mail())
    read_mailbox(desk, user)
    assert desk.sync().counts["received"] == 1, "a corrected password is tried at once"


def test_a_password_beyond_ascii_signs_in(desk: Desk) -> None:
    with running_dovecot(password="pässwörd") as server:
        read_mailbox(desk, server.user(), password="pässwörd")
        assert desk.sync().exit_code is ExitCode.DONE
        read_mailbox(desk, server.user(), password="größe")
        assert desk.sync().exit_code is ExitCode.REFUSED


def test_client_credentials_sign_in_and_the_token_is_kept_between_runs(
    desk: Desk, oauth2_user: User, tokens: TokenServer
) -> None:
    use_oauth2(desk, oauth2_user, tokens, scope="https://outlook.example/.default")
    assert desk.sync().counts["created"] == 1
    assert desk.sync().exit_code is ExitCode.DONE
    [grant] = tokens.grants
    assert (grant["grant_type"], grant["scope"]) == (
        "client_credentials",
        "https://outlook.example/.default",
    )
    desk.clock.pass_by(hours=1)
    desk.sync()
    assert len(tokens.grants) == 2


def test_a_refresh_token_is_replaced_by_the_newest_one(
    desk: Desk, oauth2_user: User, tokens: TokenServer
) -> None:
    use_oauth2(desk, oauth2_user, tokens, refresh_token="from the config")
    desk.sync()
    desk.clock.pass_by(hours=2)
    desk.sync(dry_run=True)
    desk.clock.pass_by(hours=2)
    desk.sync()
    sent = [grant["refresh_token"] for grant in tokens.grants]
    assert sent == ["from the config", "refresh-1", "refresh-2"]


def test_a_kept_token_that_was_revoked_is_replaced_once(
    desk: Desk, oauth2_user: User, tokens: TokenServer
) -> None:
    use_oauth2(desk, oauth2_user, tokens)
    desk.sync()
    tokens.revoked.add("token-1")
    assert desk.sync().exit_code is ExitCode.DONE
    assert len(tokens.grants) == 2


def test_a_token_that_the_mail_server_refuses_is_exit_3(
    desk: Desk, oauth2_user: User, tokens: TokenServer
) -> None:
    tokens.revoked |= {"token-1", "token-2"}
    use_oauth2(desk, oauth2_user, tokens)
    report = desk.sync()
    assert report.exit_code is ExitCode.REFUSED
    assert "Correct the username and OAuth2 settings" in report.problems[0]
    assert "token-" not in report.problems[0]


def test_a_refused_client_is_exit_3_and_names_no_secret(
    desk: Desk, oauth2_user: User, tokens: TokenServer
) -> None:
    use_oauth2(desk, oauth2_user, tokens, client_secret="wr0ng")
    report = desk.sync()
    assert report.exit_code is ExitCode.REFUSED
    assert "invalid_client wrong secret" in report.problems[0]
    assert "wr0ng" not in report.problems[0]

    tokens.client_secret = "wr0ng"
    assert desk.sync().exit_code is ExitCode.REFUSED
    assert tokens.grants == [], "nobody asks again so soon"
    desk.clock.pass_by(minutes=15)
    assert desk.sync().counts["received"] == 1


def test_a_token_endpoint_that_is_away_is_exit_4(
    desk: Desk, oauth2_user: User, tokens: TokenServer
) -> None:
    use_oauth2(desk, oauth2_user, tokens, token_url="http://127.0.0.1:9/token")
    assert desk.sync().exit_code is ExitCode.UNREACHABLE
