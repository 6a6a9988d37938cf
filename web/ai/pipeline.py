"""From a call to its answer: the one way to a tool, whichever door the call came through.

The order of the checks is fixed: the conversation, the tool, the permission, an earlier answer of the same key, the
limits, the schema, what is suspicious, whose customer it is; then the audit, the call itself, and the audit again.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from attrs import define, frozen

from hub.ai.arguments import Terms, own_customer
from hub.ai.call import ToolAnswer, ToolRequest
from hub.ai.limits import Counted, Limits, Standing, ToolCalls
from hub.ai.permission import permit
from hub.ai.session import AiCaller
from hub.ai.subject import Subject, Subjects
from hub.ai.tool import CallStatus, Tool
from hub.ai.work import Done, Handler, Work
from hub.errors import AiDetached, AuditUnavailable, ConversationNotAccessible, HubError, Unavailable, UnknownTool
from hub.idempotency import Claim
from hub.integration.call import Call
from web.ai import problem
from web.ai.metrics import AiMetrics
from web.ai.recorder import Recorder
from web.ai.repetition import Repetitions
from web.ai.validation import Validation
from web.shapes import as_uuid

log = logging.getLogger("hub.ai")

STATUS = {CallStatus.OK: 200, CallStatus.PENDING_APPROVAL: 202, CallStatus.COMMIT_UNKNOWN: 202}


class ToolPipeline(Protocol):
    """What the doors ask for."""

    async def call(self, caller: AiCaller, request: ToolRequest) -> ToolAnswer:
        """Carries the call out, or says why not: raises nothing. Whatever it answers is in the audit."""

    async def refuse(self, caller: AiCaller, request: ToolRequest, error: HubError) -> ToolAnswer:
        """The answer to a call that its door could not read, in the audit like any other."""


@frozen(kw_only=True)
class Means:
    """What the pipeline stands on. `tools` are those whose back end there is; `sanitise` raises SuspiciousContent for
    arguments of which some hold free words; `deadline` seconds a call may take."""

    tools: Mapping[str, Tool]
    handlers: Mapping[str, Handler]
    subjects: Subjects
    calls: ToolCalls
    limits: Limits
    terms: Terms
    sanitise: Callable[[Mapping[str, Any], frozenset[str]], None]
    repetitions: Repetitions
    recorder: Recorder
    metrics: AiMetrics
    deadline: float


@define
class _Passage:
    """One call on its way: what is known of it so far. `begun`: it may have had an effect."""

    caller: AiCaller
    request: ToolRequest
    since: float
    subject: Subject | None = None
    claim: Claim | None = None
    standing: Standing | None = None
    begun: bool = False


class Pipeline:
    """The way of every call."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._validation = Validation(means.tools)

    async def call(self, caller: AiCaller, request: ToolRequest) -> ToolAnswer:
        """Carries the call out, or says why not: raises nothing. Whatever it answers is in the audit."""
        passage = _Passage(caller, request, _clock())
        try:
            answer = await self._carry_out(passage)
        except Exception as error:
            answer = await self._problem(passage, error)
        except BaseException:
            await self._means.repetitions.release(passage.claim)
            raise
        self._means.metrics.called(request.tool, answer, _clock() - passage.since)
        return answer

    async def refuse(self, caller: AiCaller, request: ToolRequest, error: HubError) -> ToolAnswer:
        """The answer to a call that its door could not read, in the audit like any other."""
        passage = _Passage(caller, request, _clock())
        answer = await self._problem(passage, error)
        self._means.metrics.called(request.tool, answer, _clock() - passage.since)
        return answer

    async def _carry_out(self, passage: _Passage) -> ToolAnswer:
        caller, request = passage.caller, passage.request
        subject = passage.subject = await self._conversation(caller, request)
        tool = self._means.tools.get(request.tool)
        if tool is None:
            raise UnknownTool
        permit(tool, caller, subject)
        found = await self._means.repetitions.claim(caller, request, tool)
        if isinstance(found, ToolAnswer):
            await self._means.recorder.replayed(caller, request, subject)
            return found
        passage.claim = found
        return await self._use(passage, tool, subject, await self._examined(passage, tool, subject))

    async def _conversation(self, caller: AiCaller, request: ToolRequest) -> Subject:
        """The conversation of the call. One that there is not, and one that is not the session's, are the same."""
        given = caller.conversation_id if request.conversation_id is None else request.conversation_id
        try:
            conversation_id = as_uuid(str(given))
        except ValueError:
            raise ConversationNotAccessible from None
        if caller.conversation_id not in (None, conversation_id):
            raise ConversationNotAccessible
        subject = await self._means.subjects.subject(conversation_id)
        if subject is None:
            raise ConversationNotAccessible
        return subject

    async def _examined(self, passage: _Passage, tool: Tool, subject: Subject) -> Mapping[str, Any]:
        """The arguments, once the call is counted and nothing is wrong with them."""
        means, request = self._means, passage.request
        customer_id = subject.customer.id
        counted = Counted(request.call_id, subject.conversation_id, customer_id, passage.caller.key, tool.name)
        passage.standing = await means.calls.take(counted, means.limits)
        arguments = self._validation.check(tool, request.arguments)
        means.terms.check(arguments)
        means.sanitise(arguments, tool.texts)
        own_customer(subject, arguments)
        return arguments

    # The call itself

    async def _use(self, passage: _Passage, tool: Tool, subject: Subject, arguments: Mapping[str, Any]) -> ToolAnswer:
        means, request = self._means, passage.request
        await means.recorder.intent(passage.caller, request, subject)
        passage.begun = True
        call = Call(request.call_id, passage.caller.key, subject.conversation_id)
        done = await means.handlers[tool.name](Work(call, subject, arguments, _clock() + means.deadline))
        answer = self._answer(passage, done)
        await means.repetitions.keep(passage.claim, answer.http_status, answer.body, answer.headers)
        passage.claim = None
        taken_over = await self._taken_over(subject)
        await self._note_done(passage, subject, done, taken_over)
        if taken_over:
            means.metrics.discarded()
            return problem.answer(AiDetached(), request.call_id)
        return answer

    def _answer(self, passage: _Passage, done: Done) -> ToolAnswer:
        request, standing = passage.request, passage.standing
        body = {
            "call_id": str(request.call_id),
            "tool": request.tool,
            "status": done.status.value,
            "result": done.result,
            "rate_limit": standing.view() if standing else None,
            "replayed": done.replayed,
        }
        headers = standing.headers() if standing else {}
        if done.status is not CallStatus.OK and done.draft_id is not None:
            headers["Location"] = f"/ai/v1/drafts/{done.draft_id}"
        return ToolAnswer(STATUS[done.status], body, headers)

    async def _taken_over(self, subject: Subject) -> bool:
        """Whether a person has acted in the conversation since the call began: what it found is of no use then."""
        now = await self._means.subjects.subject(subject.conversation_id)
        return now is None or not now.attached(subject.ai_epoch)

    # How it ended

    async def _note_done(self, passage: _Passage, subject: Subject, done: Done, taken_over: bool) -> None:
        """Writes down what was done. It is done whether that succeeds or not, and its intent is written."""
        milliseconds = _milliseconds(passage)
        try:
            await self._means.recorder.done(
                passage.caller, passage.request, subject, done, milliseconds, discarded=taken_over
            )
            await self._means.calls.settle(passage.request.call_id, "ok")
        except (AuditUnavailable, Unavailable):
            log.error("how a call ended could not be recorded", extra={"call": str(passage.request.call_id)})

    async def _problem(self, passage: _Passage, raised: Exception) -> ToolAnswer:
        """The answer to a call that was refused or failed, once that is written down."""
        answer = problem.answer(raised, passage.request.call_id)
        assert answer.problem is not None
        if answer.problem.code == "internal":
            log.error("a call failed", exc_info=raised, extra={"call": str(passage.request.call_id)})
        try:
            await self._note_problem(passage, answer.problem)
        except (AuditUnavailable, Unavailable) as error:
            return problem.answer(error, passage.request.call_id)
        return answer

    async def _note_problem(self, passage: _Passage, error: HubError) -> None:
        caller, request, subject = passage.caller, passage.request, passage.subject
        recorder = self._means.recorder
        await self._means.repetitions.release(passage.claim)
        if passage.begun and subject is not None:
            await recorder.failed(caller, request, subject, error, _milliseconds(passage))
        else:
            await recorder.denied(caller, request, subject, error)
        if passage.standing is not None:
            await self._means.calls.settle(request.call_id, error.code)


def _clock() -> float:
    return asyncio.get_running_loop().time()


def _milliseconds(passage: _Passage) -> int:
    return round(1000 * (_clock() - passage.since))
