from attrs import evolve

from hub.audience import Viewer
from hub.events import Audience
from hub.ids import uuid7
from hub.rights import Role
from storage.database import Database
from storage.viewer import ViewerStore


async def test_people_as_they_are_now(database: Database) -> None:
    ana, ben, gone, team, sign_in, ended = (uuid7() for _ in range(6))
    async with database.acquire() as connection:
        await connection.executemany(
            "insert into users (id, email, name, role, password_hash, disabled, token_version)"
            " values ($1, $2, 'N', $3::text::user_role, 'x', $4, 2)",
            [(ana, "a@x.test", "agent", False), (ben, "b@x.test", "admin", False), (gone, "c@x.test", "agent", True)],
        )
        await connection.execute("insert into teams (id, name) values ($1, 'T')", team)
        await connection.execute("insert into team_members values ($1, $2)", team, ana)
        await connection.executemany(
            "insert into auth_sessions (id, user_id, token_hash, expires_at, revoked_at)"
            " values ($1, $2, $3, now() + interval '1 day', case when $4 then now() end)",
            [(sign_in, ana, b"1", False), (ended, ana, b"2", True)],
        )
    store = ViewerStore(database)
    assert await store.current([ana, ben, gone, uuid7()]) == {
        ana: Viewer(ana, "N", Role.AGENT, frozenset({team}), 2),
        ben: Viewer(ben, "N", Role.ADMIN, frozenset(), 2),
    }
    assert await store.signed_in([sign_in, ended, uuid7()]) == {sign_in}


async def test_of_whom_something_else_holds_now(database: Database) -> None:
    ana, ben, gone, sign_in, ended, passed = (uuid7() for _ in range(6))
    teams = [uuid7() for _ in range(3)]
    async with database.acquire() as connection:
        await connection.executemany(
            "insert into users (id, email, name, role, password_hash, disabled, token_version)"
            " values ($1, $2, 'N', 'agent', 'x', $3, 2)",
            [(ana, "a@x.test", False), (ben, "b@x.test", False), (gone, "c@x.test", True)],
        )
        await connection.executemany("insert into teams (id, name) values ($1, $2)", [(t, str(t)) for t in teams])
        await connection.executemany("insert into team_members values ($1, $2)", [(t, ana) for t in teams[:2]])
        await connection.executemany(
            "insert into auth_sessions (id, user_id, token_hash, expires_at, revoked_at)"
            " values ($1, $2, uuid_send($1), now() + $3 * interval '1 hour', case when $4 then now() end)",
            [(sign_in, ana, 1, False), (ended, ana, 1, True), (passed, ana, -1, False)],
        )
    store, member = ViewerStore(database), Viewer(ana, "N", Role.AGENT, frozenset(reversed(teams[:2])), 2)
    nobody = Viewer(ben, "N", Role.AGENT, frozenset(), 2)
    assert await store.outdated([(member, sign_in), (member, None), (nobody, None)]) == set()
    for other in (
        (evolve(member, team_ids=frozenset(teams)), sign_in),
        (evolve(member, team_ids=frozenset(teams[:1])), sign_in),
        (evolve(member, team_ids=frozenset()), sign_in),
        (evolve(member, role=Role.ADMIN), sign_in),
        (evolve(member, token_version=1), sign_in),
        (member, ended),
        (member, passed),
        (member, uuid7()),
    ):
        assert await store.outdated([(nobody, None), other]) == {ana}
    assert await store.outdated([(evolve(nobody, team_ids=frozenset(teams)), None)]) == {ben}
    for absent in (gone, uuid7()):
        assert await store.outdated([(Viewer(absent, "N", Role.AGENT, frozenset(), 2), None)]) == {absent}


async def test_a_conversations_audience(database: Database) -> None:
    conversation, customer, team = uuid7(), uuid7(), uuid7()
    async with database.acquire() as connection:
        await connection.execute("insert into teams (id, name) values ($1, 'T')", team)
        await connection.execute("insert into customers (id) values ($1)", customer)
        await connection.execute(
            "insert into conversations (id, channel, channel_type, customer_id, status, team_id, version, revision,"
            " last_change, created_at, updated_at)"
            " values ($1, 'm', 'whatsapp', $2, 'open', $3, 1, 1, $1, now(), now())",
            conversation,
            customer,
            team,
        )
    store = ViewerStore(database)
    assert await store.of_conversation(conversation) == Audience(team_id=team)
    assert await store.of_conversation(uuid7()) is None
