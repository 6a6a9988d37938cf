"""Addresses for whoever has to be found again: a hub that is restarted, a back end that is away for a while.

They lie below the ports that the kernel gives out by itself: one of those could go to anybody's outgoing connection or
test server while its owner is away, and then the owner cannot come back.
"""

import itertools
import os
import random
import socket
from collections.abc import Iterator

FIRST = 10_000
EACH = 2_000
"""Ports per process of the test run; after so many, the first ones come again."""
PROCESSES = 11
"""All below 32768, where Linux begins to give out ports (`ip_local_port_range`)."""


def _own() -> Iterator[int]:
    """The ports of this process, from anywhere on: another run on the same machine begins elsewhere."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PROCESSES
    begin = random.SystemRandom().randrange(EACH)
    return (FIRST + number * EACH + (begin + step) % EACH for step in itertools.count())


_ports = _own()


def free_port() -> int:
    """A port that nobody listens on, and that nobody else is given while this process runs."""
    for port in itertools.islice(_ports, EACH):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("Every port of this process is taken.")
