"""What is known before a conversation is begun."""

from typing import Any

from hub.conversation.commands import Patch
from hub.conversation.state import Status
from hub.customer import Address
from hub.ids import uuid7
from storage.beginning import Beginnings
from storage.database import Database
from storage.journal import Journal


async def test_how_a_customer_stands_on_a_channel(database: Database, journal: Journal, decider: Any) -> None:
    beginnings = Beginnings(database)
    assert await beginnings.of_customer(uuid7(), "whatsapp-main") is None
    desk, change = decider.begin()
    await journal.append([change])
    customer = desk.conversation.customer
    found = await beginnings.of_customer(customer.id, "whatsapp-main")
    assert found is not None
    assert (found.customer, found.live_id) == (customer, desk.conversation.id)
    assert set(found.addresses) == set(desk.addresses)
    assert found.window_opened_at == decider.now
    elsewhere = await beginnings.of_customer(customer.id, "app")
    assert elsewhere is not None
    assert (elsewhere.addresses, elsewhere.live_id, elsewhere.last_id) == ((), None, None)
    known = await beginnings.known([Address("whatsapp-main", identity) for identity in desk.addresses])
    assert {k.customer.id for k in known if k} == {customer.id}
    assert (await beginnings.opening("Nobody"))[1] is None


async def test_a_resolved_one_goes_on_and_a_closed_one_does_not(
    database: Database, journal: Journal, decider: Any
) -> None:
    desk, change = decider.begin(Patch(decider.author, status=Status.RESOLVED))
    await journal.append([change])
    beginnings, customer_id = Beginnings(database), desk.conversation.customer.id
    found = await beginnings.of_customer(customer_id, "whatsapp-main")
    assert found is not None
    assert found.live_id == desk.conversation.id
    async with database.acquire() as connection:
        await connection.execute("update conversations set status = 'closed'")
    found = await beginnings.of_customer(customer_id, "whatsapp-main")
    assert found is not None
    assert (found.live_id, found.last_id) == (None, desk.conversation.id)
