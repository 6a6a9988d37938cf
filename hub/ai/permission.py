"""Whether a tool may be used: by this caller, in this conversation, now. What is not allowed by every rule is refused.

The same rules decide over a call, over what a model is told that there is, and once more when money is to move.
"""

from collections.abc import Callable
from contextlib import suppress

from hub.ai.session import AiCaller
from hub.ai.subject import Subject
from hub.ai.tool import Tool
from hub.errors import AiDetached, ConversationClosed, HubError, InsufficientScope, ToolDisabled, ToolNotPermitted
from hub.team import TeamKind

Rule = Callable[[Tool, AiCaller, Subject], bool]

RULES: tuple[tuple[Rule, type[HubError]], ...] = (
    (lambda tool, caller, _: tool.scope in caller.scopes, InsufficientScope),
    (lambda tool, _, subject: tool.name not in subject.disabled, ToolDisabled),
    (lambda tool, _, subject: not tool.sales_only or subject.team_kind is TeamKind.SALES, ToolNotPermitted),
    (lambda _, __, subject: not subject.over, ConversationClosed),
    (lambda _, caller, subject: subject.attached(caller.ai_epoch), AiDetached),
)
"""What has to hold, in this order, and the error where it does not."""


def permit(tool: Tool, caller: AiCaller, subject: Subject) -> None:
    """Raises InsufficientScope, ToolDisabled, ToolNotPermitted, ConversationClosed, AiDetached."""
    for holds, error in RULES:
        if not holds(tool, caller, subject):
            raise error


def permitted(tool: Tool, caller: AiCaller, subject: Subject) -> bool:
    """Whether the tool is offered there at all."""
    with suppress(HubError):
        permit(tool, caller, subject)
        return True
    return False
