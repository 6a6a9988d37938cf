"""Webhooks out put together: the deliverers, their way out, and the keeper that runs beside them."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from actors import webhook
from actors.kernel import System
from actors.tuning import tuned
from actors.webhook_errand import WebhookErrand
from actors.webhook_keeper import WebhookKeeper
from hub.config import Config
from hub.webhook.dispatch import DispatchStore
from hub.webhook.retry import Retries
from web import outgoing_guard
from web.webhook_destination import Destinations
from web.webhook_metrics import WebhookMetrics
from web.webhook_sender import WebhookSender

PER_HOST = 100
"""Connections to one host, over all endpoints there; above it tries wait within their time."""


@asynccontextmanager
async def opened(
    config: Config,
    system: System,
    store: DispatchStore,
    figures: WebhookMetrics,
    spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]],
    now: Callable[[], datetime],
) -> AsyncIterator[WebhookKeeper]:
    """Registers the kind of deliverers and yields their keeper, which is to be run. `spawn` runs tries in the
    background, ended at shutdown."""
    given = config.webhooks
    longest = min(given.timeout, given.lease / 2)
    destinations = Destinations.of(given.private_networks, https_only=config.production)
    retries = Retries(given.tries, given.retry_first, given.retry_most, given.rest_most)
    pace = webhook.Pace(given.in_flight, given.backlog, longest, given.disable_after)
    async with outgoing_guard.session(guarded=True, per_host=PER_HOST, permits=destinations.permits) as session:
        sender = WebhookSender(session, longest, now)
        errand = WebhookErrand(store, sender, retries, now, random.random, figures.tried)
        system.register(tuned(webhook.kind(store, errand, spawn, pace, figures.missed), config))
        yield WebhookKeeper(system, store, given.look)
