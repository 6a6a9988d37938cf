"""A room's turn: what was said in it since, numbered and told, as one change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from attrs import define, field

from hub.conversation.effects import Effects, NewEvent
from hub.errors import HubError, IdempotencyKeyReused
from hub.events import Audience, EventType
from hub.mention import MentionType, meant
from hub.notification import Notification, NotificationKind, RoomSubject, preview
from hub.notification import view as notification_view
from hub.record import evolve
from hub.room import Known, NewId, Room, RoomMessage, RoomMove, Say, glance, view

KINDS = {MentionType.USER: NotificationKind.MENTION, MentionType.TEAM: NotificationKind.TEAM_MENTION}


@define
class RoomTurn:
    """One turn in the making. `known` are messages that are written already, by their client ids; `room` is the room as
    it will be, `effects` what is to be committed for it."""

    before: Room
    known: Known
    now: datetime
    new_id: NewId
    room: Room = field(init=False)
    effects: Effects = field(factory=Effects, init=False)
    _said: dict[UUID, RoomMessage] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.room = self.before

    def say(self, command: Say) -> RoomMessage | HubError:
        """The message, new or written before; or why there is none: somebody is mentioned who is not in the room, or
        the client id belongs to another message."""
        written = self.known.get(command.client_id) or self._said.get(command.client_id)
        if written is not None:
            same = (written.author_id, written.text) == (command.author.id, command.text)
            return written if same else IdempotencyKeyReused()
        try:
            told = meant(command.mentions, command.author.id, self.room.has)
        except HubError as error:
            return error
        message = self._write(command)
        for user_id, mention in told:
            self._notify(message, user_id, KINDS[mention.type])
        return message

    def finish(self) -> None:
        """Notes for storage how far the room has come."""
        if self.room.last_seq > self.before.last_seq:
            move = RoomMove(self.room.id, self.before.last_seq, self.room.last_seq, self.now)
            self.effects.rooms.append(move)

    def _write(self, command: Say) -> RoomMessage:
        self.room = evolve(self.room, last_seq=self.room.last_seq + 1)
        message = RoomMessage(
            id=self.new_id(),
            room_id=self.room.id,
            seq=self.room.last_seq,
            author_id=command.author.id,
            author_name=command.author.name,
            text=command.text,
            client_id=command.client_id,
            created_at=self.now,
            mentions=tuple(mentioned.mention for mentioned in command.mentions),
        )
        self._said[command.client_id] = message
        self.effects.room_messages.append(message)
        audience = Audience(members=self.room.audience)
        self._tell(message, EventType.INTERNAL_MESSAGE, audience, {"message": view(message), "room": glance(self.room)})
        return message

    def _notify(self, message: RoomMessage, user_id: UUID, kind: NotificationKind) -> None:
        notification = Notification(
            id=self.new_id(),
            user_id=user_id,
            kind=kind,
            created_at=self.now,
            actor=_actor(message),
            room=RoomSubject(self.room.id, self.room.name),
            room_message_id=message.id,
            text=preview(message.text),
        )
        self.effects.notifications.append(notification)
        audience = Audience(user_id=user_id, members=self.room.audience)
        shown = {"notification": notification_view(notification)}
        self._tell(message, EventType.NOTIFICATION_CREATED, audience, shown)

    def _tell(self, message: RoomMessage, type: EventType, audience: Audience, data: dict[str, Any]) -> None:
        event = NewEvent(self.new_id(), type, self.now, audience, data, actor=_actor(message))
        self.effects.events.append(event)


def _actor(message: RoomMessage) -> dict[str, Any]:
    return {"type": "agent", "id": message.author_id, "name": message.author_name}
