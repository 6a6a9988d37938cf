"""`hub doctor`: a report for people, one for machines, and an exit code."""

import json

from tests.hub.commands.conftest import Call


def test_what_must_be_mended_is_told_and_ends_with_1(call: Call) -> None:
    away = ("-o", "database.url=postgresql://127.0.0.1:1/hub")
    told = call("doctor", *away)
    assert told.code == 1
    assert told.out.splitlines()[0].split() == ["Check", "Found", "What", "to", "do"]
    assert any(line.startswith("FAIL  database") for line in told.out.splitlines())
    listed = json.loads(call("doctor", "--json", *away).out)
    database = next(finding for finding in listed if finding["check"] == "database")
    assert (database["state"], database["mend"]) == ("fail", "Is it up? Check database.url.")


def test_an_installation_that_is_well_ends_with_0(call: Call, short_path: str) -> None:
    """With the embedded PostgreSQL, which is set up to lose nothing."""
    told = call("doctor", "--json", "--data", str(short_path))
    assert told.code == 0, told.out
    findings = {finding["check"]: finding for finding in json.loads(told.out)}
    assert findings["fsync"]["found"] == "on"
    assert findings["migrations"]["mend"] == "hub migrate"
    assert "fail" not in {finding["state"] for finding in findings.values()}
