"""A conversation as calls are decided by."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.ai.subject import Subject
from hub.conversation.state import Status
from hub.customer import Address, Customer
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind
from hub.team import TeamKind

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def new_subject() -> Callable[..., Subject]:
    """Makes conversations; `app_id` is the customer's in the company's app."""

    def made(app_id: str | None = None, **given: Any) -> Subject:
        addresses = (Address("app", Identity(IdentityKind.APP_ID, app_id)),) if app_id else ()
        customer = Customer(uuid7(), "Maria", False, {}, 1, NOON, NOON, addresses)
        fields = {
            "status": Status.OPEN,
            "channel_type": "chat_app",
            "team_kind": TeamKind.SALES,
            "ai_epoch": 0,
            **given,
        }
        return Subject(uuid7(), customer=customer, **fields)

    return made
