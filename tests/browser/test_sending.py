"""What was written is sent once and in order, whatever happens to the way between the page and the hub."""

import asyncio

from playwright.async_api import Route, expect

from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage
from tests.browser.conftest import SitDown
from tests.browser.desk import Desk

MESSAGES = "**/api/v1/conversations/*/messages"


async def test_sent_while_the_hub_restarts(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    ana.rough = True
    maria = stage.customer()
    await maria.say("Pode reiniciar à vontade")
    await ana.open(maria.identity.name)
    stopping = asyncio.create_task(asyncio.to_thread(stage.hub.stop))
    await ana.write("Escrita durante o reinício")
    assert await stopping == 0
    await stage.hub.start()
    await ana.says("Escrita durante o reinício", "delivered")
    await ana.shows(["Pode reiniciar à vontade", "Escrita durante o reinício"])
    assert [send.text for send in stage.world.ledger.sends_to(maria.number)] == ["Escrita durante o reinício"]


async def test_the_hubs_answer_is_lost(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    ana.rough = True
    maria = stage.customer()
    await maria.say("A resposta vai se perder")
    await ana.open(maria.identity.name)
    await ana.page.route_web_socket("**/ws*", lambda socket: socket.close())
    posts = 0

    async def lose_first(route: Route) -> None:
        nonlocal posts
        if route.request.method == "POST":
            posts += 1
            if posts == 1:
                await route.fetch()
                return await route.abort("connectionreset")
        await route.continue_()

    await ana.page.route(MESSAGES, lose_first)
    await ana.write("Chegou, mas ninguém soube")
    await ana.says("Chegou, mas ninguém soube", "delivered")
    await stage.world.quiet(PATIENCE)
    await ana.shows(["A resposta vai se perder", "Chegou, mas ninguém soube"])
    assert [bubble.text for bubble in maria.inbox] == ["Chegou, mas ninguém soube"]


async def test_written_offline_and_kept_over_a_reload(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    ana.rough = True
    maria = stage.customer()
    await maria.say("Responda quando puder")
    await ana.open(maria.identity.name)
    await _cut(ana)
    written = [f"Parte {number} de 3" for number in (1, 2, 3)]
    for text in written:
        await ana.write(text)
    await ana.shows(["Responda quando puder", *written])
    await ana.reload()
    await ana.shows(["Responda quando puder", *written])
    await expect(ana.bubbles.filter(has_text="waiting to be sent")).to_have_count(3)
    assert stage.world.ledger.sends_to(maria.number) == []
    await ana.page.unroute(MESSAGES)
    await ana.page.evaluate("dispatchEvent(new Event('online'))")
    for text in written:
        await ana.says(text, "delivered")
    await ana.shows(["Responda quando puder", *written])
    assert [bubble.text for bubble in maria.inbox] == written


async def test_a_draft_is_kept_over_a_reload_and_a_change_of_conversation(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria, joao = stage.customer(), stage.customer()
    await maria.say("Primeira conversa")
    await joao.say("Segunda conversa")
    await ana.open(maria.identity.name)
    await ana.composer.fill("Ainda não terminei de")
    await ana.open(joao.identity.name)
    await expect(ana.composer).to_have_value("")
    await expect(ana.row(maria.identity.name)).to_contain_text("Draft:Ainda não terminei de")
    await ana.reload()
    await ana.open(maria.identity.name)
    await expect(ana.composer).to_have_value("Ainda não terminei de")


async def _cut(desk: Desk) -> None:
    """No message gets out of this page; what is read still comes."""

    async def refuse(route: Route) -> None:
        await (route.abort("internetdisconnected") if route.request.method == "POST" else route.continue_())

    await desk.page.route(MESSAGES, refuse)
