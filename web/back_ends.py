"""The company's back ends put together from the configuration: circuits, tokens, notes, and the way out."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any

from actors import access_token, circuit, circuit_note
from actors.back_ends import BackEnds, Profiles
from actors.circuit_world import Bounds, CircuitStore, Moved, World
from actors.kernel import System
from actors.tuning import tuned
from hub.config import Config
from hub.config.integrations import Integrations
from hub.integration import credentials
from hub.integration.breaker import State
from hub.integration.ticketing import TicketingProfile
from hub.integration.transaction_create import TransactionCreateProfile
from hub.integration.transaction_status import TransactionStatusProfile
from web import outgoing_guard
from web.back_end_places import permitted
from web.health import Flags
from web.health import State as Health
from web.integration_metrics import IntegrationMetrics
from web.provider import HttpProvider

PER_HOST = 100
"""Connections to one host; the circuits make fewer calls at once."""


def profiles(given: Integrations) -> Profiles:
    """The words of the back ends that are configured."""
    return Profiles(
        TicketingProfile.of(given.ticketing) if given.ticketing else None,
        TransactionStatusProfile.of(given.transaction_status) if given.transaction_status else None,
        TransactionCreateProfile.of(given.transaction_create) if given.transaction_create else None,
    )


def circuits(given: Integrations) -> tuple[str, ...]:
    """The names of all circuits: of integrations and of the issuers of their tokens."""
    return tuple(credentials.proofs(given))


@asynccontextmanager
async def opened(
    config: Config,
    system: System,
    store: CircuitStore,
    figures: IntegrationMetrics,
    flags: Flags,
    spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]],
    now: Callable[[], datetime],
) -> AsyncIterator[BackEnds]:
    """Registers the circuits and yields what stands before them, as long as the way out is open. `spawn` runs attempts
    in the background, ended at shutdown. A circuit that is open shows in `flags`: the hub can do less than usual."""
    given = config.integrations
    permits = permitted(_urls(given), given.private_networks)
    async with outgoing_guard.session(guarded=True, per_host=PER_HOST, permits=permits) as session:
        world = World(
            Bounds.of(config.circuits),
            HttpProvider(session, now),
            credentials.proofs(given),
            store,
            figures,
            partial(_moved, figures, flags),
            spawn,
            random.random,
            now,
        )
        for kind in (
            circuit_note.kind(store, now),
            circuit.kind(world),
            access_token.kind(credentials.issuers(given)),
        ):
            system.register(tuned(kind, config))
        yield BackEnds(system, profiles(given), frozenset(circuits(given)), now)


def _moved(figures: IntegrationMetrics, flags: Flags, moved: Moved) -> None:
    figures.moved(moved)
    closed = moved.state is State.CLOSED
    flags.set(moved.circuit, Health.OK if closed else Health.DEGRADED, "" if closed else "its circuit is open")


def _urls(given: Integrations) -> Iterator[str]:
    """Every address that the configuration names."""
    if given.ticketing is not None:
        yield given.ticketing.base_url
    for section in (given.transaction_status, given.transaction_create):
        if section is not None:
            yield section.base_url
            yield section.token_url
