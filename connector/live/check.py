"""The whole of `check --live`, in the order in which a person reads it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.config.models import Config
from connector.domain.tenant import Lookup
from connector.errors import ConnectorError, Unreachable
from connector.field_dates import FieldDates
from connector.live.catch_all import CATCH_ALL, catch_all_findings
from connector.live.clocks import clock_findings
from connector.live.configured import configured_names
from connector.live.coverage import COVERAGE, coverage_findings, template_content_findings
from connector.live.custom_fields import CUSTOM_FIELDS, date_findings, field_findings
from connector.live.findings import Finding, failed, guarded
from connector.live.hints import hint_findings
from connector.live.limits import ATTACHMENTS, attachment_finding, budget_findings
from connector.live.names import name_findings
from connector.live.probe import PROBE, WriteProbe
from connector.live.sign_in import RIGHTS, SIGN_IN, rights_findings, sign_in_finding
from connector.live.sources import source_findings
from connector.live.tables import LOOK_UPS, table_findings
from connector.loading import Setup
from connector.ports import Clock
from connector.ports.inspection import Inspection
from connector.ports.mailboxes import FormWatch, Mailbox

Part = tuple[str, Callable[[], Iterable[Finding]]]


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """What the check works with.

    `spent` returns the calls of the last 60 minutes by endpoint; `keep_field_dates` keeps the
    format of custom-field dates that was learnt. Without a `probe` nothing is written to BMS.
    `mailboxes` are the sources that are some; `last_received` returns when the newest request
    of a source was received.
    """

    setup: Setup
    bms: Inspection
    spent: Callable[[], Mapping[str, int]]
    keep_field_dates: Callable[[FieldDates | None], None]
    mailboxes: Sequence[Mailbox]
    clock: Clock
    last_received: Callable[[str], datetime | None]
    probe: WriteProbe | None = None
    outgoing: Callable[[], Iterable[Finding]] = tuple
    """How outgoing mail stands."""
    forms: Sequence[FormWatch] = ()
    """The sources that are polled forms."""

    @property
    def config(self) -> Config:
        """The settings."""
        return self.setup.config

    def findings(self) -> Iterator[Finding]:
        """Yield every finding; what cannot be looked at is one too.

        After a refused sign-in, or once BMS cannot be reached, only what needs no BMS follows.
        """
        yield from self._in_bms()
        yield from source_findings(
            self.config.sources, self.mailboxes, self.clock(), self.last_received, self.forms
        )
        yield from self.outgoing()
        yield from budget_findings(self.spent(), self.config.bms.calls_per_hour)
        yield from hint_findings()

    def _in_bms(self) -> Iterator[Finding]:
        try:
            yield sign_in_finding(self.bms)
        except ConnectorError as reason:
            yield failed(SIGN_IN, reason)
            return
        self.bms.forget_names()
        try:
            for subject, part in self._parts():
                yield from guarded(subject, part())
        except Unreachable:
            return  # `guarded` has told it

    def _parts(self) -> Sequence[Part]:
        names = list(configured_names(self.setup))
        templates = [name.name for name in names if name.kind is Lookup.TEMPLATE]
        return (
            (RIGHTS, self._who_and_when),
            ("names", lambda: name_findings(names, self.bms)),
            (LOOK_UPS, lambda: table_findings(self.bms)),
            (CATCH_ALL, lambda: catch_all_findings(self.config.catch_all, self.bms)),
            (Lookup.TEMPLATE.value, lambda: template_content_findings(templates, self.bms)),
            (COVERAGE, lambda: coverage_findings(self.setup.mappings, self.bms)),
            (CUSTOM_FIELDS, self._custom_fields),
            (ATTACHMENTS, lambda: [attachment_finding(self.bms, self.config.limits.request_mb)]),
            (PROBE, lambda: self.probe.findings() if self.probe else ()),
        )

    def _who_and_when(self) -> Iterator[Finding]:
        user = self.bms.user()
        yield from rights_findings(user)
        yield from clock_findings(user, self.config.bms.time_zone)

    def _custom_fields(self) -> Iterator[Finding]:
        fields = self.bms.field_definitions()
        yield from field_findings(fields)
        values = self.bms.recent_field_values()
        configured = self.config.bms.field_dates
        finding, learnt = date_findings(fields, values, configured, self.config.zone)
        self.keep_field_dates(learnt)
        if finding is not None:
            yield finding
