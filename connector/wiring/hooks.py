"""Settings become webhooks: of form vendors, and BMS's own."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from connector.config.forms import WebhookSource
from connector.config.models import Config
from connector.mapping.load import Mappings
from connector.mapping.models import FormFile
from connector.ports import Clock
from connector.ports.watch import TicketHints
from connector.web.hook_settings import BmsHook, Hook, Hooks


def hooks_of(config: Config, mappings: Mappings, hints: TicketHints, clock: Clock) -> Hooks:
    """Return the webhooks that these settings name."""
    sources = [each for each in config.sources if isinstance(each, WebhookSource)]
    return Hooks(
        sources={each.name: _hook(each, mappings.forms[each.form], clock) for each in sources},
        bms=_bms_hook(config, hints, clock),
    )


def _hook(source: WebhookSource, mapping: FormFile, clock: Clock) -> Hook:
    hook = partial(
        Hook,
        source=source.name,
        form=source.form,
        secret=source.secret.get_secret_value(),
        auth=source.auth,
        header=source.header_name,
        username=source.username,
    )
    if not source.trust_submitted_at:
        return hook()
    return hook(submitted_at=_submitted_at(mapping, clock))


def _submitted_at(mapping: FormFile, clock: Clock) -> Callable[[bytes], datetime | None]:
    from connector.intake.forms.submission_time import submitted_at

    return lambda raw: submitted_at(raw, mapping, clock())


def _bms_hook(config: Config, hints: TicketHints, clock: Clock) -> BmsHook | None:
    secret = config.bms.webhook_secret
    if secret is None:
        return None
    return BmsHook(secret.get_secret_value(), lambda ticket_id: hints.hint(ticket_id, at=clock()))
