import asyncio

import pytest

from actors.kernel import Actor, Context, Kind, Mail, System
from actors.kernel.testkit import kind_from, virtual, virtual_system


async def echo(mail: Mail) -> object:
    return mail.message


def test_a_system_can_be_put_together_before_there_is_a_loop() -> None:
    system = System()
    system.register(kind_from("echo", echo))

    async def main() -> object:
        answer = await system.ref("echo", 1).ask("hello", timeout=5.0)
        await system.drain(5.0)
        return answer

    assert asyncio.run(main()) == "hello"


@virtual
async def test_a_kind_is_registered_once_and_must_be_there() -> None:
    system = virtual_system()
    system.register(kind_from("k", echo))
    with pytest.raises(ValueError, match="k already"):
        system.register(kind_from("k", echo))
    with pytest.raises(KeyError):
        system.ref("unknown", 1)


@virtual
async def test_stats_are_by_kind_in_the_order_of_registration() -> None:
    system = virtual_system()
    for name in ("writer", "conversation"):
        system.register(kind_from(name, echo))
    await system.ref("conversation", 1).ask(0, timeout=1.0)
    stats = system.stats()
    assert list(stats) == ["writer", "conversation"]
    assert (stats["writer"].live, stats["conversation"].live) == (0, 1)


@virtual
async def test_an_actor_gets_its_own_address_the_others_and_the_timers() -> None:
    class Clock(Actor):
        def __init__(self, context: Context) -> None:
            self.context = context

        async def receive(self, mail: Mail) -> object:
            if mail.message == "tick":
                self.context.system.ref("face", 1).tell(asyncio.get_running_loop().time())
            self.context.timers.after(1.0, self.context.ref, "tick")
            return self.context.ref

    shown = []

    async def face(mail: Mail) -> None:
        shown.append(mail.message)

    system = virtual_system()
    system.register(Kind("clock", lambda key, context: Clock(context)))
    system.register(kind_from("face", face))
    assert await system.ref("clock", "hall").ask("wind up", timeout=1.0) == system.ref("clock", "hall")
    await asyncio.sleep(3.5)
    assert shown == [1.0, 2.0, 3.0]
