"""A hub as a process: it runs until a signal says otherwise, and a second signal does not wait."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from hub.app import Hub
from hub.commands.exits import FAILED, OK, CommandFailed

log = logging.getLogger("hub.process")


def run(main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Runs a coroutine on the fastest loop there is."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main())
    return uvloop.run(main())


def stop_signals() -> asyncio.Event:
    """An event that the first SIGTERM or SIGINT sets. The second one ends the process at once."""
    asked = asyncio.Event()

    def ask(number: int) -> None:
        if asked.is_set():
            os._exit(128 + number)
        asked.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask, number)
    return asked


COLLECT = (100_000, 20, 100)
"""Objects made between collections. Python's own numbers suit scripts; here every message makes some hundred objects
that die at once, while a hundred thousand actors stay."""


async def serve(hub: Hub, started: Callable[[int], Awaitable[None]], asked: asyncio.Event) -> int:
    """Runs a hub until it is asked to stop or cannot go on; `started` is told the port. Gives the exit code."""
    try:
        port = await hub.start()
    except OSError as error:
        server = hub.config.server
        # The system's word: asyncio's own repeats the address. A name that is not found has no such number.
        number = error.errno or 0
        reason = (os.strerror(number) if number > 0 else error.strerror or "refused").lower()
        raise CommandFailed(
            f"Cannot listen on {server.host}:{server.port} ({reason}). Use --port 0 for any free port."
        ) from None
    failed = asyncio.create_task(hub.broken())
    stopped = asyncio.create_task(asked.wait())
    running = asyncio.create_task(_run_on(started(port)))
    await asyncio.wait([failed, stopped, running], return_when=asyncio.FIRST_COMPLETED)
    failure = failed.result() if failed.done() else None
    for task in (failed, stopped, running):
        task.cancel()
    outcome, *_ = await asyncio.gather(running, return_exceptions=True)
    try:
        async with asyncio.timeout(hub.config.drain.total):
            await hub.stop()
    except TimeoutError:
        log.error("stopping took too long")
        return FAILED
    if failure is not None:
        raise CommandFailed(str(failure) or "The hub could not go on; see the log.")
    if isinstance(outcome, Exception):
        raise outcome
    return OK


async def _run_on(telling: Awaitable[None]) -> None:
    """Has it told that the hub runs; what was made until then stays, so the collector need not look at it again."""
    await telling
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    gc.enable()
    await asyncio.Event().wait()
