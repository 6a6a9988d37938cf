"""A room's actor: it puts what is said in order, has it committed, and only then answers.

The actor is a cache: the number of the newest message, which the journal checks, says whether what it knows holds.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from actors import kinds
from actors.kernel import Actor, Bound, Context, KernelError, Kind, Mail, Policy
from hub.errors import HubError, NotFound, Overloaded
from hub.ids import uuid7
from hub.journal import Change, Outcome
from hub.room import Room, RoomMessage, RoomStore
from hub.room_turn import RoomTurn

LIMIT = 200
"""Messages that may wait for one room. Above it doors answer 429."""

BATCH = 50
IDLE = 300.0
TRIES = 5
"""Decisions on one turn: another replica may have been faster, at most this often; then the asker is told to come
again."""

ASK = 8.0


class RoomActor(Actor):
    """The shell around `hub.room_turn`."""

    __slots__ = ("_clock", "_id", "_room", "_store", "_system")

    def __init__(self, room_id: UUID, context: Context, store: RoomStore, clock: Callable[[], datetime]) -> None:
        self._id = room_id
        self._system = context.system
        self._store = store
        self._clock = clock
        self._room: Room | None = None

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """Each mail carries a `Say` and is answered its `RoomMessage`."""
        try:
            answers = await self._take(mails)
        except (HubError, KernelError) as error:
            self._room = None
            for mail in mails:
                mail.fail(error)
            return
        for mail, answer in zip(mails, answers, strict=True):
            if isinstance(answer, HubError):
                mail.fail(answer)
            else:
                mail.reply(answer)

    async def _take(self, mails: Sequence[Mail]) -> list[RoomMessage | HubError]:
        for _ in range(TRIES):
            room = self._room or await self._store.load(self._id)
            if room is None:
                raise NotFound("There is no such room.")
            # After the room: what another replica adds meanwhile raises its number.
            known = await self._store.said(self._id, [mail.message.client_id for mail in mails])
            turn = RoomTurn(room, {message.client_id: message for message in known}, self._clock(), uuid7)
            answers = [turn.say(mail.message) for mail in mails]
            turn.finish()
            if not turn.effects or await self._written(turn):
                self._room = turn.room
                return answers
            self._room = None
        raise Overloaded("This room is too lively just now.", retry_after=1)

    async def _written(self, turn: RoomTurn) -> bool:
        outcome: Outcome = await self._system.ref(kinds.WRITER, 0).ask(Change(uuid7(), turn.effects), timeout=ASK)
        return outcome.written


def kind(store: RoomStore, clock: Callable[[], datetime]) -> Kind:
    """The kind of rooms; the key is the room's id."""

    def create(key: UUID, context: Context) -> RoomActor:
        return RoomActor(key, context, store, clock)

    return Kind(kinds.ROOM, create, Bound(LIMIT, Policy.REJECT), batch=BATCH, idle_after=IDLE)
