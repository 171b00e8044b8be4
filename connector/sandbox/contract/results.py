"""What answers carry: the fields of every result."""

from connector.sandbox.contract.fields import (
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

_AUTHORSHIP: Shape = {
    **each(_INTEGER, "CreatedBy ModifiedBy"),
    **each(_MOMENT, "CreatedOn ModifiedOn"),
}

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

# --- accounts and contacts -------------------------------------------------------------------

ACCOUNT_LOOKUP: Shape = {**ACTIVE_NAME, "TenantName": _TEXT}
ACCOUNT_LOCATION: Shape = {**NAME, "AccountId": INTEGER, "IsMain": BOOLEAN}

_ADDRESS: Shape = {
    "Id": INTEGER,
    **_AUTHORSHIP,
    **each(
        _TEXT, "Address1 Address2 City State ZipCode Country Phone Fax EmailAddress AddressType"
    ),
    **each(_INTEGER, "CountryId AddressTypeId"),
    **each(nullable(NUMBER), "Latitude Longitude"),
    **each(BOOLEAN, "IsMain IsBilling"),
}

_LOCATION: Shape = {
    "Id": INTEGER,
    **_AUTHORSHIP,
    "LocationName": _TEXT,
    **each(BOOLEAN, "IsMain IsActive"),
    **each(_INTEGER, "TimeZoneId DateFormatId TimeFormatId"),
    "Addresses": lists_of(_ADDRESS),
}

ACCOUNT: Shape = {
    "Id": INTEGER,
    **_AUTHORSHIP,
    **each(
        _INTEGER,
        "ParentId AccountTypeId BusinessTypeId ServiceTypeId AccountManagerId CurrencyId "
        "SalesTaxItemId ClassId",
    ),
    **each(
        _TEXT,
        "AccountCode AccountType AccountName BusinessType ServiceType AccountManagerUserName "
        "CurrencyName SalesTaxItemName Website Description ClassName TenantName",
    ),
    **each(nullable(NUMBER), "CreditLimit NetDays"),
    **each(BOOLEAN, "IsActive IsBilling"),
    "AcquiredDate": _MOMENT,
    "Locations": lists_of(_LOCATION),
}

CONTACT_FOUND: Shape = {
    **each(INTEGER, "Id AccountId LocationId"),
    **each(_TEXT, "AccountName LocationName FirstName LastName JobTitle EmailAddress"),
    **each(BOOLEAN, "IsPoc IsActive HasClientPortalAccess"),
}

_EMAIL: Shape = {
    **each(INTEGER, "Id EmailTypeId"),
    **_AUTHORSHIP,
    **each(_TEXT, "EmailAddress EmailType"),
    "IsDefault": BOOLEAN,
}

_PHONE: Shape = {
    **each(INTEGER, "Id PhoneTypeId"),
    **_AUTHORSHIP,
    **each(_TEXT, "Phone PhoneType"),
    "IsDefault": BOOLEAN,
}

CONTACT_SUMMARY: Shape = {
    **each(INTEGER, "Id AccountId"),
    **_AUTHORSHIP,
    "LocationId": _INTEGER,
    **each(_TEXT, "AccountName LocationName FirstName LastName JobTitle"),
    **each(BOOLEAN, "IsPoc IsActive IsBillable CanRecieveInvoices"),
    "EffectiveDate": _MOMENT,
    "Emails": lists_of(_EMAIL),
    "Phones": lists_of(_PHONE),
}

CUSTOM_FIELD_DATA: Shape = {
    **each(INTEGER, "Id SettingsId CustomFieldType CustomFieldId"),
    **each(_TEXT, "Name Data"),
}

CONTACT_CREATED: Shape = {
    **each(INTEGER, "Id AccountId LocationId"),
    **each(_TEXT, "FirstName LastName AccountName LocationName PhoneNumber EmailAddress"),
    "CustomFieldsData": lists_of(CUSTOM_FIELD_DATA),
}

CONTACT: Shape = {
    **each(INTEGER, "Id AccountId LocationId"),
    **_AUTHORSHIP,
    **each(
        _TEXT,
        "AccountName LocationName FirstName MiddleName LastName JobTitle CreatedByName "
        "ModifiedByName",
    ),
    # The vendor's spelling: RecieveInvoices in answers, ReceiveInvoices in requests.
    **each(nullable(BOOLEAN), "Poc IsActive BillByContact RecieveInvoices"),
    "EffectiveDate": _MOMENT,
    "Phones": lists_of(_PHONE),
    "Emails": lists_of(_EMAIL),
}

# --- tickets ---------------------------------------------------------------------------------

_TICKET_BOTH: Shape = {
    **each(INTEGER, "Id StatusId StatusOrder PriorityId IsScheduled"),
    **_AUTHORSHIP,
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
    **_AUTHORSHIP,
    **each(_TEXT, "Details TypeName CreatedByName CreatedByEmail ModifiedByName"),
    "IsInternal": BOOLEAN,
    "TypeId": _INTEGER,
    "Attachments": lists_of(ATTACHMENT),
}

CUSTOM_FIELD: Shape = {
    **each(INTEGER, "Id DataType"),
    **each(_TEXT, "Name ErrorMessage"),
    **each(BOOLEAN, "IsRequired IsActive"),
    "Settings": lists_of(ACTIVE_NAME),
}

CUSTOM_FIELD_WRITTEN: Shape = {
    **each(INTEGER, "Id EntityId CustomFieldId ModuleId"),
    **_AUTHORSHIP,
    **each(_TEXT, "Value CustomFieldName ModuleName"),
}
