"""What can go wrong, in the words of the API. Every error a user can meet is one of these.

HubError
├── Invalid        the request is wrong in itself
├── Unauthenticated / Forbidden / NotFound
├── Conflict       the request is right, the state is not (stale version, taken, wrong transition, closed window)
├── LimitReached   ask again later; the caller did too much
├── Overloaded     ask again later; the hub has too much to do
└── Unavailable    ask again later; something the hub needs is away

The docstring of a class is its title for people. `code` is the machine's word; `web/problems.py` maps it to HTTP.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class HubError(Exception):
    """Internal error."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        retry_after: float | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """`errors` are `{path, message}` per field; `retry_after` is seconds; `extra` adds members to the problem."""
        super().__init__(detail or self.title())
        self.detail = detail or self.title()
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.extra = dict(extra or {})

    @classmethod
    def title(cls) -> str:
        """The first line of the class's docstring."""
        return (cls.__doc__ or "Internal error.").splitlines()[0]


class Invalid(HubError):
    """The request has fields that cannot be accepted."""

    code = "invalid_request"


class InvalidJson(HubError):
    """The body is not valid JSON."""

    code = "invalid_json"


class Unauthenticated(HubError):
    """Sign in first."""

    code = "unauthenticated"


class Forbidden(HubError):
    """Your role does not allow this."""

    code = "forbidden"


class NotFound(HubError):
    """There is no such thing, or it is not yours to see."""

    code = "not_found"


class MethodNotAllowed(HubError):
    """This address does not take that method."""

    code = "method_not_allowed"


class AlreadyAssigned(HubError):
    """Somebody else has taken this conversation."""

    code = "already_assigned"


class StaleVersion(HubError):
    """It has changed since you read it."""

    code = "stale_version"


class InvalidTransition(HubError):
    """The conversation's state does not allow this."""

    code = "invalid_transition"


class WindowClosed(HubError):
    """The customer's 24-hour window is closed: only a template can be sent."""

    code = "window_closed"


class IdempotencyKeyReused(HubError):
    """This idempotency key was used with another request."""

    code = "idempotency_key_reused"


class IdempotencyInFlight(HubError):
    """The first request with this idempotency key is still running."""

    code = "idempotency_in_flight"
    retryable = True


class AlreadyExists(HubError):
    """There is one already."""

    code = "already_exists"


class PayloadTooLarge(HubError):
    """The body is larger than allowed."""

    code = "payload_too_large"


class UnsupportedMedia(HubError):
    """This kind of content is not accepted here."""

    code = "unsupported_media"


class LimitReached(HubError):
    """Too many requests."""

    code = "rate_limited"
    retryable = True


class Overloaded(HubError):
    """The hub has more to do than it can hold."""

    code = "overloaded"
    retryable = True


class Unavailable(HubError):
    """Something the hub needs is away."""

    code = "unavailable"
    retryable = True


class BadRequest(HubError):
    """The request could not be read."""

    code = "bad_request"


class RequestTimeout(HubError):
    """The request's body did not arrive in time."""

    code = "request_timeout"
    retryable = True


class IdempotencyKeyInvalid(HubError):
    """An Idempotency-Key is 1 to 255 visible ASCII characters."""

    code = "idempotency_key_invalid"


class InUse(HubError):
    """Something still uses it."""

    code = "in_use"


class _Called:
    """What an error of a back end's call knows of it; for the audit and the dead letters, not for the answer."""

    provider_status: int | None = None
    attempts: int = 0


class IntegrationError(_Called, HubError):
    """The back end failed or refused."""

    code = "integration_error"


class IntegrationTimeout(_Called, HubError):
    """The back end did not answer in time."""

    code = "integration_timeout"
    retryable = True


class Ambiguous(_Called, HubError):
    """The back end may have done it, or not: its answer did not come."""

    code = "integration_ambiguous"


class CircuitOpen(_Called, HubError):
    """The back end failed too often and is left alone for a while."""

    code = "integration_circuit_open"
    retryable = True


class IntegrationOverloaded(_Called, HubError):
    """Too many calls wait for the back end."""

    code = "integration_overloaded"
    retryable = True


class RequestInProgress(HubError):
    """This very request is being carried out."""

    code = "request_in_progress"
    retryable = True


class ConfirmationRequired(HubError):
    """The customer has not confirmed this yet."""

    code = "confirmation_required"
    retryable = True


class ConfirmationInvalid(HubError):
    """This is no confirmation of this draft."""

    code = "confirmation_invalid"


class ConfirmationExpired(HubError):
    """The customer's confirmation has lapsed."""

    code = "confirmation_expired"


class DraftExpired(HubError):
    """The draft has lapsed."""

    code = "draft_expired"


class DraftChanged(HubError):
    """What would be committed is not what the customer confirmed."""

    code = "draft_changed"


class DraftStateConflict(HubError):
    """The draft's state does not allow this."""

    code = "draft_state_conflict"


class ApprovalDenied(HubError):
    """A person has refused this transaction."""

    code = "approval_denied"


class ApprovalExpired(HubError):
    """Nobody approved in time."""

    code = "approval_expired"


class ApprovalQueueFull(HubError):
    """Too many transactions wait for approval."""

    code = "approval_queue_full"
    retryable = True


class SelfApprovalForbidden(HubError):
    """Another person has to decide this."""

    code = "self_approval_forbidden"


class PreconditionFailed(HubError):
    """It is not what you have seen any more."""

    code = "precondition_failed"


class AuditUnavailable(Unavailable):
    """What is done outside must be recorded first, and cannot be now."""

    code = "audit_unavailable"


class SuspiciousContent(HubError):
    """A text has something in it that is not taken from a program; `rule` says what."""

    code = "suspicious_content"


class InvalidAmount(HubError):
    """This is no amount of that currency."""

    code = "invalid_amount"


class UnsupportedCurrency(HubError):
    """There is no such currency."""

    code = "unsupported_currency"


class AmountTooLarge(HubError):
    """The amount is larger than allowed."""

    code = "amount_too_large"


class InvalidArguments(HubError):
    """The arguments are not those of this tool."""

    code = "invalid_arguments"


class InsufficientScope(HubError):
    """The token's scope does not cover this."""

    code = "insufficient_scope"


class ToolNotPermitted(HubError):
    """This tool may not be used in this conversation."""

    code = "tool_not_permitted"


class ToolDisabled(HubError):
    """An administrator has switched this tool off."""

    code = "tool_disabled"


class CustomerMismatch(HubError):
    """This is not the customer of the conversation."""

    code = "customer_mismatch"


class UnknownTool(HubError):
    """There is no tool of this name."""

    code = "unknown_tool"


class ConversationNotAccessible(HubError):
    """There is no such conversation, or it is not this session's."""

    code = "conversation_not_accessible"


class ConversationClosed(HubError):
    """The conversation is over."""

    code = "conversation_closed"


class AiDetached(HubError):
    """A person has the conversation: the AI agent has nothing to do in it."""

    code = "ai_detached"
