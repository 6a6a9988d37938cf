"""What belongs to a message besides its words: reactions, quotes, corrections, deletions, places."""

from playwright.async_api import expect

from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage, eventually
from tests.browser.conftest import SitDown


async def test_reactions_in_both_directions(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    question = await maria.say("Deu tudo certo?")
    await ana.open(maria.identity.name)
    await ana.write("Deu, sim")
    arrived = await maria.next_message(0, PATIENCE)
    await maria.react(arrived.wamid, "❤️")
    await expect(ana.bubble("Deu, sim").locator(".reactions")).to_have_text("❤️")
    await maria.unreact(arrived.wamid)
    await expect(ana.bubble("Deu, sim").locator(".reactions")).to_have_count(0)
    await ana.bubble("Deu tudo certo?").hover()
    await ana.bubble("Deu tudo certo?").get_by_role("button", name="React", exact=True).click()
    await ana.page.get_by_role("button", name="React with 👍").click()
    await expect(ana.bubble("Deu tudo certo?").locator(".reactions")).to_have_text("👍")

    async def arrives() -> bool:
        return maria.bubble(question).reactions.get("business") == "👍"

    await eventually(arrives)


async def test_quotes_in_both_directions(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    first = await maria.say("Qual é o prazo?")
    await maria.say("E o preço?")
    await ana.open(maria.identity.name)
    await ana.bubble("Qual é o prazo?").hover()
    await ana.bubble("Qual é o prazo?").get_by_role("button", name="Reply to this message").click()
    await expect(ana.page.locator(".composer-quote")).to_contain_text("Qual é o prazo?")
    await expect(ana.composer).to_be_focused()
    await ana.page.keyboard.type("Cinco dias")
    await ana.page.keyboard.press("Enter")
    arrived = await maria.next_message(0, PATIENCE)
    assert arrived.context == {"message_id": first}
    await expect(ana.bubble("Cinco dias").locator("blockquote")).to_contain_text("Qual é o prazo?")
    await maria.reply(arrived.wamid, "Perfeito")
    await expect(ana.bubble("Perfeito").locator("blockquote")).to_contain_text("Cinco dias")


async def test_the_customer_corrects_and_deletes(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    wrong = await maria.say("O pedido é o 77-3040")
    regretted = await maria.say("Esqueçam isto")
    await ana.open(maria.identity.name)
    await ana.shows(["O pedido é o 77-3040", "Esqueçam isto"])
    await maria.edit(wrong, "O pedido é o 77-3041")
    await maria.delete(regretted)
    await ana.shows(["O pedido é o 77-3041", "This message was deleted."])
    await expect(ana.bubble("77-3041")).to_contain_text("edited")


async def test_a_place_is_a_link_to_a_map_and_loads_none(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    await maria.send_location(-23.5614, -46.6559, "Avenida Paulista")
    await ana.open(maria.identity.name)
    place = ana.thread.get_by_role("link", name="Avenida Paulista")
    href = await place.get_attribute("href") or ""
    assert href.startswith("https://www.openstreetmap.org/?mlat=-23.5614&mlon=-46.6559")
    assert await place.get_attribute("rel") == "noopener noreferrer"


async def test_markup_is_shown_and_never_run(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    text = "*Urgente* <img src=x onerror=\"document.title='x'\"> https://example.com/pedido"
    await maria.say(text)
    await ana.open(maria.identity.name)
    bubble = ana.bubble("Urgente")
    await expect(bubble.locator("strong")).to_have_text("Urgente")
    await expect(bubble.get_by_role("link")).to_have_attribute("href", "https://example.com/pedido")
    await expect(bubble.locator("img")).to_have_count(0)
