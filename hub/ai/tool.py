"""A tool: what a model is told of it, and what the hub asks before it is used."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from hub.ai.schema import DIALECT, Schema, closed, nullable, strict, truth, uuid, words
from hub.ai.session import AiScope
from hub.errors import HubError
from hub.integration.call import Integration


class Format(StrEnum):
    """In whose words definitions are written."""

    MCP = "mcp"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"


class CallStatus(StrEnum):
    """How a call that was carried out stands."""

    OK = "ok"
    PENDING_APPROVAL = "pending_approval"
    COMMIT_UNKNOWN = "commit_unknown"


@frozen(kw_only=True)
class Tool:
    """A tool of the AI agent's.

    `arguments` and `result` are JSON Schemas. `integration` is the back end without which the tool is not there.
    `sales_only` tools are for conversations of sales teams. `texts` names the arguments that hold free words, which
    alone are looked through for instructions; every other one has a form. `faults` are the errors that stand for a
    wrong argument of that name, instead of `invalid_arguments`. `keeps_answers` false: an answer holds what must not
    be stored, so a repetition is simply carried out again.
    """

    name: str
    title: str
    description: str
    arguments: Schema
    result: Schema
    scope: AiScope
    integration: Integration
    sales_only: bool
    destructive: bool = False
    idempotent: bool = True
    texts: frozenset[str] = frozenset()
    faults: Mapping[str, type[HubError]] = field(factory=dict)
    keeps_answers: bool = True
    problems: tuple[type[HubError], ...] = ()

    @property
    def read_only(self) -> bool:
        """Whether it changes nothing anywhere."""
        return self.scope is AiScope.READ

    @property
    def annotations(self) -> dict[str, bool | str]:
        """MCP's hints ("Tool annotations"). They are hints to a model; the hub's own checks do not depend on them."""
        return {
            "title": self.title,
            "readOnlyHint": self.read_only,
            "destructiveHint": self.destructive,
            "idempotentHint": self.idempotent,
            "openWorldHint": True,
        }

    @property
    def answer(self) -> Schema:
        """The schema of the whole answer of a call that was carried out."""
        return answer_schema(self.result)

    def definition(self, form: Format = Format.MCP) -> dict[str, Any]:
        """What a model is given, in one of the forms."""
        match form:
            case Format.OPENAI:
                function = {"name": self.name, "description": self.description, "parameters": strict(self.arguments)}
                return {"type": "function", "function": {**function, "strict": True}}
            case Format.ANTHROPIC:
                return {"name": self.name, "description": self.description, "input_schema": self.arguments}
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": {"$schema": DIALECT, **self.arguments},
            "outputSchema": {"$schema": DIALECT, **self.answer},
            "annotations": self.annotations,
        }


_COUNT: Schema = {"type": "integer", "minimum": 0}

RATE_LIMIT = closed(
    {
        "limit": {**_COUNT, "description": "Calls that the conversation has in any 60 minutes."},
        "remaining": {**_COUNT, "description": "How many of them are left now."},
        "reset_s": {**_COUNT, "description": "Seconds until there is one more."},
    }
)


def answer_schema(result: Schema) -> Schema:
    """What a call is answered with."""
    return closed(
        {
            "call_id": uuid("The call, as the audit names it."),
            "tool": {"type": "string", "description": "The tool that was called."},
            "status": words("Whether it is done, or what it waits for.", tuple(CallStatus)),
            "result": result,
            "rate_limit": nullable(RATE_LIMIT),
            "replayed": truth("Whether this is the answer of an earlier call with the same key."),
        }
    )
