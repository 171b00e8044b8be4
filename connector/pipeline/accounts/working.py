"""What is due for access requests is done: decisions told, approvals asked for, logins made."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import structlog

from connector.accounts.model import AccessKind, AccessRecord, AccessRequest, AccessState
from connector.accounts.schedule import HELD_LOOK
from connector.errors import Action, ConnectorError, LeaseLost, action_for
from connector.pipeline.accounts.asking import await_approval
from connector.pipeline.accounts.case import Case
from connector.pipeline.accounts.desk import AccessDesk
from connector.pipeline.accounts.granting import Contacts, finish, take_in_grants
from connector.pipeline.accounts.provisioning import provision, stopped, to_provision
from connector.pipeline.accounts.report import AccessReport, Moved
from connector.pipeline.accounts.telling import tell_decisions
from connector.pipeline.accounts.wording import person_words
from connector.pipeline.services import Services

log = structlog.get_logger()

PARKED = "told parked"
"""The step of a trail's line that says that a run has reported a person as parked."""
ENDS_STEP = (Action.DO_NOT_START, Action.STOP_RUN, Action.END_RUN)
AFTER_BUG = timedelta(hours=1)
AT_WORK = (AccessState.APPROVED, AccessState.AWAITING_GRANT)


def work_on(
    services: Services, desk: AccessDesk, due: Sequence[AccessRequest], report: AccessReport
) -> None:
    """Do what is due for these; what came of it is added to the report."""
    cases = [Case(services, desk, each) for each in due]
    _Step(services, report).do(cases)
    report.moved = [moved for case in cases for moved in _moved(case)]


def _moved(case: Case) -> Iterator[Moved]:
    """Yield whose access stands elsewhere now than when the step began with it."""
    now = {record.id: record for record in case.again().request.records}
    for record in case.request.records:
        state = now[record.id].state
        if state is not record.state:
            who = record.person.name or record.person.address or case.request.subject
            yield Moved(record.id, who, record.state, state)


class _Step:
    """One run of the step. `_is_over`: what went wrong is wrong for the next request too."""

    def __init__(self, services: Services, report: AccessReport) -> None:
        self._services = services
        self._report = report
        self._is_over = False

    def do(self, cases: Sequence[Case]) -> None:
        left = [case for case in cases if self._does(case)]
        contacts = self._contacts(left)
        for case in left:
            if contacts is not None:
                self._ends(case, contacts)

    def _does(self, case: Case) -> bool:
        """Do the first half for one request; return whether it came through."""
        if self._is_over or self._services.should_stop():
            return False
        self._services.progress("accounts")
        try:
            tell_decisions(case)
            if case.request.awaits_approval:
                case = await_approval(case)
                tell_decisions(case)
            if case.request.kind is AccessKind.LOGIN:
                for record in to_provision(case):
                    provision(case, record)
        except Exception as error:  # one bad request must not keep the next from its turn
            self._failed(case, error)
            return False
        return True

    def _contacts(self, cases: Sequence[Case]) -> Contacts | None:
        """Ask BMS once for the contacts of everybody who awaits the grant."""
        ids = {
            record.contact_id
            for case in cases
            for record in case.again().those(AccessState.AWAITING_GRANT)
            if record.contact_id is not None
        }
        if not ids or self._is_over:
            return {}
        gateway = cases[0].desk.gateway
        try:
            return {each.id: each for each in gateway.contacts_with_ids(sorted(ids))}
        except ConnectorError as error:
            self._take_in(error)
            return None

    def _ends(self, case: Case, contacts: Contacts) -> None:
        """Do the second half: grants, whoever is to be told at the end, and when to look again."""
        if self._is_over or self._services.should_stop():
            return
        try:
            case = take_in_grants(case.again(), contacts)
            finish(case)
            tell_decisions(case)
            self._look_again(case)
            self._report_parked(case.again())
        except Exception as error:
            self._failed(case, error)

    def _look_again(self, case: Case) -> None:
        request = case.request
        if request.awaits_approval:
            return  # asking has said when
        look_at = None
        if case.those(*AT_WORK):
            look_at = case.desk.clock()  # so that a crash after the last grant loses no end
        elif stopped(case):
            look_at = case.desk.clock() + HELD_LOOK
        case.desk.ledger.schedule_access(
            request.id, look_at=look_at, unless_changed=request, stamp=case.desk.stamp()
        )

    # --- what went wrong ---------------------------------------------------------------------

    def _report_parked(self, case: Case) -> None:
        told = {
            (entry.record_id, entry.text)
            for entry in case.desk.ledger.access_trail(case.request.id)
            if entry.step == PARKED
        }
        for record in case.those(AccessState.PARKED):
            text = _parked_words(record)
            if (record.id, text) in told:
                continue
            if record.is_stopped:  # of the others the first note on the ticket tells
                case.note(f"parked {record.id} {record.reason}", text)
            case.tell(PARKED, text, record)
            self._report.parked += 1
            self._report.problems.append(text)

    def _failed(self, case: Case, error: Exception) -> None:
        if isinstance(error, LeaseLost):
            return
        if isinstance(error, ConnectorError):
            self._take_in(error)
            if action_for(error) is not Action.PARK:
                return  # the next run goes on
            said = str(error)
        else:
            log.exception("internal error", access_request=case.request.id)
            said = f"internal error: {error!r}; please report this as a bug"
        self._report.problems.append(f"access request {case.request.records[0].id}: {said}")
        self._put_off(case, said)

    def _put_off(self, case: Case, said: str) -> None:
        look_at = case.desk.clock() + AFTER_BUG
        case.tell("failed", said)
        case.desk.ledger.schedule_access(case.request.id, look_at=look_at, stamp=case.desk.stamp())

    def _take_in(self, error: ConnectorError) -> None:
        self._report.errors.append(error)
        self._is_over = action_for(error) in ENDS_STEP


def _parked_words(record: AccessRecord) -> str:
    words = f"access request {record.id} ({person_words(record.person)}) is parked: {record.reason}"
    return f"{words}. {record.remedy}" if record.remedy else words
