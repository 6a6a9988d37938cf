"""What tools answer with, as schemas: these members and no others."""

from hub.ai.schema import MONEY, Schema, closed, items, moment, nullable, truth, untrusted, uuid, words
from hub.integration.ticket import TicketStatus
from hub.integration.transaction import TransactionStatus
from hub.transaction.answer import ConfirmationStatus
from hub.transaction.state import DraftState

MOST_TICKETS = 20
"""Tickets of one answer; the newest are shown."""

_FETCHED: dict[str, Schema] = {
    "as_of": moment("When the back end said so."),
    "cached": truth("Whether it was not asked again for this call."),
    "stale": truth("Whether it could not be asked, and this is older than copies are usually shown."),
}

_TICKET = closed(
    {
        "id": {"type": "string", "description": "The ticket's id."},
        "status": words("Where it stands.", tuple(TicketStatus)),
        "subject": untrusted("Its subject, in the words of whoever wrote it."),
        "description": untrusted("Its text, in the words of whoever wrote it."),
        "created_at": nullable(moment("When it was made.")),
        "updated_at": nullable(moment("When it changed last.")),
    }
)

_TRANSACTION = closed(
    {
        "id": {"type": "string", "description": "The transaction's id."},
        "status": words("Where it stands.", tuple(TransactionStatus)),
        "amount": MONEY,
        "description": untrusted("What it is for, in the words of whoever made it."),
        "created_at": nullable(moment("When it was made.")),
    }
)

DRAFT = closed(
    {
        "draft_id": uuid("The draft."),
        "state": words("Where it stands.", tuple(DraftState)),
        "amount": {"type": "string", "description": "In units of the currency, such as 1450.00."},
        "currency": {"type": "string", "description": "ISO 4217, such as USD."},
        "description": {"type": "string", "description": "What it is for, in the words it was made with."},
        "expires_at": moment("When it lapses unless it is committed."),
        "confirmation": closed(
            {
                "status": words("Whether the customer has agreed.", tuple(ConfirmationStatus)),
                "confirmation_token": {
                    "type": ["string", "null"],
                    "description": "What commit_transaction needs; there once the customer has confirmed.",
                },
                "expires_at": nullable(moment("Until when the confirmation holds.")),
            }
        ),
        "reason": {"type": ["string", "null"], "description": "Why it ended, or what it waits for."},
        "transaction_id": {"type": ["string", "null"], "description": "The transaction, once it is committed."},
    }
)

TICKETS = closed(
    {
        "tickets": items(_TICKET, "The tickets.", MOST_TICKETS),
        "truncated": truth("Whether there are more."),
        **_FETCHED,
    }
)

TRANSACTION = closed({"transaction": _TRANSACTION, **_FETCHED})
