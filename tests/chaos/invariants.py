"""What must hold after any fault, judged by what was seen from outside alone.

Each check yields a sentence per violation, beginning with the check's name. Nothing is promised about the order of
webhooks that overlap, about the order between customers, or that a message whose answer was lost was sent.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from tests.chaos.record import Json, Record, Reply, Sent

Check = Callable[[Record], Iterator[str]]

RANK = {"pending": 0, "sending": 1, "unknown": 1, "sent": 2, "delivered": 3, "read": 4, "failed": 5}
"""How far each status is; within one attempt nothing leads back."""

OPEN = frozenset({"pending", "sending"})
UNSENT = frozenset({"failed", "unknown"})


def inbound_exactly_once(record: Record) -> Iterator[str]:
    """What was answered 200 is stored; what is stored was written by somebody, and is there once."""
    stored = Counter(message["channel_message_id"] for message in record.inbound)
    yield from (f"stored {count} times: {id}" for id, count in stored.items() if count > 1)
    yield from (
        f"answered 200 and not stored: {word.id}" for word in record.words if word.acked and not stored[word.id]
    )
    yield from (f"never written: {id}" for id in stored.keys() - {word.id for word in record.words})


def inbound_order(record: Record) -> Iterator[str]:
    """What a customer wrote after an earlier message had been answered 200 comes after it."""
    places = {m["channel_message_id"]: (m["conversation_id"], m["conversation_seq"]) for m in record.inbound}
    written = defaultdict(list)
    for word in record.words:
        if word.id in places:
            written[word.customer].append(word)
    for words in written.values():
        for later in words:
            conversation, seq = places[later.id]
            for earlier in words:
                before = earlier.acked is not None and earlier.acked < later.posted
                where, place = places[earlier.id]
                if before and where == conversation and place > seq:
                    yield f"{later.id} stands before {earlier.id}"


def places_without_gap(record: Record) -> Iterator[str]:
    """A conversation's messages are numbered from 1 without a gap."""
    for id, messages in record.conversations.items():
        places = [message["conversation_seq"] for message in messages]
        if places != list(range(1, len(places) + 1)):
            yield f"conversation {id} has {places}"


def _by_client_id(record: Record) -> dict[str, Json]:
    return {message["client_id"]: message for message in record.outbound}


def replies_at_least_once(record: Record) -> Iterator[str]:
    """A reply that was taken is stored and reached WhatsApp, or everybody can see that it did not or may not have."""
    stored, reached = _by_client_id(record), {send.message_id for send in record.sends}
    for reply in record.replies:
        message = stored.get(reply.client_id)
        if not reply.taken:
            continue
        if message is None:
            yield f"taken and not stored: {reply.client_id}"
        elif message["message_id"] not in reached and message["status"] not in UNSENT:
            yield f"{message['status']}, but WhatsApp never took {message['message_id']}"


def replies_at_most_once(record: Record) -> Iterator[str]:
    """A try is sent once; nothing is stored twice, and nothing is sent or stored that nobody asked for."""
    tries = Counter((send.message_id, send.attempt) for send in record.sends)
    yield from (
        f"sent {count} times: {message} ({attempt})" for (message, attempt), count in tries.items() if count > 1
    )
    stored = Counter(message["client_id"] for message in record.outbound)
    yield from (f"stored {count} times: {client_id}" for client_id, count in stored.items() if count > 1)
    refused = {r.client_id for r in record.replies if r.status is not None and not r.taken and r.status < 500}
    yield from (f"refused and stored: {client_id}" for client_id in refused & stored.keys())
    yield from (f"nobody wrote {client_id}" for client_id in stored.keys() - {r.client_id for r in record.replies})
    known = {message["message_id"] for message in record.outbound}
    yield from (f"sent and not stored: {send.message_id}" for send in record.sends if send.message_id not in known)


def reply_order(record: Record) -> Iterator[str]:
    """What an agent wrote after an earlier reply had been taken reaches the customer after it."""
    stored = _by_client_id(record)
    first: dict[str, int] = {}
    for place, send in enumerate(record.sends):
        first.setdefault(send.message_id, place)
    written: dict[str, list[tuple[Reply, int]]] = defaultdict(list)
    for reply in record.replies:
        message = stored.get(reply.client_id)
        if reply.taken and message is not None and message["message_id"] in first:
            written[reply.conversation_id].append((reply, first[message["message_id"]]))
    for replies in written.values():
        for later, place in replies:
            for earlier, before in replies:
                if earlier.ended < later.began and before > place:
                    yield f"{later.client_id} was sent before {earlier.client_id}"


