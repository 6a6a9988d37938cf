"""Long-running tasks kept alive: started in order, restarted by rule, stopped in reverse order.

For what is not an actor: pools, listeners, claimers, probes. A tree of them is written as data:

    Supervisor("infrastructure", [Child("pool", pool.run, ready=pool.opened), Child("tail", tail.run)], Limit(5, 30.0))
"""

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from actors.kernel.errors import Escalated
from actors.kernel.limit import Limit, Window

Restart = Literal["permanent", "transient", "temporary"]
Strategy = Literal["rest_for_one", "one_for_one"]

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
"""Seconds before the first restart, doubled for each restart that still counts against the limit."""

log = logging.getLogger("hub.supervisor")


@dataclass(frozen=True, slots=True)
class Child:
    """A task to look after."""

    name: str
    start: Callable[[], Awaitable[None]]
    """Runs until its work is done or it is cancelled."""
    restart: Restart = "permanent"
    """`permanent`: always. `transient`: when it raised. `temporary`: never, not even when an elder sibling restarts."""
    shutdown: float = 5.0
    """Seconds between its cancellation and going on without it."""
    ready: Callable[[], Awaitable[object]] | None = None
    """Awaited before the next child is started. Without it a child is ready when it has been started."""


async def _live(child: Child) -> None:
    await child.start()


class _Post:
    """The place of a child: it is due to be started, or has a task, or has ended for good."""

    __slots__ = ("child", "due", "task")

    def __init__(self, child: Child) -> None:
        self.child = child
        self.due = True
        self.task: asyncio.Future[Any] | None = None


