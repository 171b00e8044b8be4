"""What requests carry: the fields of bodies and forms, and the names of filters."""

from dataclasses import replace

from connector.sandbox.contract.fields import (
    ANYTHING,
    BOOLEAN,
    FILE,
    ID,
    INTEGER,
    MOMENT,
    TEXT,
    Field,
    Kind,
    Shape,
    each,
    filled,
    list_of,
    lists_of,
    nullable,
    object_of,
    one_of,
    required,
)

# --- sign-in ---------------------------------------------------------------------------------

AUTHENTICATE: Shape = {
    "GrantType": required(TEXT),
    **each(
        TEXT,
        "UserName Password MFACode Tenant SamlResponse SamlKey ItcToken ClientId ClientSecret "
        "RedirectUri Code",
    ),
}

REFRESH_TOKEN: Shape = {"AccessToken": required(TEXT), "RefreshToken": TEXT}

# --- tickets ---------------------------------------------------------------------------------

CUSTOM_FIELD_DATA: Shape = {
    **each(INTEGER, "Id CustomFieldId"),
    "Data": nullable(TEXT),
    "SettingsId": nullable(INTEGER),
}

TEMPORARY_ATTACHMENT: Shape = {
    "Id": INTEGER,
    **each(nullable(TEXT), "Name Alias"),
    "IsUploadedToBlob": nullable(BOOLEAN),
}

SECONDARY_ASSIGNEE: Shape = {"UserId": required(ID), "FullName": nullable(TEXT)}

CC: Shape = {
    "EmailAddress": nullable(TEXT),
    "EntityType": one_of(0, 1),
    "Id": nullable(INTEGER),
}

TICKET: Shape = {
    **each(filled(TEXT), "Title Details"),
    **each(required(ID), "AccountId LocationId StatusId PriorityId TypeId"),
    "SourceId": required(INTEGER),
    "OpenDate": required(MOMENT),
    **each(
        nullable(ID),
        "ContactId SoftwareAssetId HardwareAssetId QueueId IssueTypeId SubIssueTypeId ContractId "
        "AssigneeId WorkTypeId SLAId",
    ),
    "DueDate": nullable(MOMENT),
    "SecondaryAssignees": lists_of(SECONDARY_ASSIGNEE),
    "Ccs": lists_of(CC),
    "TempAttachments": lists_of(TEMPORARY_ATTACHMENT),
    "CustomFieldsData": lists_of(CUSTOM_FIELD_DATA),
    "UseDefaultContract": BOOLEAN,
}

PATCH_OPERATION: Shape = {
    "OperationType": one_of(0, 1, 2, 3, 4, 5, 6),
    **each(nullable(TEXT), "path op from"),
    "value": ANYTHING,
}

_FILTER_MOMENT = replace(MOMENT, zone_needed=False)

_TICKET_FILTER: Shape = {
    **each(INTEGER, "IsScheduled IsRecurringTickets"),
    **each(
        TEXT,
        "Title Account LocationName AccountCode AssigneeName TicketNumber CreatedByName Details "
        "ContactName StatusNames QueueNames PriorityNames TicketTypeNames IssueTypeNames "
        "ServiceLevelAgreementNames SubIssueTypeNames SourceIds AccountIds SLAEventStatusIds "
        "FromDate ToDate Value HardwareAssetName OwnerIds",
    ),
    **each(
        _FILTER_MOMENT,
        "OpenDateFrom OpenDateTo CompletedDateFrom CompletedDateTo LastActivityUpdateFrom "
        "LastActivityUpdateTo CreatedOnFrom CreatedOnTo LastStatusUpdateFrom LastStatusUpdateTo "
        "LastPriorityUpdateFrom LastPriorityUpdateTo LastQueueUpdateFrom LastQueueUpdateTo "
        "DueDateFrom DueDateTo ResolutionTargetTimeFrom ResolutionTargetTimeTo",
    ),
    **each(INTEGER, "ContactId HardwareAssetId AccountLocationId ActionType"),
}

TICKET_SEARCH: Shape = {
    **each(INTEGER, "PageSize PageNumber StartRowIndex EndRowIndex"),
    **each(nullable(TEXT), "Sort Exclude"),
    "Filter": object_of(
        {
            **{name: nullable(field) for name, field in _TICKET_FILTER.items()},
            "ExcludeCompleted": INTEGER,
        }
    ),
}

TICKET_MERGE: Shape = {
    "DestinationTicketId": INTEGER,
    "SourceTicketIds": lists_of(INTEGER),
    "IsMerge": BOOLEAN,
}

# --- notes and attachments -------------------------------------------------------------------

