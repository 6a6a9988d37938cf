"""The demo's second start: whoever had written before can be answered."""

from datetime import UTC, datetime

from hub.commands.demo_return import bring_back
from hub.demo.stories import PEDIDO, TRANSFER
from hub.demo.whatsapp import WhatsAppWorld
from storage.database import Database
from tests.conftest import Scene

CHANNEL = "wa"


def _world() -> WhatsAppWorld:
    return WhatsAppWorld(
        phone_number_id="1", access_token="a", app_secret="b", verify_token="c", webhook_url="http://127.0.0.1:9/"
    )


async def _wrote(scene: Scene, number: str, text: str, opened: datetime) -> None:
    await scene.execute("update conversations set window_opened_at = $2 where id = $1", scene.conversation_id, opened)
    await scene.execute(
        "insert into identities (channel, kind, value, customer_id)"
        " select channel, 'wa_id', $2, customer_id from conversations where id = $1",
        scene.conversation_id,
        number,
    )
    message_id = await scene.message(scene.conversation_id)
    await scene.execute("update messages set text = $2, type = 'text' where id = $1", message_id, text)


async def test_they_have_a_phone_a_window_and_their_story(database: Database, scene: Scene) -> None:
    opened = datetime.now(UTC)
    await _wrote(scene, "5511987650099", PEDIDO.opening[0], opened)
    world = _world()
    assert await bring_back(database, world, CHANNEL) == {"5511987650099": PEDIDO}
    customer = world.customers.find("5511987650099")
    assert customer is not None
    assert customer.window_until == opened.timestamp() + 86_400
    assert customer.window_is_open()
    assert await bring_back(database, _world(), "another channel") == {}


async def test_a_conversation_that_is_over_waits_for_nothing(database: Database, scene: Scene) -> None:
    await _wrote(scene, "5511987650098", "Sem história", datetime(2020, 1, 1, tzinfo=UTC))
    world = _world()
    assert await bring_back(database, world, CHANNEL) == {"5511987650098": TRANSFER}
    await scene.execute("update conversations set status = 'resolved' where id = $1", scene.conversation_id)
    assert await bring_back(database, world, CHANNEL) == {}
    customer = world.customers.find("5511987650098")
    assert customer is not None
    assert not customer.window_is_open()
