"""Two people at two desks see what the other does, without a reload."""

from playwright.async_api import Route, expect

from tests.acceptance.stage import ANA, BEN, Stage
from tests.browser.conftest import SitDown


async def test_one_takes_and_the_other_sees_it(stage: Stage, sit_down: SitDown) -> None:
    ana, ben = await sit_down(ANA), await sit_down(BEN)
    maria = stage.customer()
    await maria.say("Quem vai me atender?")
    for desk in (ana, ben):
        await desk.open(maria.identity.name, view="Unassigned")
    await ana.page.get_by_role("button", name="Take").click()
    await expect(ana.page.locator(".thread-header")).to_contain_text("Yours")
    await expect(ben.page.locator(".thread-header")).to_contain_text("Assigned to Ana")
    await expect(ben.thread).to_contain_text("Ana took this conversation")
    await expect(ben.row(maria.identity.name)).to_have_count(0)
    await ana.view("Mine")
    await expect(ana.row(maria.identity.name)).to_have_count(1)


async def test_both_take_at_once_and_the_second_is_told_by_whom(stage: Stage, sit_down: SitDown) -> None:
    ana, ben = await stage.login(ANA), await sit_down(BEN)
    ben.rough = True
    maria, conversation_id = await stage.conversation(ana, "Os dois ao mesmo tempo")
    await ben.open(maria.identity.name)
    take = ben.page.get_by_role("button", name="Take")
    await expect(take).to_be_visible()

    async def after_ana(route: Route) -> None:
        taken = await ana.request("POST", f"/api/v1/conversations/{conversation_id}/take")
        assert taken.status == 200, taken.raw
        await route.continue_()

    await ben.page.route("**/api/v1/conversations/*/take", after_ana)
    await take.click()
    await expect(ben.notice("Ana took this conversation first.")).to_be_visible()
    await expect(ben.page.locator(".thread-header")).to_contain_text("Assigned to Ana")


async def test_who_looks_and_who_writes(stage: Stage, sit_down: SitDown) -> None:
    ana, ben = await sit_down(ANA), await sit_down(BEN)
    maria = stage.customer()
    await maria.say("Estão todos aqui?")
    for desk in (ana, ben):
        await desk.open(maria.identity.name)
    await expect(ana.page.locator(".viewers")).to_have_text("Ben viewing")
    await ben.composer.press_sequentially("Estamos")
    await expect(ana.page.locator(".typing-line")).to_have_text("Ben is replying…")
    await expect(ben.page.locator(".typing-line")).to_have_text("")
    await ben.composer.press("Enter")
    await ana.says("Estamos", "delivered")
    await expect(ana.page.locator(".typing-line")).to_have_text("")
    await expect(ana.bubble("Estamos")).to_contain_text("Ben · ")


async def test_resolved_by_one_it_leaves_the_others_list_and_the_customer_brings_it_back(
    stage: Stage, sit_down: SitDown
) -> None:
    ana, ben = await sit_down(ANA), await sit_down(BEN)
    maria = stage.customer()
    await maria.say("Só uma pergunta rápida")
    await ana.open(maria.identity.name)
    await ben.view("All open")
    await expect(ben.row(maria.identity.name)).to_have_count(1)
    await ana.page.keyboard.press("e")
    await expect(ana.page.get_by_role("button", name="Reopen")).to_be_visible()
    await expect(ben.row(maria.identity.name)).to_have_count(0)
    await maria.say("Lembrei de mais uma coisa")
    await expect(ben.row(maria.identity.name)).to_contain_text("Lembrei de mais uma coisa")


async def test_whoever_signs_out_in_one_tab_is_signed_out_in_the_other(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down()
    ana.rough = True
    other = await ana.page.context.new_page()
    await other.goto(ana.url)
    await expect(other.get_by_role("navigation", name="Views")).to_be_visible()
    await ana.page.get_by_role("button", name="Ana, online. Account").click()
    await ana.button("Sign out").click()
    for page in (ana.page, other):
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
