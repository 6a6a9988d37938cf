"""A customer is forgotten: nothing of them is in any table, nor in the folder of files."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import FormData

from hub.delivery import DeliveryStatus
from hub.inbound import Identity, IdentityChange, IdentityKind, Note, Party, Quarantined, StatusUpdate
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import APP, WHATSAPP, DeskStage, staged_desk

SECRET = "Zilpha"
PHONE, NEW_PHONE = "351910777001", "351910777002"
PARTY = Party(
    (Identity(IdentityKind.BSUID, "PT.777001"), Identity(IdentityKind.WA_ID, PHONE)), f"{SECRET} Name", {"city": SECRET}
)
APP_PARTY = Party((Identity(IdentityKind.APP_ID, "app-777001"),), f"{SECRET} in the app")
TRACES = (SECRET, PHONE, NEW_PHONE, "PT.777001", "app-777001")


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def of(desk: DeskStage, conversation_id: UUID) -> UUID:
    """The conversation's customer."""
    return UUID(str(await desk.value("select customer_id from conversations where id = $1", conversation_id)))


async def traces(desk: DeskStage) -> dict[str, list[str]]:
    """Where something of them is, in every column of every table, as text."""
    found: dict[str, list[str]] = {}
    async with desk.database.acquire() as connection:
        tables = await connection.fetch(
            "select table_name from information_schema.tables"
            " where table_schema = 'public' and table_type = 'BASE TABLE'"
        )
        for (table,) in tables:
            columns = await connection.fetch(
                "select column_name, data_type from information_schema.columns"
                " where table_schema = 'public' and table_name = $1",
                table,
            )
            for column, kind in columns:
                text = f"encode({column}, 'escape')" if kind == "bytea" else f"{column}::text"
                for trace in TRACES:
                    query = f"select count(*) from {table} where position($1 in {text}) > 0"
                    if await connection.fetchval(query, trace):
                        found.setdefault(f"{table}.{column}", []).append(trace)
    return found


def files(folder: Path) -> list[Path]:
    """All but the keys of the audit, which knows nobody."""
    return [file for file in folder.rglob("*") if file.is_file() and file.parent.name != "audit"]


async def picture(desk: DeskStage) -> str:
    """A file of Ana's."""
    form = FormData()
    png = b"\x89PNG\r\n\x1a\n" + SECRET.encode() * 9
    form.add_field("file", png, filename=f"{SECRET}.txt", content_type="text/plain")
    answer = await desk.client.post("/api/v1/media", data=form, headers=desk.headers)
    assert answer.status == 201, await answer.text()
    return str((await answer.json())["id"])


async def transaction(desk: DeskStage, conversation_id: UUID, state: str) -> UUID:
    """A transaction of theirs in this state, with a supervisor's decision."""
    draft = await desk.value(
        "insert into transaction_drafts (id, conversation_id, customer_id, customer_ref, principal, amount_minor,"
        " currency, description, state, version, key_create, key_commit, nonce, code, prompts_wanted, prompt_ids,"
        " first_prompt, last_prompt, heard, spoke, failures, risk, reason, withdraw, tries, created_at, expires_at)"
        " select gen_random_uuid(), id, customer_id, $2, 'key:x', 5000, 'USD', $3, $4, 1, gen_random_uuid(),"
        " gen_random_uuid(), 'nonce', '123456', 0, '{}', 0, 0, 0, false, 0, '{}', $3, false, 0, now(), now()"
        " from conversations where id = $1 returning id",
        conversation_id,
        PHONE,
        f"A refund for {SECRET}",
        state,
    )
    await desk.value(
        "insert into transaction_approvals (id, draft_id, terms, state, requested_at, expires_at, reason)"
        " values (gen_random_uuid(), $1, '', 'rejected', now(), now(), $2) returning id",
        draft,
        f"{SECRET} did not want it",
    )
    return UUID(str(draft))


