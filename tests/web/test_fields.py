"""Fields: bounds and forms, with messages for people."""

import pytest
from attrs import frozen

from web.fields import UNSET, FieldError, Unset, items, number, text


@frozen
class Fields:
    name: str = text(most=3, default="ok")
    code: str = text(most=9, pattern="[a-z]+", what="lower-case letters", default="a")
    blank: str = text(least=0, most=3, blank=True, default="")
    size: int | None = number(1, 3, default=None)
    list_: tuple[str, ...] = items(least=1, most=2, default=("x",))
    maybe: str | Unset | None = text(most=3, default=UNSET)  # noqa: RUF009 - attrs, and a field


def test_what_is_within() -> None:
    Fields(name="abc", code="xyz", blank="  ", size=3, list_=("a", "b"), maybe=None)


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"name": ""}, "name", "must have 1 to 3 characters"),
        ({"name": "   "}, "name", "must not be blank"),
        ({"code": "a\n"}, "code", "must be lower-case letters"),
        ({"blank": "four"}, "blank", "must have 0 to 3 characters"),
        ({"size": 0}, "size", "must be from 1 to 3"),
        ({"list_": ()}, "list", "must have 1 to 2 items"),
        ({"maybe": "four"}, "maybe", "must have 1 to 3 characters"),
    ],
)
def test_what_is_not(wrong: dict[str, object], field: str, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        Fields(**wrong)  # type: ignore[arg-type]
    assert (caught.value.field, str(caught.value)) == (field, message)
