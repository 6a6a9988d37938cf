"""A team that sells, its supervisor, and the company's AI agent at work in its conversations."""

import itertools
from typing import Any

from attrs import define, frozen

from hub.demo.ai_agent import AiClient
from hub.demo.whatsapp import Customer
from tests.acceptance.agent import PATIENCE, Agent
from tests.acceptance.stage import ANA, PASSWORD, ROOT, Stage, eventually

Json = dict[str, Any]

_numbers = itertools.count(1)


@frozen
class Asked:
    """A conversation in which the AI agent waits for a person's approval, and what it is about."""

    customer: Customer
    conversation_id: str
    ai: AiClient
    draft_id: str
    approval: Json


@define
class Sales:
    """The team. `supervisor` is an e-mail address; `root`, an administrator, owns the AI agent's key."""

    stage: Stage
    root: Agent
    team: Json
    supervisor: str
    key: str

    @classmethod
    async def found(cls, stage: Stage) -> "Sales":
        """A new team: with a supervisor of its own, and Ana."""
        number, root = next(_numbers), await stage.login(ROOT)
        team = await _made(root, "teams", {"name": f"Sales {number}", "kind": "sales"})
        email = f"sofia{number}@example.com"
        body = {"email": email, "name": "Sofia", "role": "supervisor", "password": PASSWORD}
        sofia, ana = await _made(root, "users", body), (await stage.login(ANA)).user
        for user in (sofia, ana):
            answer = await root.request("PUT", f"/api/v1/teams/{team['id']}/members/{user['id']}")
            assert answer.status in (200, 204), answer.raw
        key = await _made(root, "api-keys", {"name": "Assistant", "scope": "ai"})
        return cls(stage, root, team, email, key["secret"])

    async def conversation(self, text: str = "Quero pagar a fatura 88") -> tuple[Customer, AiClient]:
        """A new customer of the team, and the AI agent in a session with them."""
        customer, id = await self.stage.conversation(self.root, text)
        current = await self.root.request("GET", f"/api/v1/conversations/{id}")
        headers = {"If-Match": current.headers["ETag"]}
        body = {"team_id": self.team["id"]}
        moved = await self.root.request("PATCH", f"/api/v1/conversations/{id}", body, **headers)
        assert moved.status == 200, moved.raw
        ai = AiClient(self.stage.session, self.stage.hub.url, self.key, id)
        await ai.open()
        return customer, ai

    async def asked(self, amount: str, description: str = "Supplier invoice 88") -> Asked:
        """The AI agent has drafted this amount, the customer has confirmed it, and a person has to approve."""
        customer, ai = await self.conversation()
        wish = {"customer_id": ai.customer_id, "amount": amount, "currency": "USD", "description": description}
        made = await ai.call("create_transaction_draft", wish)
        assert made.status == "ok", made.body
        draft_id = made.result["draft_id"]
        question = await customer.next_message(0, PATIENCE)
        button = question.buttons()[0]
        await customer.press(button["id"], button["title"], of=question.wamid)

        async def token() -> str | None:
            found: str | None = (await ai.draft(draft_id))["confirmation"]["confirmation_token"]
            return found

        confirmed = {"draft_id": draft_id, "confirmation_token": await eventually(token)}
        waits = await ai.call("commit_transaction", confirmed)
        assert waits.status == "pending_approval", waits.body
        return Asked(customer, ai.conversation_id, ai, draft_id, await self._approval(draft_id))

    async def _approval(self, draft_id: str) -> Json:
        waiting = (await self.root.get("approvals"))["data"]
        found: Json = next(approval for approval in waiting if approval["draft_id"] == draft_id)
        return found


async def _made(root: Agent, what: str, body: Json) -> Json:
    answer = await root.request("POST", f"/api/v1/{what}", body)
    assert answer.status == 201, answer.raw
    made: Json = answer.json
    return made
