"""The hub is killed over and over while AI agents buy, and the payment system loses three answers of ten.

Everything goes through real doors: the hub as a process on one port and one database, payments over HTTP. What happened
in the end is counted on both sides.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from hub.bench import graph
from hub.bench.ai import Ai, prepared
from hub.bench.books import Purchase, violations
from hub.bench.crowd import Lost
from hub.bench.market import PAUSE, Market
from hub.bench.process import Server
from hub.bench.stage import Measured, Stage, bearer
from hub.demo.back_office import BackOffice, Credentials, Fault
from hub.transaction.state import DraftState

CUSTOMERS = 12
LIVES = (1.0, 4.0)
"""Seconds between the hub's being ready and its being killed."""

SETTLING = 90.0
"""Seconds for everything to settle in the end; what is not settled then is counted."""

_CLIENT, _SECRET, _SIGNING = "bench", "bench-client-secret", "bench-signing-secret-of-enough-length"
_CONFIG = f"""
[integrations.transaction_create]
base_url = "{{office.payments_url}}"
token_url = "{{office.token_url}}"
client_id = "{_CLIENT}"
client_secret = "{_SECRET}"
hmac_secret = "{_SIGNING}"
"""
OPTIONS: dict[str, object] = {
    "ai.calls_per_hour": 10_000,
    "ai.customer_calls_per_hour": 100_000,
    "ai.calls_per_minute": 100_000,
    "ai.draft_ttl": "12s",
    "ai.confirmation_ttl": "10s",
    "ai.approval_ttl": "10s",
    "circuits.failures": 1000,
    "circuits.backoff_base": "5ms",
    "circuits.retry_budget": 100,
    "outbox.lease": "4s",
    "outbox.claim_every": "200ms",
    "outgoing.connect": "1s",
    "outgoing.read": "1s",
    "outgoing.total": "1500ms",
}
"""Limits that do not hinder, and lives so short that drafts lapse as well while it lasts."""

Start = Callable[[], AbstractAsyncContextManager[Server]]


async def measure(stage: Stage) -> None:
    """Once, however often the rest is repeated: a median would hide what must never happen."""
    stage.talk("gateway … the hub is killed while money moves")
    async with graph.listening() as provider, stage.postgres.database() as url, _office() as office:
        start = partial(stage.serving, url, provider, more=_CONFIG.format(office=office))
        async with start(options=OPTIONS) as server:
            market = Market(await prepared(stage, Measured(server, url, stage.postgres, provider), colleagues=2))
            await _promote(market.ai)
            again = partial(start, options={**OPTIONS, "server.port": server.port})
            async with market.trading(CUSTOMERS) as trade:
                kills = await _killed(stage.scale.chaos_seconds, market, server, again)
                office.faults.clear()
                market.closes = True
                async with again():
                    await _settled(market.ai, trade)
                    breaks = await _breaks(market)
        purchases = await _purchases(market.ai)
    paid = [payment.description for payment in office.payments.all.values()]
    states = Counter(purchase.state for purchase in purchases)
    found = violations(paid, purchases, market.agreed)
    counts = {"begun": len(purchases), "committed": states[DraftState.COMMITTED], "kills": kills}
    for name, count in {**counts, **found, "breaks": breaks}.items():
        stage.samples.add(f"hub.gateway.money.{name}", count)


@asynccontextmanager
async def _office() -> AsyncIterator[BackOffice]:
    office = BackOffice(Credentials("bench", {_CLIENT: _SECRET}, _CLIENT, [_SIGNING], "whsec_YmVuY2g="))
    await office.start()
    office.faults.always(Fault.reset(after=True), on="create", probability=0.2)
    office.faults.always(Fault.reset(after=False), on="create", probability=0.125)  # of what is left: together 30 %
    try:
        yield office
    finally:
        await office.stop()


async def _promote(ai: Ai) -> None:
    """The first of the colleagues is a supervisor, the other an admin."""
    for user, role in zip(ai.colleagues.users, ("supervisor", "admin"), strict=True):
        await ai.measured.postgres.execute(ai.measured.url, "update users set role = $2 where id = $1", user, role)


async def _killed(seconds: float, market: Market, server: Server, again: Start) -> int:
    """Kills the hub, first this one, every few seconds; how often. In the end it is down."""
    end, kills = time.perf_counter() + seconds, 1
    await _life(market, server, end)
    while time.perf_counter() < end:
        async with again() as server:
            await _life(market, server, end)
        kills += 1
    return kills


async def _life(market: Market, server: Server, end: float) -> None:
    left = max(LIVES[0], end - time.perf_counter())
    await asyncio.sleep(min(market.chance.uniform(*LIVES), left))
    server.kill()
    await asyncio.sleep(PAUSE)  # its last statement may be running still
    await _let_go(market.ai)


async def _let_go(ai: Ai) -> None:
    """What the killed hub was about to do about drafts is anybody's at once, and not when a minute has passed: so the
    next one finds more to put right."""
    query = "update transaction_drafts set claimed_until = $1 where claimed_until > $1"
    await ai.measured.postgres.execute(ai.measured.url, query, datetime.now(UTC))


async def _settled(ai: Ai, trade: "asyncio.Future[None]") -> None:
    """Waits until nobody buys and nothing is left to be done about any draft, at most `SETTLING`."""
    query = "select count(*) from transaction_drafts where due is not null"
    for _ in range(round(SETTLING / PAUSE)):
        if trade.done() and not await ai.measured.postgres.value(ai.measured.url, query):
            return trade.result()
        await asyncio.sleep(PAUSE)


async def _breaks(market: Market) -> int:
    """1 when the audit is broken somewhere. Raises Lost when it cannot be read to its end."""
    first, token = 1, market.ai.colleagues.tokens[1]
    while True:
        found = await market.ask(bearer("GET", f"/api/v1/audit/verify?from={first}&limit=10000", b"", token))
        if "whole" not in found:
            raise Lost("the audit could not be verified")
        if not found["whole"] or found["complete"]:
            return int(not found["whole"])
        first = found["last"] + 1


async def _purchases(ai: Ai) -> list[Purchase]:
    rows = await ai.measured.postgres.fetch(
        ai.measured.url,
        "select d.description, d.customer_id::text, d.amount_minor, d.state, d.consent_id is not null as consent,"
        " coalesce(a.state = 'approved' and a.decided_by = $1, false) as approved"
        " from transaction_drafts d left join transaction_approvals a on a.id = d.approval_id",
        ai.colleagues.users[0],
    )
    return [
        Purchase(
            row["description"],
            row["customer_id"],
            Decimal(row["amount_minor"]).scaleb(-2),
            DraftState(row["state"]),
            row["consent"],
            row["approved"],
        )
        for row in rows
    ]
