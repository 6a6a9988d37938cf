"""What Linux tells of processes, and where they run."""

import mmap
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from hub.bench import machine


@pytest.fixture
def child() -> Iterator[int]:
    """A process with a child of its own."""
    source = "import subprocess, sys; subprocess.run(['sleep', '60'])"
    process = subprocess.Popen([sys.executable, "-c", source], start_new_session=True)
    try:
        while len(machine.tree(process.pid)) < 2:
            time.sleep(0.01)
        yield process.pid
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def test_a_tree_has_children_and_pinning_reaches_them(child: int) -> None:
    core = min(os.sched_getaffinity(0))
    machine.pin(child, core)
    assert [os.sched_getaffinity(pid) for pid in machine.tree(child)] == [{core}, {core}]


def test_a_process_that_is_gone_is_no_error() -> None:
    process = subprocess.Popen(["true"])
    process.wait()
    machine.pin(process.pid, 0)
    assert (machine.cpu_seconds(process.pid), machine.pss_mib(process.pid)) == (0, 0)


def test_cpu_time_and_memory_are_those_of_the_process() -> None:
    before, memory = machine.cpu_seconds(os.getpid()), machine.pss_mib(os.getpid())
    end = time.process_time() + 0.1
    fresh = mmap.mmap(-1, 20 * 1024 * 1024)  # from the system itself: an allocator would give what it has kept
    fresh.write(b"x" * len(fresh))
    while time.process_time() < end:
        pass
    assert machine.cpu_seconds(os.getpid()) - before >= 0.05
    assert machine.pss_mib(os.getpid()) - memory >= 10
    fresh.close()


def test_running_on_a_core_ends_with_the_block() -> None:
    before = os.sched_getaffinity(0)
    cores = machine.cores()
    with machine.running_on(cores.driver):
        assert os.sched_getaffinity(0) == {cores.driver}
        alone = machine.cores()
        assert (alone.servers, alone.driver, alone.apart) == (cores.driver, cores.driver, False)
    assert os.sched_getaffinity(0) == before
    assert cores.apart == (len(before) > 1)


def test_files_are_raised_no_further_than_allowed() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        assert machine.open_files(600) == 600
        assert machine.open_files(100) == 600
        if hard != resource.RLIM_INFINITY:
            assert machine.open_files(hard + 1) == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_machine_is_described() -> None:
    facts = machine.facts()
    assert facts["cores"] >= 1
    assert facts["processor"]
