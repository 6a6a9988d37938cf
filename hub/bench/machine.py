"""The machine: its cores and who runs on which, and what a process has used, as Linux tells it in /proc."""

import os
import platform
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

_TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@frozen
class Cores:
    """Where the servers (hub, bare server, PostgreSQL) run and where the load comes from; one core if there is one."""

    servers: int
    driver: int

    @property
    def apart(self) -> bool:
        """Whether the load does not take time from what is measured."""
        return self.servers != self.driver


def cores() -> Cores:
    """The first two cores this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(usable[0], usable[-1] if len(usable) == 1 else usable[1])


@contextmanager
def running_on(core: int) -> Iterator[None]:
    """Keeps this process on one core for as long as it lasts."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def pin(pid: int, core: int) -> None:
    """Keeps a process and those under it on one core. One that has ended meanwhile needs none."""
    for each in tree(pid):
        try:
            os.sched_setaffinity(each, {core})
        except ProcessLookupError:
            continue


def tree(pid: int) -> list[int]:
    """The process and everything under it."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for each in found:
        found.extend(children.get(each, ()))
    return found


def _stat(pid: int) -> list[str] | None:
    """The fields of `/proc/PID/stat` from the state on (proc(5): field 3), or None when the process is gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and those under it, with children that have ended."""
    ticks = 0
    for each in tree(pid):
        if fields := _stat(each):
            ticks += sum(map(int, fields[11:15]))
    return ticks / _TICK


def pss_mib(pid: int) -> float:
    """Memory of a process and those under it in MiB; what is shared counts by its share (proportional set size)."""
    return sum(map(_pss_kib, tree(pid))) / 1024


def _pss_kib(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def open_files(wanted: int) -> int:
    """Raises this process's limit of open files to `wanted` or as far as it goes; returns what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(soft, most)


def facts() -> dict[str, Any]:
    """What has to be known of the machine to compare figures."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    lines = (_PROC / "cpuinfo").read_text().splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
