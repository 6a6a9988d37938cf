"""What becomes of the attributes and conversations of two who are one."""

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.conversation.attributes import MOST_BYTES, MOST_NAMES
from hub.customer_merge import Standing, steps, united
from hub.ids import uuid7

CHANNELS = ("whatsapp-main", "whatsapp-second", "app")
ATTRIBUTES = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 9) | st.text("x", max_size=1500), max_size=MOST_NAMES
).filter(lambda attributes: len(orjson.dumps(attributes)) <= MOST_BYTES)


@settings(max_examples=60)
@given(ATTRIBUTES, ATTRIBUTES)
def test_attributes_of_both_within_the_bounds(target: dict[str, Any], source: dict[str, Any]) -> None:
    both = united(target, source)
    assert {name: both[name] for name in target} == target
    assert all(both[name] == source[name] for name in both.keys() - target.keys())
    assert len(both) <= MOST_NAMES
    assert len(orjson.dumps(both)) <= MOST_BYTES
    left_out = source.keys() - both.keys()
    for name in left_out:
        more = {**both, name: source[name]}
        assert len(more) > MOST_NAMES or len(orjson.dumps(more)) > MOST_BYTES


@st.composite
def standings(draw: st.DrawFn) -> list[Standing]:
    """A customer's conversations: at most one of a channel goes on."""
    live = draw(st.sets(st.sampled_from(CHANNELS)))
    closed = draw(st.lists(st.sampled_from(CHANNELS), max_size=3))
    both = [*((channel, False) for channel in closed), *((channel, True) for channel in live)]
    return [Standing(uuid7(), n, channel, goes_on) for n, (channel, goes_on) in enumerate(both)]


@settings(max_examples=60)
@given(standings(), standings())
def test_every_conversation_comes_over_and_one_of_a_channel_goes_on(
    sources: list[Standing], targets: list[Standing]
) -> None:
    plan = steps(sources, targets)
    assert [step.conversation for step in plan] == sources
    ended = {step.conversation.id for step in plan if step.into is not None}
    goes_on = [s for s in (*sources, *targets) if s.live and s.id not in ended]
    assert len({s.channel for s in goes_on}) == len(goes_on)
    assert {s.channel for s in goes_on} == {s.channel for s in (*sources, *targets) if s.live}
    for step in plan:
        assert step.into is None or (step.into in targets and step.into.live and step.conversation.live)
