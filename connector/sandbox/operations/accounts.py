"""Accounts (client companies) and their locations."""

from typing import Any

from connector.sandbox.calls import Call, Handler, Listing, not_found
from connector.sandbox.operations.matching import holds
from connector.sandbox.state import Store
from connector.sandbox.tenant import Account, Location


def account_lookup(call: Call) -> Listing:
    """List accounts by id and name; inactive ones only when asked for."""
    query = call.query
    ids = query.get("Filter.Ids")
    found = [
        account
        for account in call.store.tenant.accounts
        if (account.is_active or query.get("Filter.WithInactiveAccounts"))
        and (not ids or account.id in ids)
        and holds(account.name, query.get("Filter.Name"))
    ]
    tenant = call.store.tenant.login.tenant
    return Listing(
        found,
        lambda account: {
            "Id": account.id,
            "Name": account.name,
            "TenantName": tenant,
            "IsActive": account.is_active,
        },
    )


def accounts(call: Call) -> Listing:
    """List accounts with their locations, inactive ones too."""
    query = call.query
    found = [
        account
        for account in call.store.tenant.accounts
        if holds(account.name, query.get("Filter.AccountName"))
        and holds(account.code, query.get("Filter.AccountCode"))
        and query.get("Filter.IsActive") in {None, account.is_active}
    ]
    return Listing(found, lambda account: _show_account(call.store, account))


def account(call: Call) -> dict[str, Any]:
    """Show one account; BMS answers it bare."""
    found = call.store.account(call.id("id"))
    if found is None:
        raise not_found(f"Account {call.id('id')}")
    return _show_account(call.store, found)


def locations(call: Call) -> Listing:
    """List the locations of an account."""
    owner = call.store.account(call.id("accountId"))
    if owner is None:
        raise not_found(f"Account {call.id('accountId')}")
    return Listing(
        owner.locations,
        lambda site: {
            "Id": site.id,
            "Name": site.name,
            "AccountId": owner.id,
            "IsMain": site.is_main,
        },
    )


def _show_account(store: Store, account: Account) -> dict[str, Any]:
    return {
        "Id": account.id,
        "AccountName": account.name,
        "AccountCode": account.code,
        "IsActive": account.is_active,
        "TenantName": store.tenant.login.tenant,
        "Locations": [_show_location(site) for site in account.locations],
    }


def _show_location(site: Location) -> dict[str, Any]:
    return {
        "Id": site.id,
        "LocationName": site.name,
        "IsMain": site.is_main,
        "IsActive": site.is_active,
        "Addresses": [],
    }


HANDLERS: dict[str, Handler] = {
    "GET /v2/crm/accounts/lookup": account_lookup,
    "GET /v2/crm/accounts/summary": accounts,
    "GET /v2/crm/accounts/summary/{id}": account,
    "GET /v2/crm/accounts/{accountId}/locations/lookup": locations,
}
