"""The life of one actor: a mailbox, an instance while there is one, a task while there is work.

    at rest ──mail──▶ at work: activate → turn → turn … ──mailbox empty──▶ at rest
       │                 └── a turn raises: instance dropped, the next turn activates a new one
       └──passivated──▶ stopping: on_stop ──mail came meanwhile──▶ at work, with a new instance
                                     └── none came ──▶ forgotten

Two rules keep mail from being lost or run twice. Whatever an instance does (start, turn, stop) it does inside the
cell's one task, and a post only starts a task when there is none. And between the moment the task finds the mailbox
empty and the moment the cell rests or is forgotten there is no `await`.
"""

import asyncio
import logging
import traceback
from collections.abc import Callable, Sequence
from contextvars import Context as Variables
from typing import Protocol

from actors.kernel.crashes import CrashLog
from actors.kernel.errors import ActorFailed, AskTimeout, Blocked, MailboxFull, Stopping
from actors.kernel.kind import Actor, Context, Directory, Kind
from actors.kernel.mail import CHAIN, NO_TRACE, TRACE, Mail
from actors.kernel.mailbox import Mailbox
from actors.kernel.metrics import Counters, KindObserver
from actors.kernel.ref import Ref

STOP_WITHIN = 5.0
"""Seconds an `on_stop` may take; then it is cancelled, which counts as a crash."""

log = logging.getLogger("hub.actors")


class Home(Protocol):
    """What a cell needs of the population it belongs to."""

    kind: Kind
    quantum: int
    clock: Callable[[], float]
    observer: KindObserver | None
    counters: Counters
    crashes: CrashLog
    directory: Directory

    def at_work(self, cell: "Cell") -> None: ...
    def at_rest(self, cell: "Cell") -> None: ...


