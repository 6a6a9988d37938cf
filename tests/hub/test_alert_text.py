"""Alerts in words."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from hub.alert import Alert, Rule, Word
from hub.alert_text import ADVICE, TITLES, text, title

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def alert(rule: Rule, subject: str = "ticketing", times: int = 1, conversation_id: UUID | None = None) -> Alert:
    return Alert(
        id=UUID(int=1), rule=rule, subject=subject, occurrences=3, conversation_id=conversation_id,
        state="firing", times=times, first_at=NOON, last_at=NOON,
    )  # fmt: skip


def test_integrations_are_called_by_their_names() -> None:
    assert title(alert(Rule.CIRCUIT_OPEN)) == "The ticketing system does not answer"
    assert title(alert(Rule.CIRCUIT_OPEN, times=4), Word.AGAIN) == "The ticketing system does not answer (4 times)"
    assert title(alert(Rule.CIRCUIT_OPEN), Word.OVER) == "Over: the ticketing system does not answer"
    assert title(alert(Rule.CIRCUIT_OPEN, "oauth:id.example.com")) == "Oauth:id.example.com does not answer"


def test_the_text_says_what_to_do_since_when_and_where() -> None:
    said = text(alert(Rule.SUSPICIOUS_CALLS, "x", conversation_id=UUID(int=7)), Word.BEGAN, "https://hub.example.com")
    assert said.startswith("3 of its calls were refused.")
    assert "Since 2026-01-05 12:00 UTC." in said
    assert said.endswith("https://hub.example.com/inbox/all/00000000-0000-0000-0000-000000000007")
    assert text(alert(Rule.AUDIT_BROKEN), Word.BEGAN, "").startswith("This is critical.\nA row was changed")
    assert text(alert(Rule.CIRCUIT_OPEN), Word.OVER, "").startswith("It works again.")


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_has_words(rule: Rule) -> None:
    assert rule in TITLES
    assert rule in ADVICE
    assert "{" not in title(alert(rule)) + text(alert(rule), Word.BEGAN, "")
