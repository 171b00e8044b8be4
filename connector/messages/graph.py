"""Mail by Microsoft Graph: `sendMail` with the mail as MIME in base64.

https://learn.microsoft.com/graph/api/user-sendmail: application permission `Mail.Send`; 202 means
accepted.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from connector.messages.http import Endpoint, Unauthorised
from connector.messages.mime import Envelope, to_mime
from connector.ports import Clock
from connector.ports.post import Posted
from connector.sign_in.tokens import Tokens


@dataclass(frozen=True, slots=True)
class GraphCourier:
    """Sends as one mailbox. `endpoint` is its sendMail address."""

    endpoint: Endpoint
    tokens: Tokens
    envelope: Envelope
    clock: Clock

    def send(self, posted: Posted, about_to: Callable[[], None]) -> None:
        """Carry a letter (`ports.post.Courier`)."""
        mail = to_mime(posted.letter, self.envelope, self.clock())
        content = base64.b64encode(mail.as_bytes())
        try:
            self._post(content, self.tokens.token(), about_to)
        except Unauthorised:  # a kept token may have been revoked, and a 401 took nothing
            self._post(content, self.tokens.token(fresh=True), about_to)

    def _post(self, content: bytes, token: str, about_to: Callable[[], None]) -> None:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
        self.endpoint.post(data=content, headers=headers, about_to=about_to)


def send_mail_endpoint(base_url: str, mailbox: str) -> Endpoint:
    """Return where `mailbox` sends mail from."""
    url = f"{base_url}/users/{quote(mailbox, safe='@')}/sendMail"
    return Endpoint(url, "Microsoft Graph", timeout=30.0)
