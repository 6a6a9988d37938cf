"""The payment system over HTTP.

GET    /payments/transactions/{id}              `{id, status, amount, currency, customer_id, description, …}`
GET    /payments/transactions?customer_id=&cursor=&limit=   → `{transactions: […], next_cursor}`, newest first
POST   /payments/transactions/drafts            `{customer_id, amount, currency, description}` → 201 a draft
GET    /payments/transactions/drafts/{id}       `{id, state, …, transaction_id}`
POST   /payments/transactions/drafts/{id}/commit   → `{transaction_id, id, state, amount, currency}`
DELETE /payments/transactions/drafts/{id}       → the draft

All with a Bearer token; what makes or commits also with Idempotency-Key, X-Timestamp and X-Signature.
"""

import base64
import binascii
import time

from aiohttp import web

from hub.demo.back_office import signature
from hub.demo.back_office.credentials import READ, WRITE, Credentials
from hub.demo.back_office.door import Door, answered, object_in, text_of
from hub.demo.back_office.payments import Payments
from hub.demo.back_office.refusal import Refusal
from hub.demo.back_office.tokens import Tokens

PAGE, MOST_ON_PAGE = 20, 100


class PaymentRoutes:
    """The handlers. `add_to` puts them on an application."""

    def __init__(self, payments: Payments, tokens: Tokens, credentials: Credentials) -> None:
        self._payments, self._tokens, self._credentials = payments, tokens, credentials

    def add_to(self, app: web.Application, door: Door) -> None:
        """Every path of this module. The drafts stand first: `drafts` is no transaction's id."""
        base = "/payments/transactions"
        for method, path, name, check, act in (
            ("POST", "/drafts", "draft.create", self._signed, self._draft),
            ("GET", "/drafts/{id}", "draft.get", self._writer, self._get_draft),
            ("POST", "/drafts/{id}/commit", "draft.commit", self._signed, self._commit),
            ("DELETE", "/drafts/{id}", "draft.cancel", self._writer, self._cancel),
            ("GET", "/{id}", "transaction.get", self._reader, self._get),
            ("GET", "", "transaction.history", self._reader, self._history),
        ):
            app.router.add_route(method, base + path, door.handler(name, check, act))

    def _reader(self, request: web.Request, body: bytes) -> None:
        self._tokens.check(request, READ)

    def _writer(self, request: web.Request, body: bytes) -> None:
        self._tokens.check(request, WRITE)

    def _signed(self, request: web.Request, body: bytes) -> None:
        self._tokens.check(request, WRITE)
        if not request.headers.get("Idempotency-Key"):
            raise Refusal(400, "idempotency_key_missing")
        headers = {name.lower(): value for name, value in request.headers.items()}
        secrets = self._credentials.signing_secrets
        signature.check(request.method, str(request.url), request.path, headers, body, secrets, time.time())

    def _get(self, request: web.Request, body: bytes) -> web.Response:
        payment = self._payments.all.get(request.match_info["id"])
        if payment is None:
            raise Refusal(404, "no_such_transaction")
        return answered(payment.view())

    def _history(self, request: web.Request, body: bytes) -> web.Response:
        customer, limit = request.query.get("customer_id", ""), request.query.get("limit") or str(PAGE)
        if not customer or not limit.isdecimal() or not 1 <= int(limit) <= MOST_ON_PAGE:
            raise Refusal(422, "invalid_query")
        begin, size = _offset(request.query.get("cursor", "")), int(limit)
        found = self._payments.of(customer)
        more = _cursor(begin + size) if len(found) > begin + size else None
        shown = [payment.view() for payment in found[begin : begin + size]]
        return answered({"transactions": shown, "next_cursor": more})

    def _draft(self, request: web.Request, body: bytes) -> web.Response:
        given = object_in(body)
        draft = self._payments.draft(
            text_of(given, "customer_id", most=200),
            text_of(given, "amount", most=20),
            text_of(given, "currency", most=3),
            text_of(given, "description", most=500),
        )
        return answered(draft.view(), status=201)

    def _get_draft(self, request: web.Request, body: bytes) -> web.Response:
        return answered(self._payments.found(request.match_info["id"]).view())

    def _commit(self, request: web.Request, body: bytes) -> web.Response:
        draft = self._payments.commit(request.match_info["id"])
        shown = ("transaction_id", "id", "state", "amount", "currency")
        return answered({name: value for name, value in draft.view().items() if name in shown})

    def _cancel(self, request: web.Request, body: bytes) -> web.Response:
        return answered(self._payments.cancel(request.match_info["id"]).view())


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"from:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(cursor).decode("ascii").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal(422, "invalid_cursor") from None
    if word != "from" or not number.isdecimal():
        raise Refusal(422, "invalid_cursor")
    return int(number)
