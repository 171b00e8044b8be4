"""The step `notify`: what is due in the outbox is sent, each letter once in a run.

An intent is committed right before a letter is handed over. When nobody knows whether it was
taken, an acknowledgement is given up, and anything else is sent again: rather no second mail to a
client, rather a second call to our own people.
"""

from datetime import timedelta

import structlog

from connector.errors import (
    ConfigError,
    ConnectorError,
    FatalError,
    LeaseLost,
    OutcomeUnknown,
    RequestRejected,
    RetryLater,
    Unreachable,
)
from connector.pipeline.accounts.links import with_link
from connector.pipeline.post.alerting import alert_channel_failed
from connector.pipeline.post.office import KEPT, PostOffice
from connector.pipeline.services import Services
from connector.ports.post import UNCLEAR, Courier, Posted, PostKind

log = structlog.get_logger()

ALL = tuple(PostKind)
LEASE = timedelta(minutes=10)
"""Longer than sending a letter takes: a mail server has some seconds for each of its answers."""

AGAIN_AFTER = timedelta(minutes=1)
REFUSED_FOR = timedelta(minutes=15)
"""How long a channel that refused us is left alone: more attempts could lock the account."""
REFUSED = "channel refused"


def recover(services: Services) -> None:
    """Settle what a run that died left behind in the outbox."""
    post = services.post
    if post is None:
        return
    for lost in post.outbox.recover_posts(stamp=services.stamp()):
        post.problems.append(_given_up(lost, UNCLEAR))


def send_alerts(services: Services) -> None:
    """Send the alerts that are due."""
    _send(services, (PostKind.ALERT,))


def send_all(services: Services) -> None:
    """Send everything that is due, alerts first; tell of what waits since it failed before."""
    _send(services, ALL)
    if services.post is not None:
        _tell_of_waiting(services, services.post)


def _tell_of_waiting(services: Services, post: PostOffice) -> None:
    """Let no run end well as long as a channel does not work, also while it is left alone."""
    now = services.clock()
    told: set[str] = set(post.failed)
    for posted in post.outbox.posts_due(now=now + KEPT):
        channel = posted.letter.channel
        if not posted.reason or channel in told:
            continue
        told.add(channel)
        is_refused = post.cache.load(REFUSED, channel, now) is not None
        error = (FatalError if is_refused else Unreachable)(posted.reason, "letters wait for it")
        post.errors.append(error)
        post.problems.append(f"{channel}: {error}")


def _send(services: Services, kinds: tuple[PostKind, ...]) -> None:
    post = services.post
    if post is None:
        return
    _report_left_alone(services, post)
    while not services.should_stop():
        posted = post.outbox.claim_post(
            stamp=services.stamp(), lease=LEASE, kinds=kinds, besides=_left_alone(services, post)
        )
        if posted is None:
            return
        services.progress("sending")
        try:
            _Attempt(services, post, posted).make()
        except LeaseLost as error:
            log.info("let go", reason=error.message)


def _report_left_alone(services: Services, post: PostOffice) -> None:
    """Tell of alerts that now have to wait for a channel that failed before, through another."""
    left_alone = _left_alone(services, post)
    for posted in post.outbox.posts_due(now=services.clock()) if left_alone else ():
        if posted.letter.kind is PostKind.ALERT and posted.letter.channel in left_alone:
            alert_channel_failed(services, posted, "it failed before, and is left alone for now")


def _left_alone(services: Services, post: PostOffice) -> set[str]:
    now = services.clock()
    refused = {name for name in post.couriers if post.cache.load(REFUSED, name, now) is not None}
    return post.failed | refused


class _Attempt:
    """One letter, once."""

    def __init__(self, services: Services, post: PostOffice, posted: Posted) -> None:
        self._services = services
        self._post = post
        self._posted = posted
        self._is_begun = False

    def make(self) -> None:
        courier = self._post.couriers.get(self._posted.letter.channel)
        if courier is None:
            self._give_up("its channel is not configured any more")
            return
        if self._services.clock() >= self._posted.letter.expires_at:
            self._give_up("it could not be sent in time")
            return
        carried = with_link(self._services, self._posted)
        if isinstance(carried, str):
            self._leave_out(carried)
            return
        try:
            courier.send(carried, self._begin)
        except LeaseLost:
            raise
        except ConnectorError as error:
            self._after(error, courier)
        except Exception as error:
            log.exception("internal error", channel=self._posted.letter.channel)
            kind = OutcomeUnknown if self._is_begun else RetryLater
            self._after(kind(f"internal error: {error!r}", "please report it as a bug"), courier)
        else:
            self._post.outbox.post_sent(self._posted.id, stamp=self._services.stamp())
            log.info("sent", kind=self._posted.letter.kind, channel=self._posted.letter.channel)

    def _begin(self) -> None:
        self._post.outbox.begin_post(self._posted.id, stamp=self._services.stamp())
        self._is_begun = True

    def _after(self, error: ConnectorError, courier: Courier) -> None:
        is_alert = self._posted.letter.kind is PostKind.ALERT
        if isinstance(error, RequestRejected):
            self._give_up(error.message)
        elif isinstance(error, OutcomeUnknown) and self._is_rather_not_sent():
            self._give_up(f"{error.message}; {UNCLEAR}")
        else:
            self._put_back(error, courier)
        if is_alert:
            alert_channel_failed(self._services, self._posted, error.message)

    def _is_rather_not_sent(self) -> bool:
        return self._posted.letter.kind is PostKind.ACKNOWLEDGEMENT

    def _put_back(self, error: ConnectorError, courier: Courier) -> None:
        now = self._services.clock()
        is_refused = isinstance(error, FatalError | ConfigError)
        until = now + (REFUSED_FOR if is_refused else AGAIN_AFTER)
        if isinstance(error, OutcomeUnknown):  # they may have it already: ever more seldom
            until = max(until, now + (now - self._posted.created_at))
        if isinstance(error, RetryLater) and error.not_before is not None:
            until = max(until, error.not_before)
        for name, other in self._post.couriers.items():
            if other is courier:  # one mail server is behind several channels
                self._post.failed.add(name)
                if is_refused:
                    self._post.cache.save(REFUSED, name, error.message, until)
        self._post.outbox.put_back_post(
            self._posted.id, until=until, reason=error.message, stamp=self._services.stamp()
        )
        self._post.problems.append(f"{self._posted.letter.channel}: {error}")
        if not isinstance(error, ConfigError):
            self._post.errors.append(error)

    def _leave_out(self, reason: str) -> None:
        """Give up a letter that nobody needs any more, which is no problem."""
        self._post.outbox.give_up_post(self._posted.id, reason=reason, stamp=self._services.stamp())

    def _give_up(self, reason: str) -> None:
        self._post.outbox.give_up_post(self._posted.id, reason=reason, stamp=self._services.stamp())
        self._post.problems.append(_given_up(self._posted, reason))


def _given_up(posted: Posted, reason: str) -> str:
    letter = posted.letter
    whom = letter.recipient or letter.channel
    return f"the {letter.kind} of request {letter.request_key} to {whom} was given up: {reason}"
