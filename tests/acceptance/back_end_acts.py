"""Requests that act on the company's back ends, and on what an AI agent has begun there."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from actors.back_ends import NOBODY
from tests.acceptance.agent import Json
from tests.acceptance.ai_kit import Company
from tests.acceptance.draft_kit import purchase, supervisor
from tests.acceptance.ground import Act, Ground

# Tickets


async def _wanted(ground: Ground) -> Json:
    _, id = await ground.talk()
    customer = (await ground.agent.get(f"conversations/{id}"))["customer"]["id"]
    return {"customer_id": customer, "subject": uuid4().hex, "conversation_id": id}


async def ticket(ground: Ground) -> Act:
    wanted, books = await _wanted(ground), ground.stage.back_office.tickets

    def made() -> int:
        return [ticket.subject for ticket in books.all.values()].count(wanted["subject"])

    return Act("tickets", wanted, made)


async def comment(ground: Ground) -> Act:
    id, text = await ground.made("tickets", await _wanted(ground)), uuid4().hex
    kept = ground.stage.back_office.tickets.all[id]
    return Act(f"tickets/{id}/comments", {"body": text}, lambda: kept.comments.count(text))


async def integration(ground: Ground) -> Act:
    """However often it is asked over there, it is under one id."""
    ledger = ground.stage.back_office.ledger

    def asked() -> int:
        return len({one.headers["x-request-id"] for one in ledger.of("ticket.search") if NOBODY in one.path})

    return Act("integrations/ticketing/test", None, asked)


# Drafts


DECIDED = """
select count(*) from audit_log where body::jsonb ->> 'draft_id' = $1
    and body::jsonb ->> 'state_before' <> body::jsonb ->> 'state_after' and body::jsonb ->> 'state_after' = $2
"""
"""The steps of a draft into a state."""


async def draft(ground: Ground) -> Act:
    bought = await purchase(await (await Company.of(ground.stage)).talk())
    return Act(f"transaction-drafts/{bought.id}/cancel", None, DECIDED, (bought.id, "cancelled"))


async def _decision(ground: Ground, verdict: str, state: str) -> Act:
    company = await Company.of(ground.stage)
    bought = await (await purchase(await company.talk(), "1000.01")).agree()
    assert (await bought.commit()).status == 202
    sol = await supervisor(company)
    approval = await bought.approval(sol)
    return Act(f"approvals/{approval['id']}/{verdict}", {}, DECIDED, (bought.id, state), sol)


async def approve(ground: Ground) -> Act:
    return await _decision(ground, "approve", "approved")


async def reject(ground: Ground) -> Act:
    return await _decision(ground, "reject", "rejected")


# Dead letters


async def _letter(ground: Ground) -> tuple[UUID, str]:
    """One of a back end that is not configured any more: done again, it fails again. Its id, and the back end."""
    gone = "gone_" + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex)
    id = await ground.stage.value(
        "insert into dead_letters (id, integration, operation, kind, problem, attempts, payload)"
        " values ($1, $2, 'create_ticket', 'write', 'integration_error', 1, '{}') returning id",
        uuid4(),
        gone,
    )
    return id, gone


TRIED_AGAIN = "select attempts - 1 + (state <> 'dead')::int from dead_letters where id = $1"


async def redrive(ground: Ground) -> Act:
    id, _ = await _letter(ground)
    return Act(f"dead-letters/{id}/redrive", None, TRIED_AGAIN, (id,))


async def redrive_all(ground: Ground) -> Act:
    id, gone = await _letter(ground)
    return Act("dead-letters/redrive", {"integration": gone}, TRIED_AGAIN, (id,))


async def discard(ground: Ground) -> Act:
    id, _ = await _letter(ground)
    discarded = "select count(*) from dead_letters where id = $1 and state = 'discarded'"
    return Act(f"dead-letters/{id}/discard", None, discarded, (id,))


BACK_END_ACTS: dict[str, Callable[[Ground], Awaitable[Act]]] = {
    "/api/v1/tickets": ticket,
    "/api/v1/tickets/{id}/comments": comment,
    "/api/v1/integrations/{name}/test": integration,
    "/api/v1/transaction-drafts/{id}/cancel": draft,
    "/api/v1/approvals/{id}/approve": approve,
    "/api/v1/approvals/{id}/reject": reject,
    "/api/v1/dead-letters/{id}/redrive": redrive,
    "/api/v1/dead-letters/redrive": redrive_all,
    "/api/v1/dead-letters/{id}/discard": discard,
}
