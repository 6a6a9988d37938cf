"""Where mail waits: two lanes, one bound, no clock and no task."""

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from actors.kernel.mail import Mail


class Policy(Enum):
    """What happens to a message that finds the mailbox at its limit."""

    REJECT = "reject"
    """The sender is told at once."""
    COALESCE = "coalesce"
    """A tell takes the place of the waiting one on the same topic, at the limit or not; otherwise as REJECT."""
    DROP_OLDEST = "drop_oldest"
    """The oldest waiting message gives way; if it was an ask, it is answered with MailboxFull."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How much mail may wait for one actor. The system lane has the same limit of its own and always rejects."""

    limit: int
    policy: Policy = Policy.REJECT
    key: Callable[[Any], Hashable | None] | None = None
    """With COALESCE: the topic of a message; None for one that is never replaced."""

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise ValueError("a mailbox holds at least one message")
        if (self.policy is Policy.COALESCE) != (self.key is not None):
            raise ValueError("a key belongs to COALESCE, and COALESCE needs one")


class Mailbox:
    """The waiting mail of one actor, system lane first, each lane in the order of arrival."""

    __slots__ = ("_bound", "_topics", "_urgent", "_user")

    def __init__(self, bound: Bound) -> None:
        self._bound = bound
        self._user: deque[Mail] = deque()
        self._urgent: deque[Mail] | None = None  # made when first needed: an empty deque costs 600 bytes
        self._topics: dict[Hashable, Mail] | None = {} if bound.key is not None else None

    def __len__(self) -> int:
        return len(self._user) + (len(self._urgent) if self._urgent else 0)

    def put(self, mail: Mail) -> Mail | None:
        """Takes mail in; returns the one that found no place: this one, an older one, or None."""
        if self._topics is not None and self._coalesced(mail, self._topics):
            return None
        loser = None
        if len(self._user) >= self._bound.limit:
            if self._bound.policy is not Policy.DROP_OLDEST:
                return mail
            loser = self._user.popleft()
        self._user.append(mail)
        return loser

    def put_urgent(self, mail: Mail) -> Mail | None:
        """Takes mail into the system lane; returns it if there is no place."""
        if self._urgent is None:
            self._urgent = deque()
        if len(self._urgent) >= self._bound.limit:
            return mail
        self._urgent.append(mail)
        return None

    def take(self) -> Mail | None:
        """The next mail to handle."""
        if self._urgent:
            return self._urgent.popleft()
        if not self._user:
            return None
        mail = self._user.popleft()
        if mail.topic is not None and self._topics is not None:
            del self._topics[mail.topic]
        return mail

    def empty(self) -> list[Mail]:
        """All that waits, in the order of `take`; nothing waits then."""
        mails = []
        while (mail := self.take()) is not None:
            mails.append(mail)
        return mails

    def _coalesced(self, mail: Mail, topics: dict[Hashable, Mail]) -> bool:
        """Whether the mail's message went into one that waits already."""
        if mail.asks or self._bound.key is None or (topic := self._bound.key(mail.message)) is None:
            return False
        waiting = topics.get(topic)
        if waiting is not None:
            waiting.message, waiting.trace = mail.message, mail.trace
            return True
        if len(self._user) < self._bound.limit:
            topics[topic] = mail
            mail.topic = topic
        return False
