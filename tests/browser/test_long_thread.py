"""A thread of two thousand messages: little of it is drawn, and what one reads stays where it is."""

from typing import Any

from playwright.async_api import expect

from tests.acceptance.stage import Stage
from tests.browser.conftest import SitDown
from tests.browser.desk import Desk

MESSAGES = 2_000
IN_ONE_WEBHOOK = 500
DRAWN_AT_MOST = 80

TOPMOST = """log => {
    const top = log.getBoundingClientRect().top;
    const rows = [...log.querySelectorAll('article')].map(row => [row, row.getBoundingClientRect()]);
    const [row, box] = rows.find(([_, box]) => box.top >= top);
    return {text: row.innerText.split('\\n')[0], y: box.top - top, rows: rows.length,
            height: log.scrollHeight, scroll: log.scrollTop};
}"""

SCROLLED_UP = """new Promise(drawn => {
    log.scrollTop = 400;
    requestAnimationFrame(() => requestAnimationFrame(drawn));
})"""


async def test_older_pages_come_without_a_jump(stage: Stage, sit_down: SitDown) -> None:
    maria = stage.customer()
    for start in range(0, MESSAGES, IN_ONE_WEBHOOK):
        numbers = range(start, start + IN_ONE_WEBHOOK)
        drafts = [(maria, maria.draft("text", {"body": f"Mensagem {number:04}"})) for number in numbers]
        assert (await stage.deliver(stage.written(*drafts))).status == 200
    ana = await sit_down()
    await ana.open(maria.identity.name)
    await expect(ana.bubbles.first).to_be_visible()
    await ana.button("Jump to the newest message").click()
    await expect(ana.bubble(f"Mensagem {MESSAGES - 1:04}")).to_be_in_viewport()
    for _ in range(6):
        await _one_page_up(ana)
    await ana.button("Jump to the newest message").click()
    await expect(ana.bubble(f"Mensagem {MESSAGES - 1:04}")).to_be_in_viewport()


async def _one_page_up(ana: Desk) -> None:
    """Scrolls to where the page before is fetched; when it has come, the topmost message has not moved."""
    before: dict[str, Any] = await ana.thread.evaluate(f"log => {SCROLLED_UP}.then(() => ({TOPMOST})(log))")
    grown = "height => document.querySelector('[role=log]').scrollHeight > height + 1000"
    await ana.page.wait_for_function(grown, arg=before["height"])
    after: dict[str, Any] = await ana.thread.evaluate(TOPMOST)
    assert (after["text"], abs(after["y"] - before["y"]) <= 2) == (before["text"], True), (before, after)
    assert after["rows"] <= DRAWN_AT_MOST
