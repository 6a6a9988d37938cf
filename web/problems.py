"""Errors as the outside sees them: RFC 9457 problem documents, one table from code to HTTP status, no other way out.

Whatever a handler raises ends here: the hub's own errors by their code, the kernel's refusals as `overloaded` or
`unavailable`, aiohttp's own as the nearest of ours, and anything else as `internal`, which is logged with its
traceback and answered without a word of it.
"""

import logging
import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus

import orjson
from aiohttp import web

from actors.kernel.errors import AskTimeout, Blocked, KernelError, MailboxFull, Stopping
from hub.errors import (
    BadRequest,
    Forbidden,
    HubError,
    MethodNotAllowed,
    NotFound,
    Overloaded,
    PayloadTooLarge,
    RequestTimeout,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)

log = logging.getLogger("hub.web")

STATUS: dict[str, int] = {
    "bad_request": 400,
    "invalid_json": 400,
    "idempotency_key_invalid": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "confirmation_invalid": 403,
    "self_approval_forbidden": 403,
    "insufficient_scope": 403,
    "tool_not_permitted": 403,
    "tool_disabled": 403,
    "customer_mismatch": 403,
    "not_found": 404,
    "unknown_tool": 404,
    "conversation_not_accessible": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "already_assigned": 409,
    "already_exists": 409,
    "approval_denied": 409,
    "approval_expired": 409,
    "confirmation_required": 409,
    "draft_changed": 409,
    "draft_state_conflict": 409,
    "idempotency_in_flight": 409,
    "in_use": 409,
    "invalid_transition": 409,
    "request_in_progress": 409,
    "window_closed": 409,
    "conversation_closed": 409,
    "ai_detached": 409,
    "confirmation_expired": 410,
    "draft_expired": 410,
    "stale_version": 412,
    "precondition_failed": 412,
    "payload_too_large": 413,
    "unsupported_media": 415,
    "idempotency_key_reused": 422,
    "invalid_request": 422,
    "amount_too_large": 422,
    "invalid_amount": 422,
    "suspicious_content": 422,
    "unsupported_currency": 422,
    "invalid_arguments": 422,
    "overloaded": 429,
    "rate_limited": 429,
    "approval_queue_full": 429,
    "internal": 500,
    "integration_error": 502,
    "integration_ambiguous": 502,
    "unavailable": 503,
    "audit_unavailable": 503,
    "integration_circuit_open": 503,
    "integration_overloaded": 503,
    "integration_timeout": 504,
}
"""The HTTP status of each code. A code that is not here cannot be sent: it would be answered as `internal`."""

RETRY_AFTER = 1
"""Seconds to wait when the error does not say; every 429 and 503 says something."""

_FOREIGN: dict[int, type[HubError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    408: RequestTimeout,
    413: PayloadTooLarge,
    415: UnsupportedMedia,
    503: Unavailable,
}


def classes() -> Iterator[type[HubError]]:
    """Every error class there is, the root first."""
    waiting: list[type[HubError]] = [HubError]
    while waiting:
        found = waiting.pop(0)
        yield found
        waiting.extend(found.__subclasses__())


def of(error: Exception) -> tuple[HubError, Mapping[str, str]]:
    """The hub's error for whatever was raised, and the headers that belong to it (Allow, WWW-Authenticate, …)."""
    if isinstance(error, HubError):
        known = error if error.code in STATUS else HubError()
        return known, _headers(known)
    if isinstance(error, web.HTTPException):
        kind = _FOREIGN.get(error.status, HubError if error.status >= 500 else BadRequest)
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return kind(), {**_headers(kind()), **allow}
    known = _of_kernel(error) if isinstance(error, KernelError) else HubError()
    return known, _headers(known)


def _of_kernel(error: KernelError) -> HubError:
    match error:
        case MailboxFull():
            return Overloaded()
        case Blocked():
            return Unavailable(retry_after=error.retry_after)
        case Stopping() | AskTimeout():
            return Unavailable()
        case _:
            return HubError()


def _headers(error: HubError) -> dict[str, str]:
    headers = {}
    if STATUS[error.code] in (429, 503) or error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(RETRY_AFTER if error.retry_after is None else error.retry_after))
    if error.code == "unauthenticated":
        headers["WWW-Authenticate"] = 'Bearer realm="hub"'
    return headers


def document(error: HubError, request_id: str) -> dict[str, object]:
    """The problem document of an error."""
    problem: dict[str, object] = {
        **error.extra,
        "type": f"/problems/{error.code}",
        "title": type(error).title(),
        "status": STATUS[error.code],
        "code": error.code,
        "detail": error.detail,
        "request_id": request_id,
        "retryable": error.retryable,
    }
    if error.errors:
        problem["errors"] = [dict(part) for part in error.errors]
    return problem


def response(error: Exception, request_id: str) -> web.Response:
    """The answer to a request that ended in this error. An unexpected one is logged, with its traceback."""
    known, headers = of(error)
    if known.code == "internal":
        log.error("request failed", exc_info=error, extra={"request_id": request_id})
    answer = web.Response(
        status=STATUS[known.code],
        reason=HTTPStatus(STATUS[known.code]).phrase,
        body=orjson.dumps(document(known, request_id)),
        headers=headers,
        content_type="application/problem+json",
        charset="utf-8",
    )
    if isinstance(known, BadRequest):  # what was sent cannot be told from what comes next
        answer.force_close()
    return answer
