"""What a send carries so that its status webhooks name our message, even if the answer to the send was lost.

Meta, "Send messages": `biz_opaque_callback_data`, up to 512 characters, comes back in every status.
"""

import re
from uuid import UUID

_REFERENCE = re.compile(r"h1:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}):([0-9]{1,9})")


def reference(message_id: UUID, attempt: int) -> str:
    """`h1:<message uuid>:<attempt>`."""
    return f"h1:{message_id}:{attempt}"


def parse_reference(value: str | None) -> tuple[UUID, int] | None:
    """The message and attempt meant by a reference; None if it is not one of ours."""
    found = _REFERENCE.fullmatch(value) if value else None
    return (UUID(found[1]), int(found[2])) if found else None
