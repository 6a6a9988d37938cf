"""Customers who buy from an AI agent in one conversation each, and a supervisor, around a hub that may be away."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from attrs import define, field

from hub.bench.ai import Ai, Line
from hub.bench.load import chance
from hub.bench.stage import bearer
from hub.bench.wire import once, request
from hub.transaction.state import FINAL

AMOUNTS = ("15.00", "15.00", "120.00", "400.00", "999.99", "1000.01", "2500.00")
REFUSALS = 0.15
VERDICTS = ("approve", "approve", "approve", "reject")
PAUSE = 0.1
"""Seconds between looks at a draft."""

PATIENCE = 10.0
"""Seconds for one answer; then it is taken for lost."""

LOOKS = 200
"""Looks at one draft; then its customer begins with another."""


@define
class Market:
    """Everybody who buys, and the supervisor. `agreed` are the orders that customers agreed to. Once it `closes`,
    customers bring the order they are at to its end, and begin no other."""

    ai: Ai
    chance: random.Random = field(factory=lambda: chance(7))
    agreed: set[str] = field(factory=set)
    closes: bool = False
    _numbers: Iterator[int] = field(factory=lambda: itertools.count(1))

    @asynccontextmanager
    async def trading(self, customers: int) -> AsyncIterator["asyncio.Future[None]"]:
        """So many customers buy in the background; the future is done when all have come to an end."""
        trade = asyncio.create_task(self._trade(self.ai.lines[:customers]))
        try:
            yield trade
        finally:
            trade.cancel()
            await asyncio.wait([trade])

    async def ask(self, asked: bytes) -> dict[str, Any]:
        """The answer's JSON; nothing while the hub is away."""
        try:
            async with asyncio.timeout(PATIENCE):
                found: dict[str, Any] = orjson.loads((await once(self.ai.measured.port, asked)).body)
        except OSError:
            return {}
        return found

    async def _trade(self, lines: Sequence[Line]) -> None:
        tasks = [asyncio.create_task(self._shop(line)) for line in lines]
        supervising = asyncio.create_task(self._supervise())
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in (supervising, *tasks):
                task.cancel()

    async def _shop(self, line: Line) -> None:
        """One order after the other in one conversation, and one at least."""
        bought = False
        while not (bought and self.closes):
            order, amount = f"Order {next(self._numbers)}", self.chance.choice(AMOUNTS)
            facts = {"customer_id": str(line.customer_id), "amount": amount, "description": order}
            made = await self.ask(self.ai.call("create_transaction_draft", line, **facts))
            # A refusal may name the draft that is still open, of an order whose answer was lost: that one goes on.
            if draft_id := made.get("result", made).get("draft_id"):
                await self._follow(line, draft_id)
                bought = True
            await asyncio.sleep(PAUSE)

    async def _follow(self, line: Line, draft_id: str) -> None:
        refuses, answered = self.chance.random() < REFUSALS, False
        for _ in range(LOOKS):
            seen = await self.ask(self.ai.look(line, draft_id))
            if seen.get("state") in FINAL:
                return
            if token := seen.get("confirmation", {}).get("confirmation_token"):
                commit = self.ai.call("commit_transaction", line, draft_id=draft_id, confirmation_token=token)
                await asyncio.gather(*(self.ask(commit) for _ in range(self.chance.choice((1, 1, 3)))))
            elif "description" in seen and not answered:
                answered = await self._answer(line, draft_id, None if refuses else seen["description"])
            await asyncio.sleep(PAUSE)

    async def _answer(self, line: Line, draft_id: str, order: str | None) -> bool:
        """The customer agrees to this order, or refuses; whether they were asked, and heard."""
        code = await self.ai.code(draft_id)
        if code and order:
            self.agreed.add(order)
        return code is not None and await self._heard(self.ai.says(line, code if order else "no"))

    async def _heard(self, webhook: bytes) -> bool:
        """Whether the hub has taken it; if not, it comes again."""
        try:
            async with asyncio.timeout(PATIENCE):
                return (await once(self.ai.measured.port, webhook)).status == 200
        except OSError:
            return False

    async def _supervise(self) -> None:
        """Decides on whatever comes, mostly for it."""
        token, kind = self.ai.colleagues.tokens[0], "application/json"
        while True:
            for one in (await self.ask(bearer("GET", "/api/v1/approvals", b"", token))).get("data", ()):
                path = f"/api/v1/approvals/{one['id']}/{self.chance.choice(VERDICTS)}"
                shown = {"If_Match": f'"{one["draft_hash"]}"', "Authorization": f"Bearer {token}"}
                await self.ask(request("POST", path, b"{}", Content_Type=kind, **shown))
            await asyncio.sleep(PAUSE)
