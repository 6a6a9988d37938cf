"""A request that acts is repeated with its key: at once, later, and after the hub died. It is done once."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.acceptance.acts import ACTS
from tests.acceptance.agent import Agent, Answer
from tests.acceptance.ground import Act, Ground
from tests.acceptance.stage import ANA, BEN, ROOT, Stage, eventually

OPTIONS = {
    "webhooks.private_networks": "127.0.0.0/8",
    "webhooks.look": "100ms",
    # All acts wait at once for a lock that a test holds, as long as it takes until all are there.
    "database.pool_size": "40",
    "database.acquire": "1m",
    "database.command": "1m",
    "database.lock_timeout": "1m",
    "database.statement_timeout": "1m",
    "database.idle_in_transaction": "1m",
}

AT_ONCE = 8

WITHOUT_A_KEY = {
    "/api/v1/auth/login": "signs in; a second sign-in is wanted",
    "/api/v1/auth/refresh": "the cookie itself is good once",
    "/api/v1/auth/logout": "there is nothing to end twice",
    "/api/v1/users/{id}/password": "sets a state",
    "/api/v1/media": "keeps its own keys beside the file, tested with it",
    "/api/v1/realtime/tickets": "a ticket is good once and for a moment",
    "/api/v1/realtime/typing": "says a state that passes",
    "/webhooks/whatsapp/{channel}": "known by WhatsApp's own ids",
    "/webhooks/integrations/{name}": "known by the back ends' own ids",
    "/chat/v1/tokens": "says who a customer is; a second token is wanted",
    "/chat/v1/tickets": "a ticket is good once and for a moment",
    "/chat/v1/messages": "known by the app's own ids",
    "/chat/v1/receipts": "sets a state",
    "/chat/v1/typing": "says a state that passes",
    "/chat/v1/media": "keeps its own keys beside the file, tested with it",
    "/ai/v1/sessions": "signs in; a second session is wanted",
    "/ai/v1/tools/{name}/call": "takes keys of its own, per tool, tested with it",
    "/ai/v1/conversations/{id}/messages": "known by the AI agent's own ids",
}
"""POSTs that take no key, and why they need none."""


@pytest.fixture
async def ground(stage: Stage) -> Ground:
    return Ground(stage, await stage.login(ROOT))


async def test_every_post_that_acts_has_a_case(stage: Stage) -> None:
    async with stage.session.get(f"{stage.hub.url}/openapi.json") as answer:
        paths = (await answer.json())["paths"]
    posts = {path: methods["post"] for path, methods in paths.items() if "post" in methods}
    keyed = {p for p, post in posts.items() if any(x["name"] == "Idempotency-Key" for x in post.get("parameters", ()))}
    assert keyed == ACTS.keys()
    assert posts.keys() - keyed == WITHOUT_A_KEY.keys()


def shown(answer: Answer) -> Any:
    """The body without what is shown once only."""
    return {name: value for name, value in answer.json.items() if name != "secret"}


@pytest.mark.parametrize("path", ACTS)
async def test_repeated_at_once_and_later(ground: Ground, path: str) -> None:
    act, key = await ACTS[path](ground), str(uuid4())
    answers = await asyncio.gather(*(act.ask(ground.agent, key) for _ in range(AT_ONCE)))
    done = [answer for answer in answers if answer.status < 300]
    waiting = [answer for answer in answers if answer.status >= 300]
    assert done, answers[0].raw
    assert {(answer.status, answer.json["code"]) for answer in waiting} <= {(409, "idempotency_in_flight")}
    assert all("Retry-After" in answer.headers for answer in waiting)
    assert sum("Idempotent-Replayed" not in answer.headers for answer in done) == 1
    again = await act.ask(ground.agent, key)
    assert (again.status, shown(again)) == (done[0].status, shown(done[0]))
    assert all(shown(answer) == shown(again) for answer in done)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await act.effects(ground.stage) == 1
    other = await act.ask(ground.agent, key, {"another": "request"})
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    assert await act.effects(ground.stage) == 1


async def test_a_key_is_its_senders_own(stage: Stage) -> None:
    act, key = await ACTS["/api/v1/conversations/{id}/notes"](Ground(stage, await stage.login(ROOT))), str(uuid4())
    answers = [await act.ask(await stage.login(email), key) for email in (ANA, BEN)]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json["id"] != answers[1].json["id"]
    assert await act.effects(stage) == 2


# The hub dies

SLOW = """
create or replace function held_up() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(4711);
    return new;
