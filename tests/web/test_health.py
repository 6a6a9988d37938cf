"""Alive and ready, from flags."""

from tests.web.conftest import OpenDoors
from web.health import Flags, Health, State


def test_ready_when_the_essential_is() -> None:
    flags = Flags(essential=("database",))
    states = [flags.state]
    flags.set("database", State.OK)
    states.append(flags.state)
    flags.set("redis", State.DOWN, "is away")
    states.append(flags.state)
    flags.draining = True
    states.append(flags.state)
    assert states == [State.DOWN, State.OK, State.DEGRADED, State.DOWN]


def test_old_news_is_no_news() -> None:
    now = [0.0]
    flags = Flags(essential=("database",), clock=lambda: now[0])
    flags.set("database", State.OK, fresh=2)
    states = []
    for now[0] in (2.0, 2.1):
        states.append(flags.state)
    assert states == [State.OK, State.DOWN]
    assert flags.parts["database"].text == "no news of late"


async def test_the_doors(open_doors: OpenDoors) -> None:
    flags = Flags(essential=("database",))
    client = await open_doors(*Health(flags).routes(), flags=flags)
    assert (await client.get("/healthz")).status == 200
    down = await client.get("/readyz")
    assert (down.status, down.headers["Retry-After"]) == (503, "1")
    flags.set("database", State.OK)
    flags.set("redis", State.DOWN, "is away")
    flags.set(State.OK, State.DEGRADED, "a name that is a member of an enumeration")
    ready = await client.get("/readyz")
    assert ready.status == 200
    body = await ready.json()
    assert (body["status"], body["parts"]["redis"]) == ("degraded", {"state": "down", "text": "is away"})
    assert body["parts"]["ok"]["state"] == "degraded"
    flags.broken = "a supervisor gave up"
    assert [(await client.get(path)).status for path in ("/healthz", "/readyz")] == [503, 503]


def test_a_loop_that_is_late_is_to_be_restarted() -> None:
    flags = Flags(lag_most=5.0)
    told = []
    for flags.lag in (0.1, 5.0, 5.1, 0.1):
        told.append(flags.dying)
    assert told == [False, False, True, False]
