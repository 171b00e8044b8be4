"""What was parked says why and what to do; released, it goes on and does nothing twice."""

from datetime import timedelta

import pytest
from support.endpoints import CREATE
from support.faults.invariants import everything_once
from support.faults.site import Site
from support.faults.workload import small

from connector.errors import ExitCode

UPLOAD = "POST /v2/system/attachments/{moduleId}/{objectId}"
ADD_NOTE = "POST /v2/servicedesk/tickets/{ticketId}/notes"

ATTEMPTS = 10
"""After so many temporary failures a request is parked."""


def parked(site: Site) -> list[dict[str, str]]:
    listed = site.command("requests", "list", "--state", "parked", "--json")
    return list(listed.report)


def test_what_bms_refuses_is_parked_with_its_words_and_goes_on_when_released(site: Site) -> None:
    site.sandbox.faults.add("refuse_field", CREATE, field="title", where="Keyboard", times=None)
    site.drop(small())
    assert site.sync().code == ExitCode.PARTLY
    [told] = parked(site)
    assert "title was refused" in told["reason"]
    assert told["remedy"]

    site.sandbox.faults.clear()
    assert site.command("requests", "release", told["key"]).code == ExitCode.DONE
    assert site.sync().code == ExitCode.DONE

    everything_once(site)


@pytest.mark.parametrize(
    ("endpoint", "nth"), [(UPLOAD, 1), (UPLOAD, 2), (ADD_NOTE, 1)], ids=["first", "second", "note"]
)
@pytest.mark.parametrize("after_commit", [False, True], ids=["not done", "done"])
def test_what_was_given_up_half_done_goes_on_where_it_stopped(
    site: Site, endpoint: str, nth: int, *, after_commit: bool
) -> None:
    site.sandbox.faults.add(
        "status", endpoint, nth=nth, times=None, status=500, after_commit=after_commit
    )
    # Not even the search for what an unclear call made gives an answer.
    reading = endpoint.replace("POST", "GET")
    site.sandbox.faults.add("status", reading, times=None, status=500)
    site.drop(small()[:1])
    for _ in range(ATTEMPTS):
        site.sync()
        site.pass_by(timedelta(hours=9))
    [told] = parked(site)
    assert "given up" in told["reason"]
    assert len(site.sandbox.tickets) == 1

    site.sandbox.faults.clear()
    assert site.command("requests", "release", "--all").code == ExitCode.DONE
    assert site.sync().code == ExitCode.DONE

    everything_once(site)
    assert site.sandbox.calls[CREATE] == 1


def test_a_file_that_bms_refused_is_not_sent_again_when_its_request_is_released(
    site: Site,
) -> None:
    site.sandbox.faults.add("status", UPLOAD, nth=1, times=1, status=400, message="no such type")
    site.sandbox.faults.add("status", ADD_NOTE, times=None, status=500)
    site.drop(small()[:1])
    for _ in range(ATTEMPTS):
        site.sync()
        site.pass_by(timedelta(hours=9))
    [told] = parked(site)

    site.sandbox.faults.clear()
    assert site.command("requests", "release", told["key"]).code == ExitCode.DONE
    assert site.sync().code == ExitCode.DONE

    [ticket] = site.sandbox.tickets
    assert [each["OriginalFileName"] for each in site.sandbox.attachments(ticket["Id"])] == [
        "two.bin"
    ]
    [note] = site.sandbox.notes(ticket["Id"])
    assert "no such type" in note["Details"]
    assert site.sandbox.calls[UPLOAD] == 2
