"""AC-16: of many who take one conversation at once, one gets it, and the others are told who."""

import asyncio
from uuid import uuid4

from hub.rights import Role
from hub.user import NewUser
from storage.database import Database
from storage.team import TeamStore
from storage.user import UserStore
from tests.acceptance.agent import PATIENCE, Agent, Answer
from tests.acceptance.stage import PASSWORD, Stage
from web.passwords import Passwords

AGENTS = 20
TAKES = 100


async def crowd(stage: Stage) -> list[Agent]:
    """So many agents of Support, signed in."""
    database = Database(stage.hub.database_url)
    await database.open()
    users, teams, password = UserStore(database), TeamStore(database), await Passwords(memory_kib=8).hash(PASSWORD)
    support = await teams.named("Support")
    assert support is not None
    emails = [f"agent-{uuid4()}@example.com" for _ in range(AGENTS)]
    for number, email in enumerate(emails):
        user = await users.create(NewUser(email, f"Agent {number}", Role.AGENT, password))
        await teams.add_member(support.id, user.id)
    await database.close()
    return [await stage.login(email) for email in emails]


async def take(agent: Agent, conversation_id: str) -> Answer:
    """What came of a take; a hub that is too busy says when to come again."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await agent.request("POST", f"/api/v1/conversations/{conversation_id}/take")
            if answer.status != 503:
                return answer
            await asyncio.sleep(int(answer.headers["Retry-After"]))


async def test_of_a_hundred_takes_one_wins(stage: Stage) -> None:
    agents = await crowd(stage)
    _, conversation_id = await stage.conversation(agents[0])
    watcher = await agents[0].socket()
    answers = await asyncio.gather(*(take(agents[n % AGENTS], conversation_id) for n in range(TAKES)))
    winner = (await agents[0].get(f"conversations/{conversation_id}"))["assignee_id"]
    for number, answer in enumerate(answers):
        agent = agents[number % AGENTS]
        assert answer.status == (200 if agent.user["id"] == winner else 409), answer.raw
        if answer.status == 409:
            assert answer.json["code"] == "already_assigned"
            assert answer.json["winner"]["id"] == winner
            assert answer.json["winner"]["name"].startswith("Agent ")
    await watcher.until(lambda stream: stream.of("conversation.assigned"))
    await asyncio.sleep(0.3)
    assert len(watcher.of("conversation.assigned")) == 1
