"""The company speaks first: an agent begins a conversation with a message."""

from hub.conversation.changes import agent_actor
from hub.conversation.commands import Context, Start
from hub.conversation.effects import Effects
from hub.conversation.receive import open_conversation
from hub.conversation.reply import reply
from hub.conversation.state import Desk, Status
from hub.errors import AlreadyExists
from hub.record import evolve


def start(desk: Desk, command: Start, context: Context) -> tuple[Desk, Effects, object]:
    """Opens it as its starter's and sends the first message. Answers the conversation.

    Raises AlreadyExists when it has begun, and what a reply raises: WindowClosed for anything but a template where the
    customer has not written lately.
    """
    if desk.conversation is not None:
        raise AlreadyExists("This conversation has begun already.")
    author, opening, effects = command.reply.author, command.opening, Effects()
    desk = open_conversation(desk, effects, opening, context, agent_actor(author))
    assert desk.conversation is not None
    begun = evolve(
        desk.conversation,
        status=Status.OPEN,
        assignee_id=author.id,
        assignee_name=author.name,
        window_opened_at=command.window_opened_at,
    )
    desk = evolve(desk, conversation=begun, addresses=desk.addresses.union(opening.identities))
    desk, sent, _ = reply(desk, command.reply, context)
    effects.add(sent)
    return desk, effects, desk.conversation
