"""One errand: mark the row as being sent, send it, and see that the conversation has stored how it ended.

The order is the safety: the mark is committed before the provider is called, so that after a crash nobody can take a
message for unsent that may have been sent.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.kernel import (
    Actor,
    AskTimeout,
    Blocked,
    Bound,
    Context,
    KernelError,
    Kind,
    Mail,
    MailboxFull,
    Policy,
    Ref,
    System,
)
from hub.conversation.commands import Outcome, SendResult
from hub.conversation.effects import OutboxRow
from hub.errors import HubError, Unavailable
from hub.outbox import Carrier, Claimed, OutboxStore, Sent

log = logging.getLogger("hub.courier")

ASK = 8.0

REPORTS = 6
"""Times a result is brought to the conversation that answers with an error of its own."""

REPORTING = 300.0
"""Seconds for which it is brought while the database is away. After them the row's lease lapses and its message is
shown as unknown; the channel's status report then tells the truth."""

LONGEST_PAUSE = 2.0
"""Seconds between two of these, which begin with 0.2 and grow."""


@frozen
class Over:
    """An errand has ended. `more`: the conversation has more to send; `retry_in`: seconds until it is due again."""

    conversation_id: UUID
    accepted: bool = False
    more: bool = True
    retry_in: float | None = None
    hold_channel: float = 0.0
    channel_down: bool = False


class Errand:
    """Runs errands of one channel."""

    def __init__(
        self,
        system: System,
        carrier: Carrier,
        tried: Callable[[Sent, float], None] = lambda sent, seconds: None,
        *,
        repeatable: bool = False,
    ) -> None:
        """`tried` is told of each call of the provider: how it ended, and after how many seconds. `repeatable`: sending
        a message twice does no more than sending it once."""
        self._system = system
        self.carrier = carrier
        self._tried = tried
        self._repeatable = repeatable

    async def run(self, claimed: Claimed, courier: Ref) -> None:
        """Carries one row through and tells the courier."""
        over = Over(claimed.row.conversation_id)
        try:
            over = await self._carry(claimed)
        except (HubError, KernelError) as error:
            log.warning("an errand was given up", extra={"reason": type(error).__name__})
        finally:
            try:
                courier.tell(over)
            except KernelError:
                log.info("the courier is gone; its leases lapse")

    async def _carry(self, claimed: Claimed) -> Over:
        row = claimed.row
        if claimed.interrupted and not self._repeatable:
            return await self._report(row, Sent(Outcome.UNKNOWN, text="The hub was interrupted while sending."))
        unready = await self.carrier.prepare(row)
        if unready is not None:
            return await self._report(row, unready)
        if not await self._system.ref(kinds.SENDING_MARKER, 0).ask(row, timeout=ASK):
            return Over(row.conversation_id)  # the lease is no longer ours, or too short to begin
        began = time.monotonic()
        sent = await self.carrier.send(row)
        self._tried(sent, time.monotonic() - began)
        return await self._report(row, sent)

    async def _report(self, row: OutboxRow, sent: Sent) -> Over:
        tries = row.tries + (1 if sent.burns_try else 0)
        result = SendResult(
            outbox_id=row.id,
            message_id=row.message_id,
            attempt=row.attempt,
            outcome=sent.outcome,
            token=row.token,
            provider_id=sent.provider_id,
            code=sent.code,
            text=sent.text,
            retryable=sent.retryable,
            closes_window=sent.closes_window,
            retry_in=sent.retry_in,
            tries=tries,
        )
        more = await self._tell_conversation(row, result)
        return Over(
            row.conversation_id,
            accepted=sent.outcome is Outcome.ACCEPTED,
            more=more,
            retry_in=sent.retry_in,
            hold_channel=sent.hold_channel,
            channel_down=sent.channel_down,
        )

    async def _tell_conversation(self, row: OutboxRow, result: SendResult) -> bool:
        ref = self._system.ref(kinds.CONVERSATION, row.conversation_id)
        clock = asyncio.get_running_loop().time
        attempt, until = 1, clock() + REPORTING
        while True:
            try:
                return bool(await ref.ask(result, timeout=ASK))
            except (HubError, KernelError) as error:
                if clock() >= until or (attempt >= REPORTS and not _passing(error)):
                    raise
                log.info("a result waits to be stored", extra={"reason": type(error).__name__})
            await asyncio.sleep(min(0.2 * attempt, LONGEST_PAUSE))
            attempt += 1


def _passing(error: HubError | KernelError) -> bool:
    """Whether the same would go through once the database is back."""
    return error.retryable if isinstance(error, HubError) else isinstance(error, AskTimeout | MailboxFull | Blocked)


class Marker(Actor):
    """Marks rows as being sent, as many as wait with one statement. Answers whether the row is still ours."""

    __slots__ = ("_store",)

    def __init__(self, store: OutboxStore) -> None:
        self._store = store

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """Each mail carries an `OutboxRow`."""
        try:
            ours = await self._store.sending([mail.message for mail in mails])
        except Unavailable as error:
            for mail in mails:
                mail.fail(error)
            return
        for mail in mails:
            mail.reply(mail.message.id in ours)


def marker_kind(store: OutboxStore) -> Kind:
    """The kind of the marker; there is one, under the key 0."""

    def create(key: object, context: Context) -> Marker:
        return Marker(store)

    return Kind(kinds.SENDING_MARKER, create, Bound(5_000, Policy.REJECT), batch=200, idle_after=None)
