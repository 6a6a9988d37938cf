"""The company's back ends: a ticketing system, an OAuth2 issuer, a payment system with a ledger, mail and Slack.

office = BackOffice(Credentials(...))
await office.start()
payment = office.payments.record("c-1", "120.00", status="pending")
office.faults.next(5, Fault.error(503), on="transaction.get")
office.ledger.count("draft.commit")

Everything is on one port: `/ticketing/…` (contract: X-Api-Key), `/payments/…` (Bearer, Idempotency-Key, X-Signature),
`/oauth/token`, `/slack/…`, and under `/office/…` the switches for whoever plays with it. Mail has a port of its own.
"""

from hub.demo.back_office.credentials import Credentials
from hub.demo.back_office.faults import Fault, FaultKind, Faults, TokenFaults
from hub.demo.back_office.ledger import Request
from hub.demo.back_office.mail import Mail
from hub.demo.back_office.office import BackOffice, Habits
from hub.demo.back_office.payments import Draft, Payment
from hub.demo.back_office.tickets import Ticket

__all__ = [
    "BackOffice",
    "Credentials",
    "Draft",
    "Fault",
    "FaultKind",
    "Faults",
    "Habits",
    "Mail",
    "Payment",
    "Request",
    "Ticket",
    "TokenFaults",
]
