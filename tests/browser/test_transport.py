"""Where WebSockets are blocked, the page lives on server-sent events."""

from playwright.async_api import Page, expect

from tests.acceptance.stage import ANA, BEN, Stage
from tests.browser.conftest import SitDown


async def _block_sockets(page: Page) -> None:
    await page.route_web_socket("**/ws*", lambda socket: socket.close())


async def test_without_websockets_it_is_live_all_the_same(stage: Stage, sit_down: SitDown) -> None:
    ana, ben = await sit_down(ANA, prepare=_block_sockets), await sit_down(BEN)
    ana.rough = True
    maria = stage.customer()
    await maria.say("Por outro caminho")
    await ana.open(maria.identity.name)
    await ana.write("Chega também")
    await ana.says("Chega também", "delivered")
    await maria.open_chat()
    await ana.says("Chega também", "read")
    await ben.open(maria.identity.name)
    await ana.composer.press_sequentially("e digitando")
    await expect(ben.page.locator(".typing-line")).to_have_text("Ana is replying…")


async def test_on_events_too_nothing_is_missed_over_a_restart(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down(ANA, prepare=_block_sockets)
    ana.rough = True
    maria = stage.customer()
    await maria.say("Antes")
    await ana.open(maria.identity.name)
    await ana.shows(["Antes"])
    stage.hub.kill()
    await maria.say("Durante")
    await stage.hub.start()
    await ana.shows(["Antes", "Durante"])
    await maria.say("Depois")
    await ana.shows(["Antes", "Durante", "Depois"])
