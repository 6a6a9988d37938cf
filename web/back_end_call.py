"""Calls of back ends on behalf of somebody at a door: with a deadline, and what acts with its rows in the audit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.audit import AuditLog, Entry, Phase
from hub.errors import HubError
from hub.ids import uuid7
from hub.integration.call import Call
from web.idempotency import effect_id
from web.principal import principal

log = logging.getLogger("hub.integration")

T = TypeVar("T")


@frozen
class Act:
    """What is to be done over there: the operation's name, and whose customer it concerns, as a pseudonym."""

    operation: str
    customer: str | None = None


@frozen
class BackEndCalls:
    """`patience`: seconds for a call as a whole."""

    audit: AuditLog
    clock: Callable[[], datetime]
    patience: float

    @property
    def deadline(self) -> float:
        """When a call that begins now has to be over, on the loop's clock."""
        return asyncio.get_running_loop().time() + self.patience

    async def acting(self, call: Call, act: Act, doing: Callable[[], Awaitable[T]]) -> T:
        """Does it between its two rows of the audit. Raises AuditUnavailable before anything is done, and what `doing`
        raises."""
        began = asyncio.get_running_loop().time()
        await self.audit.append(self._entry(call, act, Phase.INTENT, "allowed"))
        try:
            done = await doing()
        except HubError as error:
            await self._ended(call, act, began, error)
            raise
        await self._ended(call, act, began, None)
        return done

    async def _ended(self, call: Call, act: Act, began: float, problem: HubError | None) -> None:
        """What was done cannot be undone because its end is not noted: the row of its beginning shows that one is
        missing."""
        latency = round((asyncio.get_running_loop().time() - began) * 1000)
        entry = self._entry(call, act, Phase.OUTCOME, "ok" if problem is None else "failed", problem, latency)
        try:
            await self.audit.append(entry)
        except HubError as error:
            log.error("how a call ended is not in the audit", extra={"reason": type(error).__name__})

    def _entry(
        self,
        call: Call,
        act: Act,
        phase: Phase,
        decision: str,
        problem: HubError | None = None,
        latency: int | None = None,
    ) -> Entry:
        return Entry(
            at=self.clock(),
            call_id=call.id,
            phase=phase,
            actor=call.principal,
            tool=act.operation,
            decision=decision,
            conversation_id=call.conversation_id,
            customer=act.customer,
            problem=problem.code if problem else None,
            provider_status=getattr(problem, "provider_status", None),
            latency_ms=latency,
        )


def call_of(request: web.Request, conversation_id: UUID | None = None) -> Call:
    """A call on behalf of whoever is asking."""
    return Call(uuid7(), principal(request).key, conversation_id)


def key_of(request: web.Request) -> str:
    """The idempotency key for the back end: that of the request, if it has one, so that its repetition is one there
    too."""
    return str(effect_id(request) or uuid7())
