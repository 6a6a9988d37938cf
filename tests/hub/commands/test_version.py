"""`hub version`."""

import json

from hub import __version__
from tests.hub.commands.conftest import Run


def test_version(hub: Run) -> None:
    assert hub("version").stdout.startswith(f"hub {__version__} (Python 3.")
    assert json.loads(hub("version", "--json").stdout)["version"] == __version__
    assert hub("--version").stdout == f"hub {__version__}\n"
