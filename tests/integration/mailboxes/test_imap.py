"""The source `imap` against a real Dovecot: taking in, filing away, and what else happens there."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from support.desk import MONDAY_TEN, Desk
from support.dovecot import User, mail, running_dovecot
from support.killing import Killed, failing_at
from support.mailboxes import plain, read_mailbox

from connector.domain.request import Outcome
from connector.errors import ExitCode
from connector.intake.sources import imap_listing, imap_source
from connector.intake.sources.imap_source import ImapMailbox
from connector.ledger.store import SqlLedger
from connector.pipeline.steps import DELIVER, INTAKE

pytestmark = pytest.mark.service

DELETED = rb"\Deleted"
FLAGGED = rb"\Flagged"
SEEN = rb"\Seen"


def outcomes(desk: Desk) -> list[Outcome]:
    return [request.state for request in desk.requests()]


def test_a_mail_becomes_a_ticket_and_moves_unread_to_the_processed_folder(
    desk: Desk, user: User
) -> None:
    user.deliver(mail("Printer jam"), at=MONDAY_TEN - timedelta(minutes=20))
    read_mailbox(desk, user)

    report = desk.sync()

    assert (report.exit_code, report.counts["created"], report.conserved) == (0, 1, True)
    [ticket] = desk.sandbox.tickets
    assert ticket["Title"] == "Printer jam"
    [request] = desk.requests()
    assert request.received_at == MONDAY_TEN - timedelta(minutes=20)
    assert user.subjects() == []
    assert user.subjects("Processed") == ["Printer jam"]
    assert user.flags("Processed") == [set()]
    assert desk.sync().counts["received"] == 0


def test_the_bytes_in_the_ledger_are_those_on_the_server(desk: Desk, user: User) -> None:
    raw = mail().replace(b"It hums.", b"caf\xe9 \x01\r\n.\r\n From \xff")
    user.deliver(raw)
    read_mailbox(desk, user)
    desk.sync()
    [request] = desk.requests()
    with desk.ledger() as ledger:
        assert ledger.raw(request.key) == raw


def test_mail_that_somebody_has_read_and_flagged_is_not_missed(desk: Desk, user: User) -> None:
    user.deliver(mail("Read in Outlook"))
    with user.client() as outlook:
        outlook.add_flags(outlook.search("ALL"), [SEEN, FLAGGED])
    read_mailbox(desk, user)
    desk.sync()
    assert user.flags("Processed") == [{SEEN, FLAGGED}], "another's flags are not ours to change"


def test_the_oldest_by_the_servers_receipt_comes_first(desk: Desk, user: User) -> None:
    user.deliver(mail("second", 2), at=MONDAY_TEN - timedelta(hours=1))
    user.deliver(mail("first", 1), at=MONDAY_TEN - timedelta(hours=2))
    read_mailbox(desk, user)
    assert [request.subject for request in desk.sync().requests] == ["first", "second"]


def test_a_dry_run_changes_nothing_in_the_mailbox(desk: Desk, user: User) -> None:
    user.deliver(mail())
    read_mailbox(desk, user)
    desk.sync(DELIVER)
    before = desk.dump()

    assert desk.sync(dry_run=True).counts["created"] == 1

    assert desk.dump() == before
    assert (user.subjects(), user.flags()) == (["Printer jam"], [set()])


# --- since -----------------------------------------------------------------------------------


def test_by_default_only_what_comes_after_the_first_sync_is_taken(desk: Desk, user: User) -> None:
    user.deliver(mail("old", 1), at=MONDAY_TEN - timedelta(days=3))
    user.deliver(mail("a second ago", 2), at=MONDAY_TEN)
    read_mailbox(desk, user, since=None)
    assert desk.sync().counts["received"] == 0

    user.deliver(mail("new", 3), at=MONDAY_TEN)
    user.deliver(mail("by a server whose clock is behind", 4), at=MONDAY_TEN - timedelta(minutes=9))
    user.deliver(mail("dragged in from last year", 5), at=MONDAY_TEN - timedelta(days=365))
    desk.clock.pass_by(minutes=1)

    assert desk.sync().counts["received"] == 2
    assert user.subjects() == ["old", "a second ago", "dragged in from last year"]


def test_a_dry_run_is_no_first_sync(desk: Desk, user: User) -> None:
    read_mailbox(desk, user, since=None)
    desk.sync(dry_run=True)
    user.deliver(mail("came before the first sync"), at=MONDAY_TEN - timedelta(days=1))
    assert desk.sync().counts["received"] == 0


def test_a_date_is_that_days_start_where_the_help_desk_is(desk: Desk, user: User) -> None:
    midnight_in_new_york = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)
    user.deliver(mail("before", 1), at=midnight_in_new_york - timedelta(seconds=1))
    user.deliver(mail("after", 2), at=midnight_in_new_york)
    read_mailbox(desk, user, since="2026-11-10")
    assert [request.subject for request in desk.sync().requests] == ["after"]


# --- what waits for a person -----------------------------------------------------------------


def test_what_is_parked_stays_in_the_folder_flagged_and_is_taken_in_once(
    desk: Desk, user: User
) -> None:
    user.deliver(b"no header at all")
    read_mailbox(desk, user)

    assert desk.sync().counts["parked"] == 1
    assert [FLAGGED in flags for flags in user.flags()] == [True]
    assert desk.sync().counts["received"] == 0
    assert outcomes(desk) == [Outcome.PARKED]


def test_a_parked_mail_moves_on_without_our_flag_once_it_is_settled(desk: Desk, user: User) -> None:
    user.deliver(b"no header at all")
    read_mailbox(desk, user)
    desk.sync()
    [request] = desk.requests()
    with desk.ledger() as ledger:
        from connector.ports import Stamp

        ledger.set_aside(request.key, reason="spam", stamp=Stamp("by hand", desk.clock()))
    desk.sync()
    assert user.subjects() == []
    assert user.flags("Processed") == [set()]


def test_a_mail_too_large_is_parked_unread_and_read_once_the_limit_is_raised(
    desk: Desk, user: User
) -> None:
    user.deliver(mail("Big", text="x" * 70 + "\r\n" + "y" * 1_100_000))
    read_mailbox(desk, user)
    desk.more = "limits: {request_mb: 1}"
    report = desk.sync()
    assert report.counts["parked"] == 1
    assert "raise limits.request_mb" in desk.requests()[0].remedy
    assert desk.sync().counts["received"] == 0

    desk.more = "limits: {request_mb: 60}"
    report = desk.sync()

    assert (report.counts["created"], report.conserved) == (1, True)
    assert user.subjects("Processed") == ["Big"]


# --- other clients at the same mailbox -------------------------------------------------------


def test_a_mail_that_vanishes_between_listing_and_reading_is_no_error(
    desk: Desk, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.deliver(mail("stays", 1), mail("goes", 2), mail("stays too", 3))
    read_mailbox(desk, user)
    read = imap_source._body

    def read_late(place: object, section: object, opened: object) -> bytes:
        with user.client() as other:
            other.delete_messages(other.search(["SUBJECT", "goes"]))
            other.expunge()
        return read(place, section, opened)  # type: ignore[arg-type]

    monkeypatch.setattr(imap_source, "_body", read_late)

    report = desk.sync()

    assert (report.exit_code, report.counts["created"], report.conserved) == (0, 2, True)
    assert any("is gone" in notice for notice in report.notices)


def test_a_mail_that_somebody_moved_away_before_it_could_be_filed_is_no_error(
    desk: Desk, user: User
) -> None:
    user.deliver(mail())
    read_mailbox(desk, user)
    desk.sync(INTAKE)
    with user.client() as other:
        other.create_folder("Elsewhere")
        other.move(other.search("ALL"), "Elsewhere")
    report = desk.sync()
    assert (report.exit_code, report.counts["created"]) == (0, 1)
    assert user.subjects("Elsewhere") == ["Printer jam"]


@pytest.mark.parametrize(
    ("capability", "left"),
    [
        ("IMAP4rev1 LITERAL+ UIDPLUS IDLE", ["marked by another"]),
        ("IMAP4rev1 LITERAL+", ["marked by another", "ours"]),
    ],
    ids=["no MOVE", "no MOVE and no UIDPLUS"],
)
def test_without_move_only_our_own_message_is_removed(
    desk: Desk, capability: str, left: list[str]
) -> None:
    with running_dovecot(capability=capability) as server:
        user = server.user()
        user.deliver(mail("marked by another", 1), mail("ours", 2))
        with user.client() as other:
            other.add_flags(other.search(["SUBJECT", "marked"]), [DELETED])
        read_mailbox(desk, user)

        assert desk.sync().counts["created"] == 1
        assert desk.sync().counts["received"] == 0

        assert user.subjects("Processed") == ["ours"]
        assert user.subjects() == left
        assert user.flags() == [{DELETED}] * len(left)


# --- UIDVALIDITY -----------------------------------------------------------------------------


def test_after_a_renumbering_what_is_known_is_found_again_and_not_reported_twice(
    desk: Desk, user: User
) -> None:
    user.deliver(mail("waits", 1), b"parked: no header at all", mail("done", 3))
    read_mailbox(desk, user)
    desk.sync(INTAKE)
    before = len(desk.requests())
    user.renumber()
    user.deliver(mail("new", 4))

    report = desk.sync()

    assert before == 3
    assert (report.counts["received"], report.counts["duplicate"]) == (1, 0)
    assert report.counts["created"] == 3
    assert any("3 known messages were found again" in notice for notice in report.notices)
    assert sorted(user.subjects("Processed")) == ["done", "new", "waits"]
    assert len(user.subjects()) == 1, "what is parked stays"
    assert desk.sync().counts["received"] == 0


def test_a_renumbered_mail_too_large_to_read_is_not_parked_a_second_time(
    desk: Desk, user: User
) -> None:
    user.deliver(mail("Big", text="y" * 1_100_000))
    read_mailbox(desk, user)
    desk.more = "limits: {request_mb: 1}"
    desk.sync()
    user.renumber()
    assert desk.sync().counts["received"] == 0
    assert outcomes(desk) == [Outcome.PARKED]


def test_a_mail_restored_after_it_was_filed_is_a_duplicate(desk: Desk, user: User) -> None:
    user.deliver(mail())
    read_mailbox(desk, user)
    desk.sync()
    user.renumber()
    user.deliver(mail())
    report = desk.sync()
    assert (report.counts["duplicate"], len(desk.sandbox.tickets)) == (1, 1)
    assert user.subjects("Processed") == ["Printer jam"] * 2


def test_a_delivery_between_a_renumbering_and_the_next_intake_loses_nothing(
    desk: Desk, user: User
) -> None:
    user.deliver(mail())
    read_mailbox(desk, user)
    desk.sync(INTAKE)
    user.renumber()
    report = desk.sync(DELIVER)
    assert report.counts["created"] == 1
    assert any("numbered anew" in problem for problem in report.problems)
    assert user.subjects() == ["Printer jam"]

    report = desk.sync()

    assert (report.exit_code, report.counts["duplicate"]) == (0, 0)
    assert user.subjects("Processed") == ["Printer jam"]


# --- kills -----------------------------------------------------------------------------------


def test_killed_between_ledger_and_move_the_next_run_only_moves(desk: Desk, user: User) -> None:
    user.deliver(mail())
    read_mailbox(desk, user)
    with pytest.raises(Killed), failing_at(ImapMailbox, "mark", "before", 1, Killed()):
        desk.sync()
    assert user.subjects() == ["Printer jam"]
    calls = dict(desk.sandbox.calls)

    report = desk.sync()

    assert report.counts["received"] == 0
    assert dict(desk.sandbox.calls) == calls
    assert (user.subjects(), user.subjects("Processed")) == ([], ["Printer jam"])


@pytest.mark.parametrize("method", ["record_all", "identify_all", "settle", "marked"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_anywhere_a_mail_becomes_one_ticket(
    desk: Desk, user: User, method: str, when: str
) -> None:
    user.deliver(mail())
    read_mailbox(desk, user)
    with pytest.raises(Killed), failing_at(SqlLedger, method, when, 1, Killed()):
        desk.sync()
    desk.clock.pass_by(minutes=10)
    desk.sync()
    assert len(desk.sandbox.tickets) == 1
    assert outcomes(desk) == [Outcome.CREATED]
    assert (user.subjects(), user.subjects("Processed")) == ([], ["Printer jam"])


# --- many ------------------------------------------------------------------------------------


def test_two_thousand_mails_are_taken_in_and_listed_in_windows(
    desk: Desk, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_listing, "WINDOW", 700)
    user.deliver(*(mail(f"mail {number}", number) for number in range(2000)))
    read_mailbox(desk, user)

    begun = time.monotonic()
    report = desk.sync(INTAKE)
    taken_in = time.monotonic() - begun

    assert (report.counts["received"], report.counts["pending"]) == (2000, 2000)
    assert report.conserved
    assert user.flags() == [set()] * 2000
    assert taken_in < 120, "about 7 s on one core of 2026"


@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
def test_every_kind_of_connection_works(desk: Desk, user: User, security: str) -> None:
    user.deliver(mail())
    settings = plain(user.server) if security == "plain" else {"security": security}
    port = user.server.imaps_port if security == "tls" else user.server.imap_port
    read_mailbox(desk, user, **{**settings, "port": port})
    assert desk.sync().counts["created"] == 1


def test_a_missing_folder_is_told_with_what_to_do(desk: Desk, user: User) -> None:
    read_mailbox(desk, user, folder="Nowhere")
    report = desk.sync()
    assert report.exit_code is ExitCode.UNREACHABLE
    assert "the folder 'Nowhere' cannot be opened" in report.problems[0]
