"""Schemathesis as a process: requests made of the OpenAPI document against a running hub, every answer held to it."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
from attrs import frozen

from tests.acceptance.agent import Json

SEED = 20260105

STREAMS = ("/ws", "/sse", "/chat/v1/ws", "/chat/v1/events")
"""Answers without an end: whoever reads one to its end waits for ever. Cases of their own try them."""

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ignored_auth",
)
"""Left out: `positive_data_acceptance` and `ensure_resource_availability`, because what a schema allows may be refused
for what is there (a name that is taken, a conversation that is closed); `object_level_authorization`, because every
test of a door tries that with more knowledge."""


PROGRAM = str(Path(sys.executable).with_name("schemathesis"))
ALWAYS = [
    *("--checks", ",".join(CHECKS), "--seed", str(SEED), "--generation-database", "none", "--no-color"),
    *("--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "20"),
]


@frozen
class Verdict:
    """How a run ended: its exit code, what it has to say, and where the requests are."""

    code: int
    report: str
    record: Path

    def _statuses(self) -> Iterator[tuple[str, int]]:
        with self.record.open("rb") as lines:
            ends = (orjson.loads(line) for line in lines if line.startswith(b'{"ScenarioFinished"'))
            for end in ends:
                recorder = end["ScenarioFinished"]["recorder"]
                for case_id, interaction in recorder.get("interactions", {}).items():
                    case, answer = recorder["cases"][case_id]["value"], interaction["response"]
                    if answer is not None:
                        yield f"{case['method']} {case['path']}", answer["status_code"]

    @property
    def done(self) -> set[str]:
        """The operations that did what they are for at least once, and so were described by a good answer too."""
        return {operation for operation, status in self._statuses() if status < 300}


@frozen(kw_only=True)
class Fuzzer:
    """Runs against a hub at `url`, with files in `directory`. `known` are ids of what there is, by the place in a path
    where they fit: `conversations.id`."""

    url: str
    directory: Path
    known: dict[str, list[str]]

    def _configuration(self, paths: list[str]) -> str:
        lines = ["[auth]", "auto-signup = false"]
        for name, values in self.known.items():
            lines += [f'[dictionaries."{name}"]', f"values = {orjson.dumps(values).decode()}"]
        for path in paths:
            bound = [(part, f"{place}.{part}") for place, part in _places(path) if f"{place}.{part}" in self.known]
            if bound:
                lines += ["[[operations]]", f'include-path = "{path}"', "[operations.parameters]"]
                lines += [f'"path.{part}" = {{dictionary = "{name}", probability = 0.8}}' for part, name in bound]
        return "\n".join(lines)

    async def run(self, name: str, document: Json, *options: str, seconds: int, token: str = "") -> Verdict:
        """One run over the operations that the options leave. It ends after `seconds`, or when all is tried."""
        configuration, record = self.directory / f"{name}.toml", self.directory / f"{name}.ndjson"
        configuration.write_text(self._configuration(list(document["paths"])))
        command = [PROGRAM, "--config-file", str(configuration), "run", f"{self.url}/openapi.json", *ALWAYS]
        command += ["--max-time", str(seconds), "--report-ndjson-path", str(record), *options]
        for path in STREAMS:
            command += ["--exclude-path", path]
        if token:
            command += ["--header", f"Authorization: Bearer {token}"]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=self.directory, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        told, _ = await process.communicate()
        assert process.returncode is not None
        return Verdict(process.returncode, told.decode(), record)


def _places(path: str) -> list[tuple[str, str]]:
    """Each parameter with the word before it: `/teams/{id}/members/{user_id}` has teams.id and members.user_id."""
    parts = path.strip("/").split("/")
    return [(parts[i - 1], part[1:-1]) for i, part in enumerate(parts) if part.startswith("{")]
