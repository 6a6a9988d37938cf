"""What the company's back ends know of the customer, beside the thread: with its age, and what is wrong when it is."""

from playwright.async_api import Locator, expect

from hub.demo.back_office.faults import Fault
from tests.acceptance.stage import ANA, Stage
from tests.browser.conftest import SitDown
from tests.browser.desk import Desk
from tests.browser.test_accessibility import NARROW, violations

OPTIONS = {
    "circuits.failures": "1",
    "circuits.open": "3s",
    "circuits.attempts": "1",
    "integrations.ticketing.cache_ttl": "0",
    "integrations.transaction_status.cache_ttl": "0",
}


def part(desk: Desk, name: str) -> Locator:
    """One list of records in the customer's panel."""
    return desk.page.get_by_role("complementary", name="Customer").get_by_role("region", name=name)


async def test_tickets_and_transactions_with_their_age(stage: Stage, sit_down: SitDown) -> None:
    customer, id = await stage.conversation(await stage.login(ANA))
    office = stage.back_office
    ref = str(await stage.value("select customer_id from conversations where id = $1", id))
    ana = await sit_down()
    await ana.open(customer.identity.name)
    await expect(part(ana, "Tickets")).to_contain_text("No tickets.")
    office.tickets.open(ref, "Card <img src=x onerror=alert(1)> *blocked*")
    for amount in ("1450.00", "220.00", "12.50", "99.90", "7.00"):
        office.payments.record(ref, amount, description="Invoice 88")
    for name in ("Tickets", "Transactions"):
        await part(ana, name).get_by_role("button", name=f"{name}: check again").click()
    await expect(part(ana, "Tickets")).to_contain_text("Card <img src=x onerror=alert(1)> *blocked*")
    await expect(part(ana, "Tickets").locator("img")).to_have_count(0)
    await expect(part(ana, "Tickets")).to_contain_text("Checked")
    await expect(part(ana, "Transactions").get_by_role("listitem")).to_have_count(4)
    await part(ana, "Transactions").get_by_role("button", name="Show 1 more").click()
    await expect(part(ana, "Transactions").get_by_role("listitem").filter(has_text="$1,450.00")).to_have_count(1)
    for scheme in ("light", "dark"):
        await ana.page.emulate_media(color_scheme=scheme)
        assert await violations(ana.page) == []


async def test_a_back_end_that_is_down_and_comes_back(stage: Stage, sit_down: SitDown) -> None:
    agent = await stage.login(ANA)
    customer, id = await stage.conversation(agent)
    office = stage.back_office
    ref = str(await stage.value("select customer_id from conversations where id = $1", id))
    ticket = office.tickets.open(ref, "Card blocked")
    ana = await sit_down()
    ana.rough = True
    await ana.open(customer.identity.name)
    await expect(part(ana, "Tickets")).to_contain_text("Card blocked")
    for back_end in ("ticketing", "status"):
        office.faults.always(Fault.error(500), on=back_end)
    for records in ("tickets", "transactions"):
        assert (await agent.request("GET", f"/api/v1/customers/{ref}/{records}")).status in (200, 502, 503)
    await expect(part(ana, "Tickets")).to_contain_text("Ticketing is down, copy from")
    await expect(part(ana, "Tickets")).to_contain_text("Card blocked")
    await expect(part(ana, "Transactions")).to_contain_text("Asking again in")
    assert await violations(ana.page) == []
    office.faults.clear()
    ticket.status = "resolved"
    await expect(part(ana, "Tickets")).to_contain_text("Checked")
    await expect(part(ana, "Tickets")).to_contain_text("resolved")
    await expect(part(ana, "Transactions")).to_contain_text("Checked")


async def test_in_the_drawer_where_there_is_no_room_beside(stage: Stage, sit_down: SitDown) -> None:
    customer, _ = await stage.conversation(await stage.login(ANA))
    ana = await sit_down(size=NARROW)
    await ana.page.get_by_role("combobox", name="Views").select_option(value="open")
    await ana.row(customer.identity.name).click()
    await expect(ana.thread).to_be_visible()
    assert stage.back_office.ledger.count("ticket.search") == 0
    await ana.page.get_by_role("button", name="Customer details").click()
    await expect(part(ana, "Tickets")).to_contain_text("No tickets.")
    assert stage.back_office.ledger.count("ticket.search") == 1
    assert await violations(ana.page) == []
