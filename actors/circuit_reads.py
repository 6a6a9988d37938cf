"""What a circuit need not ask: copies of answers, and calls for the same thing that are under way already."""

from collections.abc import Hashable

from actors.circuit_job import Job, kept
from actors.circuit_messages import CallFor
from actors.circuit_world import Watcher
from actors.kernel import Mail
from hub.integration.cache import Cache
from hub.integration.call import Fetched


class Reads:
    """The copies of one circuit, and its reads under way. Moments are those of the loop's clock."""

    __slots__ = ("_cache", "_circuit", "_under_way", "_watcher")

    def __init__(self, circuit: str, entries: int, watcher: Watcher) -> None:
        self._circuit = circuit
        self._watcher = watcher
        self._cache = Cache(entries)
        self._under_way: dict[Hashable, Job] = {}

    def __len__(self) -> int:
        return len(self._cache)

    @property
    def generation(self) -> int:
        """Raised whenever something has changed over there."""
        return self._cache.generation

    def answered(self, mail: Mail, call: CallFor, now: float) -> bool:
        """Whether a copy answers the call, or somebody asks the same already since the last change over there."""
        request = call.request
        if request.key is None:
            return False
        copy = None if call.fresh else self._cache.get(request.key, request.operation.keep, now)
        if copy is not None:
            mail.reply(copy)
            self._tell(call, "hit")
            return True
        job = self._under_way.get(request.key)
        if job is None or job.copies_of != self.generation:
            return False
        job.askers.append(kept(mail))
        self._tell(call, "joined")
        return True

    def answered_stale(self, mail: Mail, call: CallFor, now: float) -> bool:
        """Whether a copy answers a call that cannot be made."""
        request = call.request
        if request.key is None or call.fresh:
            return False
        copy = self._cache.stale(request.key, request.operation.keep, now)
        if copy is None:
            return False
        mail.reply(copy)
        self._tell(call, "stale")
        return True

    def begun(self, job: Job, call: CallFor) -> None:
        """A call is made."""
        if job.request.key is not None:
            self._under_way[job.request.key] = job
            self._tell(call, "miss")

    def ended(self, job: Job, brought: Fetched[object] | None, now: float) -> None:
        """It has ended. What acted, or may have, changed something over there."""
        if self._under_way.get(job.request.key) is job:
            del self._under_way[job.request.key]
        if job.request.operation.acts and (brought is not None or job.unknown):
            self.invalidate()
        elif brought is not None and job.request.key is not None:
            self._cache.put(job.request.key, brought, job.copies_of, now)

    def invalidate(self) -> None:
        """Something has changed over there."""
        self._cache.invalidate()

    def _tell(self, call: CallFor, result: str) -> None:
        self._watcher.copied(self._circuit, call.request.operation.name, result)
