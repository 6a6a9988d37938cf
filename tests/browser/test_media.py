"""Files in both directions, as the agent sees them."""

from playwright.async_api import expect

from hub.demo.whatsapp.files import picture
from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage
from tests.browser.conftest import SitDown

NATURAL_WIDTH = "image => image.complete && image.naturalWidth"


async def test_a_customers_picture_is_shown_and_enlarged(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    await maria.send_image(picture(3), caption="Chegou assim")
    await ana.open(maria.identity.name)
    thumbnail = ana.bubble("Chegou assim").get_by_role("img", name="Photo")
    await expect(thumbnail).to_be_visible()
    await expect(thumbnail).to_have_js_property("complete", True)
    assert await thumbnail.evaluate(NATURAL_WIDTH) > 0
    await ana.button("Open the photo").click()
    box = ana.page.get_by_role("dialog", name="Photo")
    await expect(box.get_by_role("img")).to_be_visible()
    assert await box.get_by_role("img").evaluate(NATURAL_WIDTH) > 0
    async with ana.page.expect_download() as download:
        await box.get_by_role("link", name="Download").click()
    path = await (await download.value).path()
    assert path.read_bytes()[:8] == picture(3)[:8]
    await ana.page.keyboard.press("Escape")
    await expect(box).to_have_count(0)


async def test_a_voice_note_has_a_player(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    await maria.send_voice(3.0)
    await ana.open(maria.identity.name)
    player = ana.thread.get_by_role("group", name="Voice message")
    play = player.get_by_role("button", name="Play")
    await expect(play).to_be_enabled()
    await player.get_by_role("button", name="Speed 1×").click()
    await expect(player.get_by_role("button", name="Speed 1.5×")).to_be_visible()
    await expect(ana.row(maria.identity.name)).to_contain_text("Audio")


async def test_a_document_is_saved_under_its_name(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    await maria.send_document(filename="comprovante.pdf")
    await ana.open(maria.identity.name)
    async with ana.page.expect_download() as download:
        await ana.thread.get_by_role("button", name="comprovante.pdf").click()
    assert (await download.value).suggested_filename == "comprovante.pdf"


async def test_an_agents_picture_arrives_with_its_words(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria = stage.customer()
    await maria.say("Pode mandar uma foto?")
    await ana.open(maria.identity.name)
    files = ana.page.locator("input[type=file]")
    await files.set_input_files({"name": "loja.png", "mimeType": "image/png", "buffer": picture(5)})
    await expect(ana.page.locator(".file-chip")).to_contain_text("loja.png")
    await ana.write("A nossa loja")
    await ana.says("A nossa loja", "delivered")
    arrived = await maria.next_message(0, PATIENCE)
    assert (arrived.type, arrived.content["caption"]) == ("image", "A nossa loja")
    file = stage.world.media.get(arrived.content["id"])
    assert file is not None
    assert file.content == picture(5)
    image = ana.bubble("A nossa loja").get_by_role("img", name="loja.png")
    await expect(image).to_be_visible()
    assert await image.evaluate(NATURAL_WIDTH) > 0
