"""One `change` of a webhook, with what all its elements share.

Meta, "Webhooks: components": `entry[].changes[]` is `{field, value}`; messages and statuses carry
`value.metadata.phone_number_id`, account fields only `entry.id`.
"""

from datetime import datetime

from attrs import frozen

from hub.whatsapp.moment import moment
from hub.whatsapp.party import Directory
from hub.whatsapp.payload import Json, elements, mapping, token


@frozen
class Change:
    """The surroundings of an element. `waba_id` is the WhatsApp Business Account, `at` the entry's own time if any."""

    field: str
    value: Json
    waba_id: str | None
    phone_number_id: str | None
    business_phone: str | None
    at: datetime | None
    now: datetime
    directory: Directory

    @classmethod
    def of(cls, entry: Json, change: Json, now: datetime) -> "Change":
        """Read the surroundings; whatever is missing is None or empty."""
        value = mapping(change.get("value"))
        metadata = mapping(value.get("metadata"))
        return cls(
            field=token(change.get("field")) or "",
            value=value,
            waba_id=token(entry.get("id")),
            phone_number_id=token(metadata.get("phone_number_id")),
            business_phone=token(metadata.get("display_phone_number")),
            at=moment(entry["time"], now)[0] if "time" in entry else None,
            now=now,
            directory=Directory.of(elements(value.get("contacts"))),
        )
