"""How much is measured: sizes, durations and repetitions."""

from attrs import evolve, frozen


@frozen(kw_only=True)
class Scale:
    """The full measurement. Durations in seconds; each of a case's parts lasts `seconds`."""

    repetitions: int = 3
    seconds: float = 8.0
    warm_up: float = 1.0
    overload_seconds: float = 60.0
    # How long the hub is killed over and over while money moves; it is not repeated.
    chaos_seconds: float = 120.0
    # Requests in flight of a closed loop.
    connections: int = 64
    # Connections that an open loop may have open; what would need one more is not sent.
    most_connections: int = 2_000
    customers: int = 10_000
    conversations: int = 1_000
    crowds: tuple[int, ...] = (100, 1_000, 5_000)
    # Single events per crowd, whose last receiver is timed.
    rounds: int = 30
    burst: int = 8
    sockets: int = 5_000
    actors: int = 100_000
    behind: int = 10_000
    teams: int = 50
    # Conversations in lists, and how often each list is read.
    listed: int = 100_000
    reads: int = 300
    # Messages that are searched.
    said: int = 1_000_000

    def lasting(self, seconds: float) -> "Scale":
        """The same with parts of this length."""
        warm_up = min(self.warm_up, seconds / 4)
        return evolve(self, seconds=seconds, overload_seconds=seconds, chaos_seconds=seconds, warm_up=warm_up)


QUICK = Scale(
    repetitions=1,
    seconds=2.0,
    warm_up=0.5,
    overload_seconds=5.0,
    chaos_seconds=6.0,
    customers=500,
    conversations=200,
    crowds=(50,),
    rounds=5,
    sockets=200,
    actors=10_000,
    behind=1_000,
    teams=10,
    listed=5_000,
    reads=50,
    said=20_000,
)
"""For a first look, and to see that everything runs: the figures mean little."""


def scale(*, quick: bool, seconds: float | None) -> Scale:
    """What `--quick` and `--seconds` ask for."""
    chosen = QUICK if quick else Scale()
    return chosen if seconds is None else chosen.lasting(seconds)
