"""Why a call was not carried out, as a model and its program are told: fixed words, nothing that anybody sent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from actors.kernel.mail import TRACE
from hub.ai.call import ToolAnswer
from hub.ai.limits import CallRefused
from hub.errors import HubError
from web import problems
from web.problem_pages import ADVICE


def document(error: HubError, call_id: UUID) -> dict[str, Any]:
    """The problem document. `hint` says what to do; `instance` and `call_id` name the call as the audit does."""
    trace = TRACE.get() or {}
    more: dict[str, Any] = {"instance": f"urn:uuid:{call_id}", "call_id": str(call_id), "hint": ADVICE[error.code]}
    if error.retry_after is not None:
        more["retry_after_s"] = round(error.retry_after)
    if isinstance(error, CallRefused):
        more["rate_limit"] = error.standing.view()
    if error.errors:
        more["errors"] = [{"pointer": _pointer(part.get("path", "$")), **part} for part in error.errors]
    return {**problems.document(error, trace.get("request_id", str(call_id))), **more}


def _pointer(path: str) -> str:
    """`$.amount` as a JSON pointer."""
    return path.removeprefix("$").replace(".", "/")


def answer(raised: Exception, call_id: UUID) -> ToolAnswer:
    """The answer to a call that ended in this error."""
    error, headers = problems.of(raised)
    limits: Mapping[str, str] = error.standing.headers() if isinstance(error, CallRefused) else {}
    return ToolAnswer(problems.STATUS[error.code], document(error, call_id), {**headers, **limits}, error)
