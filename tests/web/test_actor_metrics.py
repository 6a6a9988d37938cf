"""The figures of actors: the kernel's counters as they are when somebody asks, and how long mail waits."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from actors.kernel import Actor, Bound, Context, Kind, Mail, System
from web.actor_metrics import ActorMetrics


class Clerk(Actor):
    """Fails when told to."""

    async def receive(self, mail: Mail) -> object:
        if mail.message == "fail":
            raise ZeroDivisionError
        return mail.message


def create(key: object, context: Context) -> Clerk:
    return Clerk()


async def test_a_running_system_is_counted() -> None:
    registry = CollectorRegistry()
    figures = ActorMetrics(registry)
    system = System(observer=figures)
    figures.read(system.stats)
    system.register(Kind("clerk", create, Bound(10)))
    for key in (1, 2):
        assert await system.ref("clerk", key).ask("hello", timeout=5.0) == "hello"

    def value(name: str) -> float | None:
        return registry.get_sample_value(name, {"kind": "clerk"})

    assert value("hub_actors") == 2
    assert value("hub_actor_mailbox_messages") == 0
    assert value("hub_actor_mailbox_wait_seconds_count") == 2
    assert value("hub_actor_message_duration_seconds_count") == 2
    assert value("hub_actor_restarts_total") == 0
    with pytest.raises(ZeroDivisionError):
        await system.ref("clerk", 1).ask("fail", timeout=5.0)
    assert value("hub_actor_restarts_total") == 1
    await system.drain(1.0)


def test_before_there_is_a_system_there_are_no_counters() -> None:
    registry = CollectorRegistry()
    figures = ActorMetrics(registry)
    figures.lag.set(0.25)
    assert registry.get_sample_value("hub_event_loop_lag_seconds") == 0.25
    assert b'kind="' not in generate_latest(registry)
