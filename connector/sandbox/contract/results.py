"""What answers carry: the fields of every result, but for those of `client_results`."""

from connector.sandbox.contract.fields import (
    AUTHORSHIP,
    BOOLEAN,
    INTEGER,
    MOMENT,
    NUMBER,
    TEXT,
    Shape,
    each,
    lists_of,
    map_of,
    nullable,
)
from connector.sandbox.contract.requests import SECONDARY_ASSIGNEE

_TEXT = nullable(TEXT)
_INTEGER = nullable(INTEGER)
_MOMENT = nullable(MOMENT)

ERROR: Shape = {
    "Code": INTEGER,
    **each(_TEXT, "Message Details StackStrace"),
    "SubErrors": lists_of(TEXT),
}

# --- sign-in and settings --------------------------------------------------------------------

TOKENS: Shape = {
    **each(_TEXT, "AccessToken RefreshToken"),
    **each(MOMENT, "AccessTokenExpireOn RefreshTokenExpireOn"),
}

_MENU: Shape = {
    **each(INTEGER, "Id Order ParentId ListingIdEnum MenuCategoryId Target DynamicMenuRefId"),
    **each(
        _TEXT,
        "Name Description NavigationUrl Icon AddForm AddFormTitle MainForm Title TitleAlias "
        "ObjectId ObjectName TargetName",
    ),
    **each(BOOLEAN, "IsShownInMenu IsModifiable HasCustomFields IsReactEnabled"),
}

USER_INFO: Shape = {
    **each(INTEGER, "UserId TenantId"),
    **each(_INTEGER, "AccountId LocationId ContactId"),
    **each(
        _TEXT,
        "FullName EmailAddress TimeZoneName OlsonTimeZoneName DateFormat TimeFormat "
        "TimeFormatWithSeconds BusinessName CurrencyCode CultureCode FilesVersionNumber "
        "ProductName PictureUrl OpenIdRealmId",
    ),
    "TimeStamp": MOMENT,
    "TimeZoneValue": NUMBER,
    "UserAccessRights": lists_of(
        {
            **each(BOOLEAN, "CanView CanModify CanDelete"),
            **each(INTEGER, "MainMenuId MenuCategoryId ListingIDEnum"),
        }
    ),
    "SpecialFeatures": lists_of({"Id": INTEGER}),
    **each(lists_of(_MENU), "ViewsMenus QueuesMenus"),
    **each(BOOLEAN, "NewTicketingUI IsUserSystemAdmin"),
}

SETTINGS: Shape = {
    **each(
        INTEGER,
        "DefaultPageSize WorkforcePlannerDefaultPageSize DefaultSideBarPageSize "
        "CustomFieldsMaxShownItems DefaultAttachmentTicketsPageSize MaximumAttachmentFileSizeinMb "
        "DashboardWidgetTimeout DashboardWidgetMaxColumns DashboardWidgetMinColumns "
        "DashboardTicketByIssueTypeWidgetMaxColumns DashboardWidgetPageSize",
    ),
    **each(
        _TEXT,
        "BrandName ProductName FullCalendarLicenseKey AddOpportunityUrl AddActivityUrl "
        "PendingQuotationsUrl AmountDueUrl AmountSentUrl",
    ),
    "ExternalLinks": map_of(_TEXT),
    "FeatureFlags": map_of(nullable(BOOLEAN)),
}

# --- look-ups --------------------------------------------------------------------------------

NAME: Shape = {"Id": INTEGER, "Name": _TEXT}
ACTIVE_NAME: Shape = {**NAME, "IsActive": BOOLEAN}
LOOKUP: Shape = {**ACTIVE_NAME, "IsDefault": BOOLEAN}
PRIORITY: Shape = {**NAME, "Color": _TEXT, "IsDefault": BOOLEAN}
STATUS: Shape = {
    **ACTIVE_NAME,
    **each(_TEXT, "FontColor Color"),
    **each(INTEGER, "StatusOrder TypeId IsSystemStatus"),
    "SlaEventId": _INTEGER,
}
ASSIGNEE: Shape = {**NAME, **each(_TEXT, "Url EmailAddress JobTitle PictureName PictureURL")}
SECURITY_ROLE: Shape = {**NAME, **each(BOOLEAN, "isActive isSystem isExternal")}

