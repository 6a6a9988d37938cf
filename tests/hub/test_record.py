import attrs
import pytest

from hub.conversation.state import Conversation, CustomerCard, Desk
from hub.message import Content, Message
from hub.record import evolve


@attrs.frozen
class Record:
    a: int
    b: str = "b"
    c: list[int] = attrs.field(factory=list)


def test_a_changed_record_is_what_attrs_would_make() -> None:
    record = Record(1, "x", [2])
    assert evolve(record, b="y", a=0) == attrs.evolve(record, b="y", a=0) == Record(0, "y", [2])
    assert record == Record(1, "x", [2])
    assert evolve(record).c is record.c


def test_a_field_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        evolve(Record(1), d=2)


@pytest.mark.parametrize("record_type", [Conversation, CustomerCard, Desk, Message, Content])
def test_the_domains_records_are_made_by_position(record_type: type) -> None:
    assert all(field.init and not field.kw_only for field in attrs.fields(record_type))
