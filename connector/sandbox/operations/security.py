"""Sign-in, tokens, the signed-in user, the tenant's settings."""

from typing import Any
from zoneinfo import ZoneInfo

from connector.sandbox.calls import SECURITY_ERROR, Call, Handler, Refused
from connector.sandbox.state import TokenPair


def authenticate(call: Call) -> dict[str, Any]:
    """Sign in with tenant, user name and password; only that grant type is known."""
    given = {name: part.text for name, part in call.form.items()}
    if given["GrantType"].lower() != "password":
        raise Refused(f"The grant type '{given['GrantType']}' is not supported")
    login = call.store.tenant.login
    names = (given.get("Tenant", "").lower(), given.get("UserName", "").lower())
    expected = (login.tenant.lower(), login.username.lower())
    if names != expected or given.get("Password") != login.password:
        raise Refused("Invalid user name, password or company name", status=401)
    return _shown(call.store.tokens.issue(call.now))


def refresh_token(call: Call) -> dict[str, Any]:
    """Exchange a pair of tokens for a new one; the access token may have expired."""
    tokens = call.store.tokens
    pair = tokens.find(call.form["AccessToken"].text)
    refresh = call.form.get("RefreshToken")
    if pair is None or refresh is None or pair.refresh != refresh.text:
        raise Refused("Security Error", status=401, code=SECURITY_ERROR)
    if pair.refresh_expires <= call.now:
        raise Refused("The refresh token has expired", status=401, code=SECURITY_ERROR)
    tokens.withdraw(pair)
    return _shown(tokens.issue(call.now))


def check_token(call: Call, authorization: str) -> None:
    """Raise `Refused` unless the header bears a token that is good now."""
    scheme, _, token = authorization.partition(" ")
    pair = call.store.tokens.find(token.strip()) if scheme.lower() == "bearer" else None
    if pair is None:
        raise Refused("Security Error", status=401, code=SECURITY_ERROR)
    if pair.access_expires <= call.now:
        headers = {"token-expired": "true"}
        raise Refused("Security Error", status=401, code=SECURITY_ERROR, headers=headers)


def user_info(call: Call) -> dict[str, Any]:
    """Show the signed-in user and the tenant's time zone."""
    tenant = call.store.tenant
    offset = call.now.astimezone(ZoneInfo(tenant.time_zone)).utcoffset()
    assert offset is not None  # noqa: S101 - an aware moment has one
    return {
        "UserId": tenant.user.id,
        "FullName": tenant.user.name,
        "EmailAddress": tenant.user.email,
        "TimeStamp": call.now,
        "TimeZoneValue": offset.total_seconds() / 3600,
        "TimeZoneName": tenant.time_zone,
        "OlsonTimeZoneName": tenant.time_zone,
        "DateFormat": "MM/dd/yyyy",
        "TimeFormat": "hh:mm tt",
        "TenantId": tenant.id,
        "BusinessName": tenant.login.tenant,
        "UserAccessRights": [],
        "SpecialFeatures": [],
    }


def settings(call: Call) -> dict[str, Any]:
    """Show the tenant's settings; the limit for one attachment is among them."""
    return {
        "DefaultPageSize": 50,
        "MaximumAttachmentFileSizeinMb": call.store.tenant.maximum_attachment_mb,
        "ProductName": "BMS",
        "ExternalLinks": {},
        "FeatureFlags": {},
    }


def _shown(pair: TokenPair) -> dict[str, Any]:
    return {
        "AccessToken": pair.access,
        "RefreshToken": pair.refresh,
        "AccessTokenExpireOn": pair.access_expires,
        "RefreshTokenExpireOn": pair.refresh_expires,
    }


HANDLERS: dict[str, Handler] = {
    "POST /v2/security/authenticate": authenticate,
    "POST /v2/security/refreshtoken": refresh_token,
    "GET /v2/security/userinfo": user_info,
    "GET /v2/system/settings": settings,
}
