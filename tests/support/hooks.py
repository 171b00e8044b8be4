"""Form vendors: a help desk with webhooks, and what posts to them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from support.desk import Desk
from werkzeug.test import TestResponse

from connector.web.site import create_app
from connector.wiring.web import open_site

SECRET = "correct horse battery"


def webhook(desk: Desk, name: str = "website", **settings: object) -> None:
    """Let the desk have a webhook, beside its folder."""
    chosen = {
        "name": name,
        "type": "webhook",
        "secret": SECRET,
        "auth": "header",
        "form": "members",
        **settings,
    }
    desk.mailboxes.append(json.dumps(chosen))


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def typeform_signature(body: bytes, secret: str = SECRET) -> str:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()


@dataclass
class Vendor:
    """Whatever can POST. `headers` go with every call."""

    client: FlaskClient

    def post(
        self,
        payload: object,
        *,
        to: str = "website",
        secret: str | None = SECRET,
        content_type: str = "application/json",
        **headers: str,
    ) -> TestResponse:
        """POST; what is not bytes as JSON."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        if secret is not None:
            headers.setdefault("X_Webhook_Secret", secret)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/hooks/{to}", data=body, content_type=content_type, headers=named)

    def send_fields(self, fields: dict[str, Any], *, to: str = "website") -> TestResponse:
        """POST fields as a browser would: with files as multipart, else form-encoded."""
        return self.client.post(f"/hooks/{to}", data=fields, headers={"X-Webhook-Secret": SECRET})


@contextmanager
def vendor_of(desk: Desk) -> Iterator[Vendor]:
    """Yield a vendor that reaches the web side of this desk."""
    with open_site(desk.setup(), clock=desk.clock) as site:
        app = create_app(site)
        app.testing = False
        yield Vendor(app.test_client())
