"""The source `gravity_forms` against a stand-in that follows the vendor's documentation."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.desk import Desk, help_desk
from support.file_host import running_file_host
from support.gravity_server import KEY, SECRET, GravityServer, running_gravity
from support.post import mail_server

from connector.domain.request import Outcome
from connector.errors import ExitCode
from connector.pipeline.steps import DELIVER, INTAKE, NOTIFY
from connector.wiring.tenant import live_check, open_tenant


@pytest.fixture
def site() -> Iterator[GravityServer]:
    with running_gravity() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, site: GravityServer) -> Iterator[Desk]:
    with help_desk(tmp_path) as ready:
        ready.steps = (INTAKE, DELIVER)
        configure(ready, site, since="all")
        yield ready


def configure(desk: Desk, site: GravityServer, **settings: object) -> None:
    chosen = {
        "name": "portal",
        "type": "gravity_forms",
        "base_url": site.url,
        "key": KEY,
        "secret": SECRET,
        "form_id": 5,
        "form": "gravity_forms",
        **settings,
    }
    desk.sources = {}
    desk.mailboxes = [json.dumps(chosen)]


def test_an_entry_becomes_a_ticket_received_when_it_was_submitted(
    desk: Desk, site: GravityServer
) -> None:
    at = desk.now - timedelta(hours=2)
    site.submit(at)

    [line] = desk.sync().requests

    assert line.outcome is Outcome.CREATED
    assert desk.requests()[0].received_at == at
    assert desk.titles() == ["Keyboard 1"]


def test_an_entry_is_taken_once(desk: Desk, site: GravityServer) -> None:
    site.submit(desk.now)
    desk.sync()
    for _ in range(4):
        desk.pass_by(days=3)
        report = desk.sync()
        assert report.requests == []
        assert report.exit_code is ExitCode.DONE
    assert len(desk.requests()) == 1


def test_only_what_came_after_the_first_look_is_taken(desk: Desk, site: GravityServer) -> None:
    configure(desk, site)
    site.submit(desk.now - timedelta(minutes=1))
    desk.sync()
    desk.pass_by(minutes=10)
    site.submit(desk.now - timedelta(minutes=1))

    assert [line.outcome for line in desk.sync().requests] == [Outcome.CREATED]
    assert desk.titles() == ["Keyboard 2"]


def test_since_reaches_back(desk: Desk, site: GravityServer) -> None:
    configure(desk, site, since="2026-11-14")
    for days in (9, 1, 0):
        site.submit(desk.now - timedelta(days=days))
    desk.sync()

    assert desk.titles() == ["Keyboard 2", "Keyboard 3"]


def test_of_what_since_imports_nobody_hears(desk: Desk, site: GravityServer) -> None:
    with mail_server() as post:
        desk.more = (
            "mail: {from: helpdesk@securenetmsp.com, "
            f"smtp: {{host: 127.0.0.1, port: {post.port}, security: plain}}}}\n"
        )
        desk.steps = (INTAKE, DELIVER, NOTIFY)
        site.submit(desk.now - timedelta(hours=1))
        assert desk.sync().counts["created"] == 1
        assert post.mails == []

        desk.pass_by(minutes=10)
        site.submit(desk.now - timedelta(minutes=1))
        assert desk.sync().counts["created"] == 1
        assert len(post.mails) == 1


def test_every_page_is_read(desk: Desk, site: GravityServer) -> None:
    for number in range(230):
        site.submit(desk.now - timedelta(minutes=300 - number))

    report = desk.sync(INTAKE)

    assert report.counts["received"] == 230
    assert report.conserved
    pages = [call["paging[current_page]"] for call in site.calls]
    assert pages == ["1", "2", "3"]


def test_the_site_is_asked_at_most_once_an_interval(desk: Desk, site: GravityServer) -> None:
    for _ in range(10):
        desk.sync(INTAKE)
        desk.pass_by(minutes=1)

    assert len(site.calls) == 2


def test_an_outage_of_ours_loses_nothing(desk: Desk, site: GravityServer) -> None:
    desk.sync()
    site.submit(desk.now + timedelta(days=1))
    desk.pass_by(days=30)
    site.submit(desk.now)
    desk.sync()

    assert desk.titles() == ["Keyboard 1", "Keyboard 2"]


@pytest.mark.parametrize("hours", [-14, 0, 12])
def test_the_zone_of_the_site_hides_nothing(desk: Desk, site: GravityServer, hours: int) -> None:
    site.behind = timedelta(hours=hours)
    configure(desk, site)
    desk.sync()
    desk.pass_by(minutes=10)
    site.submit(desk.now)
    desk.sync()

    assert desk.titles() == ["Keyboard 1"]


def test_what_was_taken_for_spam_is_taken_once_it_is_none(desk: Desk, site: GravityServer) -> None:
    spam = site.submit(desk.now, status="spam")
    site.submit(desk.now)
    desk.sync()
    assert desk.titles() == ["Keyboard 2"]
    spam["status"] = "active"
    desk.pass_by(days=5)
    desk.sync()

    assert desk.titles() == ["Keyboard 2", "Keyboard 1"]


def test_the_same_entry_by_webhook_and_by_polling_is_one_ticket(
    desk: Desk, site: GravityServer
) -> None:
    entry = site.submit(desk.now)
    desk.mailboxes.append("{name: other, type: folder, path: other, form: gravity_forms}")
    desk.drop("entry.json", entry, into="other")

    outcomes = sorted(line.outcome for line in desk.sync().requests)

    assert outcomes == [Outcome.CREATED, Outcome.DUPLICATE]


def test_an_upload_is_fetched_from_the_site(desk: Desk, site: GravityServer) -> None:
    with running_file_host() as host:
        configure(desk, site, since="all", files_from=[host.place])
        site.submit(desk.now, _16=json.dumps([host.has("/u/page.jpg", b"jpg")]))
        [line] = desk.sync().requests

    [file] = desk.sandbox.attachments(line.ticket_id)
    assert file["OriginalFileName"] == "page.jpg"


def test_a_parked_entry_is_not_read_again(desk: Desk, site: GravityServer) -> None:
    site.submit(desk.now, _2="nobody")
    assert desk.sync().counts["parked"] == 1
    desk.pass_by(hours=1)

    assert desk.sync().requests == []


# --- what goes wrong --------------------------------------------------------------------------


def test_a_refused_key_stops_the_run_and_is_not_tried_again_at_once(
    desk: Desk, site: GravityServer
) -> None:
    configure(desk, site, secret="wrong")
    assert desk.sync().exit_code is ExitCode.REFUSED
    desk.pass_by(minutes=10)
    report = desk.sync()

    assert report.exit_code is ExitCode.REFUSED
    assert "refused the key" in report.problems[0]
    assert SECRET not in report.problems[0]
    assert len(site.calls) == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ((500, "down"), "answered 500"),
        ((404, "<html>"), "form_id"),
        ((200, "<html>"), "REST API"),
        ((200, '{"entries": 5}'), "something else"),
        ((200, "[]"), "something else"),
        ((302, ""), "Correct `base_url`"),
    ],
)
def test_a_site_that_fails_is_told_and_asked_again(
    desk: Desk, site: GravityServer, fault: tuple[int, str], words: str
) -> None:
    site.submit(desk.now)
    site.fault = fault
    report = desk.sync()
    assert report.exit_code is ExitCode.UNREACHABLE
    assert words in report.problems[0]
    site.fault = None
    desk.sync()

    assert desk.titles() == ["Keyboard 1"]


def test_an_entry_without_a_date_is_reported_and_stops_no_other(
    desk: Desk, site: GravityServer
) -> None:
    site.submit(desk.now)["date_created"] = "0000-00-00 00:00:00"
    site.submit(desk.now)
    site._fits = lambda *_: True  # type: ignore[method-assign]
    report = desk.sync()

    assert desk.titles() == ["Keyboard 2"]
    assert not report.conserved
    assert report.exit_code is ExitCode.PARTLY


def test_a_dry_run_leaves_nothing_behind(desk: Desk, site: GravityServer) -> None:
    site.submit(desk.now)
    desk.sync()
    site.submit(desk.now)
    desk.pass_by(minutes=10)
    before = desk.dump()
    report = desk.sync(dry_run=True)

    assert [line.outcome for line in report.requests] == [Outcome.CREATED]
    assert desk.dump() == before


def test_check_live_counts_what_stays_unread(desk: Desk, site: GravityServer) -> None:
    configure(desk, site, since="2026-11-14")
    for days in (9, 8, 1):
        site.submit(desk.now - timedelta(days=days))
    setup = desk.setup()
    with open_tenant(setup.config, clock=desk.clock) as tenant:
        findings = list(live_check(setup, tenant, probe_write=False).findings())

    [told] = [
        each for each in findings if each.subject == "source portal" and "entries" in each.message
    ]
    assert "3 entries, 2 of them from before 2026-11-14" in told.message
