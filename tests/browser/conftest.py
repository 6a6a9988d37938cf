"""A real Chromium in front of a real hub: each case gets people at desks of their own, and the customers' WhatsApp."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.acceptance.conftest import hub, stage
from tests.acceptance.process import HubProcess
from tests.acceptance.stage import ANA
from tests.browser.desk import Desk

__all__ = ["hub", "stage"]

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--mute-audio")
SIZE = (1440, 860)
PATIENCE = 60_000
"""Milliseconds; generous, because nothing here is about speed."""

SitDown = Callable[..., Awaitable[Desk]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def chromium() -> str:
    """The browser's path. Where there is none the cases are left out, in CI they fail."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing = "No Chromium: install one (apt-get install chromium) or name it in the environment variable CHROMIUM."
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return path


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A browser with nothing in it."""
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def sit_down(browser: Browser, hub: HubProcess) -> AsyncIterator[SitDown]:
    """Opens the page as somebody who has a browser profile of his own; signs in unless `email` is None."""
    desks: list[Desk] = []

    async def sit(email: str | None = ANA, *, size: tuple[int, int] = SIZE, prepare: object = None) -> Desk:
        context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        page: Page = await context.new_page()
        desk = Desk(page, hub.url)
        desks.append(desk)
        if callable(prepare):
            await prepare(page)
        await desk.arrive()
        if email is not None:
            await desk.sign_in(email)
        return desk

    yield sit
    for desk in desks:
        await desk.page.context.close()
        assert desk.complaints() == []
