"""Circuits on a virtual clock; only the back end at the far end is played."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from actors import access_token, circuit, circuit_note, kinds
from actors.circuit_messages import CallFor, CircuitSeen, Invalidate, Look
from actors.circuit_world import Bounds, Moved, World
from actors.kernel import Mail
from actors.kernel.testkit import kind_from, virtual_system
from hub.errors import Unavailable
from hub.integration.breaker import State
from hub.integration.cache import Keep
from hub.integration.call import Fetched
from hub.integration.credentials import Issuer
from hub.integration.operation import Operation, Request
from hub.integration.proof import Proof
from hub.integration.wire import Reply, Wire
from hub.journal import Change, Outcome, Verdict

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
NAME = "ticketing"
BASE = "https://desk.example.com"
OK = Reply(200, body=b'"fine"')
FAILED = Reply(500)
AWAY = Reply(503)
LOST = Reply(None, "timeout")
UNREACHABLE = Reply(None, "connection", sent=False)

KEPT = Operation(integration=NAME, name="get_ticket", timeout=10.0, keep=Keep(300.0, 600.0))
READ = Operation(integration=NAME, name="read", timeout=10.0)
ACT = Operation(integration=NAME, name="create_ticket", timeout=10.0, acts=True)
ONCE = Operation(integration=NAME, name="once", timeout=10.0, acts=True, repeatable=False)


class BackEnd:
    """The far end: notes what comes, takes `takes` seconds (or waits for `gate`) and answers as `answers` says."""

    def __init__(self) -> None:
        self.seen: list[Wire] = []
        self.at: list[float] = []
        self.answers: Callable[[Wire], Reply] = lambda wire: OK
        self.takes = 0.0
        self.gate: asyncio.Event | None = None
        self.at_once = self.most = 0

    def plan(self, *replies: Reply) -> None:
        """Answers like this, one after the other, and well after that."""
        left = list(replies)
        self.answers = lambda wire: left.pop(0) if left else OK

    async def send(self, wire: Wire, seconds: float) -> Reply:
        self.seen.append(wire)
        self.at.append(asyncio.get_running_loop().time())
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            async with asyncio.timeout(seconds):
                await asyncio.sleep(self.takes)
                if self.gate is not None:
                    await self.gate.wait()
            return self.answers(wire)
        except TimeoutError:
            return LOST
        finally:
            self.at_once -= 1


class Memory:
    """What outlives the process, and whether it can be asked."""

    def __init__(self, opened_ago: float | None = None, *, away: bool = False) -> None:
        self.ago, self.away = opened_ago, away
        self.saved: list[tuple[str, State]] = []

    async def opened_ago(self, circuit: str) -> float | None:
        if self.away:
            raise Unavailable
        return self.ago

    async def save(self, circuit: str, state: State) -> None:
        if self.away:
            raise Unavailable
        self.saved.append((circuit, state))


@attrs.define
class Watched:
    """What a circuit told."""

    words: list[str] = attrs.field(factory=list)
    repeats: int = 0
    rejections: list[str] = attrs.field(factory=list)
    copies: list[str] = attrs.field(factory=list)
    moves: list[State] = attrs.field(factory=list)
    loads: list[tuple[int, int]] = attrs.field(factory=list)

    def attempted(self, circuit: str, operation: str, word: str, seconds: float) -> None:
        self.words.append(word)

    def repeated(self, circuit: str) -> None:
        self.repeats += 1

    def rejected(self, circuit: str, reason: str) -> None:
        self.rejections.append(reason)

    def copied(self, circuit: str, operation: str, result: str) -> None:
        self.copies.append(result)

    def moved(self, moved: Moved) -> None:
        self.moves.append(moved.state)

    def loaded(self, circuit: str, in_flight: int, waiting: int) -> None:
        self.loads.append((in_flight, waiting))


class Stage:
    """One replica's circuits in front of one back end."""

    def __init__(
        self,
        bounds: Bounds | None = None,
        *,
        proofs: Mapping[str, Proof] | None = None,
        issuers: Mapping[str, Issuer] | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.back_end, self.watched, self.memory = BackEnd(), Watched(), memory or Memory()
        self.running: set[asyncio.Task[None]] = set()
        self.wall_clock = NOON
        self.world = World(
            bounds or Bounds(),
            self.back_end,
            proofs or {NAME: Proof()},
            self.memory,
            self.watched,
            self.watched.moved,
            self.spawn,
            lambda: 0.5,
            lambda: self.wall_clock,
        )
        self.told: list[Change] = []
        self.system = virtual_system()
        self.system.register(kind_from(kinds.WRITER, self._write))
        self.system.register(circuit_note.kind(self.memory, lambda: NOON))
        self.system.register(circuit.kind(self.world))
        self.system.register(access_token.kind(issuers or {}))

    async def _write(self, mail: Mail) -> Outcome:
        self.told.append(mail.message)
        return Outcome(Verdict.OK)

    async def spawn(self, attempt: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(attempt)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def begin(
        self, operation: Operation = READ, *, key: object = None, seconds: float = 30.0, fresh: bool = False
    ) -> "asyncio.Future[Any]":
        """A call, and the future of its answer."""
        method = "POST" if operation.acts else "GET"
        wire = Wire(method, f"{BASE}/{operation.name}", b"{}" if operation.acts else b"", {}, "key-1")
        request = Request(operation, wire, lambda given: given, key)
        deadline = asyncio.get_running_loop().time() + seconds
        return self.system.ref(kinds.CIRCUIT, NAME).ask_nowait(CallFor(request, deadline, fresh), timeout=seconds + 1)

    async def call(
        self, operation: Operation = READ, *, key: object = None, seconds: float = 30.0, fresh: bool = False
    ) -> Fetched[Any]:
        """A call and its answer."""
        fetched: Fetched[Any] = await self.begin(operation, key=key, seconds=seconds, fresh=fresh)
        return fetched

    async def calls(self, count: int, operation: Operation = READ, seconds: float = 30.0) -> list[Any]:
        """So many at once: what each brought, or the error that it ended with."""
        waiting = [self.begin(operation, seconds=seconds) for _ in range(count)]
        return await asyncio.gather(*waiting, return_exceptions=True)

    async def opens(self) -> None:
        """Five calls fail."""
        self.back_end.answers = lambda wire: FAILED
        await self.calls(5)
        assert (await self.look()).state is State.OPEN
        self.back_end.answers = lambda wire: OK
        self.back_end.seen.clear()

    async def look(self) -> CircuitSeen:
        """How the circuit is."""
        seen: CircuitSeen = await self.system.ref(kinds.CIRCUIT, NAME).ask(Look(), timeout=1.0)
        return seen

    def changed(self) -> None:
        """Something has changed over there."""
        self.system.ref(kinds.CIRCUIT, NAME).tell(Invalidate())