def feed_exactly_once(record: Record) -> Iterator[str]:
    """Over all connections an agent is told everything since its start, in order, and once."""
    for number, feed in enumerate(record.feeds):
        told = [(frame["seq"], frame["id"]) for frame in feed.frames]
        if told != sorted(told):
            yield f"feed {number} is out of order"
        yield from (f"feed {number} told {seq} {n} times" for (seq, _), n in Counter(told).items() if n > 1)
        expected = {(entry.seq, entry.id) for entry in record.log if entry.seq > feed.start}
        yield from (f"feed {number} was not told {seq}" for seq, _ in sorted(expected - set(told)))
        yield from (f"feed {number} was told {seq}, which is not in the log" for seq, _ in set(told) - expected)
        if feed.resets:
            yield f"feed {number} was told to start again"


def log_without_gap(record: Record) -> Iterator[str]:
    """The log's numbers are dense: nobody who reads on from a number can miss one that comes late."""
    numbers = [entry.seq for entry in record.log]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        yield "numbers are missing"


def inbound_pushed_once(record: Record) -> Iterator[str]:
    """Each agent is told of each customer's message once."""
    stored = {message["message_id"] for message in record.inbound}
    for number, feed in enumerate(record.feeds):
        told = Counter(f["data"]["message"]["message_id"] for f in feed.frames if f["type"] == "message.received")
        yield from (f"feed {number}: nobody was told of {id}" for id in stored - told.keys())
        yield from (f"feed {number}: told {count} times of {id}" for id, count in told.items() if count > 1)


def feed_equals_state(record: Record) -> Iterator[str]:
    """Who only listens knows the same of each message as who asks."""
    stored = {message["message_id"]: message for message in record.messages}
    for number, feed in enumerate(record.feeds):
        known = {
            f["data"]["message"]["message_id"]: f["data"]["message"] for f in feed.frames if "message" in f["data"]
        }
        for id, message in stored.items():
            heard = known.get(id, {})
            wrong = [key for key in message if heard.get(key) != message[key]]
            if wrong:
                yield f"feed {number}: {id} differs in {', '.join(wrong)}"


def status_never_back(record: Record) -> Iterator[str]:
    """Within one attempt a status only moves forward."""
    for number, feed in enumerate(record.feeds):
        reached: dict[str, tuple[int, int]] = {}
        for frame in feed.frames:
            message = frame["data"].get("message")
            if message is None or message["direction"] == "inbound":
                continue
            step = (message["attempt"], RANK[message["status"]])
            if step < reached.get(message["message_id"], step):
                yield f"feed {number}: {message['message_id']} fell back to {message['status']}"
            reached[message["message_id"]] = step


def _final(reports: tuple[str, ...]) -> str:
    """What has to be shown: what arrived did not fail."""
    arrived = [status for status in reports if status != "failed"]
    if "failed" in reports and not {"delivered", "read"} & set(arrived):
        return "failed"
    return max(arrived, key=RANK.__getitem__)


def status_complete(record: Record) -> Iterator[str]:
    """Shown is what WhatsApp reported last, also where the answer to the send was lost."""
    tries: dict[str, list[Sent]] = defaultdict(list)
    for send in record.sends:
        tries[send.message_id].append(send)
    for message in record.outbound:
        sends = tries[message["message_id"]]
        if len(sends) != 1 or not sends[0].reports:
            continue
        expected = _final(sends[0].reports)
        if message["status"] != expected:
            yield f"{message['message_id']} is {expected} and shown as {message['status']}"
        if message["channel_message_id"] != sends[0].wamid:
            yield f"{message['message_id']} does not know its id"


def nothing_left(record: Record) -> Iterator[str]:
    """Every webhook was answered 200 in the end, every request answered, and nothing waits to be sent."""
    yield from (f"not taken in: {word.id}" for word in record.words if word.acked is None)
    yield from (f"unanswered: {reply.client_id}" for reply in record.replies if not reply.taken)
    yield from (f"still {m['status']}: {m['message_id']}" for m in record.outbound if m["status"] in OPEN)
    if record.outbox:
        yield f"{record.outbox} rows in the outbox"


CHECKS: tuple[Check, ...] = (
    inbound_exactly_once,
    inbound_order,
    places_without_gap,
    replies_at_least_once,
    replies_at_most_once,
    reply_order,
    log_without_gap,
    feed_exactly_once,
    inbound_pushed_once,
    feed_equals_state,
    status_never_back,
    status_complete,
    nothing_left,
)


def violations(record: Record) -> list[str]:
    """Everything that does not hold."""
    return [f"{check.__name__}: {found}" for check in CHECKS for found in check(record)]