class Supervisor:
    """Keeps its children running until it is stopped, or they fail more often than `limit` allows.

    `rest_for_one`: with a failed child, those started after it are stopped and started again. `one_for_one`: only the
    failed one is. Above the limit all are stopped and `run` raises Escalated. A supervisor may be the child of another;
    its escalation is a failure there. Restarts happen one at a time, pauses included.
    """

    def __init__(
        self,
        name: str,
        children: "Sequence[Child | Supervisor]",
        limit: Limit,
        strategy: Strategy = "rest_for_one",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.restarts = 0
        self._posts = [_Post(each.as_child() if isinstance(each, Supervisor) else each) for each in children]
        self._limit = limit
        self._strategy = strategy
        self._clock = clock
        self._failures = Window(limit)
        self._all_ready = asyncio.Event()
        self._stop_asked = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()
        self._runner: asyncio.Task[None] | None = None
        self._deaf: set[asyncio.Future[Any]] = set()  # ignored their cancellation; held until they end

    @property
    def deaf(self) -> int:
        """Tasks that run on although they were cancelled and their time is up."""
        return len(self._deaf)

    def as_child(self) -> Child:
        """Itself as a permanent child of another supervisor, with the time to stop that its own children have."""
        patience = sum(post.child.shutdown for post in self._posts)
        return Child(self.name, self.run, shutdown=patience + 1.0, ready=self.ready)

    async def ready(self) -> None:
        """Waits until every child has been started and is ready."""
        await self._all_ready.wait()

    async def start(self) -> None:
        """Runs in the background and returns when all children are ready. Raises Escalated if they never are."""
        self._ended.clear()
        self._runner = asyncio.create_task(self.run(), name=self.name)
        ready = asyncio.create_task(self.ready())
        try:
            await asyncio.wait({self._runner, ready}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._runner.cancel()
            raise
        finally:
            ready.cancel()
        if self._runner.done():
            await self._runner

    async def wait(self) -> None:
        """Waits for the end of what `start` began. Raises Escalated."""
        if self._runner is not None:
            await asyncio.shield(self._runner)

    async def stop(self) -> None:
        """Stops the children, the last started first, each within its `shutdown`, and returns when all are."""
        if not self._ended.is_set():
            self._stop_asked.set()
            await self._ended.wait()

    async def run(self) -> None:
        """Supervises until `stop` or cancellation; no child is left running. Raises Escalated."""
        self._ended.clear()
        self._failures = Window(self._limit)
        for post in self._posts:
            post.due = True
        stop = asyncio.create_task(self._stop_asked.wait())
        try:
            while not stop.done():
                await self._step(stop)
        finally:
            stop.cancel()
            self._all_ready.clear()
            await self._stop_all()

    async def _step(self, stop: "asyncio.Task[Any]") -> None:
        """Starts what is due, then deals with one child that ended, or waits until one does."""
        await self._bring_up(stop)
        index = self._first_ended()
        if index is not None:
            await self._replace(index, stop)
        elif not stop.done():
            self._all_ready.set()
            running = {post.task for post in self._posts if post.task is not None}
            await asyncio.wait({stop, *running}, return_when=asyncio.FIRST_COMPLETED)

    # Starting

    async def _bring_up(self, stop: "asyncio.Task[Any]") -> None:
        """Starts the children that are due, in order; stays where one fails, because the later ones build on it."""
        for post in self._posts:
            if post.due and not stop.done() and self._first_ended() is None:
                post.due = False
                post.task = asyncio.create_task(_live(post.child), name=f"{self.name}/{post.child.name}")
                await self._until_ready(post, post.task, stop)

    async def _until_ready(self, post: _Post, task: "asyncio.Task[None]", stop: "asyncio.Task[Any]") -> None:
        if post.child.ready is None:
            return
        ready = asyncio.ensure_future(post.child.ready())
        try:
            await asyncio.wait({ready, task, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if ready.done() and not ready.cancelled() and ready.exception() is not None:
            await self._stop(post)
            post.task = ready  # its error is what the child ended with

    # Restarting

    def _first_ended(self) -> int | None:
        """The eldest child that ended and was not dealt with; under `rest_for_one` its restart includes the others."""
        ended = (index for index, post in enumerate(self._posts) if post.task is not None and post.task.done())
        return next(ended, None)

    async def _replace(self, index: int, stop: "asyncio.Task[Any]") -> None:
        """Lets an ended child go, or makes it due again after a pause. Raises Escalated above the limit."""
        post = self._posts[index]
        error = self._outcome(post)
        if post.child.restart == "temporary" or (post.child.restart == "transient" and error is None):
            return
        if self._failures.add(self._clock()):
            raise Escalated(self.name, post.child.name) from error
        self.restarts += 1
        post.due = True
        if self._strategy == "rest_for_one":
            for younger in reversed(self._posts[index + 1 :]):
                await self._stop(younger)
                younger.due = younger.child.restart != "temporary"
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (len(self._failures) - 1))
        await asyncio.wait({stop}, timeout=pause)

    def _outcome(self, post: _Post) -> BaseException | None:
        """What the child ended with; None when it returned. Logged without its text, which may quote a message."""
        task, post.task = post.task, None
        if task is None:
            return None
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is None:
            log.info("%s/%s ended", self.name, post.child.name)
        else:
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s/%s failed: %s\n%s", self.name, post.child.name, type(error).__name__, frames)
        return error

    # Stopping

    async def _stop_all(self) -> None:
        try:
            for post in reversed(self._posts):
                await self._stop(post)
        except asyncio.CancelledError:  # cancelled a second time: no more waiting
            for post in self._posts:
                if post.task is not None:
                    post.task.cancel()
            raise
        finally:
            self._stop_asked.clear()
            self._ended.set()

    async def _stop(self, post: _Post) -> None:
        """Cancels a child and waits for it, but not for longer than its `shutdown`."""
        task = post.task
        if task is None:
            return
        task.cancel()
        await asyncio.wait({task}, timeout=post.child.shutdown)
        if task.done():
            self._outcome_of_stop(post)
            return
        post.task = None
        self._deaf.add(task)
        task.add_done_callback(self._deaf.discard)
        log.error("%s/%s ignores its cancellation", self.name, post.child.name)

    def _outcome_of_stop(self, post: _Post) -> None:
        """A child may end by its cancellation or return; any other end is worth a line in the log."""
        if post.task is not None and post.task.cancelled():
            post.task = None
        else:
            self._outcome(post)
