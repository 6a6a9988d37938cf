"""A small actor kernel on asyncio: one thing at a time per key, bounded mailboxes, nothing running while nothing waits.

Reading order: `kind` (what an actor is), `ref` (how it is reached), `cell` (how it lives), `population` (who is in
memory), `system`, `drain`; beside them `supervisor` for the long-running tasks that are not actors.
"""

from actors.kernel.drain import DrainReport
from actors.kernel.errors import (
    ActorFailed,
    AskCycle,
    AskTimeout,
    Blocked,
    Escalated,
    KernelError,
    MailboxFull,
    Stopping,
    TimersFull,
)
from actors.kernel.kind import Actor, Context, Directory, Kind
from actors.kernel.limit import Limit
from actors.kernel.mail import NO_TRACE, TRACE, Mail
from actors.kernel.mailbox import Bound, Policy
from actors.kernel.metrics import KindStats, Observer
from actors.kernel.ref import Ref
from actors.kernel.supervisor import Child, Supervisor
from actors.kernel.system import System
from actors.kernel.timers import Timer, Timers

__all__ = [
    "NO_TRACE",
    "TRACE",
    "Actor",
    "ActorFailed",
    "AskCycle",
    "AskTimeout",
    "Blocked",
    "Bound",
    "Child",
    "Context",
    "Directory",
    "DrainReport",
    "Escalated",
    "KernelError",
    "Kind",
    "KindStats",
    "Limit",
    "Mail",
    "MailboxFull",
    "Observer",
    "Policy",
    "Ref",
    "Stopping",
    "Supervisor",
    "System",
    "Timer",
    "Timers",
    "TimersFull",
]
