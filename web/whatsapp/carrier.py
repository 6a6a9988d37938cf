"""WhatsApp's way out: one call of the Graph API per try, and an honest word on how it ended.

Meta's `/messages` takes no idempotency key, so a call whose answer was lost is never made again: the status webhook,
which returns our reference, settles it. Only a call that never reached Meta, or that Meta refused, may be repeated.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import aiohttp
import orjson
from attrs import field, frozen

from hub.conversation.commands import Outcome
from hub.conversation.effects import OutboxRow
from hub.errors import HubError, Invalid
from hub.inbound import Identity, IdentityKind, Outgoing
from hub.message import Content, ContentType, Media
from hub.outbox import Sent
from hub.whatsapp.answer import Accepted, Ambiguous, Answer, Refused, read_answer
from hub.whatsapp.refusals import Action, Retries, rule
from hub.whatsapp.render import mark_read, render, typing
from web.whatsapp.throughput import Throughput

log = logging.getLogger("hub.whatsapp")

NEVER_REACHED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
"""The connection was never made, so nothing can have been sent."""

RESTING = 1.0
"""Seconds after which a message is due again when the channel itself is down; the channel's own pause is longer."""


@frozen
class Api:
    """Where and as whom to call. `timeout` has a total; `largest` are the bytes of an answer that are read.

    What follows from them is made once: `messages` is the address that messages are sent to.
    """

    graph_url: str
    version: str
    phone_number_id: str
    access_token: str = field(repr=False)
    timeout: aiohttp.ClientTimeout
    largest: int = 1024 * 1024
    messages: str = field(init=False)
    headers: dict[str, str] = field(init=False, repr=False)

    @messages.default
    def _messages(self) -> str:
        return f"{self.graph_url.rstrip('/')}/{self.version}/{self.phone_number_id}/messages"

    @headers.default
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}", "Content-Type": "application/json"}


