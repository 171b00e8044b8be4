"""What answers about accounts and contacts carry: the fields of every result."""

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
    nullable,
)
from connector.sandbox.contract.results import ACTIVE_NAME, CUSTOM_FIELD_DATA, NAME

_TEXT = nullable(TEXT)
_INTEGER = nullable(INTEGER)
_MOMENT = nullable(MOMENT)

ACCOUNT_LOOKUP: Shape = {**ACTIVE_NAME, "TenantName": _TEXT}
ACCOUNT_LOCATION: Shape = {**NAME, "AccountId": INTEGER, "IsMain": BOOLEAN}

_ADDRESS: Shape = {
    "Id": INTEGER,
    **AUTHORSHIP,
    **each(
        _TEXT, "Address1 Address2 City State ZipCode Country Phone Fax EmailAddress AddressType"
    ),
    **each(_INTEGER, "CountryId AddressTypeId"),
    **each(nullable(NUMBER), "Latitude Longitude"),
    **each(BOOLEAN, "IsMain IsBilling"),
}

_LOCATION: Shape = {
    "Id": INTEGER,
    **AUTHORSHIP,
    "LocationName": _TEXT,
    **each(BOOLEAN, "IsMain IsActive"),
    **each(_INTEGER, "TimeZoneId DateFormatId TimeFormatId"),
    "Addresses": lists_of(_ADDRESS),
}

ACCOUNT: Shape = {
    "Id": INTEGER,
    **AUTHORSHIP,
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
    **AUTHORSHIP,
    **each(_TEXT, "EmailAddress EmailType"),
    "IsDefault": BOOLEAN,
}

_PHONE: Shape = {
    **each(INTEGER, "Id PhoneTypeId"),
    **AUTHORSHIP,
    **each(_TEXT, "Phone PhoneType"),
    "IsDefault": BOOLEAN,
}

CONTACT_SUMMARY: Shape = {
    **each(INTEGER, "Id AccountId"),
    **AUTHORSHIP,
    "LocationId": _INTEGER,
    **each(_TEXT, "AccountName LocationName FirstName LastName JobTitle"),
    **each(BOOLEAN, "IsPoc IsActive IsBillable CanRecieveInvoices"),
    "EffectiveDate": _MOMENT,
    "Emails": lists_of(_EMAIL),
    "Phones": lists_of(_PHONE),
}

CONTACT_CREATED: Shape = {
    **each(INTEGER, "Id AccountId LocationId"),
    **each(_TEXT, "FirstName LastName AccountName LocationName PhoneNumber EmailAddress"),
    "CustomFieldsData": lists_of(CUSTOM_FIELD_DATA),
}

CONTACT: Shape = {
    **each(INTEGER, "Id AccountId LocationId"),
    **AUTHORSHIP,
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
