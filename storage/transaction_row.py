"""A draft as a row of `transaction_drafts`, and back."""

from typing import Any
from uuid import UUID

import asyncpg

from hub.money import Money
from hub.transaction.approval import Approval, ApprovalState
from hub.transaction.draft import Asked, Draft, Search
from hub.transaction.state import DraftState
from hub.transaction.token import Token


def fixed(draft: Draft) -> tuple[Any, ...]:
    """What never changes, in the order of `insert`."""
    return (
        draft.id,
        draft.conversation_id,
        draft.customer_id,
        draft.customer_ref,
        draft.principal,
        draft.asked_by,
        draft.amount.minor,
        draft.amount.currency,
        draft.description,
        draft.key_create,
        draft.key_commit,
        draft.asked.nonce,
        draft.asked.code,
        draft.created_at,
        draft.expires_at,
    )


def changing(draft: Draft) -> tuple[Any, ...]:
    """What changes, in the order of `insert` and `update`."""
    asked, search = draft.asked, draft.search
    return (
        draft.state.value,
        draft.version,
        draft.external_id,
        draft.terms,
        asked.wanted,
        list(asked.message_ids),
        asked.first,
        asked.last,
        asked.heard,
        asked.spoke,
        draft.consent_id,
        draft.confirmed_until,
        draft.failures,
        list(draft.risk),
        draft.approval_id,
        draft.approval_until,
        draft.spent_at,
        draft.reason,
        draft.transaction_id,
        draft.withdraw,
        search.since,
        search.tries,
        search.replica,
        draft.due,
    )


def to_draft(row: asyncpg.Record) -> Draft:
    """A row of the table."""
    return Draft(
        id=row["id"],
        conversation_id=row["conversation_id"],
        customer_id=row["customer_id"],
        customer_ref=row["customer_ref"],
        principal=row["principal"],
        amount=Money(row["amount_minor"], row["currency"]),
        description=row["description"],
        key_create=row["key_create"],
        key_commit=row["key_commit"],
        asked=_asked(row),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        state=DraftState(row["state"]),
        version=row["version"],
        asked_by=row["asked_by"],
        external_id=row["external_id"],
        terms=row["terms"],
        consent_id=row["consent_id"],
        confirmed_until=row["confirmed_until"],
        failures=row["failures"],
        risk=tuple(row["risk"]),
        approval_id=row["approval_id"],
        approval_until=row["approval_until"],
        spent_at=row["spent_at"],
        reason=row["reason"],
        transaction_id=row["transaction_id"],
        withdraw=row["withdraw"],
        search=Search(row["searched_since"], row["tries"], row["replica"]),
        due=row["due"],
    )


def _asked(row: asyncpg.Record) -> Asked:
    return Asked(
        row["nonce"],
        row["code"],
        row["prompts_wanted"],
        tuple(row["prompt_ids"]),
        row["first_prompt"],
        row["last_prompt"],
        row["heard"],
        row["spoke"],
    )


def to_token(row: asyncpg.Record) -> Token:
    """A row of `transaction_tokens`."""
    return Token(
        row["digest"],
        row["draft_id"],
        row["terms"],
        row["consent_id"],
        row["principal"],
        row["conversation_id"],
        row["expires_at"],
        row["used_by"],
    )


def to_approval(row: asyncpg.Record, prefix: str = "") -> Approval:
    """A row of `transaction_approvals`; its columns may carry a prefix."""
    decided_by: UUID | None = row[f"{prefix}decided_by"]
    return Approval(
        id=row[f"{prefix}id"],
        draft_id=row[f"{prefix}draft_id"],
        terms=row[f"{prefix}terms"],
        requested_at=row[f"{prefix}requested_at"],
        expires_at=row[f"{prefix}expires_at"],
        state=ApprovalState(row[f"{prefix}state"]),
        decided_by=decided_by,
        decided_at=row[f"{prefix}decided_at"],
        reason=row[f"{prefix}reason"],
    )