@frozen
class WhatsAppCarrier:
    """Sends for one number. `upload` brings a file of ours to Meta and returns its id there; `throughput` makes sends
    wait for their turn; `retries` says how often and when a refused one goes again."""

    api: Api
    session: aiohttp.ClientSession
    upload: Callable[[UUID], Awaitable[str]]
    random: Callable[[], float]
    throughput: Throughput
    retries: Retries = field(factory=Retries)

    async def prepare(self, row: OutboxRow) -> Sent | None:
        """Uploads the message's file, which takes long and may be repeated, before anything is marked as being sent."""
        media = row.payload.get("media")
        if media is None:
            return None
        try:
            await self.upload(UUID(media["id"]))
        except HubError as error:
            return self._unprepared(row, error)
        return None

    async def send(self, row: OutboxRow) -> Sent:
        """Sends once and says how it ended."""
        try:
            body = orjson.dumps(render(await self._outgoing(row)))
        except Invalid as error:
            said = "; ".join(problem["message"] for problem in error.errors)
            return Sent(Outcome.REFUSED, code=error.code, text=said or error.detail)
        except HubError as error:
            return self._unprepared(row, error)
        await self.throughput.turn()
        try:
            answer, retry_after = await self._post(body)
        except NEVER_REACHED:
            return self._unreached(row)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("the answer to a send was lost", extra={"reason": type(error).__name__})
            return Sent(Outcome.UNKNOWN, text="WhatsApp did not answer: the message may have been sent.")
        return self._judge(row, answer, retry_after)

    async def mark_read(self, channel_message_id: str) -> None:
        """Blue ticks for the customer. A failure is logged: it is no message."""
        await self._gesture(mark_read(channel_message_id))

    async def typing(self, channel_message_id: str) -> None:
        """Shows the customer that somebody writes, for 25 seconds at most."""
        await self._gesture(typing(channel_message_id))

    async def _gesture(self, body: dict[str, Any]) -> None:
        try:
            answer, _ = await self._post(orjson.dumps(body))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            log.info("a gesture was not taken", extra={"reason": type(error).__name__})
            return
        if isinstance(answer, Refused):
            log.info("a gesture was refused", extra={"code": answer.code})

    async def _post(self, body: bytes) -> tuple[Answer, float]:
        call = self.session.post(
            self.api.messages, data=body, headers=self.api.headers, timeout=self.api.timeout, allow_redirects=False
        )
        async with call as response:
            content = await response.content.read(self.api.largest + 1)
            while len(content) <= self.api.largest and not response.content.at_eof():
                content += await response.content.read(self.api.largest + 1 - len(content))
            if len(content) > self.api.largest:
                return Ambiguous("too_long"), 0.0
            kind = response.headers.get("Content-Type", "")
            return read_answer(response.status, kind, content), _seconds(response.headers.get("Retry-After", ""))

    async def _outgoing(self, row: OutboxRow) -> Outgoing:
        payload = row.payload
        return Outgoing(
            message_id=row.message_id or row.id,
            attempt=row.attempt,
            kind=payload["kind"],
            to=tuple(Identity(IdentityKind(a["kind"]), a["value"]) for a in payload["to"]),
            content=await self._content(payload),
            template=payload.get("template"),
            interactive=payload.get("interactive"),
            reaction=payload.get("reaction"),
            reply_to=payload.get("reply_to"),
        )

    async def _content(self, payload: dict[str, Any]) -> Content | None:
        media = payload.get("media")
        if media is not None:
            provider_id = await self.upload(UUID(media["id"]))
            file = Media(provider_id=provider_id, mime_type=media.get("mime_type"), filename=media.get("filename"))
            metadata = {"voice": True} if media.get("voice") else {}
            return Content(ContentType(media["type"]), payload.get("text"), file, metadata)
        return Content(ContentType.TEXT, payload["text"]) if payload.get("text") is not None else None

    # Judging

    def _judge(self, row: OutboxRow, answer: Answer, retry_after: float) -> Sent:
        match answer:
            case Accepted(wamid=wamid):
                return Sent(Outcome.ACCEPTED, provider_id=wamid)
            case Ambiguous(reason=reason):
                log.warning("the answer to a send says nothing", extra={"reason": reason})
                return Sent(Outcome.UNKNOWN, code=reason, text="WhatsApp's answer was unreadable: maybe it was sent.")
            case Refused():
                return self._refused(row, answer, retry_after)

    def _refused(self, row: OutboxRow, refused: Refused, retry_after: float) -> Sent:
        found = rule(refused.code, is_transient=refused.is_transient)
        code = str(refused.code)
        if found.action is Action.CHANNEL_DOWN:
            log.error("the channel is down", extra={"code": refused.code})
            return Sent(
                Outcome.LATER,
                code=code,
                text=found.sentence,
                retry_in=RESTING,
                burns_try=False,
                channel_down=True,
            )
        if self.retries.may_retry(found.action, row.tries):
            return self._later(found.action, row, code, found.sentence, retry_after)
        if found.action is Action.FAIL_AND_ALERT:
            log.error("WhatsApp warns of this number", extra={"code": refused.code})
        return Sent(
            Outcome.REFUSED,
            code=code,
            text=found.sentence,
            retryable=found.action not in (Action.CLOSE_WINDOW, Action.OPT_OUT, Action.FAIL),
            closes_window=found.action is Action.CLOSE_WINDOW,
        )

    def _unprepared(self, row: OutboxRow, error: HubError) -> Sent:
        """The message's file is not with WhatsApp: nothing was sent."""
        if error.retryable and self.retries.may_retry(Action.RETRY, row.tries):
            return self._later(Action.RETRY, row, error.code, error.detail)
        return Sent(Outcome.REFUSED, code=error.code, text=error.detail, retryable=True)

    def _later(self, action: Action, row: OutboxRow, code: str, text: str, retry_after: float = 0.0) -> Sent:
        wait = max(self.retries.delay(action, row.tries, self.random), retry_after)
        hold = wait if action is Action.RETRY_NUMBER else 0.0
        return Sent(Outcome.LATER, code=code, text=text, retry_in=wait, hold_channel=hold)

    def _unreached(self, row: OutboxRow) -> Sent:
        """Nothing was sent, so it may be tried as long as it takes; the whole channel waits."""
        log.warning("WhatsApp cannot be reached")
        return Sent(Outcome.LATER, code="unreachable", retry_in=RESTING, burns_try=False, channel_down=True)


LONGEST_WISH = 600.0


def _seconds(header: str) -> float:
    """A Retry-After given in seconds, at most ten minutes; dates and nonsense count as nothing."""
    return min(float(header), LONGEST_WISH) if header.strip().isdecimal() else 0.0