async def life(desk: DeskStage) -> tuple[UUID, UUID]:
    """A customer with everything that one can have: their id, and a conversation."""
    conversation_id = await desk.says(f"I am {SECRET}", PARTY)
    path = f"conversations/{conversation_id}"
    media = await picture(desk)
    client = str(uuid4())
    body = {"client_id": client, "text": f"Hello {SECRET}", "media_id": media}
    answer = await desk.ask("POST", f"{path}/messages", body, Idempotency_Key=client)
    assert answer.status == 201, await answer.text()
    await sent(desk)
    for method, where, given in (
        ("POST", "notes", {"text": f"{SECRET} is nice @ana"}),
        ("PUT", "draft", {"text": f"Dear {SECRET}"}),
        ("PATCH", "", {"subject": f"About {SECRET}", "attributes": {"who": SECRET}, "assignee_id": str(desk.ana.id)}),
        ("PUT", "read", {"conversation_seq": 1}),
    ):
        answer = await desk.ask(method, f"{path}/{where}".rstrip("/"), given, Idempotency_Key=str(uuid4()))
        assert answer.status < 300, await answer.text()
    now = desk.clock()
    moved = (Identity(IdentityKind.WA_ID, NEW_PHONE),)
    text = f"{SECRET} changed from {PHONE} to {NEW_PHONE}"
    report = StatusUpdate("wamid.orphan", DeliveryStatus.READ, "read", now, metadata={"recipient_id": PHONE})
    await desk.intake.take_in(
        WHATSAPP,
        [
            IdentityChange("change 1", PARTY, moved, "user_changed_number", text, now),
            Note("note 1", "call", PARTY, now, {"from": PHONE}),
            report,
            Quarantined("unknown", {"from": PHONE, "text": SECRET}),
        ],
    )
    app = await desk.says(f"{SECRET} again", APP_PARTY, channel=APP)
    _, root = await desk.somebody(Role.ADMIN, in_team=False)
    await transaction(desk, conversation_id, "cancelled")
    customer_id, source = await of(desk, conversation_id), await of(desk, app)
    into = {"into": str(customer_id)}
    merged = await desk.ask("POST", f"customers/{source}/merge", into, root, Idempotency_Key="merge")
    assert merged.status == 200, await merged.text()
    return customer_id, conversation_id


async def sent(desk: DeskStage) -> None:
    """Returns when nothing is on its way."""
    while await desk.value("select count(*) from outbox"):
        await asyncio.sleep(0.02)


async def erase(desk: DeskStage, customer_id: UUID) -> Any:
    """Has an administrator ask for it."""
    _, root = await desk.somebody(Role.ADMIN, in_team=False)
    return await desk.ask("DELETE", f"customers/{customer_id}", None, root)


async def test_nothing_of_them_is_left_anywhere(desk: DeskStage) -> None:
    customer_id, conversation_id = await life(desk)
    kept = await desk.says("somebody else")
    before = await traces(desk)
    assert {name.partition(".")[0] for name in before} >= {
        "customers", "identities", "conversations", "messages", "notes", "drafts", "media", "events", "quarantine",
        "channel_events", "delivery_reports", "idempotency_keys", "customer_merges", "transaction_drafts",
        "transaction_approvals",
    }  # fmt: skip
    folder = Path(desk.files.path(UUID(int=0))).parents[2]
    assert files(folder)
    answer = await erase(desk, customer_id)
    assert answer.status == 204, await answer.text()
    assert await traces(desk) == {}
    assert files(folder) == []
    assert await desk.value("select count(*) from messages") == 1
    assert (await desk.get(f"conversations/{kept}"))["customer"]["name"] == "Maria"
    for path in (f"customers/{customer_id}", f"conversations/{uuid4()}"):
        assert (await desk.ask("GET", path)).status == 404
    shown = await desk.get(f"conversations/{conversation_id}")
    assert (shown["status"], shown["customer"]["name"], shown["last_message"]) == ("closed", None, None)
    assert (await desk.get(f"conversations/{conversation_id}/messages"))["data"] == []