class Cell:
    """Small on purpose: a hundred thousand of them rest at a time."""

    __slots__ = ("_hand", "_home", "_mailbox", "actor", "ref", "since", "task")

    def __init__(self, home: Home, ref: Ref) -> None:
        self._home = home
        self.ref = ref
        self.actor: Actor | None = None  # set once it has started, None again before it stops
        self.task: asyncio.Task[None] | None = None  # the only strong reference to the task
        self.since = 0.0  # when it last came to rest
        self._mailbox: Mailbox | None = None  # none while nothing waits
        self._hand: Sequence[Mail] = ()  # the mail of the running turn

    @property
    def depth(self) -> int:
        """How many messages wait."""
        return len(self._mailbox) if self._mailbox is not None else 0

    def put(self, mail: Mail, urgent: bool) -> None:
        """Takes mail in and sees to it that somebody works. Raises MailboxFull."""
        box = self._mailbox
        if box is None:
            box = self._mailbox = Mailbox(self._home.kind.bound)
        loser = box.put_urgent(mail) if urgent else box.put(mail)
        if loser is not None:
            self._turn_away(loser, mail)
        if self.task is None:
            self._start()

    def passivate(self) -> None:
        """Sends the instance of a resting cell out of memory; mail that comes meanwhile makes a new one after it."""
        actor, self.actor = self.actor, None
        counters = self._home.counters
        counters.live -= 1
        counters.passivations += 1
        if actor is None or type(actor).on_stop is Actor.on_stop:
            self._home.at_rest(self)
        else:
            self._start(actor)

    def abort(self) -> tuple[int, int]:
        """Answers everything with Stopping and cancels the task; how many asks and how many tells that cut off."""
        asks = tells = 0
        for mail in (*self._hand, *self._empty()):
            asks, tells = asks + mail.wants_reply, tells + (mail.deadline is None)
            mail.fail(Stopping())
        if self.task is not None:
            self.task.cancel()
        return asks, tells

    # The task

    def _start(self, leaving: Actor | None = None) -> None:
        # A context of its own: what the sender has in its context variables is none of the actor's business.
        self.task = asyncio.get_running_loop().create_task(self._run(leaving), context=Variables())
        self._home.at_work(self)

    async def _run(self, leaving: Actor | None) -> None:
        """Stops the instance that leaves, if one does, then works until nothing waits."""
        try:
            if leaving is not None:
                await self._stop(leaving)
                leaving = None
            await self._work()
        except BaseException:  # cancelled from outside: nobody will come to handle what waits
            self.abort()
            self._drop()
            raise
        finally:
            self._mailbox = self.task = None
            self._home.at_rest(self)

    async def _work(self) -> None:
        """Turn after turn. Gives way to the rest of the loop after every quantum of messages."""
        home = self._home
        now, left = home.clock(), home.quantum
        while mails := self._take(now):
            self._hand = mails
            await self._turn(mails)
            self._hand = ()
            then = home.clock()
            if home.observer is not None:
                home.observer.turned(then - now)
            now = then
            left -= len(mails)
            if left <= 0:
                await asyncio.sleep(0)
                now, left = home.clock(), home.quantum

    async def _stop(self, actor: Actor) -> None:
        CHAIN.set((self.ref,))
        try:
            async with asyncio.timeout(STOP_WITHIN):
                await actor.on_stop()
        except asyncio.CancelledError:
            if self._cancelling():
                raise
            self._report(ActorFailed(self._home.kind.name), "on_stop")
        except Exception as error:
            self._report(error, "on_stop")

    # A turn

    def _take(self, now: float) -> list[Mail]:
        """The mail of the next turn, without what nobody waits for any more; empty when nothing waits."""
        home, box = self._home, self._mailbox
        mails: list[Mail] = []
        if box is None:
            return mails
        take, batch, observer = box.take, home.kind.batch, home.observer
        while len(mails) < batch and (mail := take()) is not None:
            if mail.deadline is not None and mail.gone(now):
                home.counters.expired += 1
                mail.fail(AskTimeout(home.kind.name))
                continue
            if observer is not None:
                observer.waited(now - mail.at)
            mails.append(mail)
        return mails

    async def _turn(self, mails: list[Mail]) -> None:
        self._enter(mails)
        try:
            actor = self.actor or await self._activate()
            if self._home.kind.batch == 1:
                mails[0].reply(await actor.receive(mails[0]))
            else:
                await actor.receive_batch(mails)
                for mail in mails:
                    mail.reply(None)
        except asyncio.CancelledError:
            if self._cancelling():
                raise
            self._crashed(mails, ActorFailed(self._home.kind.name))
        except Exception as error:
            self._crashed(mails, error)

    def _enter(self, mails: list[Mail]) -> None:
        """Sets the context of the turn. A batch of several has no one trace; each mail carries its own."""
        trace, waiting = mails[0].trace, mails[0].chain
        if len(mails) > 1:
            trace, waiting = NO_TRACE, tuple({ref: None for mail in mails for ref in mail.chain})
        if TRACE.get() is not trace:
            TRACE.set(trace)
        if waiting or len(CHAIN.get()) != 1:
            CHAIN.set((*waiting, self.ref))

    async def _activate(self) -> Actor:
        """Makes and starts an instance; nobody sees it before it has started."""
        home = self._home
        actor = home.kind.create(self.ref.key, Context(self.ref, home.directory, home.directory.timers))
        await actor.on_start()
        self.actor = actor
        home.counters.live += 1
        home.counters.activations += 1
        return actor

    # Failure

    def _crashed(self, mails: Sequence[Mail], error: Exception) -> None:
        """The asker gets the error, the instance goes; too often, and the key is blocked and its mail thrown out."""
        home = self._home
        self._report(error, "receive" if self.actor is not None else "on_start")
        self._drop()
        for mail in mails:
            mail.fail(error)
        seconds = home.crashes.crashed(self.ref.key, home.clock())
        if seconds:
            for mail in self._empty():
                home.counters.rejected += 1
                mail.fail(Blocked(home.kind.name, self.ref.key, seconds))

    def _report(self, error: Exception, where: str) -> None:
        """Logs type and place of a crash. Never its text: that may quote a message."""
        self._home.counters.crashes += 1
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s crashed in %s: %s\n%s", self._home.kind.name, where, type(error).__name__, frames)

    def _drop(self) -> None:
        if self.actor is not None:
            self.actor = None
            self._home.counters.live -= 1

    def _empty(self) -> list[Mail]:
        box = self._mailbox
        return box.empty() if box is not None else []

    def _turn_away(self, loser: Mail, newcomer: Mail) -> None:
        """Counts and answers mail that found no place; the newcomer's sender is told by raising."""
        kind, counters = self._home.kind, self._home.counters
        error = MailboxFull(kind.name, self.ref.key, kind.bound.limit)
        if loser is newcomer:
            counters.rejected += 1
            raise error
        counters.dropped += 1
        loser.fail(error)

    def _cancelling(self) -> bool:
        return self.task is not None and self.task.cancelling() > 0
