"""What a decision has to look at is read, and nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from actors.facts import Wanted, wanted_by
from hub.conversation.commands import (
    Author,
    Deliver,
    MediaSettled,
    Outcome,
    React,
    Receive,
    Reply,
    Retry,
    SendResult,
    Take,
)
from hub.conversation.state import Desk
from hub.delivery import DeliveryStatus
from hub.ids import uuid7
from hub.inbound import InboundMessage, Party, Reaction, Revoke, StatusUpdate
from hub.message import Content, ContentType, Direction, Message, Sender, SenderType

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
ID, ANA, NOBODY = uuid7(), Author(uuid7(), "Ana"), Party(())
REPORT = StatusUpdate("wamid.1", DeliveryStatus.SENT, "sent", NOON)


def desk() -> Desk:
    who, status = Sender(SenderType.CUSTOMER, None, None), DeliveryStatus.RECEIVED
    message = Message(ID, uuid7(), 1, "c", Direction.INBOUND, who, ContentType.TEXT, "", NOON, NOON, status, "wamid.1")
    return Desk(messages={ID: message})


def received(**given: Any) -> Receive:
    return Receive((InboundMessage("wamid.9", NOBODY, NOON, Content(ContentType.TEXT, ""), **given),))


@pytest.mark.parametrize(
    ("command", "ids", "channel_ids"),
    [
        (received(), set(), set()),
        (received(reply_to="wamid.1"), set(), {"wamid.1"}),
        (Receive((Reaction("r", "wamid.1", NOBODY, "👍", NOON),)), set(), {"wamid.1"}),
        (Receive((Revoke("r", "wamid.1", NOBODY, NOON),)), set(), {"wamid.1"}),
        (Deliver(((ID, REPORT),)), {ID}, set()),
        (Reply(uuid7(), ANA, "text", "x"), set(), set()),
        (Reply(uuid7(), ANA, "text", "x", reply_to=ID), {ID}, set()),
        (Retry(ID, ANA), {ID}, set()),
        (React(ID, "👍", ANA), {ID}, set()),
        (SendResult(uuid7(), ID, 1, Outcome.ACCEPTED), {ID}, set()),
        (SendResult(uuid7(), None, 1, Outcome.ACCEPTED), set(), set()),
        (MediaSettled(ID, {}), {ID}, set()),
        (Take(ANA), set(), set()),
    ],
)
def test_each_command_wants_the_messages_it_concerns(command: Any, ids: set[Any], channel_ids: set[str]) -> None:
    wanted = Wanted()
    wanted_by(command, Desk(), wanted)
    assert (wanted.ids, wanted.channel_ids) == (ids, channel_ids)
    assert bool(wanted) is bool(ids or channel_ids)


@pytest.mark.parametrize(
    "command", [Retry(ID, ANA), received(reply_to="wamid.1"), Deliver(((ID, REPORT),)), MediaSettled(ID, {})]
)
def test_what_is_on_the_desk_is_not_read(command: Any) -> None:
    wanted = Wanted()
    wanted_by(command, desk(), wanted)
    assert not wanted
