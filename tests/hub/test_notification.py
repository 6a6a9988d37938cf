"""How a notification is shown."""

from datetime import UTC, datetime

from hub.ids import uuid7
from hub.notification import PREVIEW_LENGTH, Notification, NotificationKind, Subject, preview, view

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_a_notification_names_its_conversation() -> None:
    subject = Subject(uuid7(), 1001, "Maria")
    shown = view(Notification(uuid7(), uuid7(), NotificationKind.ASSIGNED, NOON, {"name": "Ana"}, subject))
    assert shown["conversation"] == {"id": subject.id, "number": 1001, "customer": {"name": "Maria"}}
    assert (shown["kind"], shown["text"], shown["read_at"]) == ("assigned", None, None)
    assert "user_id" not in shown


def test_a_text_is_shown_by_its_beginning() -> None:
    assert preview("x" * 500) == "x" * PREVIEW_LENGTH
    assert preview(None) is None
