"""`hub demo` as a process, from nothing: people sign in, customers write, Ctrl+C leaves nothing."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from hub.commands.demo_world import _may_browse, _toml
from hub.config import load

Process = subprocess.Popen[str]


class Demo:
    """A demo that was started."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.said = ""

    def until(self, pattern: str) -> str:
        """Reads on until it has said so; the first group."""
        assert self.process.stderr is not None
        while not (found := re.search(pattern, self.said)):
            line = self.process.stderr.readline()
            assert line, self.said
            self.said += line
        return found[1]

    def ask(self, url: str, body: Any = None, token: str = "") -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        request = Request(url, json.dumps(body).encode() if body else None, headers)
        with urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environ["TMPDIR"] = "/tmp"
    command = [sys.executable, "-m", "hub", "demo", "--ephemeral", "--no-open", "--port", "0", "--rate", "600/min"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield Demo(process)
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


def _ends(pid: int) -> bool:
    """Whether the process ends soon; one that only waits to be buried has ended."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def test_a_living_inbox_from_nothing_that_leaves_nothing(demo: Demo) -> None:
    data = Path(demo.until(r"Starting PostgreSQL \(embedded\) +[\d.]+ s +(\S+)")).parent
    inbox = demo.until(r"Inbox +(http\S+/)\n")
    email, password = demo.until(r"Sign in +(ana@demo\.test +\S+)").split()
    demo.until(r"(Ctrl\+C stops)")
    token = demo.ask(f"{inbox}api/v1/auth/login", {"email": email, "password": password})["access_token"]
    first = demo.ask(f"{inbox}api/v1/conversations?sort=newest&limit=1", token=token)
    assert first["data"]
    assert first["next_cursor"]

    demo.until(r"\d\d:\d\d:\d\d  (in)   WhatsApp")
    began = time.monotonic()
    while demo.ask(f"{inbox}api/v1/conversations?sort=newest&limit=1", token=token)["seq"] == first["seq"]:
        assert time.monotonic() - began < 30
        time.sleep(0.05)

    app = demo.until(r"Chat App +(http\S+/) ")
    session = demo.ask(f"{app}app/session", {"customer_id": "c-1000"})
    written = demo.ask(
        f"{session['hub_url']}/chat/v1/messages", {"channel_message_id": "m-1", "text": "Hi"}, session["token"]
    )
    assert written["sender"] == {"type": "customer", "name": "You"}
    began = time.monotonic()
    while not demo.ask(f"{inbox}api/v1/conversations?channel=app", token=token)["data"][1:]:
        assert time.monotonic() - began < 30  # nobody writes in the app
        time.sleep(0.1)

    demo.until(r"\d\d:\d\d:\d\d  (ai)   get_transaction_status TX-\w+ … \d+ ms\n")
    demo.until(r"(hold) commit_transaction \d+\.00 USD waits for a person: chika@demo\.test")
    demo.until(r"(open) the circuit of ticketing is open")
    chika = demo.ask(f"{inbox}api/v1/auth/login", {"email": "chika@demo.test", "password": password})["access_token"]
    (waiting,) = demo.ask(f"{inbox}api/v1/approvals", token=chika)["data"]
    assert waiting["currency"] == "USD"

    pid = int((data / "pg" / "postmaster.pid").read_text().splitlines()[0])
    demo.process.send_signal(signal.SIGINT)
    out, err = demo.process.communicate(timeout=60)
    assert (demo.process.returncode, out) == (0, "")
    assert "Traceback" not in demo.said + err
    assert not data.exists()
    assert _ends(pid)


def test_values_become_a_configuration() -> None:
    values = {"server.port": "8081", "drain.spread": "0", "server.host": 'with "quotes"\\', "log.level": "warning"}
    assert _toml(values).decode().splitlines() == [
        "[server]", "port = 8081", 'host = "with \\"quotes\\"\\\\"', "[drain]", 'spread = "0"', "[log]",
        'level = "warning"',
    ]  # fmt: skip
    config = load(
        _toml({"server.port": "8081", "drain.spread": "0"}), name="demo", make_up=lambda path: "x" * 40
    ).config
    assert (config.server.port, config.drain.spread) == (8081, 0.0)


def test_a_browser_is_opened_only_where_there_is_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert _may_browse() is (sys.platform == "darwin")
    monkeypatch.setenv("DISPLAY", ":0")
    assert _may_browse()
