"""Users in the database. What their doors show is tested there; here what no door shows."""

import asyncio
from uuid import uuid4

import pytest
from attrs import evolve

from hub.errors import Invalid, NotFound
from hub.ids import uuid7
from hub.rights import Role
from hub.user import NewUser, UserChange
from storage.auth_session import SignInStore
from storage.database import Database
from storage.user import SQL, UserStore

WAITING = """
select exists (
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
)"""
ANA = NewUser("ana@example.com", "Ana", Role.AGENT, "hash")


async def test_a_newer_hash_does_not_undo_a_new_password(database: Database) -> None:
    users = UserStore(database)
    ana = await users.create(ANA)
    await users.rehash(ana.id, "hash", "newer")
    await users.rehash(ana.id, "hash", "too late")
    found = await users.credentials("ana@example.com")
    assert found is not None
    assert found.password_hash == "newer"
    assert found.user.token_version == ana.token_version


async def test_the_account_knows_its_live_sign_ins(database: Database) -> None:
    users, sign_ins = UserStore(database), SignInStore(database)
    ana, live, ended = await users.create(ANA), uuid7(), uuid7()
    await sign_ins.open(live, ana.id, b"1", None, None)
    await sign_ins.open(ended, ana.id, b"2", None, None)
    await sign_ins.end(ana.id, ended)
    ben = await users.create(evolve(ANA, email="ben@hub.test"))
    accounts = await users.accounts([ana.id, ben.id, uuid4()])
    assert {user_id: account.session_ids for user_id, account in accounts.items()} == {ana.id: {live}, ben.id: set()}
    assert accounts[ana.id].user == ana


async def test_tokens_end_only_when_rights_really_change(database: Database) -> None:
    users = UserStore(database)
    ana = await users.create(ANA)
    same = await users.change(ana.id, None, UserChange(role=Role.AGENT, disabled=False, name="Anna"))
    assert (same.token_version, same.version) == (0, 2)
    raised = await users.change(ana.id, None, UserChange(role=Role.SUPERVISOR))
    assert raised.token_version == 1


async def test_two_administrators_cannot_remove_each_other(database: Database) -> None:
    users = UserStore(database)
    first = await users.create(NewUser("one@example.com", "One", Role.ADMIN, "hash"))
    second = await users.create(NewUser("two@example.com", "Two", Role.ADMIN, "hash"))
    demote = UserChange(role=Role.AGENT)
    async with database.acquire() as observer:
        async with database.transaction() as other:
            await other.fetch(SQL.lock_admins)
            late = asyncio.create_task(users.change(first.id, None, demote))
            while not (late.done() or await observer.fetchval(WAITING)):
                await asyncio.sleep(0)
            await other.execute(SQL.change, second.id, None, None, None, "agent", None, None)
        with pytest.raises(Invalid):
            await late


async def test_changes_of_nobody(database: Database) -> None:
    users = UserStore(database)
    with pytest.raises(NotFound):
        await users.change(uuid4(), None, UserChange(name="x"))
    with pytest.raises(NotFound):
        await users.set_password(uuid4(), "hash", None)
