"""`check --live`, `mappings pull` and coverage as the installed script prints them; and drift."""

import socket

from support.workplace import Workplace

from connector.sandbox import Sandbox
from connector.sandbox.tenant import CustomField, Item, Template

SIGN_IN = "POST /v2/security/authenticate"


def writes(sandbox: Sandbox) -> list[str]:
    return [call for call in sandbox.calls if not call.startswith("GET ") and call != SIGN_IN]


def break_five_things(sandbox: Sandbox) -> None:
    """A renamed priority, an inactive queue, an ambiguous source, a lost contact, a new field."""
    tenant = sandbox.tenant
    next(p for p in tenant.priorities if p.name == "Critical").name = "Critical (P1)"
    next(q for q in tenant.queues if q.name == "Emergency").is_active = False
    tenant.ticket_sources.append(Item(31, "Web Form"))
    tenant.contacts = [c for c in tenant.contacts if c.address != "unmatched@securenetmsp.com"]
    tenant.custom_fields.append(CustomField(3009, "Cost centre", is_required=True))


# --- check --live ----------------------------------------------------------------------------


def test_a_good_tenant_is_one_line_per_finding_and_exit_code_0(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    ran = workplace.run("check", "--live")

    assert ran.code == 0, ran.out
    assert all(line.startswith("ok: ") for line in ran.out.splitlines())
    assert "ok: sign-in: BMS accepted it, sent as multipart/form-data" in ran.out
    assert "Help Desk is 38401" in ran.out
    assert "e-mail parser" in ran.out
    assert "0 error" in ran.err
    assert writes(sandbox) == []
    assert sandbox.password not in ran.out + ran.err


def test_five_things_wrong_are_five_errors_each_with_a_remedy(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    break_five_things(sandbox)

    ran = workplace.run("check", "--live")

    errors = [line for line in ran.out.splitlines() if line.startswith("error: ")]
    assert ran.code == 1
    assert len(errors) == 5
    assert all(" — " in line for line in errors)
    assert writes(sandbox) == []


def test_as_json_the_findings_are_data(workplace: Workplace, sandbox: Sandbox) -> None:
    break_five_things(sandbox)

    ran = workplace.run("check", "--live", "--json")

    assert ran.code == 1
    assert ran.json["ok"] is False
    levels = [finding["level"] for finding in ran.json["findings"]]
    assert levels.count("error") == 5
    assert {"level", "subject", "message", "remedy", "details"} == set(ran.json["findings"][0])


def test_offline_mistakes_come_first_and_nothing_is_asked(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    config = workplace.folder / "config.yaml"
    config.write_text(config.read_text().replace("tenant:", "tennant:"))

    assert workplace.run("check", "--live").code == 2
    assert not sandbox.calls


def test_wrong_credentials_are_exit_code_3_and_are_not_tried_again_at_once(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.env["BMS_PASSWORD"] = "wrong-one"

    first, second = workplace.run("check", "--live"), workplace.run("check", "--live", "--json")

    assert (first.code, second.code) == (3, 3)
    assert sandbox.calls[SIGN_IN] == 1
    assert "wrong-one" not in first.out + first.err + second.out + second.err


def test_a_bms_that_cannot_be_reached_is_exit_code_4(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    config = workplace.folder / "config.yaml"
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    config.write_text(config.read_text().replace(sandbox.base_url, address))

    ran = workplace.run("check", "--live")

    assert ran.code == 4
    assert "error: sign-in: BMS could not be reached" in ran.out


def test_probe_write_leaves_no_ticket_and_needs_live(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    assert workplace.run("check", "--probe-write").code == 2
    assert not sandbox.calls

    ran = workplace.run("check", "--live", "--probe-write")

    assert ran.code == 0, ran.out
    assert "a PATCH of the due date works" in ran.out
    assert sandbox.calls["POST /v2/servicedesk/tickets"] == 1
    assert sandbox.tickets == []


def test_a_format_of_dates_that_was_learnt_is_used_by_the_next_run(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    for field in sandbox.tenant.custom_fields:
        field.data_type = 7 if field.data_type else 0
    workplace.drop_mail("Printer jam")
    workplace.sync()
    [ticket] = sandbox.tickets
    values = sandbox._store.custom_values[ticket["Id"]]
    values.update({3001: "11/26/2026 06:05 PM", 3002: "11/26/2026 07:05 PM"})

    assert "custom-field dates: us, learnt" in workplace.run("check", "--live").out
    workplace.drop_mail("Printer jam again", name="second.eml")
    workplace.sync()

    written = sandbox.custom_values(sandbox.tickets[1]["Id"])
    assert written["Remote Response Due"] == "11/16/2026 12:05 PM"


# --- mappings --------------------------------------------------------------------------------


def test_pull_prints_the_tenant_s_names_and_writes_nothing(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    mappings = {path: path.read_bytes() for path in (workplace.folder / "mappings").rglob("*.yaml")}

    ran = workplace.run("mappings", "pull")

    assert ran.code == 0, ran.err
    assert "  Normal: Medium  # 40482, default in BMS" in ran.out
    assert "    template: Printer problem" in ran.out
    assert "  - account: Harbor Dental Group  # 2001" in ran.out
    assert all(path.read_bytes() == before for path, before in mappings.items())
    assert writes(sandbox) == []
    as_data = workplace.run("mappings", "pull", "--json").json
    assert {"id": 40482, "name": "Medium", "is_default": True} in as_data["priorities"]
    assert as_data["templates"][0]["queue"]["name"]


def test_coverage_tells_what_is_never_mapped(workplace: Workplace, sandbox: Sandbox) -> None:
    sandbox.tenant.priorities.append(Item(40485, "Scheduled"))
    sandbox.tenant.templates.append(Template(6009, "Camera problem"))

    ran = workplace.run("mappings", "test", "--live")

    assert ran.code == 0
    assert "coverage: priorities never mapped: Scheduled" in ran.out
    assert "coverage: templates never mapped: Camera problem" in ran.out


def test_without_live_coverage_comes_from_the_last_pull(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    assert workplace.run("mappings", "test", "--json").json["coverage"] is None
    workplace.run("mappings", "pull")
    asked = sum(sandbox.calls.values())

    coverage = workplace.run("mappings", "test", "--json").json["coverage"]

    assert coverage["templates_never_mapped"] == []
    assert sum(sandbox.calls.values()) == asked


# --- drift -----------------------------------------------------------------------------------


def test_a_name_that_is_lost_is_reported_once_with_what_falls_back_and_anew_when_lost_again(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    queue = next(q for q in sandbox.tenant.queues if q.name == "Help Desk")
    for template in sandbox.tenant.templates:
        template.queue_id = None

    def problems(name: str) -> list[str]:
        forget_names(workplace)
        workplace.drop_mail(name, name=f"{name}.eml")
        report = workplace.sync()
        assert report["exit"] == 0
        return list(report.get("problems", []))

    assert problems("before") == []
    queue.name = "Helpdesk"
    [told] = problems("lost")
    assert 'The queue "Help Desk" used to be found' in told
    assert "tickets go without one" in told
    assert 'Did you mean "Helpdesk"?' in told
    assert problems("still lost") == []
    queue.name = "Help Desk"
    assert problems("found") == []
    queue.name = "Helpdesk"
    assert len(problems("lost again")) == 1


def test_a_template_that_is_lost_is_reported_with_the_one_that_takes_its_place(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop_mail("Printer jam")
    assert workplace.sync()["exit"] == 0
    template = next(t for t in sandbox.tenant.templates if t.name == "Printer problem")
    template.name = "Printers"
    forget_names(workplace)
    workplace.drop_mail("Printer jam", name="second.eml")

    report = workplace.sync()

    assert '"General request" is used instead' in report["problems"][0]
    assert report["requests"][0]["template"] == "General request"


def test_a_name_that_was_never_found_has_not_drifted(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    next(q for q in sandbox.tenant.queues if q.name == "Help Desk").name = "Helpdesk"
    workplace.drop_mail("Printer jam")

    assert "problems" not in workplace.sync()


def forget_names(workplace: Workplace) -> None:
    """Have a day go by for the names that are kept."""
    from connector.ledger.cache import SqlCache
    from connector.ledger.store import open_ledger

    state = workplace.folder / "connector.db"
    if state.exists():
        with open_ledger(f"sqlite:///{state}", create=False) as ledger:
            for kind in ("names", "template"):
                SqlCache(ledger.database).drop(kind)
