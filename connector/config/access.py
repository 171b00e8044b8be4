"""The settings of approvals and portal logins."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from connector.config.fields import BaseUrl, EmailAddress, Filled, Settings
from connector.domain.tenant import NameOrId
from connector.yaml_validation import refusal

Approvers = Annotated[tuple[EmailAddress, ...], Field(min_length=1)]


class ApprovalSettings(Settings):
    """Whose approval access takes, and what tickets of other access look like meanwhile.

    `named` holds, by account name, the addresses of those points of contact who approve for it.
    `url` is where the web side is reached from outside; without it no links are mailed.
    """

    require: Literal["any", "all", "named"] = "any"
    named: Mapping[Filled, Approvers] | None = None
    self_approval: bool = False
    waiting_status: NameOrId | None = None
    approved_status: NameOrId | None = None
    denied_status: NameOrId | None = None
    url: BaseUrl | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> "ApprovalSettings":
        if self.require == "named" and not self.named:
            remedy = "write named: {ACCOUNT: [ADDRESS]}, or require: any"
            raise refusal("names nobody, although require is named", remedy)
        return self


class AccountSettings(Settings):
    """How portal logins are made: by a technician, or by the sandbox for demo and tests."""

    grant: Literal["manual", "sandbox"] = "manual"
