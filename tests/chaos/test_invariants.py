"""The checks themselves: a fault put into a good run on purpose is noticed, by the check that is there for it."""

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from tests.chaos.invariants import CHECKS, violations
from tests.chaos.record import Entry, Feed, Json, Record, Reply, Sent, Word

Fault = Callable[[Record], Record]


def _message(seq: int, direction: str, status: str, **more: Any) -> Json:
    known = {"message_id": f"m{seq}", "conversation_id": "c", "conversation_seq": seq, "direction": direction}
    named = {"channel_message_id": f"wamid{seq}", "client_id": None, "attempt": int(direction == "outbound")}
    return {**known, **named, "status": status, **more}


def _told(seq: int, type: str, message: Json) -> Json:
    return {"seq": seq, "id": f"e{seq}", "type": type, "conversation_id": "c", "data": {"message": message}}


def _good() -> Record:
    """Two questions and two answers; the second one's fate is not known."""
    questions = [_message(1, "inbound", "received"), _message(2, "inbound", "received")]
    answer = _message(3, "outbound", "delivered", client_id="r1")
    lost = _message(4, "outbound", "unknown", client_id="r2", channel_message_id=None)
    frames = (
        _told(11, "message.received", questions[0]),
        _told(12, "message.received", questions[1]),
        _told(13, "message.status", {**answer, "status": "pending", "channel_message_id": None}),
        _told(14, "message.sent", {**answer, "status": "sent"}),
        _told(15, "message.status", answer),
        _told(16, "message.status", lost),
    )
    return Record(
        words=(Word("wamid1", "ana", 1.0, 1.1), Word("wamid2", "ana", 1.2, 1.3)),
        replies=(Reply("r1", "c", 2.0, 2.1, 201, 1), Reply("r2", "c", 2.2, 2.3, 201, 2)),
        sends=(Sent("wamid3", "m3", 1, ("sent", "delivered")),),
        conversations={"c": [*questions, answer, lost]},
        feeds=(Feed(10, frames),),
        log=tuple(Entry(seq, f"e{seq}") for seq in range(11, 17)),
    )


def _stored(place: int, **changed: Any) -> Fault:
    """The message at this place of the conversation looks otherwise."""

    def fault(record: Record) -> Record:
        messages = list(record.conversations["c"])
        messages[place] = {**messages[place], **changed}
        return attrs.evolve(record, conversations={"c": messages})

    return fault


def _missing(place: int) -> Fault:
    def fault(record: Record) -> Record:
        messages = list(record.conversations["c"])
        del messages[place]
        return attrs.evolve(record, conversations={"c": messages})

    return fault


def _frames(change: Callable[[list[Json]], list[Json]]) -> Fault:
    """An agent was told something else."""

    def fault(record: Record) -> Record:
        return attrs.evolve(
            record, feeds=(attrs.evolve(record.feeds[0], frames=tuple(change([*record.feeds[0].frames]))),)
        )

    return fault


def _changed(**fields: Any) -> Fault:
    return lambda record: attrs.evolve(record, **fields)


def _reply(**fields: Any) -> Fault:
    return lambda record: attrs.evolve(record, replies=(attrs.evolve(record.replies[0], **fields), record.replies[1]))


LATER = Sent("wamid4", "m4", 1, ())
FIRST = Sent("wamid3", "m3", 1, ("sent", "delivered"))

FAULTS: dict[str, list[Fault]] = {
    "inbound_exactly_once": [
        _missing(0),
        _stored(0, channel_message_id="wamid2"),
        _stored(0, channel_message_id="wamid9"),
    ],
    "inbound_order": [lambda r: _stored(0, channel_message_id="wamid2")(_stored(1, channel_message_id="wamid1")(r))],
    "places_without_gap": [_missing(1), _stored(1, conversation_seq=1), _stored(3, conversation_seq=5)],
    "replies_at_least_once": [_missing(3), _stored(3, status="sent"), _changed(sends=())],
    "replies_at_most_once": [
        _changed(sends=(FIRST, attrs.evolve(FIRST, wamid="wamid9"))),
        _changed(sends=(FIRST, Sent("wamid9", "m9", 1, ()))),
        _stored(3, client_id="r1"),
        _stored(3, client_id="r9"),
        _reply(status=409),
    ],
    "reply_order": [_changed(sends=(LATER, FIRST))],
    "log_without_gap": [_changed(log=(Entry(11, "e11"), Entry(13, "e13")))],
    "feed_exactly_once": [
        _frames(lambda frames: frames[:2] + frames[3:]),
        _frames(lambda frames: [*frames[:2], frames[1], *frames[2:]]),
        _frames(lambda frames: [frames[1], frames[0], *frames[2:]]),
        _frames(lambda frames: [*frames, {**frames[0], "seq": 17, "id": "e17"}]),
        _changed(feeds=(attrs.evolve(_good().feeds[0], resets=1),)),
    ],
    "inbound_pushed_once": [
        _frames(lambda frames: [{**frames[0], "type": "message.updated"}, *frames[1:]]),
        _frames(lambda frames: [*frames, {**frames[0], "seq": 17, "id": "e17"}]),
    ],
    "feed_equals_state": [_stored(2, status="read"), _stored(2, channel_message_id="wamid8")],
    "status_never_back": [_frames(lambda frames: [*frames, {**frames[3], "seq": 17, "id": "e17"}])],
    "status_complete": [
        _stored(2, status="sent"),
        _stored(2, channel_message_id=None),
        _changed(sends=(attrs.evolve(FIRST, reports=("sent", "failed")),)),
        _changed(sends=(attrs.evolve(FIRST, reports=("sent", "read", "delivered")),)),
    ],
    "nothing_left": [
        _changed(outbox=1),
        _stored(3, status="pending"),
        _stored(3, status="sending"),
        _reply(status=None),
        _reply(status=503),
        _changed(words=(Word("wamid1", "ana", 1.0, 1.1), Word("wamid2", "ana", 1.2, None))),
    ],
}


def test_a_good_run_has_no_violations() -> None:
    assert violations(_good()) == []


@pytest.mark.parametrize(("check", "fault"), [(check, fault) for check, faults in FAULTS.items() for fault in faults])
def test_a_fault_is_noticed(check: str, fault: Fault) -> None:
    found = violations(fault(_good()))
    assert check in {violation.partition(":")[0] for violation in found}


def test_every_check_is_tried() -> None:
    assert {check.__name__ for check in CHECKS} == FAULTS.keys()


def test_a_second_attempt_by_a_person_may_be_sent() -> None:
    again = _stored(2, attempt=2, channel_message_id="wamid8")(_good())
    sends = (attrs.evolve(FIRST, reports=("sent",)), attrs.evolve(FIRST, wamid="wamid8", attempt=2))
    frames = [*again.feeds[0].frames, _told(17, "message.status", again.conversations["c"][2])]
    feeds, log = (attrs.evolve(again.feeds[0], frames=tuple(frames)),), (*again.log, Entry(17, "e17"))
    assert violations(attrs.evolve(again, sends=sends, feeds=feeds, log=log)) == []
