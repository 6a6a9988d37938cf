from typing import Any

import pytest

from actors.kernel import Actor, Context, KernelError, Kind
from actors.kernel.testkit import virtual, virtual_system


class Mute(Actor):
    """Overrides nothing."""


def create(key: object, context: Context) -> Actor:
    return Mute()


@virtual
async def test_an_actor_without_a_handler_says_so() -> None:
    system = virtual_system()
    system.register(Kind("mute", create))
    with pytest.raises(KernelError, match="Mute takes no mail"):
        await system.ref("mute", 1).ask("hello", timeout=1.0)


@pytest.mark.parametrize(
    "options", [{"batch": 0}, {"cap": 0}, {"block_base": 0.0}, {"block_base": 10.0, "block_max": 5.0}]
)
def test_a_senseless_kind_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"batch|block"):
        Kind("k", create, **options)


def test_an_actor_costs_no_dictionary_unless_it_wants_one() -> None:
    class Slotted(Actor):
        __slots__ = ("state",)

    assert not hasattr(Slotted(), "__dict__")
