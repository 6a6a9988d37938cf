"""What was seen from outside while things went wrong, and what the hub shows once all is quiet again."""

from typing import Any

from attrs import frozen

Json = dict[str, Any]


@frozen
class Word:
    """A customer's message: when its webhook was posted first and when it was answered 200 (monotonic seconds)."""

    id: str
    customer: str
    posted: float
    acked: float | None


@frozen
class Reply:
    """An agent's message: from the first request until the last answer (monotonic seconds). `status` is that answer's,
    None if there was none; `requests` counts how often it was asked for."""

    client_id: str
    conversation_id: str
    began: float
    ended: float
    status: int | None
    requests: int

    @property
    def taken(self) -> bool:
        """Whether the hub said that it will be sent."""
        return self.status == 201


@frozen
class Sent:
    """A message that WhatsApp took, and which statuses it reported. `message_id` and `attempt` are as the hub named
    them when it sent."""

    wamid: str
    message_id: str
    attempt: int
    reports: tuple[str, ...]


@frozen
class Entry:
    """A row of the event log that everybody here may see."""

    seq: int
    id: str


@frozen
class Feed:
    """What one agent was told over all connections, in the order of arrival, from the number `start` on."""

    start: int
    frames: tuple[Json, ...]
    resets: int = 0
    connections: int = 1


@frozen
class Record:
    """A run, as everybody outside remembers it. `sends` are in the order in which WhatsApp took them; `conversations`
    are the messages as the API shows them at the end; `outbox` is how much is left to send."""

    words: tuple[Word, ...]
    replies: tuple[Reply, ...]
    sends: tuple[Sent, ...]
    conversations: dict[str, list[Json]]
    feeds: tuple[Feed, ...]
    log: tuple[Entry, ...]
    outbox: int = 0

    @property
    def messages(self) -> list[Json]:
        """All stored messages."""
        return [message for messages in self.conversations.values() for message in messages]

    @property
    def inbound(self) -> list[Json]:
        """Those of customers."""
        return [message for message in self.messages if message["direction"] == "inbound"]

    @property
    def outbound(self) -> list[Json]:
        """Those of agents."""
        return [message for message in self.messages if message["direction"] == "outbound"]
