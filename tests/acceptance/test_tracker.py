"""A ticketing system of another shape: the profile for Roundup in docs/integrations.md, and a tracker that is one."""

import re
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.agent import Agent
from tests.acceptance.ai_kit import Company, Talk
from tests.acceptance.ports import free_port
from tests.acceptance.stage import Stage
from tests.acceptance.tracker import BASE, Tracker

DOCUMENT = (Path(__file__).parents[2] / "docs/integrations.md").read_text()
PORT, USER, PASSWORD = free_port(), "hub", "acceptance-tracker-password"
ORIGIN = f"http://127.0.0.1:{PORT}"


def profile() -> dict[str, str]:
    """The document's settings as options, with this tracker's address and user."""
    (written,) = (each for each in re.findall(r"^```toml\n(.*?)^```$", DOCUMENT, re.M | re.S) if "ROUNDUP" in each)
    given = tomllib.loads(written)["integrations"]["ticketing"]
    given |= {"base_url": ORIGIN + BASE, "api_key": Tracker(USER, PASSWORD, ORIGIN).authorization}
    given["headers"] = {name: ORIGIN if name == "Origin" else word for name, word in given["headers"].items()}
    paths = {f"paths.{name}": path for name, path in given.pop("paths").items()}
    return {f"integrations.ticketing.{name}": _option(value) for name, value in {**given, **paths}.items()}


def _option(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}" = "{word}"' for name, word in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else str(value)


OPTIONS = {**profile(), "integrations.ticketing.cache_ttl": "0", "circuits.failures": "50"}


@pytest.fixture
async def tracker(stage: Stage) -> AsyncIterator[Tracker]:
    made = Tracker(USER, PASSWORD, ORIGIN)
    stage.planted.append(made.authorization.removeprefix("Basic "))
    await made.start(PORT)
    yield made
    await made.stop()


@pytest.fixture
async def company(stage: Stage) -> Company:
    return await Company.of(stage)


@pytest.fixture
async def talk(company: Company) -> Talk:
    return await company.talk()


async def tickets(agent: Agent, talk: Talk, query: str = "") -> list[tuple[str, str, str]]:
    """Id, subject and status of the customer's tickets."""
    found = (await agent.get(f"customers/{talk.customer_id}/tickets{query}"))["data"]
    return [(each["id"], each["subject"], each["status"]) for each in found]


async def test_tickets_are_made_found_read_and_commented_on(tracker: Tracker, talk: Talk) -> None:
    agent = talk.agent
    wanted = {"subject": "The parcel is late", "description": "Since May", "conversation_id": talk.conversation_id}
    made = await agent.request("POST", "/api/v1/tickets", {"customer_id": talk.customer_id, **wanted})
    assert made.status == 201, made.raw
    id = made.json["id"]
    assert tracker.items["issue"][id] == {
        "status": "unread",
        "title": "The parcel is late",
        "description": "Since May",
        "customer": talk.customer_id,
        "conversation": talk.conversation_id,
    }
    shown = await agent.get(f"tickets/{id}")
    assert (shown["subject"], shown["description"], shown["status"], shown["provider_status"]) == (
        "The parcel is late",
        "Since May",
        "open",
        "unread",
    )
    tracker.items["issue"][id]["status"] = "need-eg"
    assert await tickets(agent, talk) == [(id, "The parcel is late", "pending")]
    assert await tickets(agent, talk, "?status=open") == []
    commented = await agent.request("POST", f"/api/v1/tickets/{id}/comments", {"body": "Called them."})
    assert commented.status == 201, commented.raw
    assert list(tracker.items["comment"].values()) == [{"issue": id, "body": "Called them."}]


async def test_an_ai_agent_sees_its_customers_tickets_and_no_others(tracker: Tracker, talk: Talk) -> None:
    """The tracker finds the customer's id in a longer one too."""
    mine = tracker.add("issue", title="The parcel is late", customer=talk.customer_id)
    done = tracker.add("issue", title="Invoice", customer=talk.customer_id, status="done-cbb")
    over = tracker.add("issue", title="Address", customer=talk.customer_id, status="resolved")
    tracker.add("issue", title="Not theirs", customer=talk.customer_id + "-2")
    found = (await talk.search()).json["result"]["tickets"]
    assert {each["id"]: each["status"] for each in found} == {mine: "open", done: "resolved", over: "resolved"}
    answer = await talk.call("search_tickets", {"customer_id": "$customer", "status": "resolved"})
    found = answer.json["result"]["tickets"]
    assert {each["id"]: each["subject"]["untrusted_text"] for each in found} == {done: "Invoice", over: "Address"}


async def test_what_is_not_there_or_not_to_be_had(tracker: Tracker, talk: Talk) -> None:
    agent = talk.agent
    assert (await agent.request("GET", "/api/v1/tickets/99")).status == 404
    tracker.password = "another"
    refused = await agent.request("GET", "/api/v1/tickets/1")
    assert (refused.status, refused.json["code"]) == (502, "integration_error")


async def test_a_ticket_whose_answer_is_lost_is_not_made_twice(tracker: Tracker, talk: Talk) -> None:
    """The tracker knows no keys, so the hub does not ask again."""
    tracker.mute = True
    wanted = {"customer_id": talk.customer_id, "subject": "The parcel is late"}
    lost = await talk.agent.request("POST", "/api/v1/tickets", wanted)
    assert lost.status >= 500, lost.raw
    tracker.mute = False
    assert [subject for _, subject, _ in await tickets(talk.agent, talk)] == ["The parcel is late"]
