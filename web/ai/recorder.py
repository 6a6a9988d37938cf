"""The audit of calls: what was about to be done and how it ended, or that it was refused. No argument is in it as it
came, and no token."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from attrs import frozen

from hub.ai.call import ToolRequest
from hub.ai.session import AiCaller
from hub.ai.subject import Subject
from hub.ai.toolbox import TOOLS
from hub.ai.work import Done
from hub.audit import AuditLog, Entry, Phase
from hub.errors import HubError
from hub.ids import uuid7
from hub.iso4217 import EXPONENTS
from hub.redaction import Redactor
from web.shapes import as_uuid

_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    tool.name: {
        name: tuple(EXPONENTS) if name == "currency" else tuple(filter(None, schema.get("enum", ())))
        for name, schema in tool.arguments["properties"].items()
    }
    for tool in TOOLS.values()
}
"""By tool: its arguments, and the words that each may be."""


@frozen
class Recorder:
    """Writes the rows. Every method raises AuditUnavailable."""

    audit: AuditLog
    redactor: Redactor
    clock: Callable[[], datetime]

    async def intent(self, caller: AiCaller, request: ToolRequest, subject: Subject) -> None:
        """The call is allowed and about to be carried out."""
        await self._append(Phase.INTENT, "allowed", caller, request, subject)

    async def done(
        self, caller: AiCaller, request: ToolRequest, subject: Subject, done: Done, latency_ms: int, *, discarded: bool
    ) -> None:
        """It was carried out; `discarded`: the caller is not told any more what came of it."""
        word = "discarded" if discarded else done.status.value
        after = done.result.get("state") if done.draft_id is not None else None
        await self._append(
            Phase.OUTCOME,
            word,
            caller,
            request,
            subject,
            latency_ms=latency_ms,
            draft_id=done.draft_id,
            state_after=after,
        )

    async def failed(
        self, caller: AiCaller, request: ToolRequest, subject: Subject, error: HubError, latency_ms: int
    ) -> None:
        """It could not be carried out."""
        status = getattr(error, "provider_status", None)
        more = {"latency_ms": latency_ms, "provider_status": status, "problem": error.code}
        await self._append(Phase.OUTCOME, "failed", caller, request, subject, **more)

    async def replayed(self, caller: AiCaller, request: ToolRequest, subject: Subject) -> None:
        """It was answered as an earlier one with its key."""
        await self._append(Phase.DECISION, "replayed", caller, request, subject)

    async def denied(self, caller: AiCaller, request: ToolRequest, subject: Subject | None, error: HubError) -> None:
        """It was refused."""
        await self._append(Phase.DECISION, "denied", caller, request, subject, problem=error.code)

    async def stranger(self, fingerprint: str, path: str) -> None:
        """Somebody was not let in, at an address of this form."""
        await self.audit.append(
            Entry(
                at=self.clock(),
                call_id=uuid7(),
                phase=Phase.DECISION,
                actor=f"ai:unknown:{fingerprint}",
                tool=path,
                decision="denied",
                problem="unauthenticated",
            )
        )

    async def _append(
        self,
        phase: Phase,
        decision: str,
        caller: AiCaller,
        request: ToolRequest,
        subject: Subject | None,
        **more: Any,
    ) -> None:
        given = request.arguments
        await self.audit.append(
            Entry(
                at=self.clock(),
                call_id=request.call_id,
                phase=phase,
                actor=caller.key,
                tool=request.tool if request.tool in TOOLS else self.redactor.hidden("tool", request.tool),
                decision=decision,
                conversation_id=_conversation(caller, request, subject),
                customer=self.redactor.customer(subject.customer.id) if subject else None,
                args_redacted=self._arguments(request.tool, given),
                args_hmac=None if given is None else self.redactor.fingerprint(given),
                **more,
            )
        )

    def _arguments(self, tool: str, given: Any) -> dict[str, Any] | None:
        return self.redactor.arguments(given, _WORDS.get(tool, {})) if isinstance(given, Mapping) else None


def _conversation(caller: AiCaller, request: ToolRequest, subject: Subject | None) -> UUID | None:
    """The conversation of a call; of one that was refused, that which it named."""
    if subject is not None:
        return subject.conversation_id
    try:
        return as_uuid(request.conversation_id)
    except ValueError:
        return caller.conversation_id
