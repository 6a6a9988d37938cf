"""Which stored messages a command's decision has to look at."""

from uuid import UUID

from attrs import define, field

from hub.conversation.commands import Command, Deliver, MediaSettled, React, Receive, Reply, Retry, SendResult
from hub.conversation.state import Desk
from hub.inbound import EchoedMessage, Edit, InboundMessage, Reaction, Revoke


@define
class Wanted:
    """Ids of messages to be read: the hub's and the channel's."""

    ids: set[UUID] = field(factory=set)
    channel_ids: set[str] = field(factory=set)

    def __bool__(self) -> bool:
        """Whether anything has to be read."""
        return bool(self.ids or self.channel_ids)


def wanted_by(command: Command, desk: Desk, wanted: Wanted) -> None:
    """Adds what the command's decision needs and the desk does not hold."""
    match command:
        case Receive(items=items):
            for item in items:
                _add_channel_id(_concerns(item), desk, wanted)
        case Deliver(reports=reports):
            wanted.ids.update(message_id for message_id, _ in reports if message_id not in desk.messages)
        case Reply(reply_to=message_id) | SendResult(message_id=message_id):
            _add_id(message_id, desk, wanted)
        case Retry(message_id=message_id) | React(message_id=message_id) | MediaSettled(message_id=message_id):
            _add_id(message_id, desk, wanted)
        case _:
            pass


def _concerns(item: object) -> str | None:
    match item:
        case InboundMessage(reply_to=quoted) | EchoedMessage(reply_to=quoted):
            return quoted
        case Reaction(target=target) | Edit(target=target) | Revoke(target=target):
            return target
        case _:
            return None


def _add_id(message_id: UUID | None, desk: Desk, wanted: Wanted) -> None:
    if message_id is not None and message_id not in desk.messages:
        wanted.ids.add(message_id)


def _add_channel_id(channel_message_id: str | None, desk: Desk, wanted: Wanted) -> None:
    if channel_message_id is not None and desk.by_channel_id(channel_message_id) is None:
        wanted.channel_ids.add(channel_message_id)
