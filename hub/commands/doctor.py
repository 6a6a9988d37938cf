"""`hub doctor`: looks at everything the hub needs and says what is wrong and how to mend it."""

import asyncio
import os

import click

from hub.commands.exits import FAILED, OK
from hub.commands.files import Place, data_directory, load_config, located
from hub.commands.output import json_option, json_result, result, table


@click.command()
@json_option
@located
def doctor(place: Place, as_json: bool) -> int:
    """Check the installation; exit code 1 when something must be mended.

    Example: hub doctor --json
    """
    from hub.commands.doctor_checks import Patient, State, examine

    config = load_config(place, os.environ).config
    findings = asyncio.run(examine(Patient(config, data_directory(place, config))))
    if as_json:
        json_result([{"check": f.check, "state": f.state, "found": f.found, "mend": f.mend} for f in findings])
    else:
        rows = [(finding.state.upper(), finding.check, finding.found, finding.mend) for finding in findings]
        result(table(rows, ("", "Check", "Found", "What to do")))
    return FAILED if any(finding.state is State.FAIL for finding in findings) else OK
