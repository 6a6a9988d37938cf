"""WhatsApp's 24 hours on the screen: the composer becomes the form for templates and back; nothing typed is lost."""

from datetime import UTC, datetime

from playwright.async_api import expect

from hub.demo.whatsapp import Customer
from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage
from tests.browser.conftest import SitDown

DAY = 86_400
CLOSED = "The 24-hour window is closed"


async def _wrote(stage: Stage, seconds_ago: int) -> Customer:
    """Somebody whose only message is that old; and there is a template to answer with."""
    stage.world.add_template("retomar", "pt_BR", "Olá {{1}}, podemos falar do pedido {{2}}?")
    customer = stage.customer()
    draft = customer.draft("text", {"body": "Escrevi ontem"})
    draft["timestamp"] = str(int(datetime.now(UTC).timestamp()) - seconds_ago)
    assert (await stage.deliver(stage.written((customer, draft)))).status == 200
    return customer


async def test_it_closes_while_somebody_types_and_opens_again(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = await _wrote(stage, DAY - 8)
    await ana.open(maria.identity.name)
    await expect(ana.page.locator(".ring")).to_contain_text("Window closes in 0:0")
    await ana.composer.press_sequentially("Escrevo devagar")
    form = ana.page.get_by_role("region", name=CLOSED)
    await expect(form).to_be_visible()
    await expect(ana.composer).to_have_count(0)
    await maria.say("Voltei")
    await expect(form).to_have_count(0)
    await expect(ana.composer).to_have_value("Escrevo devagar")
    await ana.composer.press("Enter")
    await ana.says("Escrevo devagar", "delivered")


async def test_a_template_is_filled_in_and_sent(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = await _wrote(stage, 2 * DAY)
    await ana.open(maria.identity.name)
    form = ana.page.get_by_role("region", name=CLOSED)
    await form.get_by_label("Template").select_option(label="retomar · pt_BR · utility")
    await expect(ana.button("Send template")).to_be_disabled()
    await form.get_by_label("Value 1").fill("Clarice")
    await form.get_by_label("Value 2").fill("77-3041")
    await expect(form.locator(".template-preview")).to_contain_text("Olá Clarice, podemos falar do pedido 77-3041?")
    await ana.button("Send template").click()
    assert (await maria.next_message(0, PATIENCE)).text == "Olá Clarice, podemos falar do pedido 77-3041?"
    await ana.says("Olá Clarice, podemos falar do pedido 77-3041?", "delivered")
    await expect(form).to_be_visible()
