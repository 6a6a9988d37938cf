"""The doors for those who run the hub and write programs for it: health, figures, the API's description, its errors."""

from collections.abc import Sequence

from attrs import frozen

from hub import __version__
from hub.config import Config
from web import metrics
from web.docs import Docs
from web.figures import Figures
from web.health import Flags, Health
from web.openapi import Description
from web.problem_pages import ProblemPages
from web.routes import Route


@frozen
class Operations:
    """What these doors tell of."""

    config: Config
    flags: Flags
    figures: Figures

    def routes(self, api: Sequence[Route]) -> list[Route]:
        """All of them; `api` are the other routes, which are described."""
        server = self.config.server
        url = server.public_url or f"http://{server.host}:{server.port}"
        own = [
            *ProblemPages().routes(),
            *Health(self.flags).routes(),
            *metrics.Exposition(self.figures.registry, server.metrics_token.reveal()).routes(),
        ]
        described = [*api, *own]
        return [*own, *Description(described, __version__).routes(), *Docs(described, __version__, url).routes()]
