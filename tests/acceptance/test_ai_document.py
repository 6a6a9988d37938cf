"""docs/ai-agents.md, done as it says: each of its requests is made, and answered as it shows; and its example runs."""

import importlib.util
import itertools
import re
import shlex
from pathlib import Path
from typing import Any

from tests.acceptance.agent import Json
from tests.acceptance.ai_kit import Company
from tests.acceptance.stage import Stage, eventually

DOCUMENT = (Path(__file__).parents[2] / "docs/ai-agents.md").read_text()
EXAMPLE = Path(__file__).parents[2] / "docs/examples/ai_agent.py"

KNOWN = {"token": "TOKEN", "customer_id": "CUSTOMER", "draft_id": "DRAFT", "confirmation_token": "CONFIRMATION"}
"""Members of answers that later requests of the document need, and what it calls them."""


def blocks() -> list[tuple[str, list[tuple[str, str]]]]:
    """The document's blocks of requests: their mark, and each command with the answer that is shown."""
    found = re.findall(r"^```console hub ?(\w*)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    return [(mark, re.findall(r"^\$ (curl .*)\n(.*)$", block, re.MULTILINE)) for mark, block in found]


class Reader:
    """Somebody who types what the document says."""

    def __init__(self, stage: Stage, **names: str) -> None:
        self.stage, self.names = stage, {"HUB": stage.hub.url, **names}

    async def types(self, command: str, shown: str) -> None:
        """Makes the request, and compares its answer."""
        url, headers, body = _parsed(self._filled(command))
        method = "GET" if body is None else "POST"
        async with self.stage.session.request(method, url, headers=headers, data=body) as answer:
            said = await answer.text()
        pattern = ".*".join(re.escape(part) for part in shown.split("…"))
        assert re.fullmatch(pattern, said, re.DOTALL), f"{command}\n{said}"
        for member, name in KNOWN.items():
            if found := re.search(rf'"{member}":"([^"]+)"', said):
                self.names[name] = found[1]
        self.stage.planted += [self.names[name] for name in ("TOKEN", "CONFIRMATION") if name in self.names]

    def _filled(self, command: str) -> str:
        for name, value in self.names.items():
            command = command.replace(f"${name}", value)
        return command


def _parsed(command: str) -> tuple[str, dict[str, str], bytes | None]:
    words = shlex.split(command)
    headers = dict(word.split(": ", 1) for before, word in itertools.pairwise(words) if before == "-H")
    bodies = [word for before, word in itertools.pairwise(words) if before == "-d"]
    (url,) = [word for word in words if word.startswith("http")]
    return url, headers, bodies[0].encode() if bodies else None


async def test_the_document_does_what_it_shows(stage: Stage) -> None:
    company = await Company.of(stage)
    customer, conversation_id = await stage.conversation(company.agent)
    reader = Reader(stage, KEY=company.key, CONVERSATION=conversation_id)
    done = 0
    for mark, steps in blocks():
        if mark == "confirmed":
            await _confirms(stage, customer, reader.names["DRAFT"])
        for command, shown in steps:
            await reader.types(command, shown)
            done += 1
    assert done == 9
    assert len(stage.back_office.payments.commits) == 1


async def _confirms(stage: Stage, customer: Any, draft_id: str) -> None:
    """The customer presses the button on the phone."""

    async def asked() -> Any:
        return next((bubble for bubble in customer.inbox if bubble.buttons()), None)

    bubble = await eventually(asked)
    confirm = bubble.buttons()[0]
    await customer.press(confirm["id"], confirm["title"])

    async def confirmed() -> bool:
        state = await stage.value("select state from transaction_drafts where id = $1", draft_id)
        return bool(state == "confirmed")

    await eventually(confirmed)


def _example() -> Any:
    spec = importlib.util.spec_from_file_location("ai_agent", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_its_example_answers_a_customer_with_what_a_tool_said(stage: Stage) -> None:
    company = await Company.of(stage)
    customer, conversation_id = await stage.conversation(company.agent, "What became of my tickets?")
    offered: list[str] = []

    async def model(said: list[Json], tools: list[Json]) -> Json:
        offered[:] = [tool["function"]["name"] for tool in tools]
        if said[-1]["role"] == "user":
            assert said[-1]["content"] == "What became of my tickets?"
            asked = f'{{"customer_id":"{said[0]["content"].split()[4][:-1]}","status":null}}'
            call = {"id": "call-1", "function": {"name": "search_tickets", "arguments": asked}}
            return {"role": "assistant", "content": None, "tool_calls": [call]}
        assert '"status": "ok"' in said[-1]["content"]
        return {"role": "assistant", "content": "You have no open tickets."}

    agent = _example().HubAgent(stage.session, stage.hub.url, company.key, conversation_id)
    status, _ = await agent.run(model)
    assert status == 201
    assert "search_tickets" in offered

    async def arrived() -> bool:
        return any(bubble.text == "You have no open tickets." for bubble in customer.inbox)

    await eventually(arrived)