end $$;
create or replace trigger held_up before update on idempotency_keys
for each row when (new.status is not null) execute function held_up()
"""
"""A database that is slow to keep answers: it waits for whoever holds the lock."""


@pytest.fixture
async def no_answer_is_kept(stage: Stage) -> AsyncIterator[None]:
    """Effects happen as ever, but no answer is kept and none is given."""
    await stage.database.execute(SLOW)
    await stage.database.execute("select pg_advisory_lock(4711)")
    yield
    await stage.database.execute("select pg_advisory_unlock_all()")
    await stage.database.execute("drop trigger if exists held_up on idempotency_keys")


async def unheard(act: Act, agent: Agent, key: str) -> Answer | None:
    """Asks; the answer may never come."""
    try:
        return await act.ask(agent, key)
    except aiohttp.ClientError:
        return None


async def die(stage: Stage) -> None:
    """As with a power failure: the process is gone, and what it had open in the database."""
    stage.hub.kill()
    await stage.database.execute(
        "select pg_terminate_backend(pid, 2000) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )


async def time_passes(stage: Stage) -> None:
    """As long as a first request is taken to be under way. The hub measures it by the age of the key."""
    await stage.database.execute("update idempotency_keys set created_at = created_at - interval '2 minutes'")


async def done_once(stage: Stage, acts: dict[str, Act], agent: Agent, keys: dict[str, str]) -> None:
    """Each is repeated until it is answered well, and has been done once."""
    for path, act in acts.items():
        answer = await act.ask(agent, keys[path])
        assert answer.status < 300, (path, answer.raw)
        again = await act.ask(agent, keys[path])
        assert again.headers.get("Idempotent-Replayed") == "true", path
        assert (again.status, shown(again)) == (answer.status, shown(answer)), path
        assert await act.effects(stage) == 1, path


async def test_the_hub_dies_between_every_effect_and_its_answer(ground: Ground, no_answer_is_kept: None) -> None:
    stage, agent = ground.stage, ground.agent
    acts = {path: await make(ground) for path, make in ACTS.items()}
    keys = {path: str(uuid4()) for path in acts}
    asked = [asyncio.create_task(unheard(act, agent, keys[path])) for path, act in acts.items()]

    async def all_wait() -> bool:
        # for their answers to be kept, or, as the audit takes one row at a time, for another one who waits for that
        waiting = (
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            " and (query like '%update idempotency_keys%' or query like '%audit_append%')"
        )
        return bool(await stage.value(waiting) == len(acts))

    await eventually(all_wait)
    await die(stage)
    assert await asyncio.gather(*asked) == [None] * len(acts)
    await stage.database.execute("select pg_advisory_unlock_all()")
    await stage.hub.start()
    early = await acts["/api/v1/teams"].ask(agent, keys["/api/v1/teams"])
    assert (early.status, early.json["code"]) == (409, "idempotency_in_flight")
    await time_passes(stage)
    await done_once(stage, acts, agent, keys)


@pytest.mark.parametrize("seed", range(3))
async def test_the_hub_dies_at_any_moment(ground: Ground, seed: int) -> None:
    stage, agent, chance = ground.stage, ground.agent, random.Random(seed)
    acts = {path: await make(ground) for path, make in ACTS.items()}
    keys = {path: str(uuid4()) for path in acts}
    asked = [asyncio.create_task(unheard(act, agent, keys[path])) for path, act in acts.items()]
    await asyncio.sleep(chance.uniform(0.005, 0.15))
    await die(stage)
    await asyncio.gather(*asked)
    await stage.hub.start()
    await time_passes(stage)
    await done_once(stage, acts, agent, keys)
