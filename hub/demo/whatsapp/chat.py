"""A chat as it stands on the customer's phone: both sides' bubbles, in the order they appeared there."""

from collections import deque
from typing import Any

from attrs import define, field

BUBBLES_KEPT = 20_000
"""Per chat; beyond, the oldest are forgotten."""


@define(eq=False)
class Bubble:
    """One message on the phone. `mine` is the customer's own; `content` is the body under the message's type.

    `status` of a received one: `delivered`, `read` or `played`; of an own one: `sent`, or `read` once the
    business read it.
    """

    wamid: str
    mine: bool
    at: float
    type: str
    content: Any
    context: dict[str, Any] | None = None
    status: str = "sent"
    priced: bool = False
    text: str = ""
    reactions: dict[str, str] = field(factory=dict)
    deleted: bool = False

    def buttons(self) -> list[dict[str, str]]:
        """The quick answers on offer: `{"id", "title"}` each."""
        action = self.content.get("action", {}) if isinstance(self.content, dict) else {}
        return [button["reply"] for button in action.get("buttons", []) if "reply" in button]

    def rows(self) -> list[dict[str, str]]:
        """The rows of a list on offer: `{"id", "title", "description"?}` each."""
        action = self.content.get("action", {}) if isinstance(self.content, dict) else {}
        return [row for section in action.get("sections", []) for row in section.get("rows", [])]


class Chat:
    """The bubbles, findable by message id."""

    def __init__(self) -> None:
        self.bubbles: deque[Bubble] = deque()
        self._by_wamid: dict[str, Bubble] = {}

    def add(self, bubble: Bubble) -> None:
        """A new bubble at the end."""
        self.bubbles.append(bubble)
        self._by_wamid[bubble.wamid] = bubble
        if len(self.bubbles) > BUBBLES_KEPT:
            self._by_wamid.pop(self.bubbles.popleft().wamid, None)

    def find(self, wamid: str) -> Bubble | None:
        """The bubble with this message id."""
        return self._by_wamid.get(wamid)

    def received(self) -> list[Bubble]:
        """What the business wrote."""
        return [bubble for bubble in self.bubbles if not bubble.mine]
