"""What went wrong with a message stands on it, with what can be done."""

from playwright.async_api import expect

from hub.demo.whatsapp import Fault
from hub.demo.whatsapp.files import picture
from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage, eventually
from tests.browser.conftest import SitDown


async def test_a_failed_message_says_why_and_is_sent_again(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    await maria.say("Nem tudo chega")
    await ana.open(maria.identity.name)
    stage.world.faults.next(1, Fault.fails_later(131026))
    await ana.write("Esta não chega")
    bubble = ana.bubble("Esta não chega")
    await expect(bubble.locator(".trouble")).to_contain_text("Not sent: ")
    await expect(bubble.locator(".trouble")).not_to_contain_text("no reason given")
    await expect(ana.row(maria.identity.name)).to_contain_text("Not sent")
    await ana.view("Failed sends")
    await expect(ana.row(maria.identity.name)).to_have_count(1)
    await bubble.get_by_role("button", name="Retry").click()
    await ana.says("Esta não chega", "delivered")
    await expect(bubble).to_contain_text("attempt 2")
    await expect(ana.row(maria.identity.name)).to_have_count(0)
    await ana.shows(["Nem tudo chega", "Esta não chega"])
    assert [arrived.text for arrived in maria.inbox] == ["Esta não chega"]


async def test_a_lost_answer_is_maybe_sent_until_the_status_comes(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    await maria.say("Às vezes ninguém sabe")
    await ana.open(maria.identity.name)
    await stage.world.quiet(PATIENCE)
    stage.mute()
    stage.world.faults.next(1, Fault.hang(30))
    await ana.write("Talvez tenha chegado")
    await ana.says("Talvez tenha chegado", "maybe sent")
    await expect(ana.bubble("Talvez tenha chegado").locator(".trouble")).to_contain_text("Maybe sent")

    async def taken() -> object:
        return stage.world.ledger.sends_to(maria.number)

    await eventually(taken)
    (send,) = stage.world.ledger.sends_to(maria.number)
    stage.unmute()
    stage.world.statuses.report(send, "read", maria.identity)
    await ana.says("Talvez tenha chegado", "read")
    await expect(ana.bubble("Talvez tenha chegado").locator(".trouble")).to_have_count(0)


async def test_a_refused_message_is_kept_and_can_be_discarded(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    ana.rough = True
    maria = stage.customer()
    await maria.say("Com arquivo demais")
    await ana.open(maria.identity.name)
    chooser = ana.page.locator("input[type=file]")
    heavy = picture(1) + bytes(6_000_000)
    await chooser.set_input_files({"name": "enorme.png", "mimeType": "image/png", "buffer": heavy})
    await ana.button("Send").click()
    refused = ana.bubbles.filter(has_text="enorme.png")
    await expect(refused.locator(".trouble")).to_contain_text("Not sent: ")
    await ana.reload()
    await expect(refused.locator(".trouble")).to_contain_text("Not sent: ")
    await refused.get_by_role("button", name="Discard").click()
    await ana.shows(["Com arquivo demais"])
