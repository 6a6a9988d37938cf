"""A conversation's actor: it decides (hub.conversation), has the decision committed, and only then answers and acts.

One turn takes every command that waits and commits them as one change, so a busy conversation is as fast as many quiet
ones. The actor is a cache: the database's revision says whether what it knows still holds.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from uuid import UUID

from attrs import frozen

from actors import kinds, team_queue
from actors.courier import Leased
from actors.facts import Wanted, wanted_by
from actors.kernel import Actor, Bound, Context, KernelError, Kind, Mail, Policy
from actors.turn import Lessons, Turn
from hub.channel import Channel
from hub.conversation import commands
from hub.conversation.commands import AddNote, Receive, Rules
from hub.conversation.effects import Effects
from hub.conversation.receive import Moved
from hub.conversation.state import Desk
from hub.conversation.step import committed
from hub.errors import HubError, Overloaded
from hub.ids import uuid7
from hub.inbound import StatusUpdate
from hub.journal import Change, Verdict
from hub.journal import Outcome as Written
from hub.message import Message
from hub.ports import MessageStore, NoteStore
from hub.record import evolve

log = logging.getLogger("hub.conversation")

LIMIT = 200
"""Commands that may wait for one conversation. Above it doors answer 429, and channels bring theirs again."""

BATCH = 100
IDLE = 120.0
CAP = 20_000
TRIES = 5
"""Decisions on one turn: the database may know better, at most this often; then the asker is told to come again."""

REMEMBERED = 32
"""Messages kept in memory, so that their status reports need no reading; at twice as many all but these are let go.
The oldest are read again when needed."""

SEEN = 512
"""Channel ids kept in memory, by which most repetitions are noticed without asking the database."""

ASK = 8.0
"""Seconds for a write or a lookup."""


@frozen
class World:
    """What a conversation's actor is given: where to read, the channels' settings, the time."""

    messages: MessageStore
    notes: NoteStore
    channels: dict[str, Channel]
    clock: Callable[[], datetime]
    media_waits: Callable[[str], None]
    tries: int = TRIES


class Conversation(Actor):
    """The shell around `hub.conversation.step`."""

    __slots__ = ("_desk", "_id", "_new", "_seen", "_system", "_world")

    def __init__(self, conversation_id: UUID, context: Context, world: World) -> None:
        self._id = conversation_id
        self._system = context.system
        self._world = world
        self._desk: Desk | None = None
        self._new = True  # nothing was tried yet: what is to be opened need not be looked for
        self._seen: OrderedDict[str, None] = OrderedDict()

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """Each mail carries a command of `hub.conversation.commands`."""
        try:
            await self._take(list(mails))
        except (HubError, KernelError, Moved) as error:
            self._desk = None
            for mail in mails:
                mail.fail(error)

    # Turn

    async def _take(self, mails: list[Mail]) -> None:
        lessons = Lessons()
        for _ in range(self._world.tries):
            cached = self._desk is not None
            desk = await self._prepared(mails)
            await self._recall(mails, lessons)
            turn = Turn(mails, desk, self._seen, lessons, self._context)
            turn.decide()
            if not turn.effects and not (cached and turn.doubtful):
                self._done(turn)
                return
            if not turn.effects:
                self._desk = None
                continue
            written = await self._write(turn)
            if isinstance(written, HubError):
                if not cached:
                    await self._isolate(mails, written)
                    return
                self._desk = None  # what it was decided on may be what is wrong
            elif written.written:
                self._done(turn)
                return
            else:
                await self._learn(turn, written)
        raise Overloaded("This conversation is being changed too fast.", retry_after=1)

    def _context(self, desk: Desk) -> commands.Context:
        channel = self._world.channels.get(desk.conversation.channel) if desk.conversation else None
        rules = Rules(reopen_window=channel.reopen_window) if channel else Rules()
        return commands.Context(self._world.clock(), uuid7, rules)

    # Reading

    async def _prepared(self, mails: list[Mail]) -> Desk:
        """The desk with every message on it that the commands concern."""
        desk = self._desk
        if desk is None:
            opens = any(isinstance(m.message, Receive) and m.message.opening and m.message.creates for m in mails)
            desk = Desk() if opens and self._new else await self._load()
            self._desk, self._new = desk, False
        wanted = Wanted()
        for mail in mails:
            wanted_by(mail.message, desk, wanted)
        return evolve(desk, messages={**desk.messages, **await self._read(wanted, desk)}) if wanted else desk

    async def _recall(self, mails: list[Mail], lessons: Lessons) -> None:
        """Looks which notes are written already. It is asked after the desk was read, so that what another replica adds
        meanwhile raises the revision."""
        client_ids = [m.message.client_id for m in mails if isinstance(m.message, AddNote) and m.message.client_id]
        if client_ids:
            for note in await self._world.notes.notes_by_client_ids(self._id, client_ids):
                if note.client_id is not None:
                    lessons.notes[note.client_id] = note

    async def _load(self) -> Desk:
        desk: Desk | None = await self._system.ref(kinds.LOADER, 0).ask(self._id, timeout=ASK)
        return desk or Desk()

    async def _read(self, wanted: Wanted, desk: Desk) -> dict[UUID, Message]:
        if desk.conversation is None:
            return {}
        found: list[Message] = []
        if wanted.ids:
            found += await self._world.messages.by_ids(self._id, list(wanted.ids))
        if wanted.channel_ids:
            channel = desk.conversation.channel
            found += await self._world.messages.by_channel_ids(self._id, channel, list(wanted.channel_ids))
        return {message.id: message for message in found}

    # Writing

    async def _write(self, turn: Turn) -> Written | HubError:
        after = committed(turn.before, turn.desk, turn.effects)
        turn.desk = after
        change = Change(
            id=uuid7(),
            effects=turn.effects,
            conversation=after.conversation,
            expect=turn.before.conversation.revision if turn.before.conversation else 0,
        )
        try:
            written: Written = await self._system.ref(kinds.WRITER, 0).ask(change, timeout=ASK)
        except HubError as error:
            if error.retryable:
                raise
            return error
        return written

    async def _learn(self, turn: Turn, written: Written) -> None:
        """The database knows something that the decision did not: takes it into account for the next one."""
        self._desk = None
        match written.verdict:
            case Verdict.MOVED:
                raise Moved
            case Verdict.FENCED:
                turn.lessons.fenced.update(written.about)
            case Verdict.DUPLICATE:
                await self._recognise(turn, set(written.about))
            case Verdict.AWAITED:
                turn.lessons.awaited = await self._read_awaited(turn.effects)
            case _:
                pass

    async def _recognise(self, turn: Turn, duplicates: set[UUID]) -> None:
        twins = [message for message in turn.effects.messages.values() if message.id in duplicates]
        for message in twins:
            if message.channel_message_id is not None:
                self._see(message.channel_message_id)
        client_ids = [message.client_id for message in twins if message.client_id is not None]
        if client_ids:
            for message in await self._world.messages.by_client_ids(self._id, client_ids):
                assert message.client_id is not None
                turn.lessons.known[message.client_id] = message

    async def _read_awaited(self, effects: Effects) -> tuple[StatusUpdate, ...]:
        """The reports that came before the channel's id of a message was known."""
        waiting: list[StatusUpdate] = []
        for attempt in effects.attempts.values():
            if attempt.provider_id is not None:
                waiting += await self._world.messages.orphans(attempt.channel, attempt.provider_id)
        return tuple(waiting)

    async def _isolate(self, mails: list[Mail], error: HubError) -> None:
        """The change cannot be stored. Alone, a command is answered so; of several, each is tried by itself."""
        self._desk = None
        if len(mails) == 1:
            mails[0].fail(error)
            return
        for mail in mails:
            try:
                await self._take([mail])
            except (HubError, KernelError, Moved) as refused:
                self._desk = None
                mail.fail(refused)

    # Afterwards

    def _done(self, turn: Turn) -> None:
        self._adopt(turn)
        for channel_message_id in turn.taken:
            self._see(channel_message_id)
        turn.answer()
        self._act(turn)

    def _adopt(self, turn: Turn) -> None:
        """Keeps the desk for the next turn, unless more is stored than it shows: a customer's new conversation was
        opened without looking at all their addresses."""
        desk = turn.desk
        opened = turn.before.conversation is None and not turn.effects.customers
        if len(desk.messages) > 2 * REMEMBERED:
            newest = sorted(desk.messages.values(), key=lambda message: message.seq)[-REMEMBERED:]
            desk = evolve(desk, messages={message.id: message for message in newest})
        self._desk = None if opened else desk

    def _see(self, channel_message_id: str) -> None:
        self._seen[channel_message_id] = None
        while len(self._seen) > SEEN:
            self._seen.popitem(last=False)

    def _act(self, turn: Turn) -> None:
        """What follows a commit. Each is a hint: what is lost here is found in the database by somebody's sweep."""
        for row in turn.effects.outbox:
            if row.token is not None:
                self._hint(kinds.COURIER, row.channel, Leased(row))
        if team_queue.concerns(turn.before.conversation, turn.desk.conversation):
            for team_id in team_queue.teams(turn.before.conversation, turn.desk.conversation):
                self._hint(kinds.TEAM_QUEUE, team_id, team_queue.Changed())
        if turn.effects.media:
            self._media_waits(turn.effects.media[0].channel)

    def _media_waits(self, channel: str) -> None:
        try:
            self._world.media_waits(channel)
        except KernelError as error:
            log.info("a hint was not taken", extra={"kind": kinds.MEDIA_FETCHER, "reason": type(error).__name__})

    def _hint(self, kind: str, key: Hashable, message: object) -> None:
        try:
            self._system.ref(kind, key).tell(message)
        except KernelError as error:
            log.info("a hint was not taken", extra={"kind": kind, "reason": type(error).__name__})


def kind(world: World) -> Kind:
    """The kind of conversations; the key is the conversation's id."""

    def create(key: UUID, context: Context) -> Conversation:
        return Conversation(key, context, world)

    return Kind(kinds.CONVERSATION, create, Bound(LIMIT, Policy.REJECT), batch=BATCH, idle_after=IDLE, cap=CAP)