ATTACHMENT: Shape = {
    "Id": INTEGER,
    "Alias": nullable(TEXT),
    **each(filled(TEXT), "Name Base64Data Type"),
}

EMAIL_NOTIFICATION: Shape = {
    **each(nullable(TEXT), "ContactIds ResourcesIds"),
    "TemplateId": nullable(INTEGER),
    "OtherEmails": lists_of(TEXT),
}

NOTE: Shape = {
    "Id": INTEGER,
    "Details": filled(TEXT),
    "IsInternal": required(BOOLEAN),
    "TypeId": required(Field(Kind.INTEGER, minimum=0)),
    "StatusId": nullable(INTEGER),
    "NoteDate": required(MOMENT),
    "Attachments": lists_of(ATTACHMENT),
    "TempAttachments": lists_of(TEMPORARY_ATTACHMENT),
    "EmailNotification": object_of(EMAIL_NOTIFICATION),
    "AttachmentIds": lists_of(TEXT),
}

UPLOAD: Shape = {"formFile": FILE}

CUSTOM_FIELD_VALUE: Shape = {"Value": nullable(TEXT)}

# --- contacts --------------------------------------------------------------------------------

CONTACT: Shape = {
    **each(nullable(TEXT), "FirstName LastName"),
    **each(INTEGER, "AccountId LocationId"),
    "Phones": lists_of(
        {"PhoneNumber": nullable(TEXT), "PhoneTypeId": INTEGER, "IsDefault": BOOLEAN}
    ),
    "Emails": lists_of(
        {"EmailAddress": nullable(TEXT), "EmailTypeId": INTEGER, "IsDefault": BOOLEAN}
    ),
    "CustomFieldsData": lists_of(CUSTOM_FIELD_DATA),
}

CONTACT_UPDATE: Shape = {
    **each(INTEGER, "AccountId LocationId"),
    **each(nullable(TEXT), "FirstName MiddleName LastName JobTitle"),
    **each(BOOLEAN, "Poc IsActive ReceiveInvoices BillByContact"),
    "EffectiveDate": nullable(MOMENT),
}

# --- names in the query ----------------------------------------------------------------------

PAGE: Shape = {**each(TEXT, "Sort Exclude"), **each(INTEGER, "PageSize PageNumber")}


def _filter(shape: Shape) -> Shape:
    return {f"Filter.{name}": field for name, field in shape.items()}


TICKET_QUERY: Shape = {
    **_filter({**_TICKET_FILTER, "ExcludeCompleted": INTEGER}),
    **PAGE,
}

ACCOUNT_LOOKUP_QUERY: Shape = {
    **_filter(
        {
            "Ids": list_of(INTEGER),
            "Name": TEXT,
            **each(BOOLEAN, "WithSecurityScope WithInactiveAccounts"),
        }
    ),
    **PAGE,
}

_CREATED_AND_MODIFIED = each(
    _FILTER_MOMENT, "CreatedOnFrom CreatedOnTo ModifiedOnFrom ModifiedOnTo"
)

ACCOUNT_QUERY: Shape = {
    **_filter(
        {
            **each(TEXT, "AccountName AccountCode AccountTypeName"),
            "AccountTypeId": INTEGER,
            **_CREATED_AND_MODIFIED,
            "IsActive": BOOLEAN,
        }
    ),
    **PAGE,
}

ASSIGNEE_QUERY: Shape = {
    **_filter({"Ids": list_of(INTEGER), "Name": TEXT, "ExcludedIds": TEXT, "AccountId": INTEGER}),
    **PAGE,
}

CONTACT_SEARCH_QUERY: Shape = {
    **_filter(
        {
            **each(list_of(INTEGER), "Ids AccountIds"),
            **each(TEXT, "AccountName LocationName FirstName LastName EmailAddress JobTitle"),
            "LocationId": INTEGER,
            **each(BOOLEAN, "IsPoc HasClientPortalAccess IsActive"),
        }
    ),
    **PAGE,
}

CONTACT_QUERY: Shape = {
    **_filter(
        {
            "AccountId": INTEGER,
            **each(TEXT, "AccountName FirstName LastName Phone Email"),
            **_CREATED_AND_MODIFIED,
            "IsActive": BOOLEAN,
        }
    ),
    **PAGE,
}

ROLE_QUERY: Shape = {"Name": TEXT, **PAGE}
CUSTOM_FIELD_QUERY: Shape = {"withInactive": BOOLEAN}
ISSUE_TYPE_QUERY: Shape = _filter({"Name": TEXT})
DOWNLOAD_QUERY: Shape = each(INTEGER, "width height")
