"""Drafts of transactions around a running hub: an AI makes and commits them, customers answer, supervisors decide."""

import itertools
from decimal import Decimal
from typing import Any

from attrs import define

from hub.demo.whatsapp.chat import Bubble
from tests.acceptance.agent import Agent, Answer, Json
from tests.acceptance.ai_kit import Company, Talk
from tests.acceptance.stage import PASSWORD, Stage, eventually

PATIENCE = 60.0

_supervisors = itertools.count(1)


@define
class Purchase:
    """One draft in a conversation."""

    talk: Talk
    id: str
    token: str = ""

    @property
    def stage(self) -> Stage:
        """The hub around it."""
        return self.talk.stage

    async def seen(self) -> Json:
        """As the AI sees it, without spending a call."""
        answer = await self.talk.request("GET", f"drafts/{self.id}")
        assert answer.status == 200, answer.raw
        found: Json = answer.json
        return found

    async def until(self, *states: str, patience: float = PATIENCE) -> Json:
        """The draft once it has got there."""

        async def look() -> Json | None:
            found = await self.seen()
            return found if found["state"] in states else None

        found: Json | None = await eventually(look, patience)
        assert found is not None
        return found

    async def row(self) -> Any:
        """The draft's row."""
        (found,) = await self.stage.rows("select * from transaction_drafts where id = $1::uuid", self.id)
        return found

    async def question(self) -> Bubble:
        """The hub's question as it is on the customer's phone."""
        nonce, chat = (await self.row())["nonce"], self.talk.customer.chat

        async def look() -> Bubble | None:
            asked = (bubble for bubble in chat.received() for button in bubble.buttons() if nonce in button["id"])
            return next(asked, None)

        found: Bubble | None = await eventually(look, PATIENCE)
        assert found is not None
        return found

    async def press(self, button: int = 0) -> None:
        """The customer presses Confirm (0) or Cancel (1)."""
        question = await self.question()
        pressed = question.buttons()[button]
        await self.talk.customer.press(pressed["id"], pressed["title"], of=question.wamid)

    async def agree(self) -> "Purchase":
        """The customer presses Confirm, and the AI is told the token."""
        await self.press()
        confirmed = await self.until("confirmed")
        self.token = confirmed["confirmation"]["confirmation_token"]
        self.stage.planted.append(self.token)
        return self

    async def commit(self, token: str | None = None, talk: Talk | None = None) -> Answer:
        """The AI commits."""
        arguments = {"draft_id": self.id, "confirmation_token": self.token if token is None else token}
        return await (talk or self.talk).call("commit_transaction", arguments)

    async def approval(self, supervisor: Agent) -> Json:
        """What waits for a supervisor."""

        async def look() -> Json | None:
            page = await supervisor.get("approvals")
            return next((one for one in page["data"] if one["draft_id"] == self.id), None)

        found: Json | None = await eventually(look)
        assert found is not None
        return found

    async def hurry(self, interval: str) -> None:
        """What is due in so long is due now: the row's own times are moved back."""
        columns = ("due", "expires_at", "confirmed_until", "approval_until", "searched_since", "claimed_until")
        moved = ", ".join(f"{name} = {name} - $2::text::interval" for name in columns)
        await self.stage.rows(f"update transaction_drafts set {moved} where id = $1::uuid", self.id, interval)
        for table in ("transaction_tokens", "transaction_approvals"):
            moved = f"update {table} set expires_at = expires_at - $2::text::interval where draft_id = $1::uuid"
            await self.stage.rows(moved, self.id, interval)


def money(minor: int) -> str:
    """Cents as an amount."""
    return str(Decimal(minor).scaleb(-2))


async def wish(talk: Talk, amount: str = "60.00", **given: Any) -> Answer:
    """The AI asks for a draft."""
    arguments = {"customer_id": "$customer", "amount": amount, "description": "Two chairs", **given}
    return await talk.call("create_transaction_draft", arguments)


async def purchase(talk: Talk, amount: str = "60.00") -> Purchase:
    """A draft that the customer was asked about."""
    answer = await wish(talk, amount)
    assert answer.status == 200, answer.raw
    return Purchase(talk, answer.json["result"]["draft_id"])


async def supervisor(company: Company) -> Agent:
    """A supervisor of the sales team who took part in nothing."""
    stage, email = company.stage, f"supervisor{next(_supervisors)}@example.com"
    body = {"email": email, "name": "Sol", "role": "supervisor", "password": PASSWORD}
    made = await company.root.request("POST", "/api/v1/users", body)
    assert made.status == 201, made.raw
    team = next(each for each in (await company.root.get("teams"))["data"] if each["name"] == "Support")
    joined = await company.root.request("PUT", f"/api/v1/teams/{team['id']}/members/{made.json['id']}")
    assert joined.status < 300, joined.raw
    return await stage.login(email)


async def decide(agent: Agent, approval: Json, verdict: str, draft_hash: str | None = None) -> Answer:
    """A supervisor's word."""
    headers = {"If-Match": f'"{draft_hash or approval["draft_hash"]}"'}
    return await agent.request("POST", f"/api/v1/approvals/{approval['id']}/{verdict}", {}, **headers)
