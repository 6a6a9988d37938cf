"""Names of tags, and sets of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Invalid
from hub.tag import LONGEST_NAME, clean_name, renamed, same_name, with_tag, without_tag

NAMES = st.sampled_from(["vip", "VIP", "refund", "Straße", "STRASSE", "fraud", "zürich"])
TAGS = st.lists(NAMES, max_size=6).map(lambda names: _all(names))


def _all(names: list[str]) -> tuple[str, ...]:
    tags: tuple[str, ...] = ()
    for name in names:
        tags = with_tag(tags, name)
    return tags


@pytest.mark.parametrize(
    ("text", "name"),
    [(" VIP ", "VIP"), ("to  do\tnow", "to do now"), ("Zu\u0308rich", "Zürich"), ("x" * LONGEST_NAME, "x" * 64)],
)
def test_a_name_is_kept_in_one_form(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize("text", ["", "  ", "x" * (LONGEST_NAME + 1), "a\x07b", "\ue000"])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(Invalid):
        clean_name(text)


@given(TAGS, NAMES, NAMES)
def test_the_order_of_two_tags_does_not_matter(tags: tuple[str, ...], one: str, two: str) -> None:
    forth, back = with_tag(with_tag(tags, one), two), with_tag(with_tag(tags, two), one)
    assert [same_name(tag) for tag in forth] == [same_name(tag) for tag in back]
    if same_name(one) != same_name(two):
        assert without_tag(with_tag(tags, one), two) == with_tag(without_tag(tags, two), one)


@given(TAGS, NAMES)
def test_putting_on_and_taking_off_twice_is_once(tags: tuple[str, ...], name: str) -> None:
    on, off = with_tag(tags, name), without_tag(tags, name)
    assert with_tag(on, name) == on
    assert without_tag(off, name) == off
    assert same_name(name) in map(same_name, on)
    assert same_name(name) not in map(same_name, off)
    assert len(set(map(same_name, on))) == len(on)


@given(TAGS, NAMES, st.none() | NAMES)
def test_a_renamed_tag_is_there_once_and_the_others_stay(tags: tuple[str, ...], old: str, new: str | None) -> None:
    after = renamed(tags, old, new)
    if old not in tags:
        assert after == tags
        return
    kept = {same_name(tag) for tag in tags if tag != old}
    assert {same_name(tag) for tag in after} == kept | ({same_name(new)} if new else set())
    assert len(after) == len(set(map(same_name, after)))


def test_a_tag_gets_another_spelling() -> None:
    assert renamed(("a", "vip"), "vip", "VIP") == ("a", "VIP")
