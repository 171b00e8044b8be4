"""Alerts as JSON to an address of one's own."""

from collections.abc import Callable
from dataclasses import dataclass

from connector.messages.http import Endpoint
from connector.ports.post import Posted


@dataclass(frozen=True, slots=True)
class WebhookCourier:
    """Posts `{"id", "title", "text", …}`; `id` is the same when an alert has to be sent again."""

    endpoint: Endpoint

    def send(self, posted: Posted, about_to: Callable[[], None]) -> None:
        """Carry a letter (`ports.post.Courier`)."""
        content = posted.letter.content
        data = content.get("data")
        body = {
            **(data if isinstance(data, dict) else {}),
            "id": posted.letter.message_id.strip("<>"),
            "title": content["subject"],
            "text": content["text"],
        }
        self.endpoint.post(json=body, about_to=about_to)
