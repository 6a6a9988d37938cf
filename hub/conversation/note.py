"""Notes at a conversation: written, and deleted by their author or a supervisor."""

from typing import Any

from hub.conversation.changes import agent_actor
from hub.conversation.commands import AddNote, Context, DeleteNote
from hub.conversation.effects import Effects, NewEvent
from hub.conversation.notify import notify
from hub.conversation.state import Conversation, Desk
from hub.errors import Forbidden, IdempotencyKeyReused, NotFound
from hub.events import Audience, EventType
from hub.mention import MentionType, meant
from hub.note import Note, view
from hub.notification import NotificationKind
from hub.record import evolve
from hub.rights import Reader

KINDS = {MentionType.USER: NotificationKind.MENTION, MentionType.TEAM: NotificationKind.TEAM_MENTION}


def add_note(desk: Desk, command: AddNote, context: Context) -> tuple[Desk, Effects, object]:
    """Writes a note and tells whom it mentions. Answers the note. Raises Invalid when somebody is named who does not
    see the conversation."""
    conversation = _existing(desk)

    def sees(person: Reader) -> bool:
        return person.sees(team_id=conversation.team_id, assignee_id=conversation.assignee_id)

    told = meant(command.mentions, command.author.id, sees)
    note = Note(
        id=context.new_id(),
        conversation_id=conversation.id,
        after_seq=conversation.last_seq,
        author_id=command.author.id,
        author_name=command.author.name,
        text=command.text,
        created_at=context.now,
        mentions=tuple(mentioned.mention for mentioned in command.mentions),
        client_id=command.client_id,
    )
    actor = agent_actor(command.author)
    effects = Effects(notes=[note], events=[_event(conversation, note, context, actor)])
    for user_id, mention in told:
        notify(effects, conversation, user_id, KINDS[mention.type], context, actor, note)
    return desk, effects, note


def delete_note(desk: Desk, command: DeleteNote, context: Context) -> tuple[Desk, Effects, object]:
    """Takes a note's text away; that there was one stays visible. Answers the note; one that is deleted stays as it is.

    Raises Forbidden for a note of somebody else's, unless the command says that the author may delete those too.
    """
    conversation, note = _existing(desk), command.note
    if note.author_id != command.author.id and not command.of_others:
        raise Forbidden("A note is deleted by who wrote it, or by a supervisor.")
    if note.deleted_at is not None:
        return desk, Effects(), note
    gone = evolve(note, text=None, mentions=(), deleted_at=context.now)
    event = _event(conversation, gone, context, agent_actor(command.author))
    return desk, Effects(notes=[gone], events=[event]), gone


def repeated_note(written: Note, command: AddNote) -> Note:
    """The answer to a note that was written before. Raises IdempotencyKeyReused when it was another one."""
    if (written.author_id, written.text) != (command.author.id, command.text) and written.deleted_at is None:
        raise IdempotencyKeyReused
    return written


def _existing(desk: Desk) -> Conversation:
    if desk.conversation is None:
        raise NotFound("There is no such conversation.")
    return desk.conversation


def _event(conversation: Conversation, note: Note, context: Context, actor: dict[str, Any]) -> NewEvent:
    """The note as it is from now on, for the colleagues alone."""
    return NewEvent(
        id=context.new_id(),
        type=EventType.NOTE_CREATED,
        at=context.now,
        audience=Audience(conversation.team_id, conversation.assignee_id),
        conversation_id=conversation.id,
        conversation_seq=note.after_seq,
        version=conversation.version,
        actor=actor,
        data={"note": view(note)},
    )
