"""axe-core finds nothing to complain about, on any screen, in either theme; and the keyboard reaches everything."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.acceptance.stage import ANA, Stage
from tests.browser.conftest import SIZE, SitDown
from tests.browser.desk import Desk

AXE = Path(__file__).parents[2] / "web/inbox/node_modules/axe-core/axe.min.js"
RUN = """async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
    'best-practice']})).violations.map(({id, nodes}) => ({id, nodes: nodes.map(({html, failureSummary}) =>
    html.slice(0, 200) + ' ' + failureSummary)}))"""
NARROW = (390, 844)


async def violations(page: Page) -> list[Any]:
    """What axe-core finds on the screen as it is now."""
    await page.evaluate(AXE.read_text())
    found: list[Any] = await page.evaluate(RUN)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SIZE, NARROW], ids=["wide", "narrow"])
async def test_every_screen(stage: Stage, sit_down: SitDown, scheme: Any, size: tuple[int, int]) -> None:
    ana = await sit_down(None, size=size)
    await ana.page.emulate_media(color_scheme=scheme)
    assert await violations(ana.page) == []
    maria = stage.customer()
    await maria.say("Bom dia *a todos*")
    await maria.send_location(-23.5614, -46.6559, "Avenida Paulista")
    await maria.send_document(filename="comprovante.pdf")
    await maria.send_voice()
    await ana.sign_in(ANA)
    await _look_at_the_list(ana, maria.identity.name, narrow=size == NARROW)
    await ana.row(maria.identity.name).click()
    await ana.write("Bom dia! https://example.com")
    await ana.says("Bom dia!", "delivered")
    assert await violations(ana.page) == []
    await ana.page.get_by_role("button", name="Resolve").click()
    await expect(ana.page.get_by_role("button", name="Reopen")).to_be_visible()
    assert await violations(ana.page) == []
    if size == NARROW:
        await ana.page.get_by_role("button", name="Customer details").click()
        await expect(ana.page.locator(".side-open")).to_be_visible()
        assert await violations(ana.page) == []


async def _look_at_the_list(ana: Desk, name: str, *, narrow: bool) -> None:
    assert await violations(ana.page) == []
    if narrow:
        await ana.page.get_by_role("combobox", name="Views").select_option(value="open")
    else:
        await ana.view("All open")
    await expect(ana.row(name)).to_be_visible()
    assert await violations(ana.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_lies_over_the_page_and_the_form_for_templates(stage: Stage, sit_down: SitDown, scheme: Any) -> None:
    stage.world.add_template("retomar", "pt_BR", "Olá {{1}}, podemos falar do pedido {{2}}?")
    ana = await sit_down()
    await ana.page.emulate_media(color_scheme=scheme)
    await ana.page.keyboard.press("?")
    await expect(ana.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert await violations(ana.page) == []
    await ana.page.keyboard.press("Escape")
    maria = stage.customer()
    draft = maria.draft("text", {"body": "Escrevi há dois dias"})
    draft["timestamp"] = str(int(draft["timestamp"]) - 172_800)
    assert (await stage.deliver(stage.written((maria, draft)))).status == 200
    await ana.open(maria.identity.name)
    await expect(ana.button("Send template")).to_be_visible()
    assert await violations(ana.page) == []


async def test_the_keyboard_alone(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    maria, joao = stage.customer(), stage.customer()
    for customer in (maria, joao):
        await customer.say(f"Sou {customer.identity.name}")
        await stage.world.quiet()
    press = ana.page.keyboard.press
    await press("g")
    await press("u")
    await expect(ana.row(joao.identity.name)).to_be_visible()
    order = [row.split(",")[0] for row in await ana.rows.locator("bdi").all_inner_texts()]
    await press("j")
    await expect(ana.page.locator(".thread-title h2")).to_have_text(order[0])
    await press("j")
    await expect(ana.page.locator(".thread-title h2")).to_have_text(order[1])
    await press("k")
    await expect(ana.page.locator(".thread-title h2")).to_have_text(order[0])
    await ana.row(maria.identity.name).click()
    await press("r")
    await expect(ana.composer).to_be_focused()
    await ana.page.keyboard.type("jek")
    await expect(ana.composer).to_have_value("jek")
    await press("Escape")
    await expect(ana.composer).not_to_be_focused()
    await press("i")
    await expect(ana.page.locator(".thread-header")).to_contain_text("Yours")
