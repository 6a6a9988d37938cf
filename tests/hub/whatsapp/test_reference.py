"""What a send carries and its statuses bring back."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.whatsapp.reference import parse_reference, reference

MESSAGE = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@given(st.uuids(), st.integers(0, 999_999_999))
def test_there_and_back(message_id: UUID, attempt: int) -> None:
    assert parse_reference(reference(message_id, attempt)) == (message_id, attempt)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "h1",
        "some data",
        f"h2:{MESSAGE}:0",
        f"h1:{MESSAGE}",
        f"h1:{MESSAGE}:",
        f"h1:{MESSAGE}:-1",
        f"h1:{MESSAGE}:0\n",
        f"h1:{MESSAGE}:٣",
        f"h1:{MESSAGE}:{'9' * 10}",
        f"h1:{MESSAGE.hex}:0",
        f"h1:{str(MESSAGE).upper()}:0",
    ],
)
def test_others_are_not_ours(value: str | None) -> None:
    assert parse_reference(value) is None
