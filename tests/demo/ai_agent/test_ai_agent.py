"""The demo's AI agent, in front of a hub that is played: what it calls and says, and when it is silent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, web

from hub.demo.ai_agent import agent as rules
from hub.demo.ai_agent.agent import AiAgent
from hub.demo.ai_agent.client import AiClient
from hub.demo.ai_agent.script import asked_code

Json = dict[str, Any]
DRAFT: Json = {
    "draft_id": "d-1", "state": "awaiting_confirmation", "amount": "1450.00", "currency": "USD",
    "confirmation": {"status": "awaiting", "confirmation_token": None}, "transaction_id": None,
}  # fmt: skip


class Hub:
    """Plays `/ai/v1`: `answers` are what each tool answers next; `drafts` what a draft looks like next."""

    def __init__(self) -> None:
        self.inbound: list[str] = []
        self.said: list[str] = []
        self.calls: list[tuple[str, Json]] = []
        self.answers: dict[str, list[tuple[int, Json]]] = {}
        self.drafts: list[Json] = []
        self.detached = False
        self.url = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/ai/v1/sessions", self._session)
        app.router.add_get("/ai/v1/conversations/c-1/messages", self._messages)
        app.router.add_post("/ai/v1/conversations/c-1/messages", self._say)
        app.router.add_post("/ai/v1/tools/{name}/call", self._call)
        app.router.add_get("/ai/v1/drafts/d-1", self._draft)
        return app

    async def _session(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer the-key"
        return web.json_response({"token": "session", "customer_id": "cu-1"}, status=201)

    async def _messages(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer session"
        after = int(request.query["after"])
        data = [
            {"conversation_seq": n, "direction": "inbound", "untrusted_text": text}
            for n, text in enumerate(self.inbound, start=1)
            if n > after
        ]
        return web.json_response({"data": data, "next_cursor": None})

    async def _say(self, request: web.Request) -> web.Response:
        if self.detached:
            return web.json_response({"code": "ai_detached"}, status=409)
        self.said.append((await request.json())["text"])
        return web.json_response({}, status=201)

    async def _call(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.calls.append((name, (await request.json())["arguments"]))
        status, body = self.answers[name].pop(0)
        return web.json_response(body, status=status)

    async def _draft(self, request: web.Request) -> web.Response:
        return web.json_response(self.drafts.pop(0) if len(self.drafts) > 1 else self.drafts[0])


Play = Callable[[str], Awaitable[list[str]]]


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    hub = Hub()
    runner = web.AppRunner(hub.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield hub
    await runner.cleanup()


@pytest.fixture
async def play(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Play]:
    """Has the agent answer one message; returns what was told."""
    monkeypatch.setattr(rules, "WAIT", 0.005)
    async with ClientSession() as session:

        async def run(text: str) -> list[str]:
            told: list[str] = []
            hub.inbound.append(text)
            client = AiClient(session, hub.url, "the-key", "c-1")
            await AiAgent(client, lambda word, line: told.append(f"{word} {line.partition(' …')[0]}")).run(0.05)
            return told

        yield run


def good(result: Json, status: str = "ok") -> tuple[int, Json]:
    return (200 if status == "ok" else 202), {"status": status, "result": result}


async def test_a_transaction_is_looked_up(hub: Hub, play: Play) -> None:
    found = {"amount": {"amount": "220.00", "currency": "USD"}, "status": "pending"}
    hub.answers["get_transaction_status"] = [good({"transaction": found})]
    assert await play("Where is TX-9A, please?") == ["ai get_transaction_status TX-9A"]
    assert hub.calls == [("get_transaction_status", {"transaction_id": "TX-9A"})]
    assert hub.said == ["TX-9A over 220.00 USD is pending."]


async def test_a_large_payment_waits_for_the_customer_and_a_person(hub: Hub, play: Play) -> None:
    confirmed = {**DRAFT, "state": "confirmed", "confirmation": {"status": "given", "confirmation_token": "cft_1"}}
    hub.answers["create_transaction_draft"] = [good(DRAFT)]
    hub.answers["commit_transaction"] = [good(DRAFT, "pending_approval")]
    hub.drafts = [DRAFT, confirmed, {**confirmed, "state": "awaiting_approval"}]
    hub.drafts.append({**confirmed, "state": "committed", "transaction_id": "TX-1"})
    told = await play("Please send 1450.00 USD to Nora Lind")
    assert told[1:] == [
        "yes the customer confirmed 1450.00 USD",
        "ai commit_transaction 1450.00 USD",
        "hold commit_transaction 1450.00 USD waits for a person",
    ]
    (_, asked), (_, commit) = hub.calls
    assert asked == {
        "customer_id": "cu-1", "amount": "1450.00", "currency": "USD", "description": "Transfer to Nora Lind",
    }  # fmt: skip
    assert commit == {"draft_id": "d-1", "confirmation_token": "cft_1"}
    assert hub.said[-1] == "Done: 1450.00 USD is on its way, as TX-1."


async def test_nothing_is_committed_that_was_declined(hub: Hub, play: Play) -> None:
    hub.answers["create_transaction_draft"] = [good(DRAFT)]
    hub.drafts = [{**DRAFT, "state": "cancelled"}]
    await play("send 20 USD to Tom")
    assert [name for name, _ in hub.calls] == ["create_transaction_draft"]
    assert hub.said == ["All right, nothing was transferred."]


async def test_it_gives_up_when_the_circuit_is_open(hub: Hub, play: Play) -> None:
    failed = (502, {"code": "integration_error", "status": 502})
    hub.answers["search_tickets"] = [failed, failed, (503, {"code": "integration_circuit_open", "status": 503})]
    told = await play("What became of my tickets?")
    assert told[-1].startswith("open the circuit of ticketing is open")
    assert len(hub.calls) == 3
    assert hub.said == ["Our ticketing system does not answer right now. A colleague will get back to you."]


async def test_it_is_silent_once_a_person_has_the_conversation(hub: Hub, play: Play) -> None:
    hub.answers["search_tickets"] = [good({"tickets": []})]
    hub.detached = True
    assert (await play("my tickets?"))[-1] == "ai a person has the conversation: the agent is silent"
    assert hub.said == []


def test_the_code_stands_in_the_hubs_question() -> None:
    asked = {"type": "interactive", "text": "Press Confirm, or reply with the code 012345.", "metadata": {}}
    assert asked_code({"content": asked}) == "012345"
    assert asked_code({"content": {"type": "text", "text": "123456"}}) is None


def test_what_the_rules_understand() -> None:
    assert rules.PAYMENT.search("Please send 240.00 USD to Elena Rossi")
    assert not rules.PAYMENT.search("send money")
