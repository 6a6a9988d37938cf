"""The actor of one circuit: every call of a back end passes here, and nowhere else is one made.

    call ─▶ copy kept? ─▶ deadline ─▶ breaker ─▶ a place among those in flight ─▶ attempt, bounded in time ─▶ judged
                             ▲                                                                                   │
                             └── pause ◀── may it be made again: attempts, budget, deadline ◀────────────────────┘

Attempts run beside the actor and tell it how they ended, so that the actor is never busy. An attempt is never broken
off because its asker has left: what acts ends in a known way, what reads is kept for the next. Those who ask for the
same thing at once wait for one call.
"""

import asyncio
import logging
from collections import OrderedDict

from actors import kinds
from actors.circuit_attempt import Attempt
from actors.circuit_job import Job, kept
from actors.circuit_messages import Again, CallFor, CircuitSeen, Invalidate, Late, Look, Over, Told
from actors.circuit_reads import Reads
from actors.circuit_world import Moved, World
from actors.kernel import Actor, Bound, Context, KernelError, Kind, Mail, Policy
from hub.errors import CircuitOpen, HubError, IntegrationOverloaded, IntegrationTimeout
from hub.integration import breaker
from hub.integration.breaker import Breaker, Refusal, State, Verdict
from hub.integration.call import Fetched
from hub.integration.outcome import Outcome, repeatable
from hub.integration.retry import RESERVE, Budget

log = logging.getLogger("hub.integration")

LIMIT = 1_000
"""Mail that may wait for a circuit; above it callers get 429. The actor never waits, so that nothing stays here."""

PAUSE_MOST = 300.0
"""Seconds of a Retry-After that a whole circuit keeps; one header of a back end does not stop it for a day."""


