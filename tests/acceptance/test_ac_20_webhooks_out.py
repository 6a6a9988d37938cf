"""AC-20: what an endpoint asked for reaches it, whatever happens to either side: all, in order per conversation, under
a stable id and a signature that can be verified; what is given up can be had again."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.acceptance.agent import Agent, Json
from tests.acceptance.receiver import Receiver, signed_with, takes
from tests.acceptance.stage import ROOT, Stage, eventually

OPTIONS = {
    "webhooks.private_networks": "127.0.0.0/8",
    "webhooks.look": "100ms",
    "webhooks.timeout": "1s",
    "webhooks.lease": "4s",
    "webhooks.tries": "25",
    "webhooks.retry_first": "50ms",
    "webhooks.retry_most": "200ms",
    "webhooks.rest_most": "200ms",
}
TYPES = ["message.received", "message.sent", "message.status"]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    yield receiver
    await receiver.down()


@pytest.fixture
async def root(stage: Stage) -> AsyncIterator[Agent]:
    agent = await stage.login(ROOT)
    yield agent
    for webhook in (await agent.get("webhooks"))["data"]:
        assert (await agent.request("DELETE", f"/api/v1/webhooks/{webhook['id']}")).status == 204


async def ask(root: Agent, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    answer = await root.request(method, f"/api/v1/webhooks{path}", body)
    assert answer.status == status, answer.raw
    return answer.json if answer.raw else None


async def subscribe(root: Agent, receiver: Receiver, **given: Any) -> Json:
    webhook: Json = await ask(root, "POST", "", {"url": receiver.url, "event_types": TYPES, **given}, 201)
    return webhook


async def logged(stage: Stage, webhook: Json) -> list[Json]:
    """The events that the endpoint is to be told of, in the order of the log."""
    return await stage.rows(
        "select seq, id::text, conversation_id::text from events where seq > $1 and type = any($2) order by seq",
        webhook["seq"],
        TYPES,
    )


async def talk(stage: Stage, root: Agent, customers: int, messages: int) -> None:
    """So many customers write in turns, and each is answered once."""
    people = [(await stage.conversation(root))[0] for _ in range(customers)]
    for n in range(messages):
        for customer in people:
            await customer.say(f"Mais uma pergunta, a de número {n}")
    await stage.world.quiet()
    for customer in people:
        conversation = await root.conversation_of(customer.identity.name)
        await root.say(conversation["id"], "Obrigada, já vejo isso")
    await stage.sent_out()
    await stage.world.quiet()


async def complete(stage: Stage, receiver: Receiver, webhook: Json) -> None:
    """All arrived, in order per conversation, signed, each under one id with one content."""
    wanted = await logged(stage, webhook)
    assert wanted
    await receiver.has(len(wanted))
    by_conversation: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for told in receiver.first():
        by_conversation[told["conversation_id"]].append((told["seq"], told["id"]))
    expected: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in wanted:
        expected[row["conversation_id"]].append((row["seq"], row["id"]))
    assert by_conversation == expected
    contents: dict[str, set[bytes]] = defaultdict(set)
    for arrival in receiver.arrivals:
        assert signed_with(webhook["secret"], arrival.headers, arrival.raw)
        assert arrival.id == arrival.body["id"]
        contents[arrival.id].add(arrival.raw)
    assert all(len(bodies) == 1 for bodies in contents.values())


async def test_a_receiver_that_is_down_while_the_hub_is_killed_gets_everything(
    stage: Stage, root: Agent, receiver: Receiver
) -> None:
    webhook = await subscribe(root, receiver)
    await talk(stage, root, customers=3, messages=3)
    stage.hub.kill()
    await stage.hub.start()
    root.token = (await stage.login(ROOT)).token
    pending = await ask(root, "GET", f"/{webhook['id']}/deliveries?state=pending&limit=200")
    assert len(pending["data"]) == len(await logged(stage, webhook))
    assert any(one["attempts"] and one["last_reason"] == "connection" for one in pending["data"])
    await receiver.up()
    await complete(stage, receiver, webhook)
    assert (await ask(root, "GET", f"/{webhook['id']}"))["failing_since"] is None


async def test_a_hub_that_is_killed_while_it_delivers_repeats_and_loses_nothing(
    stage: Stage, root: Agent, receiver: Receiver
) -> None:
    async def slowly(told: Json) -> web.Response:
        await asyncio.sleep(0.1)
        return await takes(told)

    receiver.habit = slowly
    await receiver.up()
    webhook = await subscribe(root, receiver)
    await talk(stage, root, customers=3, messages=3)
    await receiver.has(4)
    stage.hub.kill()
    receiver.habit = takes
    await stage.hub.start()
    root.token = (await stage.login(ROOT)).token
    await complete(stage, receiver, webhook)


async def test_a_receiver_that_fails_in_every_way_gets_everything_in_order(
    stage: Stage, root: Agent, receiver: Receiver
) -> None:
    tries: dict[str, int] = defaultdict(int)

    async def badly(told: Json) -> web.Response:
        tries[told["id"]] += 1
        match (told["seq"] % 4, tries[told["id"]]):
            case (0, 1 | 2):
                return web.Response(status=500, text="no" * 50_000)
            case (1, 1):
                return web.Response(status=302, headers={"Location": f"{receiver.url}&moved"})
            case (2, 1):
                return web.Response(status=429, headers={"Retry-After": "0"})
            case (3, 1) if told["type"] == "message.received":
                await asyncio.sleep(1.5)
        return await takes(told)

    receiver.habit = badly
    await receiver.up()
    webhook = await subscribe(root, receiver)
    await talk(stage, root, customers=3, messages=2)
    await complete(stage, receiver, webhook)
    assert not [one for one in receiver.arrivals if "moved" in str(one.headers)]
    listed = (await ask(root, "GET", f"/{webhook['id']}/deliveries?limit=200"))["data"]
    assert {one["state"] for one in listed} == {"delivered"}
    assert {one["attempts"] for one in listed if one["seq"] % 4 == 0} == {3}


async def test_410_disables_and_enabling_goes_on_where_it_stopped(
    stage: Stage, root: Agent, receiver: Receiver
) -> None:
    async def gone(_told: Json) -> web.Response:
        return web.Response(status=410)

    receiver.habit = gone
    await receiver.up()
    webhook = await subscribe(root, receiver)
    await talk(stage, root, customers=1, messages=1)

    async def disabled() -> Any:
        now = await ask(root, "GET", f"/{webhook['id']}")
        return now if not now["enabled"] else None

    assert (await eventually(disabled))["disabled_reason"] == "gone"
    came = len(receiver.arrivals)  # more than one only if an answer came too late
    assert len({arrival.headers["webhook-id"] for arrival in receiver.arrivals}) == 1
    await talk(stage, root, customers=1, messages=1)
    assert len(receiver.arrivals) == came
    assert (await root.request("POST", f"/api/v1/webhooks/{webhook['id']}/test")).status == 409
    receiver.habit = takes
    await ask(root, "PATCH", f"/{webhook['id']}", {"enabled": True})
    await complete(stage, receiver, webhook)


async def test_what_was_given_up_is_kept_and_can_be_had_again(stage: Stage, root: Agent, receiver: Receiver) -> None:
    async def refuses(told: Json) -> web.Response:
        return web.Response(status=400, text=f"no, not {told['type']}")

    receiver.habit = refuses
    await receiver.up()
    webhook = await subscribe(root, receiver, event_types=["message.received"])
    path = f"/{webhook['id']}/deliveries"
    await stage.conversation(root)

    async def dead() -> Any:
        return (await ask(root, "GET", f"{path}?state=dead"))["data"]

    (given_up,) = await eventually(dead, 40.0)
    assert (given_up["attempts"], given_up["last_status"], given_up["last_reason"]) == (25, 400, "status")
    full = await ask(root, "GET", f"{path}/{given_up['id']}")
    assert full["response"] == {"status": 400, "body": "no, not message.received"}
    assert full["request"]["headers"]["webhook-id"] == given_up["id"]
    assert "signature" not in str(full)
    assert webhook["secret"] not in str(full)
    receiver.habit = takes
    assert (await ask(root, "POST", f"{path}/{given_up['id']}/replay", status=202))["state"] == "pending"
    await receiver.has(1)
    assert receiver.taken[0].id == given_up["id"]
    again = await ask(root, "POST", f"/{webhook['id']}/replay", {"from_seq": webhook["seq"] + 1}, 202)
    assert (again["count"], again["last_seq"], again["more"]) == (1, given_up["seq"], False)

    async def twice() -> bool:
        return len(receiver.taken) == 2

    await eventually(twice)


async def test_a_secret_is_replaced_without_a_gap(stage: Stage, root: Agent, receiver: Receiver) -> None:
    await receiver.up()
    webhook = await subscribe(root, receiver)
    replaced = await ask(root, "POST", f"/{webhook['id']}/rotate-secret")
    assert replaced["secret"] != webhook["secret"]
    assert "secret" not in await ask(root, "GET", f"/{webhook['id']}")
    await ask(root, "POST", f"/{webhook['id']}/test", status=202)
    await receiver.has(1)
    (arrival,) = receiver.taken
    assert arrival.body["type"] == "webhook.test"
    for secret in (webhook["secret"], replaced["secret"]):
        assert signed_with(secret, arrival.headers, arrival.raw)
    assert not signed_with(replaced["secret"], arrival.headers, arrival.raw + b" ")
    stage.planted += [webhook["secret"], replaced["secret"]]
    assert await stage.metric('hub_webhook_deliveries_total{outcome="delivered"}') >= 1


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "http://[::1]/",
        "https://user:secret@example.com/",
        "ftp://example.com/",
        "javascript:alert(1)",
    ],
)
async def test_an_address_inside_is_refused(root: Agent, url: str) -> None:
    answer = await root.request("POST", "/api/v1/webhooks", {"url": url, "event_types": TYPES})
    assert answer.status == 422
    assert answer.json["errors"][0]["path"] == "$.url"
