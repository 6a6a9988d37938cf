"""`hub …` and `python -m hub …`."""

import sys

from hub.commands.cli import cli
from hub.commands.exits import run


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(lambda: cli(standalone_mode=False, prog_name="hub")))


if __name__ == "__main__":
    main()
