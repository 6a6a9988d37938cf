"""Tags on a conversation: put on, taken off, renamed. Each is a step from the set as it is, so none undoes another."""

from hub.conversation.changes import agent_actor, conversation_event
from hub.conversation.commands import AddTag, Author, Context, RemoveTag, Retag
from hub.conversation.effects import Effects
from hub.conversation.state import Conversation, Desk
from hub.errors import Invalid, NotFound
from hub.events import EventType
from hub.record import evolve
from hub.tag import MOST_OF_ONE, renamed, with_tag, without_tag


def add_tag(desk: Desk, command: AddTag, context: Context) -> tuple[Desk, Effects, object]:
    """Puts the tag on; nothing happens when it is on. Answers the conversation. Raises Invalid above `MOST_OF_ONE`."""
    conversation = _existing(desk)
    tags = with_tag(conversation.tags, command.name)
    if len(tags) > max(MOST_OF_ONE, len(conversation.tags)):
        raise Invalid(errors=[{"path": "tag", "message": f"a conversation has at most {MOST_OF_ONE} tags"}])
    return _tagged(desk, conversation, tags, command.author, context)


def remove_tag(desk: Desk, command: RemoveTag, context: Context) -> tuple[Desk, Effects, object]:
    """Takes the tag off; nothing happens when it is not on. Answers the conversation."""
    conversation = _existing(desk)
    return _tagged(desk, conversation, without_tag(conversation.tags, command.name), command.author, context)


def retag(desk: Desk, command: Retag, context: Context) -> tuple[Desk, Effects, object]:
    """Gives a tag its new name, or takes off what is no tag any more. Answers the conversation."""
    conversation = _existing(desk)
    return _tagged(desk, conversation, renamed(conversation.tags, command.old, command.new), command.author, context)


def _existing(desk: Desk) -> Conversation:
    if desk.conversation is None:
        raise NotFound("There is no such conversation.")
    return desk.conversation


def _tagged(
    desk: Desk, before: Conversation, tags: tuple[str, ...], author: Author, context: Context
) -> tuple[Desk, Effects, object]:
    if tags == before.tags:
        return desk, Effects(), before
    changed = evolve(before, tags=tags, version=before.version + 1, updated_at=context.now)
    event = conversation_event(EventType.CONVERSATION_UPDATED, changed, context, agent_actor(author))
    return evolve(desk, conversation=changed), Effects(events=[event]), changed
