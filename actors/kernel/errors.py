"""What the kernel refuses or gives up on.

KernelError
├── MailboxFull    the actor has as much waiting as its kind allows
├── Blocked        the actor crashed too often; its key rests for `retry_after` seconds
├── Stopping       the system takes no more mail, or stopped before the answer came
├── AskTimeout     no answer before the deadline (also a TimeoutError)
├── AskCycle       the ask would wait for itself
├── ActorFailed    the handler was cut off from within; there is no better error to hand on
├── TimersFull     more timers than the system holds
└── Escalated      a supervisor's children failed more often than its limit allows

Keys can be phone numbers, so an error carries the key as an attribute and never in its text.
"""

from collections.abc import Hashable, Sequence


class KernelError(Exception):
    """Something the actor kernel could not do."""


class MailboxFull(KernelError):
    """The mailbox of an actor is at its limit; the message was not taken, or gave way to a newer one."""

    def __init__(self, kind: str, key: Hashable, limit: int) -> None:
        super().__init__(f"the mailbox of a {kind} holds {limit} messages already")
        self.kind, self.key, self.limit = kind, key, limit


class Blocked(KernelError):
    """The key crashed too often and takes no mail for `retry_after` seconds."""

    def __init__(self, kind: str, key: Hashable, retry_after: float) -> None:
        super().__init__(f"a {kind} crashed too often and rests for {retry_after:.1f} s")
        self.kind, self.key, self.retry_after = kind, key, retry_after


class Stopping(KernelError):
    """The system is stopping."""

    def __init__(self) -> None:
        super().__init__("the actor system is stopping")


class AskTimeout(KernelError, TimeoutError):
    """An ask was not answered before its deadline. The handler may still run, or have run."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"a {kind} did not answer in time")
        self.kind = kind


class AskCycle(KernelError):
    """An ask into one's own chain of asks: it could only end by its deadline, so it is refused at once."""

    def __init__(self, chain: Sequence[str]) -> None:
        """`chain` are the kinds from the first asker to the one asked."""
        super().__init__("ask cycle: " + " → ".join(chain))
        self.chain = tuple(chain)


class ActorFailed(KernelError):
    """The handler ended in a cancellation that nobody outside had asked for."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"a {kind} was interrupted while it handled the message")
        self.kind = kind


class TimersFull(KernelError):
    """The system holds as many timers as it may."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} timers are waiting already")
        self.limit = limit


class Escalated(KernelError):
    """A supervisor gave up on a child; its cause is the child's last error."""

    def __init__(self, supervisor: str, child: str) -> None:
        super().__init__(f"supervisor {supervisor}: {child} failed too often")
        self.supervisor, self.child = supervisor, child
