from actors.kernel import crashes
from actors.kernel.crashes import CrashLog
from actors.kernel.limit import Limit


def log(restarts: int = 1) -> CrashLog:
    return CrashLog(Limit(restarts, within=5.0), base=1.0, most=4.0)


def test_the_block_starts_when_the_limit_is_exceeded_and_ends_by_itself() -> None:
    crashed = log()
    assert crashed.crashed("k", 0.0) == 0.0
    assert crashed.blocked("k", 0.0) == 0.0
    assert crashed.crashed("k", 1.0) == 1.0
    assert crashed.blocked("k", 1.5) == 0.5
    assert crashed.count_blocked(1.5) == 1
    assert crashed.blocked("k", 2.0) == 0.0
    assert crashed.blocked("other", 1.5) == 0.0


def test_each_further_block_is_twice_as_long_up_to_the_longest() -> None:
    crashed, now, blocks = log(restarts=0), 0.0, list[float]()
    for _ in range(4):
        blocks.append(crashed.crashed("k", now))
        now += blocks[-1] + 0.1
    assert blocks == [1.0, 2.0, 4.0, 4.0]


def test_after_a_block_the_limit_counts_afresh() -> None:
    crashed = log()
    crashed.crashed("k", 0.0)
    crashed.crashed("k", 0.0)
    assert crashed.crashed("k", 1.1) == 0.0
    assert crashed.crashed("k", 1.2) == 2.0


def test_a_key_that_stayed_well_is_forgotten() -> None:
    crashed = log(restarts=0)
    crashed.crashed("k", 0.0)
    assert crashed.crashed("k", 6.1) == 1.0, "the second block would be 2 s if the first were remembered"
    crashed.crashed("other", 100.0)
    assert list(crashed.records) == ["other"]


def test_the_history_is_bounded() -> None:
    crashed = log()
    for key in range(crashes.MOST_KEYS + 5):
        crashed.crashed(key, 0.0)
    assert len(crashed.records) == crashes.MOST_KEYS
    assert 0 not in crashed.records
