"""The hub is killed over and over while AIs buy for their customers and the back end loses a third of its answers: what
is paid is paid once, agreed to by its customer, and approved where it has to be.
"""

import asyncio
import os
import random
import time
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import aiohttp
import asyncpg
import pytest
from attrs import define, field

from hub.demo.back_office import Fault
from hub.transaction.state import FINAL
from storage.database import prepare_connection
from tests.acceptance.agent import Agent
from tests.acceptance.ai_kit import Company, Talk
from tests.acceptance.draft_kit import Purchase, decide, supervisor, wish
from tests.acceptance.stage import ROOT, Stage, eventually

RUN = float(os.environ.get("CHAOS_SECONDS", "35"))
"""Seconds of it; a night's run takes more."""

CUSTOMERS = 6
AMOUNTS = ("15.00", "15.00", "120.00", "400.00", "999.99", "1000.01", "2500.00")

OPTIONS = {
    "ai.calls_per_hour": "10000",
    "ai.calls_per_minute": "100000",
    "ai.draft_ttl": "12s",
    "ai.confirmation_ttl": "10s",
    "ai.approval_ttl": "10s",
    "circuits.failures": "1000",
    "circuits.backoff_base": "5ms",
    "circuits.retry_budget": "100",
}
AWAY = (aiohttp.ClientError, TimeoutError, AssertionError, KeyError, ConnectionError)
"""What a request meets while the hub is away or comes back: an error, or an answer that says so."""


@define
class Market:
    """Everybody at once. `agreed` are the drafts whose Confirm a customer pressed."""

    stage: Stage
    company: Company
    sol: Agent
    random: random.Random
    agreed: set[str] = field(factory=set)
    outcomes: Counter[str] = field(factory=Counter)

    async def shop(self, talk: Talk) -> None:
        """One conversation: draft after draft."""
        while True:
            try:
                await self.buy(talk)
            except AWAY as error:
                self.outcomes[type(error).__name__] += 1
                await asyncio.sleep(0.3)

    async def buy(self, talk: Talk) -> None:
        """One draft, as far as it gets."""
        answer = await wish(talk, self.random.choice(AMOUNTS))
        draft_id = answer.json["result"]["draft_id"] if answer.status == 200 else answer.json.get("draft_id")
        if draft_id is None:
            self.outcomes[answer.json["code"]] += 1
            await asyncio.sleep(0.3)
            return
        bought = Purchase(talk, draft_id)
        state = (await bought.until("awaiting_confirmation", "confirmed", *FINAL, patience=5.0))["state"]
        if state == "awaiting_confirmation":
            await self.answer(bought)
        for _ in range(60):
            seen = await bought.seen()
            if seen["state"] in FINAL:
                self.outcomes[seen["state"]] += 1
                return
            if token := seen["confirmation"]["confirmation_token"]:
                await asyncio.gather(*(bought.commit(token) for _ in range(self.random.choice((1, 1, 3)))))
            await asyncio.sleep(0.2)

    async def answer(self, bought: Purchase) -> None:
        """The customer agrees, mostly."""
        refuses = self.random.random() < 0.15
        question = await asyncio.wait_for(bought.question(), 5.0)
        if not refuses:
            self.agreed.add(bought.id)
        button = question.buttons()[1 if refuses else 0]
        await bought.talk.customer.press(button["id"], button["title"], of=question.wamid)

    async def supervise(self) -> None:
        """A supervisor decides on whatever comes, mostly for it."""
        while True:
            try:
                for approval in (await self.sol.get("approvals"))["data"]:
                    await decide(self.sol, approval, self.random.choice(("approve", "approve", "approve", "reject")))
            except AWAY as error:
                self.outcomes[type(error).__name__] += 1
            await asyncio.sleep(0.2)


async def killed_again_and_again(stage: Stage, seconds: float, chance: random.Random) -> int:
    """Kills the hub every few seconds; how often."""
    end, kills = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        await asyncio.sleep(chance.uniform(2.0, 5.0))
        stage.hub.kill()
        await stage.hub.start()
        kills += 1
    return kills


async def settled(stage: Stage) -> None:
    """Waits until no draft is under way."""

    async def over() -> bool:
        open_ = await stage.value("select count(*) from transaction_drafts where due is not null")
        return int(open_) == 0

    await eventually(over, 60.0)


@pytest.mark.timeout(180)
async def test_money_moves_once_whatever_is_killed_or_lost(stage: Stage) -> None:
    chance = random.Random(7)
    await stage.database.close()
    stage.database = await asyncpg.create_pool(stage.hub.database_url, max_size=12, init=prepare_connection)
    company = await Company.of(stage)
    market = Market(stage, company, await supervisor(company), chance)
    talks = [await company.talk() for _ in range(CUSTOMERS)]
    faults = stage.back_office.faults
    faults.always(Fault.reset(after=True), on="create", probability=0.2)
    faults.always(Fault.reset(after=False), on="create", probability=0.125)  # of what the first left: together 30 %
    tasks = [asyncio.create_task(market.shop(talk)) for talk in talks]
    tasks.append(asyncio.create_task(market.supervise()))
    try:
        kills = await killed_again_and_again(stage, RUN, chance)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    faults.clear()
    await settled(stage)
    rows = await stage.rows("select * from transaction_drafts")
    states = Counter(row["state"] for row in rows)
    print(f"{kills} kills, {len(rows)} drafts: {dict(states)}, {dict(market.outcomes)}")
    await check(stage, market, rows)
    assert kills >= 2
    assert states["committed"] >= 3


async def check(stage: Stage, market: Market, rows: list[Any]) -> None:
    """What must hold, of the back end's books and the hub's."""
    books = Counter(stage.back_office.payments.commits)
    committed = {row["external_id"]: row for row in rows if row["state"] == "committed"}
    assert set(books.values()) <= {1}
    assert books.keys() == committed.keys()
    assert {str(row["id"]) for row in committed.values()} <= market.agreed
    assert {row["state"] for row in rows} <= {state.value for state in FINAL}
    assert all(row["consent_id"] is not None for row in committed.values())
    unapproved: dict[Any, Decimal] = defaultdict(Decimal)
    for row in committed.values():
        if row["approval_id"] is None:
            unapproved[row["customer_id"]] += Decimal(row["amount_minor"]).scaleb(-2)
    assert all(total <= 1000 for total in unapproved.values())
    approvals = await stage.rows("select id, state, decided_by from transaction_approvals")
    approved = {row["id"] for row in approvals if row["state"] == "approved"}
    assert {row["approval_id"] for row in committed.values()} - {None} <= approved
    assert {str(row["decided_by"]) for row in approvals if row["id"] in approved} <= {market.sol.user["id"]}
    root = await stage.login(ROOT)
    verified = await root.get("audit/verify?limit=100000")
    assert (verified["broken"], verified["complete"]) == (None, True)
    await check_audit(stage, committed)


async def check_audit(stage: Stage, committed: dict[str, Any]) -> None:
    """Each payment has its intent before its outcome, once."""
    found = await stage.rows("select body::json as body from audit_log order by seq")
    steps: dict[str, list[str]] = defaultdict(list)
    for row in found:
        body = row["body"]
        if body["state_before"] is not None and body["state_before"] != body["state_after"]:
            steps[body["draft_id"]].append(body["state_after"])
    for row in committed.values():
        states = steps[str(row["id"])]
        assert (states.count("committing"), states.count("committed")) == (1, 1), states
        assert states.index("confirmed") < states.index("committing") < states.index("committed")