TEMPLATE: Shape = {
    **NAME,
    **each(_TEXT, "Title Details AccountName AssigneeName"),
    **each(
        _INTEGER,
        "IssueTypeId SubIssueTypeId PriorityId QueueId AccountId AssigneeId TicketTypeId "
        "TimeToResolveTypeId WorkTypeId",
    ),
    "ExpectedTimeToResolve": nullable(NUMBER),
}

# --- tickets ---------------------------------------------------------------------------------

_TICKET_BOTH: Shape = {
    **each(INTEGER, "Id StatusId StatusOrder PriorityId IsScheduled"),
    **AUTHORSHIP,
    **each(
        _INTEGER,
        "AccountId LocationId ContactId TypeId IssueTypeId SubIssueTypeId ContractId WorkTypeId "
        "SLAStatusEventId SourceId HasMetSLA SLAStatusEnum QueueId AssigneeId "
        "TicketRecurringMasterId Recurring SLAId SLAObjectiveId ActualPauseMinutes "
        "ActualFirstResponseMinutes ActualResolutionMinutes IsSLAPaused",
    ),
    **each(
        _TEXT,
        "TicketNumber Title Details AccountCode AccountName LocationName ContactName "
        "HardwareAssetName StatusName StatusColor StatusForeColor PriorityName PriorityColor "
        "TypeName IssueTypeName SubIssueTypeName ContractNumber ContractName WorkTypeName SLAName "
        "QueueName AssigneeName CreatedByName",
    ),
    **each(
        _MOMENT,
        "OpenDate DueDate CompletedDate LastActivityUpdate LastStatusUpdate LastPriorityUpdate "
        "LastQueueUpdate FirstResponseTargetTime FirstResponseActualTime ResolutionActualTime "
        "ResolutionTargetTime ReOpenedDate SLALastPausedTime SLALastResumedTime",
    ),
}

_CC: Shape = {**each(INTEGER, "Id EntityType"), **each(_TEXT, "EmailAddress FullName")}

TICKET: Shape = {
    **_TICKET_BOTH,
    "TenantId": INTEGER,
    **each(
        _INTEGER,
        "SoftwareAssetId HardwareAssetId HasVsaAgent OccurrenceCount IntegrationTypeId",
    ),
    **each(
        _TEXT,
        "LocationPhone ContactPhone ContactEmail SoftwareAssetName VSAAssetId "
        "RmmTicketReference SourceName",
    ),
    "LastOccurrenceDate": _MOMENT,
    "CCs": lists_of(_CC),
    "SecondaryAssignees": lists_of(SECONDARY_ASSIGNEE),
    **each(nullable(NUMBER), "TotalExpenses TotalTimeSpent"),
    **each(BOOLEAN, "HasPostedEntries IsReadOnly OpenDateLocked"),
}

TICKET_ROW: Shape = {
    **_TICKET_BOTH,
    "HardwareAssetId": INTEGER,
    **each(_TEXT, "TenantName CustomFields"),
}

MERGE_JOB: Shape = {"JobId": _TEXT}

# --- notes, attachments, custom fields -------------------------------------------------------

ATTACHMENT: Shape = {
    "Id": INTEGER,
    **each(_TEXT, "OriginalFileName AliasName FileType Url WebUrl CreatedByName"),
    **each(_INTEGER, "ObjectId ModuleId CreatedById"),
    "CreatedOn": _MOMENT,
    "IsUploadedToBlob": nullable(BOOLEAN),
}

NOTE: Shape = {
    "Id": INTEGER,
    **AUTHORSHIP,
    **each(_TEXT, "Details TypeName CreatedByName CreatedByEmail ModifiedByName"),
    "IsInternal": BOOLEAN,
    "TypeId": _INTEGER,
    "Attachments": lists_of(ATTACHMENT),
}

CUSTOM_FIELD_DATA: Shape = {
    **each(INTEGER, "Id SettingsId CustomFieldType CustomFieldId"),
    **each(_TEXT, "Name Data"),
}

CUSTOM_FIELD: Shape = {
    **each(INTEGER, "Id DataType"),
    **each(_TEXT, "Name ErrorMessage"),
    **each(BOOLEAN, "IsRequired IsActive"),
    "Settings": lists_of(ACTIVE_NAME),
}

CUSTOM_FIELD_WRITTEN: Shape = {
    **each(INTEGER, "Id EntityId CustomFieldId ModuleId"),
    **AUTHORSHIP,
    **each(_TEXT, "Value CustomFieldName ModuleName"),
}
