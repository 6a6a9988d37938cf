"""Which tools a caller is told of: those that a call of his would be let through to, and no others."""

from collections.abc import Mapping
from uuid import UUID

from attrs import frozen

from hub.ai.permission import permitted
from hub.ai.session import AiCaller
from hub.ai.subject import Subjects, Switches
from hub.ai.tool import Tool
from hub.errors import ConversationNotAccessible


@frozen
class Discovery:
    """The list of tools. `tools` are those whose back end there is."""

    tools: Mapping[str, Tool]
    subjects: Subjects
    switches: Switches

    async def offered(self, caller: AiCaller, conversation_id: UUID | None = None) -> list[Tool]:
        """The tools in the order of their names: of the session's conversation or the one that is named, or, without
        one, all that could be offered somewhere. Raises ConversationNotAccessible."""
        if caller.conversation_id is not None:
            if conversation_id not in (None, caller.conversation_id):
                raise ConversationNotAccessible
            conversation_id = caller.conversation_id
        if conversation_id is None:
            off = await self.switches.off()
            return [tool for tool in self.tools.values() if tool.name not in off and tool.scope in caller.scopes]
        subject = await self.subjects.subject(conversation_id)
        if subject is None:
            raise ConversationNotAccessible
        return [tool for tool in self.tools.values() if permitted(tool, caller, subject)]
