"""Every kind of actor that the hub is made of is known to the system, with its settings."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from actors import kinds
from actors.cast import Cast
from actors.kernel import Kind, System
from hub.config import Config
from hub.config.limits import Limits


class Registered(System):
    """A system that remembers what it was told of."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: dict[str, Kind] = {}

    def register(self, kind: Kind) -> None:
        """Keeps it."""
        super().register(kind)
        self.kinds[kind.name] = kind


@pytest.fixture
async def system() -> Registered:
    return Registered()


def cast(system: System, **change: Any) -> Cast:
    """Of one channel; nothing is asked of the stores before an actor begins."""
    nobody = SimpleNamespace()
    names = ("journal", "outbox", "conversations", "messages", "notes", "media", "files", "tags", "rooms")
    given: dict[str, Any] = {
        "config": Config(),
        "system": system,
        "stores": SimpleNamespace(**dict.fromkeys(names, nobody)),
        "channels": {},
        "carriers": {"phone": nobody},
        "repeatable": frozenset(),
        "sources": {"phone": nobody},
        "spawn": nobody,
        "publish": nobody,
        "tried": lambda channel, sent, seconds: None,
        "fetched": lambda channel, outcome: None,
        "clock": lambda: datetime.now(UTC),
    }
    return Cast(**(given | change))


async def test_all_are_there(system: Registered) -> None:
    cast(system).register()
    assert set(system.kinds) == {
        kinds.WRITER,
        kinds.RESOLVER,
        kinds.LOADER,
        kinds.TEAM_QUEUE,
        kinds.SENDING_MARKER,
        kinds.COURIER,
        kinds.MEDIA_FETCHER,
        kinds.CONVERSATION,
        kinds.CUSTOMER,
        kinds.RETAGGER,
        kinds.ROOM,
    }


async def test_settings_reach_them(system: Registered) -> None:
    cast(system, config=attrs.evolve(Config(), limits=Limits(mailbox=7))).register()
    assert system.kinds[kinds.CONVERSATION].bound.limit == 7


async def test_a_file_that_waits_wakes_its_channels_fetcher(system: Registered) -> None:
    world = cast(system)
    world.register()
    world.media_waits("phone")
    assert system.stats()[kinds.MEDIA_FETCHER].depth == 1
    await system.drain(1.0)
