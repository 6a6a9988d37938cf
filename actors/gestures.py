"""What a customer sees of us beside messages: that theirs was read, and that somebody writes.

Gestures are best effort: one that fails is not repeated, and one that would say nothing new is not made.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any
from uuid import UUID

from hub.errors import HubError
from hub.outbox import Carrier
from hub.ports import LastInbound

log = logging.getLogger("hub.gestures")

REMEMBERED = 5_000
"""Conversations whose last gestures are remembered. The oldest are forgotten, and their next gesture is made again."""

TYPING_LASTS = 20.0
"""Seconds within which typing is not told again; WhatsApp shows it for 25 (Meta, "Typing indicators")."""


class Gestures:
    """Makes gestures to customers, in the background."""

    def __init__(
        self,
        carriers: Mapping[str, Carrier],
        last_inbound: LastInbound,
        spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`last_inbound` finds a conversation's channel and the channel's id of its newest customer message."""
        self._carriers = carriers
        self._last_inbound = last_inbound
        self._spawn = spawn
        self._clock = clock
        self._read: OrderedDict[str, None] = OrderedDict()
        self._typed: OrderedDict[UUID, float] = OrderedDict()

    async def read(self, channel: str, channel_message_id: str) -> None:
        """A customer's message was read."""
        carrier = self._carriers.get(channel)
        if carrier is None or channel_message_id in self._read:
            return
        self._read[channel_message_id] = None
        _trim(self._read)
        await self._spawn(carrier.mark_read(channel_message_id))

    async def typing(self, conversation_id: UUID) -> None:
        """Somebody of ours writes in this conversation."""
        now = self._clock()
        if now - self._typed.get(conversation_id, float("-inf")) < TYPING_LASTS:
            return
        self._typed[conversation_id] = now
        self._typed.move_to_end(conversation_id)
        _trim(self._typed)
        try:
            found = await self._last_inbound.last_inbound(conversation_id)
        except HubError:
            log.info("typing was not told: the database is away")
            return
        carrier = self._carriers.get(found[0]) if found is not None else None
        if found is not None and carrier is not None:
            await self._spawn(carrier.typing(found[1]))


def _trim(known: OrderedDict[Any, Any]) -> None:
    while len(known) > REMEMBERED:
        known.popitem(last=False)
