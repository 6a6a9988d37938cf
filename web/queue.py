"""Queues for those who look after teams: what waits where, now."""

from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.queue import Queue, Queues
from hub.rights import Permission
from web import answers
from web.body import query
from web.cursors import Cursors
from web.paging import Page
from web.principal import principal
from web.routes import Route, Section


@frozen
class QueuesSeen:
    """A page of queues. `seq` is an event that is counted in: `queue.updated` after it tells of changes."""

    data: tuple[Queue, ...]
    next_cursor: str | None
    seq: int


@frozen
class QueueDoors:
    """The door of queues."""

    queues: Queues
    cursors: Cursors

    async def index(self, request: web.Request) -> web.Response:
        """The queues of one's teams, by name; all of them for an administrator."""
        who, asked = principal(request), query(request, Page)
        listing = f"queues:{who.key}"
        kept = self.cursors.open(listing, asked.cursor) if asked.cursor else None
        after = (str(kept[0]), UUID(kept[1])) if kept else None
        found, seq = await self.queues.page(who.reader, after, asked.limit + 1)
        page = self.cursors.page(listing, found, asked.limit, after=lambda queue: queue.place, show=lambda queue: queue)
        return answers.json({**page, "seq": seq})

    def routes(self) -> list[Route]:
        """The one door."""
        route = Section("queues", "/api/v1/queues").route
        return [route("GET", "", self.index, "What waits", Permission.QUEUES_READ, query=Page, returns=QueuesSeen)]
