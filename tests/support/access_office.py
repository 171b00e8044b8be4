"""Portal logins at the help desk in this process: who asks, who approves, what became of it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.correspondence import RECEIVER, letter
from support.desk import Desk, help_desk
from support.post import Mailbox
from support.submissions import MARTA

from connector.accounts.model import AccessRecord, AccessRequest, AccessState
from connector.loading import Setup
from connector.pipeline.accounts.desk import AccessDesk
from connector.pipeline.report import RunReport
from connector.pipeline.steps import ACCOUNTS, DELIVER, INTAKE, NOTIFY
from connector.wiring.access import open_access_desk

MARTA_ADDRESS = "marta.ruiz@harbordental.example"
OWEN_ADDRESS = "owen.price@harbordental.example"
DANA_ADDRESS = "dana@palmettolegal.example"
URL = "https://approvals.securenetmsp.example"

FOR_ANA = "Please create a BMS account for Ana Lopez"
ANA = "Name: Ana Lopez\nEmail: ana.lopez@harbordental.example\n"
ANA_ADDRESS = "ana.lopez@harbordental.example"

MAIL = """\
mail:
  from: SecureNet Help Desk <helpdesk@securenetmsp.com>
  phone: 305-680-3122
  smtp: {{host: 127.0.0.1, port: {port}, security: plain, timeout: 3}}
"""


class Office:
    """A help desk and its mailbox. `approvals` are lines of that section of config.yaml."""

    def __init__(self, desk: Desk, mailbox: Mailbox) -> None:
        self.desk = desk
        self.mailbox = mailbox
        self.approvals = [f"url: {URL}"]
        self.mail = MAIL.format(port=mailbox.port)
        self.more: list[str] = []
        self._mails = 0

    # --- what arrives, and runs --------------------------------------------------------------

    def sync(self, *steps: str, **options: Any) -> RunReport:
        """Do one run."""
        self._configure()
        return self.desk.sync(*steps, **options)

    def setup(self) -> Setup:
        """Write the settings, and read them as they are now."""
        self._configure()
        return self.desk.setup()

    def _configure(self) -> None:
        lines = [self.mail, *self.more]
        if self.approvals:
            lines += ["approvals:", *(f"  {line}" for line in self.approvals)]
        self.desk.more = "\n".join(lines)

    def arrives(
        self,
        subject: str = FOR_ANA,
        text: str = ANA,
        *,
        sender: str = MARTA,
        verdict: str | None = None,
        answers: str | None = None,
        **headers: str,
    ) -> RunReport:
        """Let a mail arrive, and do one run; `verdict` is what the mail host found out."""
        self._mails += 1
        content = letter(
            subject,
            text,
            sender=sender,
            message_id=f"access-{self._mails}@harbordental.example",
            answers=answers,
            verdict=verdict,
            **headers,
        )
        self.desk.drop(f"access-{self._mails}.eml", content)
        return self.sync()

    def answers(self, text: str, **options: Any) -> RunReport:
        """Let an answer to the first mail arrive."""
        first = "access-1@harbordental.example"
        return self.arrives(f"Re: {FOR_ANA}", text, answers=first, **options)

    # --- the ledger --------------------------------------------------------------------------

    @contextmanager
    def open(self) -> Iterator[AccessDesk]:
        """Yield the access desk as a command has it."""
        with open_access_desk(self.setup(), who="tests", clock=self.desk.clock) as access:
            yield access

    def requests(self) -> Sequence[AccessRequest]:
        """Return every access request, oldest first."""
        with self.desk.ledger() as ledger:
            return list(reversed(ledger.listed_access()))

    @property
    def request(self) -> AccessRequest:
        """The only access request."""
        [request] = self.requests()
        return request

    @property
    def record(self) -> AccessRecord:
        """The only person of the only access request."""
        [record] = self.request.records
        return record

    def state(self) -> AccessState:
        """Return how far the only person has come."""
        return self.record.state

    @property
    def ticket_id(self) -> int:
        assert self.request.ticket is not None
        return self.request.ticket.id

    def trail(self) -> list[str]:
        with self.desk.ledger() as ledger:
            return [f"{each.step}: {each.text}" for each in ledger.access_trail(self.request.id)]

    # --- BMS, and what was mailed ------------------------------------------------------------

    def notes(self, *, public: bool = False) -> list[str]:
        """Return the notes of the ticket, internal ones unless told."""
        return [
            each["Details"]
            for each in self.desk.sandbox.notes(self.ticket_id)
            if each["IsInternal"] is not public
        ]

    def contacts(self, address: str) -> int:
        """Return how many contacts have an address."""
        return sum(address in each.addresses for each in self.desk.sandbox.tenant.contacts)

    def mails_to(self, address: str) -> list[str]:
        """Return the texts of what was mailed to an address."""
        return [
            str(mail.get_content()) for mail in self.mailbox.mails if str(mail["To"]) == address
        ]

    def tokens(self, address: str) -> list[str]:
        """Return the tokens in the mails to an address, oldest first."""
        found = (re.search(rf"{URL}/approvals/(\S+)", text) for text in self.mails_to(address))
        return [each[1] for each in found if each]


@contextmanager
def access_office(folder: Path, mailbox: Mailbox) -> Iterator[Office]:
    """Yield a help desk that works on access requests; its mail host tells verdicts."""
    with help_desk(folder) as desk:
        desk.steps = (INTAKE, DELIVER, ACCOUNTS, NOTIFY)
        desk.source_options = f", receiver: {RECEIVER}, acknowledge: false"
        yield Office(desk, mailbox)
