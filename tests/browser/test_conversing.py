"""A conversation on the screen is the conversation in the hub: across reloads, crashes and restarts."""

import pytest
from playwright.async_api import expect

from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage
from tests.browser.conftest import SitDown


async def test_both_sides_of_a_conversation_and_its_ticks(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    await maria.say("Bom dia, o pedido não chegou")
    await ana.open(maria.identity.name)
    await ana.shows(["Bom dia, o pedido não chegou"])
    await ana.write("Bom dia! Vou verificar agora")
    await ana.says("Vou verificar agora", "delivered")
    assert (await maria.next_message(0, PATIENCE)).text == "Bom dia! Vou verificar agora"
    await ana.reload()
    await ana.shows(["Bom dia, o pedido não chegou", "Bom dia! Vou verificar agora"])
    await maria.open_chat(stay=True)
    await ana.says("Vou verificar agora", "read")
    await maria.say("Obrigada, espero aqui")
    await ana.shows(["Bom dia, o pedido não chegou", "Bom dia! Vou verificar agora", "Obrigada, espero aqui"])


@pytest.mark.parametrize("how", ["killed", "stopped"])
async def test_nothing_is_lost_or_doubled_when_the_hub_goes_away(stage: Stage, sit_down: SitDown, how: str) -> None:
    ana = await sit_down()
    ana.rough = True
    maria = stage.customer()
    await maria.say("Primeira pergunta")
    await ana.open(maria.identity.name)
    await ana.write("Primeira resposta")
    await ana.says("Primeira resposta", "delivered")
    if how == "killed":
        stage.hub.kill()
    else:
        assert stage.hub.stop() == 0
    await maria.say("Pergunta enquanto o hub está fora")
    await ana.write("Resposta enquanto o hub está fora")
    await ana.says("Resposta enquanto o hub está fora", "waiting to be sent")
    await stage.hub.start()
    await ana.says("Resposta enquanto o hub está fora", "delivered")
    await stage.world.quiet(PATIENCE)
    texts = ["Primeira pergunta", "Primeira resposta"]
    # Which of the two the hub gets first when it is back is left to the network.
    both = ["Pergunta enquanto o hub está fora", "Resposta enquanto o hub está fora"]
    (live,) = [c for c in await (await stage.login()).conversations() if c["customer"]["name"] == maria.identity.name]
    order = [m["content"]["text"] for m in await stage.agents[0].messages(live["id"])]
    assert (order[:2], sorted(order[2:])) == (texts, both)
    await ana.shows(order)
    await ana.reload()
    await ana.shows(order)
    assert [bubble.text for bubble in maria.inbox] == ["Primeira resposta", "Resposta enquanto o hub está fora"]


async def test_a_conversation_opened_while_the_hub_is_away_comes_when_it_is_back(
    stage: Stage, sit_down: SitDown
) -> None:
    ana = await sit_down()
    ana.rough = True
    maria = stage.customer()
    await maria.say("Abra sem o hub")
    await ana.view("All open")
    await ana.row(maria.identity.name).wait_for()
    stage.hub.kill()
    await ana.row(maria.identity.name).click()
    await expect(ana.page.get_by_text("The messages could not be loaded.")).to_be_visible()
    await stage.hub.start()
    await ana.shows(["Abra sem o hub"])


async def test_the_customer_who_writes_while_nobody_looks_is_in_the_list(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    await ana.view("Unassigned")
    maria = stage.customer()
    await maria.say("Tem alguém aí?")
    row = ana.row(maria.identity.name)
    await row.filter(has_text="Tem alguém aí?").wait_for()
    await maria.say("Alô, alô")
    await row.filter(has_text="Alô, alô").filter(has_text="2 unread messages").wait_for()
    await row.click()
    await row.filter(has_not_text="unread").wait_for()
    await ana.shows(["Tem alguém aí?", "Alô, alô"])
