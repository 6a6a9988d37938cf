"""One person at the inbox page, by what can be seen and reached there."""

from collections.abc import Sequence

from attrs import define, field
from playwright.async_api import ConsoleMessage, Locator, Page, expect

from tests.acceptance.stage import PASSWORD

CUT_OFF = ("Failed to load resource", "WebSocket connection to", "EventSource's response")
"""What the browser itself notes when an answer is an error or does not come."""


@define(eq=False)
class Desk:
    """The page of one signed-in person. `rough`: the case cuts lines, so that the browser notes failed requests."""

    page: Page
    url: str
    rough: bool = False
    _notes: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.page.on("console", lambda message: self._noted(message))
        self.page.on("pageerror", lambda error: self._notes.append(f"uncaught: {error.stack}"))

    def _noted(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._notes.append(message.text)

    def complaints(self) -> list[str]:
        """What stood in the console and has no good reason."""
        return [note for note in self._notes if not (self.rough and note.startswith(CUT_OFF))]

    async def arrive(self) -> None:
        """Opens the page."""
        await self.page.goto(self.url)
        await expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()

    async def sign_in(self, email: str) -> None:
        """Signs in."""
        await self.page.get_by_label("Email").fill(email)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_role("region", name="Conversations")).to_be_visible()

    async def reload(self) -> None:
        """Reloads the page; it opens where it was."""
        await self.page.reload()

    # The list

    @property
    def rows(self) -> Locator:
        """The conversations in the list."""
        return self.page.get_by_role("listbox").get_by_role("option")

    def row(self, name: str) -> Locator:
        """The conversation with the customer of this name."""
        return self.rows.filter(has_text=name)

    async def view(self, name: str) -> None:
        """Chooses a view."""
        await self.page.get_by_role("navigation", name="Views").get_by_role("link", name=name).click()

    async def open(self, name: str, view: str = "All open") -> None:
        """Opens the conversation with the customer of this name."""
        await self.view(view)
        await self.row(name).click()
        await expect(self.page.locator(".thread-header")).to_contain_text(name)

    # The thread

    @property
    def thread(self) -> Locator:
        """The scrolling column of messages."""
        return self.page.get_by_role("log")

    @property
    def bubbles(self) -> Locator:
        """The messages that are drawn, oldest first."""
        return self.thread.get_by_role("article")

    def bubble(self, text: str) -> Locator:
        """The messages with this text."""
        return self.bubbles.filter(has_text=text)

    async def shows(self, texts: Sequence[str]) -> None:
        """Waits until the thread holds these messages, in this order, each once and no other."""
        await expect(self.bubbles.locator(".text")).to_have_text(list(texts))

    async def says(self, text: str, state: str) -> None:
        """Waits until the one message with this text has come so far: `sent`, `delivered`, `read` …"""
        await expect(self.bubble(text)).to_have_count(1)
        await expect(self.bubble(text).locator(".delivery")).to_have_text(state)

    # The composer

    @property
    def composer(self) -> Locator:
        """The text field."""
        return self.page.locator("textarea")

    async def write(self, text: str) -> None:
        """Types a message and sends it with Enter."""
        await self.composer.fill(text)
        await self.composer.press("Enter")
        await expect(self.composer).to_have_value("")

    def button(self, name: str) -> Locator:
        """A button of this name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def notice(self, text: str) -> Locator:
        """A line in one of the places where the page tells something."""
        return self.page.get_by_role("status").filter(has_text=text)
