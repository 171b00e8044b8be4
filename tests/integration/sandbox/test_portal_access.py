"""What people do on BMS's contact pages, as the gateway sees it afterwards."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import requests
from support.bms import Budget, MemoryCache

from connector.bms.access import BmsAccess
from connector.bms.gateway import BmsGateway
from connector.bms.sandbox_grant import SandboxGrant, SandboxPages
from connector.domain.tenant import Lookup
from connector.errors import ConfigError, RequestRejected, Unreachable
from connector.sandbox import Sandbox

OWEN, MARTA = 30002, 30001
OWEN_ADDRESS = "owen.price@harbordental.example"
HARBOR = 2001


@pytest.fixture
def gateway(sandbox: Sandbox) -> BmsGateway:
    access = BmsAccess(
        sandbox.base_url, sandbox.tenant_name, sandbox.username, sandbox.password, timeout=5.0
    )
    return BmsGateway(access, cache=MemoryCache(), budget=Budget(), clock=lambda: datetime.now(UTC))


def of_owen(sandbox: Sandbox) -> tuple[bool, str | None, str | None]:
    [owen] = [each for each in sandbox.contacts if each["Id"] == OWEN]
    return owen["HasClientPortalAccess"], owen["UserName"], owen["SecurityRole"]


def test_a_grant_shows_in_bms_and_a_second_one_does_no_harm(
    sandbox: Sandbox, gateway: BmsGateway
) -> None:
    grant = SandboxGrant(sandbox.base_url)
    assert not gateway.contacts_with_ids([OWEN])[0].has_portal_access
    for _ in range(2):
        grant.grant(OWEN, OWEN_ADDRESS, "External Manager")
    assert gateway.contacts_with_ids([OWEN])[0].has_portal_access
    assert OWEN in [entry.id for entry in gateway.portal_contacts(HARBOR)]
    assert of_owen(sandbox) == (True, OWEN_ADDRESS, "External Manager")


def test_it_can_be_taken_away_again(sandbox: Sandbox, gateway: BmsGateway) -> None:
    sandbox.person.grant_portal_access(OWEN)
    sandbox.person.revoke_portal_access(OWEN_ADDRESS.upper())
    assert not gateway.contacts_with_ids([OWEN])[0].has_portal_access
    assert of_owen(sandbox) == (False, None, None)


def test_points_of_contact_come_and_go(sandbox: Sandbox, gateway: BmsGateway) -> None:
    def pocs() -> set[int]:
        return {poc.id for poc in gateway.points_of_contact(HARBOR)}

    before = pocs()
    sandbox.person.set_poc(OWEN)
    assert pocs() == before | {OWEN}
    sandbox.person.set_contact_active(OWEN, is_active=False)
    assert pocs() == before
    sandbox.person.set_contact_active(OWEN)
    sandbox.person.set_poc(OWEN, is_poc=False)
    assert pocs() == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"contact": 4711}, "4711 is no contact"),
        ({"contact": OWEN, "role": "Service Desk"}, "'Service Desk'"),
        ({"contact": OWEN, "user_name": "MARTA.RUIZ@harbordental.example"}, "should be unique"),
        ({"contact": OWEN, "colour": "red"}, "colour"),
    ],
    ids=["nobody", "no such role", "a user name that is taken", "no such field"],
)
def test_what_bms_does_not_take_is_refused_in_its_words(
    sandbox: Sandbox, fields: dict[str, object], words: str
) -> None:
    with pytest.raises(RequestRejected, match=words):
        SandboxPages(sandbox.base_url).act("grant_portal_access", **fields)
    assert of_owen(sandbox)[0] is False


def test_roles_of_employees_and_inactive_people_get_no_portal(sandbox: Sandbox) -> None:
    sandbox.tenant.roles[0].is_external = False
    with pytest.raises(ValueError, match="no role for the client portal"):
        sandbox.person.grant_portal_access(OWEN, sandbox.tenant.roles[0].name)
    sandbox.person.set_contact_active(OWEN, is_active=False)
    with pytest.raises(ValueError, match="inactive"):
        sandbox.person.grant_portal_access(OWEN, "External Manager")


def test_an_address_of_several_contacts_names_nobody(sandbox: Sandbox) -> None:
    sandbox.tenant.contacts[0].addresses.append(OWEN_ADDRESS)
    with pytest.raises(ValueError, match="give an id: 30001, 30002"):
        sandbox.person.set_poc(OWEN_ADDRESS)


@pytest.mark.parametrize(
    "url", ["https://api.bms.kaseya.com", "ftp://localhost", "localhost:1", "http://[", ""]
)
def test_nothing_but_a_sandbox_on_this_machine_is_spoken_to(url: str) -> None:
    with pytest.raises(ConfigError, match="no sandbox"):
        SandboxGrant(url)


def test_where_no_sandbox_runs_there_is_an_error_that_passes(sandbox: Sandbox) -> None:
    url = sandbox.base_url
    sandbox.stop()
    with pytest.raises(Unreachable, match="no sandbox answers"):
        SandboxGrant(url).grant(OWEN, OWEN_ADDRESS, "External User")


@pytest.mark.breaks_contract
def test_another_server_is_no_sandbox(sandbox: Sandbox) -> None:
    with pytest.raises(RequestRejected, match="no sandbox"):
        SandboxPages(f"{sandbox.base_url}/elsewhere").act("complete", ticket_id=1)


def test_a_person_does_it_from_the_command_line(sandbox: Sandbox) -> None:
    def act(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "connector", "sandbox", "act", "--at", sandbox.base_url]
        return subprocess.run(
            [*command, *arguments], capture_output=True, text=True, check=False, timeout=60
        )

    done = act("grant_portal_access", f"contact={OWEN_ADDRESS}", "role=External Manager")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert of_owen(sandbox) == (True, OWEN_ADDRESS, "External Manager")
    assert act("create_ticket", "title=Printer").stdout == "70001\n"
    assert act("change_priority", "ticket_id=70001", "name=Critical").returncode == 0
    assert sandbox.tickets[0]["PriorityName"] == "Critical"
    unknown = act("dance")
    assert unknown.returncode == 1
    assert "grant_portal_access" in unknown.stderr
    assert act("complete", "70001").returncode == 2


def test_contacts_are_shown_to_whoever_looks_inside(sandbox: Sandbox) -> None:
    shown = requests.get(f"{sandbox.base_url}/_sandbox/contacts", timeout=10).json()
    assert shown == json.loads(json.dumps(sandbox.contacts))
    assert {"Id", "IsPoc", "HasClientPortalAccess", "SecurityRole"} <= shown[0].keys()


def test_a_status_is_written_alone_and_read_back(sandbox: Sandbox, gateway: BmsGateway) -> None:
    ticket = sandbox.person.create_ticket("Access to the payroll share", priority="High")
    waiting = gateway.resolve(Lookup.STATUS, "Waiting for Customer")
    shown = gateway.set_status(ticket, waiting)
    assert shown is not None
    assert shown.status == waiting
    [kept] = sandbox.tickets
    assert (kept["StatusName"], kept["PriorityName"]) == ("Waiting for Customer", "High")
