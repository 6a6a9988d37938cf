"""Passing signs between people at one conversation: who types, who looks at it. Told to those who may see it."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from actors.session_registry import SessionRegistry
from actors.viewing import ViewingBoard
from hub.audience import Viewer, entitled
from hub.errors import NotFound
from hub.events import Audience, Ephemeral, EphemeralType
from hub.frame import Frame, ephemeral_frame
from hub.ports import Audiences

FRESH = 5.0
KEPT = 10_000


class AudienceCache:
    """Who may see a conversation, remembered for a few seconds and corrected by the events that pass.

    Above its size the one that was asked for longest ago is forgotten.
    """

    def __init__(
        self, source: Audiences, *, fresh: float = FRESH, kept: int = KEPT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._fresh = fresh
        self._kept = kept
        self._clock = clock
        self._known: OrderedDict[UUID, tuple[float, Audience | None]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    async def of(self, conversation_id: UUID) -> Audience | None:
        """The audience, or None when there is no such conversation. Raises Unavailable."""
        known = self._known.get(conversation_id)
        if known is not None and self._clock() - known[0] < self._fresh:
            return known[1]
        audience = await self._source.of_conversation(conversation_id)
        self._known[conversation_id] = (self._clock(), audience)
        self._known.move_to_end(conversation_id)
        if len(self._known) > self._kept:
            self._known.popitem(last=False)
        return audience

    def learn(self, frames: Iterable[Frame]) -> None:
        """Durable events name the audience of their conversation as of now."""
        for frame in frames:
            conversation_id = frame.conversation_id
            if conversation_id is not None and conversation_id in self._known and frame.audience.user_id is None:
                self._known[conversation_id] = (self._clock(), frame.audience)


class Signals:
    """Tells colleagues what somebody does at a conversation. Every method raises NotFound when he may not see it."""

    def __init__(
        self,
        audiences: AudienceCache,
        registry: SessionRegistry,
        clock: Callable[[], datetime],
        typed: Callable[[UUID], Awaitable[None]] | None = None,
        beyond: Callable[[Frame], None] = lambda frame: None,
        board: ViewingBoard | None = None,
    ) -> None:
        """`typed` is told where somebody types, for the customer's side; `beyond` gets every sign, for those who are no
        colleagues; `board` keeps who looks where."""
        self._board = ViewingBoard() if board is None else board
        self._typed = typed
        self._beyond = beyond
        self._audiences = audiences
        self._registry = registry
        self._clock = clock

    async def typing(self, viewer: Viewer, conversation_id: UUID) -> None:
        """The agent types. Screens take it back by themselves after a few seconds without another one."""
        await self._tell(EphemeralType.AGENT_TYPING, viewer, conversation_id, {})
        self._board.types(conversation_id, viewer.user_id)
        if self._typed is not None:
            await self._typed(conversation_id)

    async def viewing(
        self, viewer: Viewer, conversation_id: UUID, looks: bool = True, again: bool = False
    ) -> list[Frame]:
        """The agent has opened the conversation, or turned away from it; the frames of those who look at it already.

        `again` is a repetition of the same screen. That one screen turns away is not told while the person has the
        conversation on another.
        """
        if not looks and not self._board.turns_away(conversation_id, viewer.user_id):
            return []
        audience = await self._tell(EphemeralType.CONVERSATION_VIEWING, viewer, conversation_id, {"viewing": looks})
        if not looks or again:
            return []
        others = self._board.of(conversation_id, viewer.user_id)
        self._board.looks(conversation_id, viewer.user_id, viewer.name)
        return [self._looking(conversation_id, audience, other) for other in others]

    def _looking(self, conversation_id: UUID, audience: Audience, other: dict[str, Any]) -> Frame:
        actor = {"type": "agent", "id": other["id"], "name": other["name"]}
        shown = {"viewing": True, "typing": other["typing"]}
        kind = EphemeralType.CONVERSATION_VIEWING
        return ephemeral_frame(Ephemeral(kind, self._clock(), conversation_id, audience, actor, shown))

    async def _tell(self, type: EphemeralType, viewer: Viewer, conversation_id: UUID, data: dict[str, Any]) -> Audience:
        audience = await self._audiences.of(conversation_id)
        if audience is None or not entitled(viewer, audience, conversation=True):
            raise NotFound
        actor = {"type": "agent", "id": str(viewer.user_id), "name": viewer.name}
        sign = Ephemeral(type, self._clock(), conversation_id, audience, actor, data)
        frame = ephemeral_frame(sign)
        self._registry.signal([frame], but=viewer.user_id)
        self._beyond(frame)
        return audience
