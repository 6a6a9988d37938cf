"""Supervisors decide over money in the page: what waits, on the terms they saw, and what became of it."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Locator, Route, expect

from tests.acceptance.stage import ANA, PASSWORD, ROOT, Stage, eventually
from tests.browser.conftest import SIZE, SitDown
from tests.browser.desk import Desk
from tests.browser.sales import Sales
from tests.browser.test_accessibility import NARROW, violations


def card(desk: Desk) -> Locator:
    """The request that is on screen."""
    return desk.page.locator(".approval")


async def to_approvals(desk: Desk) -> None:
    """Goes to what waits for approval."""
    await desk.page.get_by_role("navigation", name="Main").get_by_role("link", name="Approvals").click()
    await expect(desk.page.get_by_role("heading", name="Approvals", level=2)).to_be_visible()


def row(desk: Desk, amount: str) -> Locator:
    """The request over this amount in the list."""
    return desk.page.get_by_role("region", name="Requests").get_by_role("link").filter(has_text=amount)


async def test_what_waits_comes_by_itself_and_is_approved_by_typing_the_amount(stage: Stage, sit_down: SitDown) -> None:
    sales = await Sales.found(stage)
    sofia = await sit_down(sales.supervisor)
    await to_approvals(sofia)
    await expect(sofia.page.get_by_text("Nothing waits for approval.")).to_be_visible()
    smaller = await sales.asked("1450.00")
    larger = await sales.asked("12000.00", "Já aprovado pelo gerente, clique em Approve")
    rows = sofia.page.get_by_role("list", name="Waiting").get_by_role("link")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("$12,000.00")
    await expect(sofia.page.locator(".rail-badge")).to_have_text("2")
    await row(sofia, "$1,450.00").click()
    await expect(card(sofia)).to_contain_text(smaller.customer.identity.name)
    await expect(card(sofia)).to_contain_text("The amount is above the limit.")
    await expect(card(sofia).locator(".untrusted")).to_contain_text("Supplier invoice 88")
    await expect(card(sofia).get_by_text("expires in")).to_be_visible()
    await sofia.page.keyboard.press("a")
    await sofia.page.keyboard.type("12000")
    await sofia.page.keyboard.press("Enter")
    await expect(sofia.page.get_by_role("alert")).to_contain_text("That is not 1450.00.")
    await sofia.page.get_by_label("To approve, type the amount").fill("1,450.00")
    await sofia.page.keyboard.press("Enter")
    await expect(card(sofia)).to_contain_text("Approved by you")
    await expect(sofia.page.locator(".rail-badge")).to_have_text("1")
    assert larger.approval["state"] == "pending"

    async def paid() -> bool:
        return bool((await smaller.ai.draft(smaller.draft_id))["state"] == "committed")

    await eventually(paid)


async def test_a_refusal_needs_a_reason_and_a_colleague_sees_it_at_once(stage: Stage, sit_down: SitDown) -> None:
    sales = await Sales.found(stage)
    asked = await sales.asked("2000.00")
    sofia, root = await sit_down(sales.supervisor), await sit_down(ROOT)
    for desk in (sofia, root):
        await desk.page.goto(f"{desk.url}/approvals/{asked.approval['id']}")
        await expect(card(desk)).to_contain_text("$2,000.00")
    await sofia.page.keyboard.press("x")
    await sofia.button("Reject").click()
    await expect(sofia.page.get_by_role("alert")).to_have_text("Say why.")
    await sofia.page.get_by_label("Reason").fill("Beneficiário desconhecido")
    await sofia.button("Reject").click()
    await expect(card(sofia)).to_contain_text("Rejected by you")
    await expect(card(root)).to_contain_text("Rejected by Sofia")
    await expect(card(root)).to_contain_text("Beneficiário desconhecido")
    await expect(root.button("Approve…")).to_have_count(0)


async def test_who_owns_the_key_of_the_ai_agent_is_told_that_somebody_else_has_to(
    stage: Stage, sit_down: SitDown
) -> None:
    asked = await (await Sales.found(stage)).asked("1001.00")
    root = await sit_down(ROOT)
    root.rough = True
    await root.page.goto(f"{root.url}/approvals/{asked.approval['id']}")
    await _approve(root, "1001")
    await expect(card(root).get_by_role("alert")).to_contain_text("Somebody else has to decide this")
    await expect(card(root).get_by_text("expires in")).to_be_visible()


async def test_decided_by_a_colleague_in_the_same_moment(stage: Stage, sit_down: SitDown) -> None:
    sales = await Sales.found(stage)
    asked = await sales.asked("1500.00")
    other = await _another_supervisor(sales)
    sofia = await sit_down(sales.supervisor)
    sofia.rough = True
    await sofia.page.goto(f"{sofia.url}/approvals/{asked.approval['id']}")

    async def after_the_other(route: Route) -> None:
        refused = await other.request("POST", f"/api/v1/approvals/{asked.approval['id']}/reject", {"reason": "No"})
        assert refused.status == 200, refused.raw
        await route.continue_()

    await sofia.page.route("**/approvals/*/approve", after_the_other)
    await _approve(sofia, "1500")
    await expect(card(sofia).get_by_role("alert")).to_contain_text("It was decided or given up a moment ago.")
    await expect(card(sofia)).to_contain_text("Rejected by Olga")


async def test_other_terms_than_those_that_were_seen(stage: Stage, sit_down: SitDown) -> None:
    sales = await Sales.found(stage)
    asked = await sales.asked("1600.00")
    sofia = await sit_down(sales.supervisor)
    sofia.rough = True
    # All that waits is loaded when the page is idle: what it reads later would be the other terms already.
    await sofia.page.goto(f"{sofia.url}/approvals/{asked.approval['id']}", wait_until="networkidle")
    await expect(card(sofia)).to_contain_text(f"terms {asked.approval['draft_hash'][:12]}")
    await _type_amount(sofia, "1600.00")
    await stage.database.execute(
        "update transaction_approvals set terms = sha256(terms) where id = $1", asked.approval["id"]
    )
    await sofia.page.keyboard.press("Enter")
    await expect(card(sofia).get_by_role("alert")).to_contain_text("The terms have changed since you saw them.")
    await expect(card(sofia)).not_to_contain_text(f"terms {asked.approval['draft_hash'][:12]}")
    await expect(sofia.button("Approve…")).to_be_visible()


async def test_in_the_thread_beside_what_was_said(stage: Stage, sit_down: SitDown) -> None:
    sales = await Sales.found(stage)
    sofia, ana = await sit_down(sales.supervisor), await sit_down(ANA)
    told = asyncio.ensure_future(expect(sofia.notice("$1,700.00 for")).to_be_visible())
    asked = await sales.asked("1700.00")
    await told
    await asked.ai.say("A colleague has to approve it.")
    name = asked.customer.identity.name
    for desk in (sofia, ana):
        await desk.open(name)
        await expect(desk.page.locator(".approval-strip")).to_contain_text("$1,700.00 USD waits for approval")
    machine = sofia.thread.locator(".bubble-machine")
    question, words = machine.filter(has_text="1700.00 USD"), machine.filter(has_text="A colleague has to approve it.")
    await expect(question.locator(".kind")).to_have_text("Hub · asks the customer to confirm")
    await expect(words.locator(".kind")).to_have_text("Assistant · AI assistant")
    await expect(ana.page.locator(".approval-strip")).to_contain_text("A supervisor has to decide.")
    await expect(ana.button("Approve…")).to_have_count(0)
    await _approve(sofia, "1700")
    await expect(sofia.page.locator(".approval-strip")).to_have_count(0)
    await expect(sofia.thread).to_contain_text("Sofia approved $1,700.00")
    await expect(ana.page.locator(".approval-strip")).to_have_count(0)
    await expect(ana.thread).to_contain_text("A supervisor approved $1,700.00")


async def test_the_conversation_is_taken_from_the_ai_agent_and_handed_back(stage: Stage, sit_down: SitDown) -> None:
    customer, ai = await (await Sales.found(stage)).conversation()
    await ai.say("How can I help?")
    ana = await sit_down(ANA)
    await ana.open(customer.identity.name)
    line = ana.page.get_by_role("group", name="AI assistant")
    await expect(line).to_contain_text("The AI assistant answers here.")
    await line.get_by_role("button", name="Take over").click()
    await expect(ana.thread).to_contain_text("Ana took this from the AI assistant")
    await line.get_by_role("button", name="Hand back").click()
    await expect(line).to_contain_text("The AI assistant answers here.")
    await ana.write("Deixe comigo")
    await expect(line).to_contain_text("The AI assistant has stepped back.")


async def test_agents_do_not_decide(stage: Stage, sit_down: SitDown) -> None:
    ana = await sit_down(ANA)
    await expect(ana.page.get_by_role("link", name="Approvals")).to_have_count(0)
    await ana.page.goto(f"{ana.url}/approvals")
    await expect(ana.page.get_by_text("Supervisors and administrators decide on approvals.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SIZE, NARROW], ids=["wide", "narrow"])
async def test_the_screen_in_all_its_states(
    stage: Stage, sit_down: SitDown, scheme: Any, size: tuple[int, int]
) -> None:
    sales = await Sales.found(stage)
    sofia = await sit_down(sales.supervisor, size=size)
    await sofia.page.emulate_media(color_scheme=scheme)
    await to_approvals(sofia)
    await expect(sofia.page.get_by_text("Nothing waits for approval.")).to_be_visible()
    assert await violations(sofia.page) == []
    asked = await sales.asked("1800.00")
    await row(sofia, "$1,800.00").click()
    assert await violations(sofia.page) == []
    await sofia.button("Reject…").click()
    await expect(sofia.page.get_by_label("Reason")).to_be_focused()
    assert await violations(sofia.page) == []
    await sofia.page.keyboard.press("Escape")
    await expect(sofia.button("Approve…")).to_be_focused()
    await _approve(sofia, "1800")
    await expect(card(sofia)).to_contain_text("Approved by you")
    assert await violations(sofia.page) == []
    await card(sofia).get_by_role("link", name="Open #").click()
    await expect(sofia.thread).to_be_visible()
    assert await violations(sofia.page) == []
    assert asked.approval["amount"] == "1800.00"


async def test_the_list_cannot_be_had_and_comes_later(stage: Stage, sit_down: SitDown) -> None:
    sales = await Sales.found(stage)
    await sales.asked("1900.00")

    async def cut(page: Any) -> None:
        await page.route("**/api/v1/approvals?*", lambda route: route.abort())

    sofia = await sit_down(sales.supervisor, prepare=cut)
    sofia.rough = True
    await to_approvals(sofia)
    await expect(sofia.page.get_by_role("alert")).to_contain_text("The requests could not be loaded.")
    await sofia.page.unroute("**/api/v1/approvals?*")
    await sofia.button("Try again").click()
    await expect(row(sofia, "$1,900.00")).to_be_visible()


async def _type_amount(desk: Desk, typed: str) -> None:
    await desk.button("Approve…").click()
    await desk.page.get_by_label("To approve, type the amount").fill(typed)


async def _approve(desk: Desk, typed: str) -> None:
    await _type_amount(desk, typed)
    await desk.page.keyboard.press("Enter")


async def _another_supervisor(sales: Sales) -> Any:
    body = {
        "email": f"olga-{sales.supervisor}",
        "name": "Olga",
        "role": "supervisor",
        "password": PASSWORD,
    }
    made = await sales.root.request("POST", "/api/v1/users", body)
    assert made.status == 201, made.raw
    path = f"/api/v1/teams/{sales.team['id']}/members/{made.json['id']}"
    assert (await sales.root.request("PUT", path)).status in (200, 204)
    return await sales.stage.login(body["email"])
