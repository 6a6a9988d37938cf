"""Times as the API writes them: RFC 3339, UTC, milliseconds."""

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=1024)  # a decision shows its moment a dozen times: in the message, its event, the list, the answer
def rfc3339(moment: datetime) -> str:
    """`2026-01-05T12:00:00.000Z`. The moment must carry a time zone."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def from_rfc3339(text: str) -> datetime:
    """The moment of an RFC 3339 text. Raises ValueError when it is none or carries no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)
