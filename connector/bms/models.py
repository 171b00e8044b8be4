"""What BMS answers and gets, as far as we use it (the DTOs of the contract).

Those of tickets, their notes, attachments and custom fields are in `ticket_models`.

Answers: keys in any case, unknown keys ignored, dates left as written (`times.read_time` knows
their zone). Bodies: PascalCase as in the contract, and only fields that it declares.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_pascal

Id = Annotated[int, Field(gt=0)]


class Answer(BaseModel):
    """Base of everything that BMS answers.

    Keys are compared without case and underscores, which also settles acronyms: SLAId of the
    contract, `slaId` on the wire.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _take_keys_in_any_case(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        fields = {name.replace("_", ""): name for name in cls.model_fields}
        return {fields.get(str(key).lower(), key): item for key, item in value.items()}


class Body(BaseModel):
    """Base of everything that BMS gets."""

    model_config = ConfigDict(
        defer_build=True,
        frozen=True,
        extra="forbid",
        alias_generator=AliasGenerator(serialization_alias=to_pascal),
    )

    def to_json(self) -> dict[str, object]:
        """Return the body of a call; what was not given is left out."""
        return self.model_dump(by_alias=True, exclude_none=True)


class Row(Answer):
    """Anything that has an id, such as a row of a list."""

    id: Id


# --- answers ---------------------------------------------------------------------------------


class TokenAnswer(Answer):
    """TokenOutputDto."""

    access_token: Annotated[str, Field(min_length=1)]
    refresh_token: str | None = None
    access_token_expire_on: str | None = None
    refresh_token_expire_on: str | None = None


class NamedRow(Row):
    """Any of the look-up DTOs: an id and a name, and what some of them add."""

    name: str | None = None
    is_active: bool | None = None
    is_default: bool | None = None
    status_order: int | None = None


class CustomFieldRow(NamedRow):
    """CustomFieldOutputDto. What the numbers of `data_type` mean is not documented."""

    data_type: int | None = None
    is_required: bool | None = None


class LocationRow(Row):
    """AccountLocationLookupOutputDto."""

    is_main: bool | None = None


class AccountAnswer(Row):
    """AccountSummaryOutputDto; this read answers bare."""

    account_name: str | None = None
    is_active: bool | None = None


class ContactRow(Row):
    """ContactsSearchSelectOutputDto."""

    account_id: int | None = None
    account_name: str | None = None
    location_id: int | None = None
    first_name: str | None = None
    last_name: str | None = None
    email_address: str | None = None
    is_poc: bool | None = None
    is_active: bool | None = None
    has_client_portal_access: bool | None = None


class EmailRow(Answer):
    """ContactEmailOutputDto."""

    email_address: str | None = None
    email_type_id: int | None = None
    email_type: str | None = None


class PhoneRow(Answer):
    """ContactPhoneOutputDto."""

    phone_type_id: int | None = None
    phone_type: str | None = None


class ContactAnswer(Row):
    """ContactsSummaryOutputDto, of which one read answers bare."""

    emails: Sequence[EmailRow] | None = None
    phones: Sequence[PhoneRow] | None = None


class TemplateAnswer(Row):
    """TicketTemplateOutputDto. Its account and its details are never used."""

    name: str | None = None
    title: str | None = None
    issue_type_id: int | None = None
    sub_issue_type_id: int | None = None
    priority_id: int | None = None
    queue_id: int | None = None
    assignee_id: int | None = None
    ticket_type_id: int | None = None
    work_type_id: int | None = None


class AccessRight(Answer):
    """UserAccessRight. Which listing an id stands for is not documented."""

    can_view: bool | None = None
    can_modify: bool | None = None


class UserInfoAnswer(Answer):
    """UserInfoOutputDto: the user whose token we bear."""

    full_name: str | None = None
    time_stamp: str | None = None
    olson_time_zone_name: str | None = None
    user_access_rights: Sequence[AccessRight] | None = None
    is_user_system_admin: bool | None = None


class SettingsAnswer(Answer):
    """SettingsOutputDto."""

    maximum_attachment_file_sizein_mb: int | None = None


# --- bodies ----------------------------------------------------------------------------------


class EmailBody(Body):
    """An address of ContactInputDto."""

    email_address: str
    email_type_id: int
    is_default: bool = True


class PhoneBody(Body):
    """A phone number of ContactInputDto."""

    phone_number: str
    phone_type_id: int
    is_default: bool = True


class ContactBody(Body):
    """ContactInputDto."""

    first_name: str
    last_name: str
    account_id: int
    location_id: int
    emails: Sequence[EmailBody]
    phones: Sequence[PhoneBody] | None = None
