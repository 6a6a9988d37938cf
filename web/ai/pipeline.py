"""From a call to its answer: the one way to a tool, whichever door the call came through."""

from typing import Protocol

from hub.ai.call import ToolAnswer, ToolRequest
from hub.ai.session import AiCaller
from hub.errors import HubError


class ToolPipeline(Protocol):
    """What the doors ask for."""

    async def call(self, caller: AiCaller, request: ToolRequest) -> ToolAnswer:
        """Carries the call out, or says why not: raises nothing. Whatever it answers is in the audit."""

    async def refuse(self, caller: AiCaller | None, tool: str, error: HubError) -> ToolAnswer:
        """The answer to a call that its door could not read, in the audit like any other."""
