"""What circuits and the keepers of tokens are told and asked."""

from attrs import frozen

from hub.integration.breaker import State
from hub.integration.oauth import Token
from hub.integration.operation import Request
from hub.integration.outcome import Outcome


@frozen
class CallFor:
    """Asks a circuit for what a request brings; answered a `Fetched`. `deadline` on the loop's clock; `fresh` asks the
    back end even if a copy is kept."""

    request: Request
    deadline: float
    fresh: bool = False


@frozen
class Over:
    """An attempt of a job has ended. `generation`: the breaker's, when it went out. `seconds` it took."""

    job: int
    generation: int
    outcome: Outcome
    seconds: float


@frozen
class Again:
    """The pause before a job's next attempt is over."""

    job: int


@frozen
class Late:
    """A job's deadline has come."""

    job: int


@frozen
class Invalidate:
    """Something has changed over there: copies may be wrong."""


@frozen
class Told:
    """Everybody was told, by this replica or another one, that the circuit is in this state."""

    state: State


@frozen
class Look:
    """Asks how the circuit is; answered a `CircuitSeen`."""


@frozen
class CircuitSeen:
    """How a circuit is in this replica. `seconds` it will stay open or paused at most; `last` tells how the last
    attempt ended, `last_ago` how many seconds ago."""

    name: str
    state: State
    failures: int
    seconds: float
    in_flight: int
    waiting: int
    copies: int
    last: str | None
    last_ago: float | None


@frozen
class WantToken:
    """Asks a keeper for a token that is good now; not for the one that was `refused`. `deadline` on the loop's
    clock."""

    refused: Token | None
    deadline: float
