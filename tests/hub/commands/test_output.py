"""Results go to standard output, talk to standard error."""

import json

import pytest

from hub.commands.output import json_result, result, table, talk


def test_streams(capsys: pytest.CaptureFixture[str]) -> None:
    result("one\n\n")
    talk("two")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("one\n", "two\n")


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    json_result({"name": "Zoë"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"name": "Zoë"}
    assert "Zoë" in out


def test_tables_are_aligned() -> None:
    text = table([["ana@example.com", "agent"], ["b@x.org", "supervisor"]], ["email", "role"])
    assert text.splitlines() == [
        "email            role",
        "ana@example.com  agent",
        "b@x.org          supervisor",
    ]
