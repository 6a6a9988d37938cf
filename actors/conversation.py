"""A conversation's actor: it decides (hub.conversation), has the decision committed, and only then answers and acts.

One turn takes every command that waits and commits them as one change, so a busy conversation is as fast as many quiet
ones. The actor is a cache: the database's revision says whether what it knows still holds.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from uuid import UUID

import attrs
from attrs import define, field, frozen

from actors import kinds, team_queue
from actors.courier import Leased
from actors.facts import Wanted, wanted_by
from actors.kernel import Actor, Bound, Context, KernelError, Kind, Mail, Policy
from hub.channel import Channel
from hub.conversation import commands
from hub.conversation.commands import Command, Deliver, Outcome, Receive, Reply, Rules, SendResult
from hub.conversation.effects import Effects
from hub.conversation.receive import Moved
from hub.conversation.state import Desk
from hub.conversation.step import committed, step
from hub.errors import HubError, Overloaded
from hub.ids import uuid7
from hub.inbound import EchoedMessage, InboundMessage
from hub.journal import Change, Verdict
from hub.journal import Outcome as Written
from hub.message import Message
from hub.ports import MessageStore

log = logging.getLogger("hub.conversation")

LIMIT = 200
"""Commands that may wait for one conversation. Above it doors answer 429, and channels bring theirs again."""

BATCH = 100
IDLE = 120.0
CAP = 20_000
TRIES = 5
"""Decisions on one turn: the database may know better, at most this often; then the asker is told to come again."""

REMEMBERED = 64
"""Messages kept in memory, so that their status reports need no reading. The oldest are read again when needed."""

SEEN = 512
"""Channel ids kept in memory, by which most repetitions are noticed without asking the database."""

ASK = 8.0
"""Seconds for a write or a lookup."""


@frozen
class World:
    """What a conversation's actor is given: where to read, the channels' settings, the time."""

    messages: MessageStore
    channels: dict[str, Channel]
    clock: Callable[[], datetime]
    media_waits: Callable[[], None]


@define
class Turn:
    """One turn in the making: the commands in order, what was decided, and what each asker will be told."""

    mails: list[Mail]
    before: Desk
    desk: Desk
    effects: Effects = field(factory=Effects)
    answers: list[tuple[Mail, object]] = field(factory=list)
    errors: list[tuple[Mail, Exception]] = field(factory=list)

    def answer(self) -> None:
        """Tells everybody."""
        for mail, value in self.answers:
            if isinstance(value, Exception):
                mail.fail(value)
            else:
                mail.reply(value)
        for mail, error in self.errors:
            mail.fail(error)


class Conversation(Actor):
    """The shell around `hub.conversation.step`."""

    __slots__ = ("_desk", "_fenced", "_id", "_known", "_new", "_seen", "_system", "_world")

    def __init__(self, conversation_id: UUID, context: Context, world: World) -> None:
        self._id = conversation_id
        self._system = context.system
        self._world = world
        self._desk: Desk | None = None
        self._new = True  # nothing was tried yet: what is to be opened need not be looked for
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._known: dict[UUID, Message] = {}
        self._fenced = False

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
        self._known, self._fenced = {}, False
        for _ in range(TRIES):
            desk = await self._prepared(mails)
            turn = self._decide(mails, desk)
            if not turn.effects:
                turn.answer()
                self._adopt(turn.desk)
                return
            written = await self._write(turn)
            if isinstance(written, HubError):
                await self._isolate(turn, written)
                return
            if written.written:
                self._done(turn, written)
                if written.orphaned:
                    await self._adopt_orphans(turn.effects)
                return
            if written.verdict is Verdict.MOVED:
                raise Moved
            await self._learn(turn, written)
        raise Overloaded("This conversation is being changed too fast.", retry_after=1)

    def _decide(self, mails: list[Mail], desk: Desk) -> Turn:
        turn = Turn(mails, desk, desk)
        fresh: set[str] = set()
        for mail in mails:
            command = self._unseen(mail.message, fresh)
            known = self._known.get(command.client_id) if isinstance(command, Reply) else None
            if known is not None:
                turn.answers.append((mail, known))
                continue
            if self._fenced and isinstance(command, SendResult) and command.outcome is not Outcome.ACCEPTED:
                turn.answers.append((mail, False))
                continue
            self._carry_out(turn, mail, command)
        return turn

    def _carry_out(self, turn: Turn, mail: Mail, command: Command) -> None:
        conversation = turn.desk.conversation
        channel = self._world.channels.get(conversation.channel) if conversation else None
        rules = Rules(reopen_window=channel.reopen_window) if channel else Rules()
        try:
            desk, effects, answer = step(turn.desk, command, commands.Context(self._world.clock(), uuid7, rules))
        except HubError as error:
            turn.errors.append((mail, error))
        except Exception:
            log.exception(
                "a decision failed", extra={"conversation_id": str(self._id), "command": type(command).__name__}
            )
            turn.errors.append((mail, HubError()))
        else:
            turn.desk = desk
            turn.effects.add(effects)
            turn.answers.append((mail, answer))

    def _unseen(self, command: Command, fresh: set[str]) -> Command:
        """The command without what was brought before, here or earlier in this turn."""
        if not isinstance(command, Receive):
            return command
        items = []
        for item in command.items:
            if isinstance(item, InboundMessage | EchoedMessage):
                if item.channel_message_id in self._seen or item.channel_message_id in fresh:
                    continue
                fresh.add(item.channel_message_id)
            items.append(item)
        return command if len(items) == len(command.items) else attrs.evolve(command, items=tuple(items))

    # Reading

    async def _prepared(self, mails: list[Mail]) -> Desk:
        """The desk with every message on it that the commands concern."""
        desk = self._desk
        if desk is None:
            opens = any(isinstance(mail.message, Receive) and mail.message.opening for mail in mails)
            desk = Desk() if opens and self._new else await self._load()
            self._desk, self._new = desk, False
        wanted = Wanted()
        for mail in mails:
            wanted_by(mail.message, desk, wanted)
        return attrs.evolve(desk, messages={**desk.messages, **await self._read(wanted, desk)}) if wanted else desk

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
        if written.verdict is Verdict.FENCED:
            self._fenced = True
        elif written.verdict is Verdict.DUPLICATE:
            await self._recognise(turn, set(written.duplicates))
        self._desk = await self._load()

    async def _recognise(self, turn: Turn, duplicates: set[UUID]) -> None:
        twins = [message for message in turn.effects.messages.values() if message.id in duplicates]
        for message in twins:
            if message.channel_message_id is not None:
                self._see(message.channel_message_id)
        client_ids = [message.client_id for message in twins if message.client_id is not None]
        if client_ids:
            for message in await self._world.messages.by_client_ids(self._id, client_ids):
                assert message.client_id is not None
                self._known[message.client_id] = message

    async def _isolate(self, turn: Turn, error: HubError) -> None:
        """The change cannot be stored. Alone, a command is answered so; of several, each is tried by itself."""
        self._desk = None
        if len(turn.mails) == 1:
            turn.mails[0].fail(error)
            return
        for mail in turn.mails:
            try:
                await self._take([mail])
            except (HubError, KernelError, Moved) as refused:
                self._desk = None
                mail.fail(refused)

    # Afterwards

    def _done(self, turn: Turn, written: Written) -> None:
        self._adopt(turn.desk)
        for message in turn.effects.messages.values():
            if message.channel_message_id is not None:
                self._see(message.channel_message_id)
        turn.answer()
        self._act(turn, written)

    def _adopt(self, desk: Desk) -> None:
        if len(desk.messages) > REMEMBERED:
            newest = sorted(desk.messages.values(), key=lambda message: message.seq)[-REMEMBERED:]
            desk = attrs.evolve(desk, messages={message.id: message for message in newest})
        self._desk = desk

    def _see(self, channel_message_id: str) -> None:
        self._seen[channel_message_id] = None
        while len(self._seen) > SEEN:
            self._seen.popitem(last=False)

    def _act(self, turn: Turn, written: Written) -> None:
        """What follows a commit. Each is a hint: what is lost here is found in the database by somebody's sweep."""
        for row in turn.effects.outbox:
            if row.token is not None and written.verdict is Verdict.OK:
                self._hint(kinds.COURIER, row.channel, Leased(row))
        if team_queue.concerns(turn.before.conversation, turn.desk.conversation):
            for team_id in team_queue.teams(turn.before.conversation, turn.desk.conversation):
                self._hint(kinds.TEAM_QUEUE, team_id, team_queue.Changed())
        if turn.effects.media:
            self._world.media_waits()

    async def _adopt_orphans(self, effects: Effects) -> None:
        """Applies the reports that came before the channel's id of a message was known."""
        reports = [
            (attempt.message_id, update)
            for attempt in effects.attempts
            if attempt.provider_id is not None
            for update in await self._world.messages.orphans(attempt.channel, attempt.provider_id)
        ]
        if reports:
            self._hint(kinds.CONVERSATION, self._id, Deliver(tuple(reports)))

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