class Circuit(Actor):
    """One back end, or one issuer of tokens."""

    __slots__ = (
        "_attempt",
        "_breaker",
        "_budget",
        "_context",
        "_flying",
        "_jobs",
        "_last",
        "_name",
        "_queue",
        "_reads",
        "_told",
        "_world",
    )

    def __init__(self, name: str, context: Context, world: World) -> None:
        self._name = name
        self._context = context
        self._world = world
        self._attempt = Attempt(name, world, context.system)
        self._breaker = Breaker()
        self._told = State.CLOSED  # what everybody was told last, whichever replica it was
        self._budget = Budget(RESERVE, _now())
        self._jobs: dict[int, Job] = {}
        self._flying: set[int] = set()
        self._queue: OrderedDict[int, None] = OrderedDict()
        self._reads = Reads(name, world.bounds.cache_entries, world.watcher)
        self._last: tuple[str, float] | None = None

    async def on_start(self) -> None:
        """Goes on where the process, or a crashed instance, stopped: open for the rest of its time, if it was."""
        try:
            ago = await self._world.store.opened_ago(self._name)
        except HubError:  # calls do not depend on the database: a circuit that nothing is known of is closed
            log.info("a circuit begins closed: the database is away", extra={"circuit": self._name})
            return
        self._breaker = breaker.restored(self._world.bounds.rules, ago, _now())
        self._told = self._breaker.state

    async def receive(self, mail: Mail) -> object:
        """A `CallFor`, a `Look`, or what attempts, timers and invalidations tell."""
        match mail.message:
            case CallFor() as call:
                await self._take(mail, call)
            case Over() as over:
                await self._over(over)
            case Again(id):
                await self._begin_again(id)
            case Late(id):
                self._late(id)
            case Told(state):
                self._told = state
            case Invalidate():
                self._reads.invalidate()
            case Look():
                return self._seen()
            case unexpected:
                log.warning("unknown message", extra={"kind": kinds.CIRCUIT, "message_type": type(unexpected).__name__})
        return None

    # Taking calls in

    async def _take(self, mail: Mail, call: CallFor) -> None:
        now = _now()
        if self._reads.answered(mail, call, now):
            return
        self._budget = self._budget.called(self._world.bounds.budget)
        if refused := breaker.refusal(self._breaker, self._world.bounds.rules, now):
            if not self._reads.answered_stale(mail, call, now):
                mail.fail(self._refusal(refused))
        elif call.deadline <= now:
            self._world.watcher.rejected(self._name, "late")
            mail.fail(IntegrationTimeout())
        elif len(self._queue) >= self._world.bounds.waiting and not self._has_place():
            self._world.watcher.rejected(self._name, "full")
            mail.fail(IntegrationOverloaded(retry_after=1))
        else:
            await self._start(self._job(mail, call, now))

    def _refusal(self, refused: Refusal) -> HubError:
        self._world.watcher.rejected(self._name, "paused" if refused.paused else "open")
        kind = IntegrationOverloaded if refused.paused else CircuitOpen
        return kind(retry_after=refused.seconds)

    def _job(self, mail: Mail, call: CallFor, now: float) -> Job:
        job = Job(call.request, [kept(mail)], call.deadline, self._reads.generation)
        job.late = self._context.timers.after(call.deadline - now, self._context.ref, Late(job.id))
        self._jobs[job.id] = job
        self._reads.begun(job, call)
        return job

    # Attempts

    def _has_place(self) -> bool:
        return len(self._flying) < self._world.bounds.in_flight

    async def _start(self, job: Job) -> None:
        """The job's next attempt, now or as soon as there is a place."""
        if self._has_place():
            await self._go(job)
        else:
            self._queue[job.id] = None
        self._tell_load()

    async def _go(self, job: Job) -> None:
        before = self._breaker
        self._breaker = breaker.let_out(before)
        self._tell_moved(before)
        job.attempts += 1
        self._flying.add(job.id)
        run = self._attempt.run(job.id, self._breaker.generation, job.request, job.deadline, self._context.ref)
        await self._world.spawn(run)

    async def _over(self, over: Over) -> None:
        now, outcome = _now(), over.outcome
        self._last = outcome.word, now
        before = self._breaker
        self._breaker = breaker.settled(before, self._world.bounds.rules, over.generation, outcome.verdict, now)
        if outcome.word == "throttled" and outcome.pause:
            self._breaker = breaker.paused(self._breaker, min(outcome.pause, PAUSE_MOST), now)
        self._tell_moved(before)
        if outcome.verdict is Verdict.SUCCESS and self._breaker.state is State.CLOSED:
            self._tell_everybody(State.CLOSED)
        self._flying.discard(over.job)
        job = self._jobs.get(over.job)
        if job is not None:
            self._world.watcher.attempted(self._name, job.request.operation.name, outcome.word, over.seconds)
            self._settle(job, outcome, now)
        await self._fill_places()

    def _settle(self, job: Job, outcome: Outcome, now: float) -> None:
        job.noted(outcome)
        if outcome.error is None:
            self._succeed(job, outcome, now)
        elif (pause := self._pause(job, outcome, now)) is not None:
            self._world.watcher.repeated(self._name)
            job.again = self._context.timers.after(pause, self._context.ref, Again(job.id))
        else:
            self._fail(job, outcome.error)

    def _pause(self, job: Job, outcome: Outcome, now: float) -> float | None:
        """Seconds until the next attempt; None when there is none."""
        if not repeatable(job.request.operation, outcome):
            return None
        pause = self._world.bounds.retries.pause(job.attempts, outcome.pause, self._world.random)
        if pause is None or now + pause >= job.deadline or (left := self._budget.repeated(now)) is None:
            return None
        self._budget = left
        return pause

    async def _begin_again(self, id: int) -> None:
        job = self._jobs.get(id)
        if job is None:
            return
        job.again = None
        if refused := breaker.refusal(self._breaker, self._world.bounds.rules, _now()):
            self._fail(job, self._refusal(refused))
        else:
            await self._start(job)

    async def _fill_places(self) -> None:
        while self._queue and self._has_place():
            id, _ = self._queue.popitem(last=False)
            job, now = self._jobs[id], _now()
            if job.gone(now):
                self._forget(job, None, now)
            elif refused := breaker.refusal(self._breaker, self._world.bounds.rules, now):
                self._fail(job, self._refusal(refused))
            else:
                await self._go(job)
        self._tell_load()

    # Ends

    def _late(self, id: int) -> None:
        """One that is in flight ends by itself, at this very moment."""
        job = self._jobs.get(id)
        if job is not None and id not in self._flying:
            self._fail(job, IntegrationTimeout())
            self._tell_load()

    def _succeed(self, job: Job, outcome: Outcome, now: float) -> None:
        fetched = Fetched(outcome.value, self._world.now())
        self._forget(job, fetched, now)
        job.succeed(fetched)

    def _fail(self, job: Job, error: HubError) -> None:
        self._forget(job, None, _now())
        job.fail(error)

    def _forget(self, job: Job, brought: Fetched[object] | None, now: float) -> None:
        job.over()
        self._jobs.pop(job.id, None)
        self._queue.pop(job.id, None)
        self._reads.ended(job, brought, now)

    # Being watched

    def _tell_moved(self, before: Breaker) -> None:
        state = self._breaker.state
        if state is not before.state:
            self._world.moved(Moved(self._name, state, self._rest(state)))
        if state is State.OPEN:
            self._tell_everybody(state)

    def _tell_everybody(self, state: State) -> None:
        """Unless they know. Another replica may have told otherwise, and be gone: then a success here says so."""
        if state is self._told:
            return
        try:
            note = self._context.system.ref(kinds.CIRCUIT_NOTE, self._name)
            note.tell(Moved(self._name, state, self._rest(state)))
            self._told = state
        except KernelError as error:
            log.warning("a circuit's state is not noted", extra={"reason": type(error).__name__})

    def _rest(self, state: State) -> float:
        return self._world.bounds.rules.open if state is State.OPEN else 0.0

    def _tell_load(self) -> None:
        self._world.watcher.loaded(self._name, len(self._flying), len(self._queue))

    def _seen(self) -> CircuitSeen:
        now = _now()
        refused = breaker.refusal(self._breaker, self._world.bounds.rules, now)
        word, at = self._last or (None, now)
        return CircuitSeen(
            self._name,
            self._breaker.state,
            self._breaker.failures,
            refused.seconds if refused else 0.0,
            len(self._flying),
            len(self._queue),
            len(self._reads),
            word,
            now - at if word else None,
        )


def _now() -> float:
    return asyncio.get_running_loop().time()


def kind(world: World) -> Kind:
    """The kind of circuits; the key is the circuit's name."""

    def create(key: str, context: Context) -> Circuit:
        return Circuit(key, context, world)

    return Kind(kinds.CIRCUIT, create, Bound(LIMIT, Policy.REJECT), idle_after=None)
