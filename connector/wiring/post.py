"""Settings become the post office of a run: couriers, channels, and who is acknowledged."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parseaddr
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connector.config.models import Config
from connector.errors import ConfigError
from connector.mapping.domains import normal_address
from connector.mapping.load import Mappings
from connector.messages.mime import Envelope
from connector.pipeline.post.office import (
    MAIL,
    AcknowledgementRules,
    AlertChannel,
    PostOffice,
)
from connector.ports import Cache, Clock
from connector.ports.post import Courier, Outbox
from connector.sign_in.tokens import Tokens
from connector.wiring.tokens import graph_tokens, oauth2_tokens, plain

if TYPE_CHECKING:
    from connector.messages.smtp import SmtpServer

WEBHOOKS = ("https", "http")
NO_DOMAIN = "alerts.invalid"
"""Where no mail is sent, an alert's id is not a Message-ID, but still unlike any other."""


def post_office(
    config: Config,
    mappings: Mappings,
    outbox: Outbox,
    cache: Cache,
    clock: Clock,
    imported: Mapping[str, datetime],
) -> PostOffice:
    """Return what a run sends with.

    Nobody hears of what a source received before the moment in `imported`.

    Raises `ConfigError` when a channel needs Apprise and that is not installed.
    """
    mail = mail_courier(config, cache, clock)
    couriers: dict[str, Courier] = {} if mail is None else {MAIL: mail}
    channels = []
    for name, url in named_channels(config):
        is_mail = "://" not in url
        channels.append(AlertChannel(name, url if is_mail else ""))
        couriers[name] = mail if is_mail and mail is not None else _courier(name, url)
    return PostOffice(
        outbox=outbox,
        couriers=couriers,
        templates=mappings.messages,
        cache=cache,
        new_message_id=_message_ids(config),
        acknowledgements=None if mail is None else _rules(config, mappings),
        channels=tuple(channels),
        imported_before=imported,
    )


def named_channels(config: Config) -> Iterator[tuple[str, str]]:
    """Yield each channel of `alerts` with the name by which people hear of it.

    An address may hold a secret, so the name has no more of it than the host or the scheme.
    """
    taken: set[str] = {MAIL}
    for secret in config.alerts or ():
        url = secret.get_secret_value()
        base = _channel_name(url)
        name = next(n for n in _numbered(base) if n not in taken)
        taken.add(name)
        yield name, url


def _channel_name(url: str) -> str:
    parts = urlsplit(url)
    if "://" not in url:
        return url
    if parts.scheme.lower() in WEBHOOKS:
        return f"webhook {parts.hostname}"
    return f"apprise {parts.scheme.lower()}"


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base} ({number})"
        number += 1


def _courier(name: str, url: str) -> Courier:
    if urlsplit(url).scheme.lower() in WEBHOOKS:
        from connector.messages.http import Endpoint
        from connector.messages.webhook import WebhookCourier

        return WebhookCourier(Endpoint(url, name))
    from connector.messages.apprise_courier import INSTALL, AppriseCourier, is_installed

    if not is_installed():
        raise ConfigError(f"alerts: {name} needs Apprise, which is not installed", INSTALL)
    return AppriseCourier(url, name)


def mail_courier(config: Config, cache: Cache, clock: Clock) -> Courier | None:
    """Return what carries mail; None where no mail is sent."""
    mail = config.mail
    envelope = Envelope(mail.sender or "", mail.reply_to or "")
    if mail.smtp.host is not None:
        from connector.messages.smtp import SmtpCourier

        return SmtpCourier(smtp_server(config, cache, clock), envelope, clock)
    if mail.graph.mailbox is not None:
        from connector.messages.graph import GraphCourier, send_mail_endpoint

        endpoint = send_mail_endpoint(mail.graph.base_url, mail.graph.mailbox)
        return GraphCourier(endpoint, _graph_tokens(config, cache, clock), envelope, clock)
    return None


def mail_sign_in(
    config: Config, cache: Cache, clock: Clock
) -> tuple[str | None, Callable[[], object]]:
    """Return where mail is handed over (None for nowhere), and what signs in without sending."""
    if config.mail.smtp.host is not None:
        from connector.messages.smtp import sign_in

        server = smtp_server(config, cache, clock)
        return f"mail server {server.host}:{server.port}", lambda: sign_in(server)
    if config.mail.graph.mailbox is not None:
        return "Microsoft 365", partial(_graph_tokens(config, cache, clock).token, fresh=True)
    return None, lambda: None


def channel_problems(config: Config) -> Iterator[tuple[int, ConfigError]]:
    """Yield what is wrong with channels that Apprise has to know, beside their places."""
    for place, (name, url) in enumerate(named_channels(config)):
        if "://" in url and urlsplit(url).scheme.lower() not in WEBHOOKS:
            from connector.messages.apprise_courier import instantiate

            try:
                instantiate(url, name)
            except ConfigError as error:
                yield place, error


def smtp_server(config: Config, cache: Cache, clock: Clock) -> "SmtpServer":
    """Return where mail is handed over, and who we are there."""
    from connector.messages.smtp import SmtpServer

    smtp = config.mail.smtp
    return SmtpServer(
        host=smtp.host or "",
        port=smtp.port_or_default,
        security=smtp.security,
        username=smtp.username or "",
        password=plain(smtp.password) or "",
        tokens=oauth2_tokens("mail.smtp.oauth2", smtp.oauth2, cache, clock)
        if smtp.oauth2.is_given
        else None,
        timeout=smtp.timeout,
    )


def _graph_tokens(config: Config, cache: Cache, clock: Clock) -> Tokens:
    return graph_tokens("mail.graph", config.mail.graph, cache, clock)


def _rules(config: Config, mappings: Mappings) -> AcknowledgementRules:
    ours = [parseaddr(config.mail.sender or "")[1], config.mail.reply_to or ""]
    ours += mappings.clients.own_addresses
    return AcknowledgementRules(
        phone=config.mail.phone or "",
        to_strangers=config.mail.acknowledge_strangers,
        quiet_sources=frozenset(each.name for each in config.sources if not each.acknowledge),
        own_addresses=frozenset(normal_address(each) for each in ours if each),
    )


def _message_ids(config: Config) -> Callable[[], str]:
    """Return what makes Message-IDs that nobody can guess (RFC 5322 section 3.6.4)."""
    domain = parseaddr(config.mail.sender or "")[1].rpartition("@")[2] or NO_DOMAIN
    return lambda: f"<{secrets.token_hex(16)}@{domain}>"
