"""Keys in PostgreSQL: only a hash is kept, and what is over is not found."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from hub.api_key import NewApiKey, Scope, digest, presented
from hub.rights import Permission, Role
from hub.user import NewUser
from storage.api_key import ApiKeyStore
from storage.database import Database
from storage.user import UserStore

LATER = datetime(2099, 1, 5, tzinfo=UTC)


async def alter(database: Database, id: UUID, change: str) -> None:
    async with database.acquire() as connection:
        await connection.execute(f"update api_keys set {change} where id = $1", id)


async def test_the_secret_is_in_no_row(database: Database) -> None:
    keys = ApiKeyStore(database)
    made, secret = await keys.create(NewApiKey("Import", Scope.API))
    said = presented(secret)
    assert said is not None
    assert (said.id, said.scope) == (made.id, Scope.API)
    async with database.acquire() as connection:
        row = str(await connection.fetchval("select row_to_json(k)::text from api_keys k"))
    assert secret.rpartition("_")[2] not in row
    proof = await keys.live(made.id)
    assert proof is not None
    assert proof.secret_hash == digest(secret)
    assert proof.key == made == await keys.find(made.id)


async def test_what_is_given_is_kept(database: Database) -> None:
    keys = ApiKeyStore(database)
    root = await UserStore(database).create(NewUser("root@example.com", "Root", Role.ADMIN, "hash"))
    narrow = frozenset({Permission.SEARCH_USE, Permission.MEDIA_READ})
    made, _ = await keys.create(NewApiKey("Import", Scope.API, LATER, narrow, root.id))
    assert (made.name, made.permissions, made.created_by) == ("Import", narrow, root.id)
    assert made.expires_at == LATER
    assert (made.last_used_at, made.revoked_at) == (None, None)
    await alter(database, made.id, "permissions = array['search:use', 'from:tomorrow']")
    found = await keys.find(made.id)
    assert found is not None
    assert found.permissions == frozenset({Permission.SEARCH_USE})


async def test_a_revoked_key_is_gone_and_an_expired_one_opens_nothing(database: Database) -> None:
    keys = ApiKeyStore(database)
    revoked, _ = await keys.create(NewApiKey("one", Scope.AI))
    expired, _ = await keys.create(NewApiKey("two", Scope.AI))
    assert await keys.revoke(revoked.id)
    assert not await keys.revoke(revoked.id)
    assert not await keys.revoke(uuid4())
    await alter(database, expired.id, "expires_at = clock_timestamp() - interval '1 second'")
    assert await keys.live(revoked.id) is None
    assert await keys.find(revoked.id) is None
    assert await keys.live(expired.id) is None
    assert await keys.find(expired.id) is not None


async def test_pages_hold_the_newest_first(database: Database) -> None:
    keys = ApiKeyStore(database)
    made = [(await keys.create(NewApiKey(str(n), Scope.CHAT_APP)))[0].id for n in range(5)]
    await keys.revoke(made[4])
    first = await keys.page(None, 2, revoked=False)
    rest = await keys.page(first[-1].id, 10, revoked=False)
    assert [key.id for key in first + rest] == sorted(made[:4], reverse=True)
    assert {key.id for key in await keys.page(None, 10, revoked=True)} == set(made)


async def test_use_is_noted_now_and_then(database: Database) -> None:
    keys = ApiKeyStore(database)
    made, _ = await keys.create(NewApiKey("one", Scope.API))

    async def noted() -> object:
        found = await keys.find(made.id)
        return found and found.last_used_at

    await keys.used(made.id)
    first = await noted()
    assert first is not None
    await keys.used(made.id)
    assert await noted() == first
    await alter(database, made.id, "last_used_at = clock_timestamp() - interval '61 seconds'")
    await keys.used(made.id)
    assert await noted() > first  # type: ignore[operator]
