"""`/problems/{code}`: what an error means and what to do, where its `type` points; and the same as a table for docs."""

import sys
from html import escape

from aiohttp import web

from hub.errors import HubError, NotFound
from web import html
from web.problems import STATUS, classes
from web.routes import Route

ADVICE: dict[str, str] = {
    "bad_request": "Check that what you send is HTTP: its request line, headers, encoding and lengths.",
    "invalid_json": "Send one JSON value in UTF-8, without byte order mark.",
    "idempotency_key_invalid": "Send a key such as a UUID.",
    "unauthenticated": "Sign in, or refresh the access token, and send it as `Authorization: Bearer`.",
    "forbidden": "Ask an administrator; the docs name the permission of every address.",
    "not_found": "Check the address and the id. What you may not see looks like what does not exist.",
    "method_not_allowed": "See the `Allow` header.",
    "request_timeout": "Send the body at once.",
    "already_assigned": "The answer names who has it.",
    "already_exists": "Choose another name, or use the one there is.",
    "idempotency_in_flight": "Wait as `Retry-After` says, then ask again with the same key.",
    "in_use": "Remove or move what uses it first.",
    "invalid_transition": "Read the current state, then choose a step that it allows.",
    "window_closed": "Send a template, or wait for the customer to write.",
    "stale_version": "Take the `current` object of the answer, apply your change to it, and send its version.",
    "payload_too_large": "Send less; `detail` says how much is taken.",
    "unsupported_media": "See which types the docs name for this address.",
    "idempotency_key_reused": "Use a new key for a new request.",
    "invalid_request": "`errors` names each field and what is wrong with it.",
    "overloaded": "Wait as `Retry-After` says, then try again, with growing pauses.",
    "rate_limited": "Wait as `Retry-After` says.",
    "internal": "It is our fault. Give `request_id` to whoever runs the hub: the log has the rest.",
    "unavailable": "Wait as `Retry-After` says. `/readyz` tells what is away.",
    "audit_unavailable": "Wait as `Retry-After` says: nothing was done outside.",
    "suspicious_content": "Send plain words. `rule` names what was found; the text itself is not repeated.",
    "invalid_amount": 'Send digits with a point, such as "1450.00", with no more decimals than the currency has.',
    "unsupported_currency": "Send a code of ISO 4217 in capitals, such as USD.",
    "amount_too_large": "Ask a person: programs move no more than `ai.amount_max`.",
    "integration_error": "Look at the back end. `/api/v1/integrations` tells how its calls go.",
    "integration_ambiguous": "Look whether it was done before you ask again, or ask again with the same key.",
    "integration_circuit_open": "Wait as `Retry-After` says: then one call tries whether the back end is back.",
    "integration_overloaded": "Wait as `Retry-After` says.",
    "integration_timeout": "Ask again a little later.",
    "request_in_progress": "Ask for the draft a little later; do not begin another one.",
    "confirmation_required": "Wait until the customer has answered the hub's question; the draft's state tells.",
    "confirmation_invalid": "Take the token from the draft, once the customer has confirmed. Five wrong ones end it.",
    "confirmation_expired": "Make a new draft: the customer is asked again.",
    "draft_expired": "Make a new draft.",
    "draft_changed": "Make a new draft: the customer has to see what is committed.",
    "draft_state_conflict": "`current_state` tells how it stands.",
    "approval_denied": "Tell the customer; do not try the same again.",
    "approval_expired": "Make a new draft, if it is still wanted.",
    "approval_queue_full": "Wait until people have decided what is waiting.",
    "self_approval_forbidden": "Have a colleague decide who did not take part.",
    "precondition_failed": "Read it again and look at what has changed, then decide with its new hash.",
    "invalid_arguments": "`errors` names each argument, by a JSON pointer and the rule that it breaks.",
    "insufficient_scope": "Open a session with the scope that the tool's definition names.",
    "tool_not_permitted": "Ask for the tools of this conversation: the list has those that may be used in it.",
    "tool_disabled": "Do without it until an administrator switches it on again.",
    "customer_mismatch": "Send the `customer_id` that the conversation shows.",
    "unknown_tool": "Ask for the list of tools.",
    "conversation_not_accessible": "Open a session for the conversation; check its id.",
    "conversation_closed": "Wait until the customer writes again.",
    "ai_detached": "Say nothing more until a person hands the conversation back; then open a new session.",
}
"""What the caller can do, by code. A code without advice fails a test."""


def known() -> dict[str, type[HubError]]:
    """The error class of each code, by status and name."""
    found: dict[str, type[HubError]] = {}
    for kind in classes():
        found.setdefault(kind.code, kind)
    return {code: found[code] for code in sorted(STATUS, key=lambda code: (STATUS[code], code)) if code in found}


def markdown() -> str:
    """`docs/errors.md`."""
    lines = [
        "# Errors",
        "",
        "Every error is an `application/problem+json` document (RFC 9457) with `type`, `title`, `status`, `code`,",
        "`detail`, `request_id`, `retryable` and, where fields are wrong, `errors: [{path, message}]`.",
        "Programs decide by `code`. This table is made from the code: `python -m web.problem_pages > docs/errors.md`.",
        "",
        "| status | code | meaning | again? | what to do |",
        "|---|---|---|---|---|",
    ]
    for code, kind in known().items():
        again = "yes" if kind.retryable else "no"
        lines.append(f"| {STATUS[code]} | `{code}` | {kind.title()} | {again} | {ADVICE[code]} |")
    return "\n".join(lines) + "\n"


class ProblemPages:
    """The pages."""

    async def all(self, _request: web.Request) -> web.Response:
        """Every code."""
        rows = [
            (str(STATUS[code]), f'<a href="/problems/{code}"><code>{code}</code></a>', escape(kind.title()))
            for code, kind in known().items()
        ]
        return html.page(html.render("Errors", "<h1>Errors</h1>" + html.table(("Status", "Code", ""), rows)))

    async def one(self, request: web.Request) -> web.Response:
        """One code. Raises NotFound."""
        code = request.match_info["code"]
        kind = known().get(code)
        if kind is None:
            raise NotFound
        again = "The same request may succeed later." if kind.retryable else "The same request will fail again."
        body = (
            f"<h1>{escape(kind.title())}</h1><p><code>{code}</code> · HTTP {STATUS[code]}</p>"
            f'<p>{escape(ADVICE[code])}</p><p class="soft">{again}</p><p><a href="/problems">All errors</a></p>'
        )
        return html.page(html.render(code, body))

    def routes(self) -> list[Route]:
        """`/problems` and below."""
        doors = (("/problems", self.all, "All errors"), ("/problems/{code}", self.one, "One error explained"))
        return [
            Route(method="GET", path=path, handler=handler, summary=summary, permission=None, hidden=True)
            for path, handler, summary in doors
        ]


if __name__ == "__main__":
    sys.stdout.write(markdown())
