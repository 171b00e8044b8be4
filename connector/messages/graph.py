"""Mail by Microsoft Graph: `sendMail` with the mail as MIME in base64.

https://learn.microsoft.com/graph/api/user-sendmail: application permission `Mail.Send`; 202 means
accepted.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from connector.messages.http import Endpoint
from connector.messages.mime import Envelope, to_mime
from connector.ports import Clock
from connector.ports.post import Posted


@dataclass(frozen=True, slots=True)
class GraphCourier:
    """Sends as one mailbox. `endpoint` is its sendMail address, `token` returns an access token."""

    endpoint: Endpoint
    token: Callable[[], str]
    envelope: Envelope
    clock: Clock

    def send(self, posted: Posted, about_to: Callable[[], None]) -> None:
        """Carry a letter (`ports.post.Courier`)."""
        mail = to_mime(posted.letter, self.envelope, self.clock())
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": "text/plain"}
        content = base64.b64encode(mail.as_bytes())
        self.endpoint.post(data=content, headers=headers, about_to=about_to)


def send_mail_endpoint(base_url: str, mailbox: str) -> Endpoint:
    """Return where `mailbox` sends mail from."""
    url = f"{base_url.rstrip('/')}/v1.0/users/{quote(mailbox, safe='@')}/sendMail"
    return Endpoint(url, "Microsoft Graph", timeout=30.0)
