"""What the case puts into the hub's database is what the hub reads."""

import os
from pathlib import Path

from actors.event_tail import EventTail
from hub.bench.cases.resume import _write
from hub.bench.people import TEAM, sign_in
from hub.bench.postgres import Postgres
from hub.events import Audience
from storage.database import Database
from storage.event import EventLog
from storage.user import UserStore
from web import keys
from web.tokens import AccessTokens

SECRET = "a secret of the measurement, long enough"


async def test_events_and_agents_are_real_ones(database_url: str, database: Database) -> None:
    postgres = Postgres(Path(), database_url, os.getpid(), min(os.sched_getaffinity(0)))
    before = os.sched_getaffinity(0)
    try:
        agents = await sign_in(postgres, database_url, SECRET, 4, teams=2)
        await _write(postgres, database_url, agents.teams, 10)
    finally:
        await postgres.close()
        os.sched_setaffinity(0, before)
    log = EventLog(database)
    position = await log.position()
    events = await log.between(0, position.head, 100)
    assert [event.seq for event in events] == list(range(1, 11))
    assert [event.audience for event in events[:2]] == [Audience(agents.teams[1]), Audience(agents.teams[0])]
    tail = EventTail(log, lambda frames: None, lambda reason, seq: None)
    await tail.reach(1)
    assert tail.cursor == 10
    users = UserStore(database)
    claims = AccessTokens(keys.ring([SECRET], "access token")).verify(agents.tokens[2])
    account = (await users.accounts([claims.user_id])).get(claims.user_id)
    assert account is not None
    assert claims.session_id in account.session_ids
    assert [team.name for team in account.user.teams] == [TEAM]
