"""Is it alive, is it ready: answered from flags that others keep, so that the answer never waits for anything.

`/healthz` says that the event loop turns; `/readyz` that requests would succeed. A part whose news is too old counts as
down: a pinger that hangs with its database must not leave a green flag behind.
"""

import time
from collections.abc import Callable
from enum import StrEnum

import orjson
from aiohttp import web
from attrs import frozen

from web.routes import Route


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@frozen
class Part:
    """What is known of one part: its state, a few words, and until when (monotonic seconds) the news holds."""

    state: State
    text: str
    until: float = float("inf")


class Flags:
    """The states of everything the hub stands on. `essential` parts make it ready; the others only degrade it."""

    def __init__(
        self,
        essential: tuple[str, ...] = ("database", "migrations"),
        clock: Callable[[], float] = time.monotonic,
        lag_most: float = 5.0,
    ) -> None:
        self._essential, self._clock = frozenset(essential), clock
        self._parts = {name: Part(State.DOWN, "not up yet") for name in essential}
        self.draining = False
        self.lag, self._lag_most = 0.0, lag_most  # seconds by which the event loop was late of late
        self.broken = ""  # why the process should be restarted, when it should

    def set(self, name: str, state: State, text: str = "", fresh: float | None = None) -> None:
        """Writes down how a part is; after `fresh` seconds without news it counts as down."""
        until = float("inf") if fresh is None else self._clock() + fresh
        self._parts[str(name)] = Part(state, text, until)  # a plain one: JSON takes no other key

    @property
    def parts(self) -> dict[str, Part]:
        """Every part as it is now."""
        now = self._clock()
        return {
            name: part if part.until >= now else Part(State.DOWN, "no news of late")
            for name, part in self._parts.items()
        }

    @property
    def dying(self) -> bool:
        """Whether the process should be restarted: a part gave up, or the loop is too late to be of use."""
        return bool(self.broken) or self.lag > self._lag_most

    @property
    def state(self) -> State:
        """The whole: down when draining or when an essential part is, degraded when any other part is not ok."""
        parts = self.parts
        if self.draining or self.broken or any(parts[name].state is State.DOWN for name in self._essential):
            return State.DOWN
        return State.OK if all(part.state is State.OK for part in parts.values()) else State.DEGRADED


class Health:
    """The two doors for whoever watches the process."""

    def __init__(self, flags: Flags) -> None:
        self._flags = flags

    async def alive(self, _request: web.Request) -> web.Response:
        """200 while the process is worth keeping, 503 when it should be restarted."""
        dying = self._flags.dying
        return _answer(503 if dying else 200, {"status": State.DOWN if dying else State.OK})

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when requests would succeed (also degraded), otherwise 503; with the state of each part."""
        flags = self._flags
        state = flags.state
        parts = {name: {"state": part.state, "text": part.text} for name, part in flags.parts.items()}
        status = 503 if state is State.DOWN else 200
        return _answer(status, {"status": state, "draining": flags.draining, "parts": parts})

    def routes(self) -> list[Route]:
        """`/healthz` and `/readyz`."""
        doors = (
            ("/healthz", self.alive, "Whether the process lives"),
            ("/readyz", self.ready, "Whether it can serve"),
        )
        return [
            Route(method="GET", path=path, handler=handler, summary=summary, permission=None, tags=("operations",))
            for path, handler, summary in doors
        ]


def _answer(status: int, body: dict[str, object]) -> web.Response:
    headers = {"Retry-After": "1"} if status == 503 else {}
    return web.Response(
        status=status, body=orjson.dumps(body), content_type="application/json", charset="utf-8", headers=headers
    )