async def test_events_keep_their_shape_and_whoever_looks_is_told(desk: DeskStage) -> None:
    customer_id, conversation_id = await life(desk)
    query = "select seq, type, conversation_id from events where seq <= $1 order by seq"
    async with desk.database.acquire() as connection:
        head = await connection.fetchval("select seq from journal_head")
        before = await connection.fetch(query, head)
        await erase(desk, customer_id)
        assert await connection.fetch(query, head) == before
        rows = await connection.fetch("select seq, type, conversation_id, data from events order by seq")
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    told = {row["conversation_id"]: row["data"] for row in rows if row["seq"] > head and row["conversation_id"]}
    assert told[conversation_id]["erased"] is True
    assert told[conversation_id]["conversation"]["status"] == "closed"
    reduced = [row["data"] for row in rows if row["seq"] <= head and row["conversation_id"] in told]
    assert reduced
    assert all(data.keys() == {"erased", "message_id", "note_id"} for data in reduced)


async def test_again_is_the_same_and_whoever_writes_again_is_somebody_new(desk: DeskStage) -> None:
    conversation_id = await desk.says("one", PARTY)
    customer_id = await of(desk, conversation_id)
    assert [(await erase(desk, customer_id)).status for _ in range(2)] == [204, 204]
    assert (await erase(desk, uuid4())).status == 404
    again = await desk.says("two", PARTY)
    assert again != conversation_id
    assert await of(desk, again) != customer_id
    assert await desk.value("select count(*) from messages where conversation_id = $1", again) == 1


async def test_not_while_something_is_being_sent_to_them_and_only_by_administrators(desk: DeskStage) -> None:
    conversation_id = await desk.says("one", PARTY)
    customer_id = await of(desk, conversation_id)
    insert = (
        "insert into outbox (id, channel, conversation_id, seq, attempt, state, payload, not_before, created_at)"
        " values ($1, 'nowhere', $2, 1, 1, 'sending', '{}', now(), now()) returning id"
    )
    row = await desk.value(insert, uuid4(), conversation_id)
    answer = await erase(desk, customer_id)
    assert (answer.status, (await answer.json())["code"]) == (409, "in_use")
    assert await desk.value("select text from messages") == "one"
    await desk.value("delete from outbox where id = $1", row)
    _, supervisor = await desk.somebody(Role.SUPERVISOR, in_team=True)
    for headers in (desk.headers, supervisor):
        assert (await desk.ask("DELETE", f"customers/{customer_id}", None, headers)).status == 403
    assert (await erase(desk, customer_id)).status == 204


async def test_not_while_their_money_is_on_its_way(desk: DeskStage) -> None:
    conversation_id = await desk.says("one", PARTY)
    customer_id = await of(desk, conversation_id)
    draft = await transaction(desk, conversation_id, "awaiting_confirmation")
    answer = await erase(desk, customer_id)
    assert (answer.status, (await answer.json())["code"]) == (409, "in_use")
    await desk.value("update transaction_drafts set state = 'expired' where id = $1", draft)
    assert (await erase(desk, customer_id)).status == 204
    assert await desk.value("select amount_minor from transaction_drafts where id = $1", draft) == 5000


async def test_what_they_write_meanwhile_is_either_forgotten_or_somebody_news(desk: DeskStage) -> None:
    customer_id = await of(desk, await desk.says("first", PARTY))

    async def writes() -> None:
        for n in range(20):
            await desk.says(f"word {n}", PARTY)

    answer, _ = await asyncio.gather(erase(desk, customer_id), writes())
    assert answer.status == 204
    async with desk.database.acquire() as connection:
        rows = await connection.fetch(
            "select m.text, c.customer_id from messages m"
            " join conversations c on c.id = m.conversation_id order by m.seq"
        )
        names = await connection.fetch("select id, name from customers where erased_at is not null")
    assert customer_id not in {row["customer_id"] for row in rows}
    assert [tuple(row) for row in names] == [(customer_id, None)]
    assert [row["text"] for row in rows] == [f"word {n}" for n in range(20 - len(rows), 20)]
