"""What the elements of one change share."""

from datetime import UTC, datetime

from hub.whatsapp.change import Change

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_the_surroundings() -> None:
    value = {"metadata": {"display_phone_number": "44", "phone_number_id": 700}, "contacts": [{"wa_id": "1"}]}
    change = Change.of({"id": "500", "time": 1780000000}, {"field": "messages", "value": value}, NOW)
    assert (change.field, change.waba_id, change.phone_number_id, change.business_phone) == (
        "messages",
        "500",
        "700",
        "44",
    )
    assert change.at == datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)
    assert change.directory.find(None, "1") == {"wa_id": "1"}


def test_nothing_is_known() -> None:
    change = Change.of({}, {"value": {"metadata": "x", "contacts": 5}}, NOW)
    assert (change.field, change.waba_id, change.phone_number_id, change.at) == ("", None, None, None)
    assert change.directory.only is None
