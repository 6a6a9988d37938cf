"""Ids: seeded, and those of messages different in every run."""

from hub.demo.whatsapp.ids import Ids


def test_one_seed_and_run_give_the_same_ids() -> None:
    first, second = (Ids(7, 1).wamid("5511987650043", outbound=True) for _ in range(2))
    assert first == second
    assert all(mark in first for mark in "+/=")


def test_another_run_has_the_same_people_and_other_messages() -> None:
    first, second = Ids(7, 1), Ids(7, 2)
    assert (first.bsuid("BR"), first.number()) == (second.bsuid("BR"), second.number())
    assert first.wamid("5511987650043", outbound=False) != second.wamid("5511987650043", outbound=False)
    assert first.call() != second.call()
