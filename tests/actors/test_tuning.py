"""Settings reach the kinds of actors they are of, and no others."""

import attrs

from actors import kinds
from actors.kernel import Actor, Bound, Kind, Limit, Policy
from actors.tuning import tuned
from hub.config import Config
from hub.config.engine import Journal
from hub.config.limits import Actors, Limits

CONFIG = attrs.evolve(
    Config(),
    actors=Actors(
        customer_idle=1.0,
        conversation_idle=2.0,
        team_idle=3.0,
        room_idle=4.0,
        ai_idle=13.0,
        failures=5,
        failures_within=6.0,
        block_first=7.0,
        block_most=8.0,
    ),
    limits=Limits(mailbox=9, ai_mailbox=14, resident_conversations=10),
    journal=Journal(queue=11, batch_items=12),
)


def kind(name: str) -> Kind:
    return tuned(
        Kind(name, lambda key, context: Actor(), Bound(99, Policy.REJECT), batch=98, idle_after=97.0, cap=96), CONFIG
    )


def test_each_kind_has_its_own() -> None:
    told = {
        name: (kind(name).idle_after, kind(name).bound.limit, kind(name).batch, kind(name).cap)
        for name in (
            kinds.CUSTOMER,
            kinds.CONVERSATION,
            kinds.TEAM_QUEUE,
            kinds.ROOM,
            kinds.TRANSACTION,
            kinds.WRITER,
            kinds.COURIER,
        )
    }
    assert told == {
        kinds.CUSTOMER: (1.0, 9, 98, 96),
        kinds.CONVERSATION: (2.0, 9, 98, 10),
        kinds.TEAM_QUEUE: (3.0, 99, 98, 96),
        kinds.ROOM: (4.0, 9, 98, 96),
        kinds.TRANSACTION: (13.0, 14, 98, 96),
        kinds.WRITER: (97.0, 11, 12, 96),
        kinds.COURIER: (97.0, 99, 98, 96),
    }


def test_all_are_blocked_alike() -> None:
    given = kind(kinds.COURIER)
    assert (given.crashes, given.block_base, given.block_max) == (Limit(5, within=6.0), 7.0, 8.0)


def test_the_longest_block_is_never_shorter_than_the_first() -> None:
    config = attrs.evolve(CONFIG, actors=Actors(block_first=20.0, block_most=10.0))
    assert tuned(kind(kinds.ROOM), config).block_max == 20.0
