"""Lists over many open conversations: every order and filter, and both lists and pushes while agents are at work."""

import asyncio
import time

import orjson

from hub.bench import wire
from hub.bench.crowd import Agent, Crowd, Lost
from hub.bench.load import OpenLoop, chance
from hub.bench.people import Agents
from hub.bench.samples import percentile
from hub.bench.stage import Measured, Stage
from hub.bench.streams import open_socket
from hub.bench.wire import Connection, connect

AGENTS, TEAMS = 50, 5

USUAL = 20.0
"""Messages per second while lists are read."""

PAUSE = 0.02
"""Seconds between two lists of the one who reads them beside that: fifty agents turn to another list every second."""

PAGES = 10
"""Pages that an agent turns before another one opens the list."""

LISTS = {
    "waited": "status=open",
    "newest": "status=open&sort=newest",
    "priority": "status=open&sort=priority",
    "deadline": "sort=deadline",
    "all": "sort=newest",
    "mine": "assignee_id=me&status=open",
    "queue": "assignee_id=none&status=open",
    "waiting": "waiting=us&sort=newest",
    "failed": "failed=true",
    "tag": "tag=vip&status=open&sort=newest",
    "words": "q=maria+28dd2c",
    "phone": "q=0004321",
}
"""What is read, by the name of its figure."""

_CUSTOMERS = """
insert into customers (id, name)
select uuid_at(1, n), 'Maria ' || md5(n::text) from generate_series(1, $1) n
"""
_IDENTITIES = """
insert into identities (channel, kind, value, customer_id)
select 'listed', 'wa_id', '3519' || lpad(n::text, 8, '0'), uuid_at(1, n) from generate_series(1, $1) n
"""
_CONVERSATIONS = """
insert into conversations (
    id, channel, channel_type, customer_id, status, team_id, assignee_id, priority, tags, failed, version, revision,
    last_change, last_seq, waiting_since, last_message_at, snoozed_until, created_at, updated_at
)
select
    uuid_at(2, n), 'listed', 'whatsapp', uuid_at(1, n),
    case when n % 20 = 0 then 'snoozed' else 'open' end::conversation_status,
    ($2::uuid[])[1 + n % array_length($2, 1)],
    case when n % 3 > 0 then ($3::uuid[])[1 + n % array_length($3, 1)] end,
    case when n % 50 = 0 then 3 when n % 10 = 0 then 2 else 0 end,
    case when n % 101 = 0 then array['vip'] else '{}' end, (n % 500 = 0)::int, 1, 1, uuid_at(3, n), 1,
    case when n % 2 = 0 then moment end, moment, case when n % 20 = 0 then now() + n * interval '1 minute' end,
    moment, moment
from (select n, now() - (n * 7919 % $1) * interval '3 seconds' as moment from generate_series(1, $1) n) as made
"""
_MESSAGES = """
insert into messages (
    id, conversation_id, seq, channel, direction, sender_type, type, text, content_metadata, status, at, created_at,
    metadata, internal
)
select uuid_at(4, n), uuid_at(2, n), 1, 'listed', 'inbound', 'customer', 'text', 'Hello', '{}', 'received', now(),
    now(), '{}', '{}'
from generate_series(1, $1) n
"""
_UUID_AT = """
create function uuid_at(kind integer, n bigint) returns uuid language sql immutable
as $$ select (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$
"""


async def measure(stage: Stage) -> None:
    """Each list by itself, then lists and pushes with `AGENTS` at their streams and messages coming in."""
    for _ in stage.repetitions("lists"):
        async with stage.hub() as hub:
            agents = await stage.agents(hub.url, AGENTS, TEAMS)
            await fill(hub, agents, stage.scale.listed)
            connection = await connect(hub.port)
            await _alone(stage, connection, agents)
            await _live(stage, hub, connection, agents)
            connection.close()


async def fill(hub: Measured, agents: Agents, count: int) -> None:
    """So many conversations of the agents' teams, of a customer and with a message each."""
    postgres, url = hub.postgres, hub.url
    await postgres.execute(url, _UUID_AT)
    for query in (_CUSTOMERS, _IDENTITIES):
        await postgres.execute(url, query, count)
    await postgres.execute(url, _CONVERSATIONS, count, list(agents.teams), list(agents.users))
    await postgres.execute(url, _MESSAGES, count)
    await postgres.execute(url, "vacuum analyze")


async def _alone(stage: Stage, connection: Connection, agents: Agents) -> None:
    choice = chance(5)
    for name, asked in LISTS.items():
        took, cursor, token = list[float](), "", ""
        for number in range(stage.scale.reads):
            if not cursor or number % PAGES == 0:
                cursor, token = "", choice.choice(agents.tokens)
            seconds, cursor = await _read(connection, token, f"{asked}&cursor={cursor}" if cursor else asked)
            took.append(seconds)
        _add(stage, f"hub.lists.{name}", took[len(took) // 10 :])


async def _read(connection: Connection, token: str, query: str) -> tuple[float, str]:
    """How long a page took, and where the next begins."""
    asked = wire.request("GET", f"/api/v1/conversations?{query}", Authorization=f"Bearer {token}")
    began = time.perf_counter()
    answer = await connection.ask(asked)
    seconds = time.perf_counter() - began
    if answer.status != 200:
        raise Lost(f"a list was refused with {answer.status}")
    return seconds, orjson.loads(answer.body)["next_cursor"] or ""


async def _live(stage: Stage, hub: Measured, connection: Connection, agents: Agents) -> None:
    sent: dict[int, float] = {}
    agent, crowd, choice = Agent("message.received"), Crowd(), chance(6)
    reader = await open_socket(hub.port, agents.tokens[0], agent.told)
    await crowd.gather(hub.port, agents.tokens[1:])
    await hub.write(range(stage.scale.burst), stage.scale.burst)

    def request() -> bytes:
        made = hub.webhooks.message(choice.randrange(stage.scale.burst))
        sent[hub.webhooks.last] = time.perf_counter()
        return made

    loading = asyncio.create_task(OpenLoop(hub.port, request, USUAL, AGENTS).run(stage.scale.seconds))
    took = []
    while not loading.done():
        took.append((await _read(connection, choice.choice(agents.tokens), choice.choice(list(LISTS.values()))))[0])
        await asyncio.sleep(PAUSE)
    await loading
    arrivals = [await agent.arrival(mark) for mark in sent]
    reader.close()
    crowd.leave()
    _add(stage, "hub.lists.live.list", took)
    _add(stage, "hub.lists.live.push", [at - began for at, began in zip(arrivals, sent.values(), strict=True)])


def _add(stage: Stage, key: str, seconds: list[float]) -> None:
    for percent in (50, 95):
        stage.samples.add(f"{key}.p{percent}", percentile(seconds, percent) * 1000)
