"""What `--quick` and `--seconds` change."""

from hub.bench.scale import QUICK, Scale, scale


def test_the_full_measurement_repeats_and_the_quick_one_does_not() -> None:
    assert scale(quick=False, seconds=None) == Scale()
    assert Scale().repetitions >= 3
    assert scale(quick=True, seconds=None) is QUICK
    assert QUICK.repetitions == 1


def test_seconds_hold_for_every_part() -> None:
    chosen = scale(quick=False, seconds=0.5)
    assert (chosen.seconds, chosen.overload_seconds, chosen.chaos_seconds, chosen.warm_up) == (0.5, 0.5, 0.5, 0.125)
    assert chosen.customers == Scale().customers
    assert scale(quick=False, seconds=100.0).warm_up == Scale().warm_up
