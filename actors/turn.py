"""A conversation's turn: the commands that waited, decided one after the other into one change.

A turn may be decided several times, because the journal can refuse the change for something that nobody here knew
(`Lessons`). Deciding has no effect on anything outside the turn.
"""

import logging
from collections.abc import Callable, Container
from uuid import UUID

from attrs import define, field

from actors.kernel import Mail
from hub import note
from hub.conversation.commands import AddNote, Command, Context, Deliver, Item, Receive, Reply, SendResult
from hub.conversation.effects import Effects
from hub.conversation.note import repeated_note
from hub.conversation.receive import Moved
from hub.conversation.reply import repeated
from hub.conversation.report import fenced
from hub.conversation.state import Desk
from hub.conversation.step import permit, step
from hub.errors import HubError, NotFound
from hub.inbound import EchoedMessage, IdentityChange, InboundMessage, Note, StatusUpdate
from hub.message import Message
from hub.record import evolve

log = logging.getLogger("hub.conversation")


@define
class Lessons:
    """What was learnt of the database during a turn: messages and notes that are stored, by their client ids; outbox
    rows that are not ours to settle; reports that came before their message was known."""

    known: dict[UUID, Message] = field(factory=dict)
    notes: dict[UUID, note.Note] = field(factory=dict)
    fenced: set[UUID] = field(factory=set)
    awaited: tuple[StatusUpdate, ...] = ()


@define
class Turn:
    """One turn in the making. `seen` are the channel's ids of what was stored in earlier turns, `taken` those of what
    this one takes in."""

    mails: list[Mail]
    before: Desk
    seen: Container[str]
    lessons: Lessons
    context: Callable[[Desk], Context]
    desk: Desk = field(init=False)
    effects: Effects = field(factory=Effects, init=False)
    taken: dict[str, None] = field(factory=dict, init=False)
    answers: list[tuple[Mail, object]] = field(factory=list, init=False)
    errors: list[tuple[Mail, Exception]] = field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self.desk = self.before

    def decide(self) -> None:
        """Carries out every command. What fails is answered so and changes nothing."""
        for mail in self.mails:
            try:
                permit(self.desk, mail.message)
            except NotFound as error:
                self.errors.append((mail, error))
            else:
                self._decide(mail)
        if self.lessons.awaited:
            self._carry_out(Mail(None), self._awaited())

    def _decide(self, mail: Mail) -> None:
        command = self._left_of(mail.message)
        if isinstance(command, Message | note.Note):
            self._repeat(mail, command)
        elif isinstance(command, bool):
            self.answers.append((mail, command))
        else:
            self._carry_out(mail, command)

    @property
    def doubtful(self) -> bool:
        """Whether what was decided without a change would be another thing had somebody else changed the conversation.

        A commit proves that the desk was right; a refusal, or the answer that nothing is to be done, proves nothing.
        """
        return bool(self.errors) or not all(isinstance(mail.message, Receive | Reply) for mail in self.mails)

    def answer(self) -> None:
        """Tells everybody."""
        for mail, value in self.answers:
            if isinstance(value, Exception):
                mail.fail(value)
            else:
                mail.reply(value)
        for mail, error in self.errors:
            mail.fail(error)

    def _repeat(self, mail: Mail, written: Message | note.Note) -> None:
        command = mail.message
        try:
            again = repeated(written, command) if isinstance(written, Message) else repeated_note(written, command)
            self.answers.append((mail, again))
        except HubError as error:
            self.errors.append((mail, error))

    def _carry_out(self, mail: Mail, command: Command) -> None:
        try:
            desk, effects, answer = step(self.desk, command, self.context(self.desk))
        except HubError as error:
            self.errors.append((mail, error))
        except Exception:
            log.exception("a decision failed", extra={"command": type(command).__name__})
            self.errors.append((mail, HubError()))
        else:
            self.desk = desk
            if self.effects:
                self.effects.add(effects)
            else:
                self.effects = effects  # nearly always: a turn of one command
            self.answers.append((mail, answer))
            if isinstance(command, Receive) and effects and not isinstance(answer, Moved):
                self.taken.update((known_as, None) for item in command.items if (known_as := _known_as(item)))

    def _left_of(self, command: Command) -> Command | Message | note.Note | bool:
        """The command without what was done before, here or earlier in this turn; its answer, if nothing is left."""
        match command:
            case Receive():
                return self._unseen(command)
            case Reply(client_id=client_id):
                return self.lessons.known.get(client_id) or self.desk.by_client_id(client_id) or command
            case AddNote(client_id=client_id) if client_id is not None:
                noted = (written for written in self.effects.notes if written.client_id == client_id)
                return self.lessons.notes.get(client_id) or next(noted, command)
            case SendResult(outbox_id=outbox_id) if outbox_id in self.lessons.fenced:
                return fenced(command) or True
            case _:
                return command

    def _unseen(self, command: Receive) -> Receive:
        fresh: dict[str, Item] = {}
        items = []
        for item in command.items:
            known_as = _known_as(item)
            if known_as is not None:
                if known_as in self.seen or known_as in self.taken or known_as in fresh:
                    continue
                fresh[known_as] = item
            items.append(item)
        return command if len(items) == len(command.items) else evolve(command, items=tuple(items))

    def _awaited(self) -> Deliver:
        """The reports that wait for a message which this turn makes known."""
        tried = {attempt.provider_id: attempt.message_id for attempt in self.effects.attempts.values()}
        places = ((tried.get(update.channel_message_id), update) for update in self.lessons.awaited)
        return Deliver(tuple((message_id, update) for message_id, update in places if message_id is not None))


def _known_as(item: Item) -> str | None:
    """The channel's id of what must be taken in once. Amendments look after themselves."""
    match item:
        case InboundMessage() | EchoedMessage():
            return item.channel_message_id
        case IdentityChange() | Note():
            return item.channel_event_id
        case _:
            return None
