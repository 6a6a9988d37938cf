"""The command `hub` itself: a table of commands, each loaded when it is called for.

`hub --help` reads the table only, so it answers fast and imports neither the web server nor the database driver.
"""

from importlib import import_module
from pathlib import Path

import click

from hub import __version__
from hub.commands.files import Place, parse_options

COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("hub.commands.serve:serve", "Run the server until Ctrl+C or SIGTERM."),
    "demo": ("hub.commands.demo:demo", "Start the hub with demo people and a simulated outside world."),
    "migrate": ("hub.commands.migrate:migrate", "Apply the migrations that the database lacks."),
    "doctor": ("hub.commands.doctor:doctor", "Check the installation; exit code 1 when something must be mended."),
    "user": ("hub.commands.user:user", "Add, list and disable users, and set their passwords."),
    "key": ("hub.commands.key:key", "Make, list and revoke the keys of programs."),
    "dlq": ("hub.commands.dlq:dlq", "See what was given up at a back end, have it done again, or discard it."),
    "erase": ("hub.commands.erase:erase", "Forget a customer: nothing of them stays but the numbers."),
    "audit": ("hub.commands.audit:audit", "Verify and export the record of what was done outside."),
    "export": ("hub.commands.export:export", "Export conversations or messages of a time."),
    "db": ("hub.commands.db:db", "See and stop the embedded PostgreSQL of a data directory."),
    "config": ("hub.commands.config:config", "Check, show and explain the configuration."),
    "bench": ("hub.commands.bench:bench", "Measure the hub on this machine, in a temporary directory."),
    "version": ("hub.commands.version:version", "Print the version."),
}
"""Each command: where it is (`module:name`), and its line in `hub --help`. The order is that of the help."""


class Commands(click.Group):
    """The group behind `hub`: knows its commands from the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-c", "--config", type=click.Path(path_type=Path), envvar="HUB_CONFIG", help="The configuration file [config.toml]."
)
@click.option("--data", type=click.Path(path_type=Path), envvar="HUB_DATA", help="The data directory [.hub].")
@click.option("-o", "options", multiple=True, metavar="SECTION.KEY=VALUE", callback=parse_options, help="Set a value.")
@click.version_option(__version__, prog_name="hub", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, config: Path | None, data: Path | None, options: dict[str, str]) -> None:
    """Customer conversations from WhatsApp and your own app, in one live inbox.

    Example: hub config check
    """
    context.obj = Place(config, data, options)
