"""Meta's error codes: what each means, with which HTTP status it comes, and both shapes in which it is told.

Source: Meta's page "Error codes" of the Cloud API. Clients must key on `code`: the same code comes with different
statuses, and the same codes come later in `failed` statuses.
"""

from typing import Any

from attrs import frozen

HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


@frozen
class Meaning:
    """The HTTP status and the title of one code; `transient` is what Meta says of some server errors."""

    http: int
    title: str
    transient: bool = False


MEANINGS: dict[int, Meaning] = {
    0: Meaning(401, "AuthException"),
    1: Meaning(400, "API Unknown"),
    2: Meaning(503, "Service temporarily unavailable", transient=True),
    3: Meaning(500, "Capability or permissions issue"),
    4: Meaning(400, "Application request limit reached"),
    10: Meaning(403, "Permission denied"),
    33: Meaning(400, "Parameter value is not valid"),
    100: Meaning(400, "Invalid parameter"),
    190: Meaning(401, "Error validating access token: the session has been invalidated"),
    200: Meaning(403, "Permissions error"),
    368: Meaning(403, "Temporarily blocked for policies violations"),
    2200: Meaning(400, "Callback verification failed"),
    80007: Meaning(400, "Rate limit issues"),
    130403: Meaning(400, "Message to a blocked user"),
    130429: Meaning(400, "Rate limit hit"),
    130472: Meaning(400, "User's number is part of an experiment"),
    130497: Meaning(403, "Business account is restricted from messaging users in this country"),
    131000: Meaning(500, "Something went wrong"),
    131005: Meaning(403, "Access denied"),
    131008: Meaning(400, "Required parameter is missing"),
    131009: Meaning(400, "Parameter value is not valid"),
    131016: Meaning(500, "Service unavailable"),
    131021: Meaning(400, "Recipient cannot be sender"),
    131026: Meaning(400, "Message undeliverable"),
    131030: Meaning(400, "Recipient phone number not in allowed list"),
    131031: Meaning(403, "Account has been locked"),
    131042: Meaning(400, "Business eligibility payment issue"),
    131047: Meaning(400, "Re-engagement message"),
    131048: Meaning(400, "Spam rate limit hit"),
    131049: Meaning(400, "This message was not delivered to maintain healthy ecosystem engagement"),
    131050: Meaning(400, "User has stopped marketing messages from this business"),
    131051: Meaning(400, "Unsupported message type"),
    131052: Meaning(400, "Media download error"),
    131053: Meaning(400, "Media upload error"),
    131056: Meaning(400, "(Business account, consumer account) pair rate limit hit"),
    131057: Meaning(500, "Account in maintenance mode"),
    131062: Meaning(400, "Business-scoped user id is not supported for this message"),
    132000: Meaning(400, "Number of parameters does not match the expected number of params"),
    132001: Meaning(404, "Template name does not exist in the translation"),
    132012: Meaning(400, "Parameter format does not match format in the created template"),
    132015: Meaning(400, "Template is paused"),
    132016: Meaning(400, "Template is disabled"),
    133004: Meaning(503, "Server is temporarily unavailable", transient=True),
    133010: Meaning(400, "Phone number not registered"),
    134101: Meaning(400, "Template is syncing"),
    135000: Meaning(400, "Generic user error"),
}

CLOSED_WINDOW = "Message failed to send because more than 24 hours have passed since the customer last replied."
DETAILS: dict[int, str] = {
    131026: "Message Undeliverable.",
    131047: CLOSED_WINDOW,
    131049: "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    131056: "Message failed to send because there were too many messages sent from this phone number to the same "
    "phone number in a short period of time.",
}


def meaning(code: int) -> Meaning:
    """What a code means; an unlisted one is a plain 400."""
    return MEANINGS.get(code, Meaning(400, f"Error {code}"))


class GraphError(Exception):
    """A refusal in Graph's shape. `http` and `transient` override the table; `retry_after` is in seconds."""

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        http: int | None = None,
        subcode: int | None = None,
        transient: bool | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code, details)
        known = meaning(code)
        self.code = code
        self.details = details or DETAILS.get(code, known.title)
        self.http = known.http if http is None else http
        self.subcode = subcode
        self.transient = known.transient if transient is None else transient
        self.retry_after = retry_after

    def body(self, trace_id: str) -> dict[str, Any]:
        """`{"error": {…}}`."""
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {meaning(self.code).title}",
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        error["fbtrace_id"] = trace_id
        return {"error": error}


def webhook_error(code: int, details: str | None = None) -> dict[str, Any]:
    """The shape of an error inside a webhook: in `statuses[].errors` and `messages[].errors`."""
    title = meaning(code).title
    text = details or DETAILS.get(code, title)
    return {"code": code, "title": title, "message": title, "error_data": {"details": text}, "href": HREF}
