"""AC-27 with an AI agent that speaks MCP: the cases are those of JSON, but for who calls."""

from collections.abc import AsyncIterator

import pytest

from tests.acceptance.ai_kit import Company
from tests.acceptance.mcp_talk import McpCompany
from tests.acceptance.stage import Stage
from tests.acceptance.test_ac_27_money import (  # noqa: F401 - they are collected here too
    OPTIONS,
    talk,
    test_a_consent_is_good_for_a_while,
    test_a_foreign_token_opens_nothing_and_is_not_burnt,
    test_a_purchase_from_wish_to_payment,
    test_a_rejected_one_is_never_paid,
    test_amounts_are_added_up_over_a_day,
    test_nobody_confirms_for_the_customer,
)


@pytest.fixture
async def company(stage: Stage) -> AsyncIterator[Company]:
    """Instead of the one that speaks JSON."""
    made = await McpCompany.of(stage)
    yield made
    stage.back_office.faults.clear()
