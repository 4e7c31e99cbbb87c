"""The console with a million users and responses that take 0.3 s: no key waits for a response."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import SandboxProcess, serving_process
from tests.e2e.terminal import Terminal, clean_environ

pytestmark = pytest.mark.slow
USERS = 1_000_000
LATENCY_MS = 300
TIMEOUT_S = 60.0


@pytest.fixture(scope="module")
def served() -> Iterator[SandboxProcess]:
    with serving_process("--latency", str(LATENCY_MS), users=USERS) as running:
        yield running


@pytest.fixture
def console(served: SandboxProcess, tmp_path: Path) -> Iterator[Terminal]:
    own = {name: value for name, value in served.environ(tmp_path).items() if name.startswith("DYNTUI_")}
    environ = {**clean_environ(), **own, "TEXTUAL_ANIMATIONS": "none"}
    with Terminal(env=environ, columns=120, rows=40) as terminal:
        terminal.wait(lambda text: "1 of 1,000,000" in text and "@" in text, TIMEOUT_S)
        yield terminal


def memory_kib(pid: int) -> int:
    """Return the resident memory of a process in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found is not None
    return int(found[1])


def count_loading_rows(text: str) -> int:
    """Return the number of visible rows that are not loaded."""
    return text.count("···")


def wait_until_loaded(terminal: Terminal) -> None:
    """Wait until all visible rows are loaded."""
    terminal.wait(lambda text: not count_loading_rows(text) and "@" in text, TIMEOUT_S)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_keys_do_not_wait_for_responses_and_memory_is_constant(console: Terminal) -> None:
    wait_until_loaded(console)

    console.press("G")
    console.wait("1,000,000 of 1,000,000", TIMEOUT_S)
    assert count_loading_rows(console.text), "the console did not respond before the rows were loaded"
    console.press("k")
    console.wait("999,999 of 1,000,000", TIMEOUT_S)
    wait_until_loaded(console)

    console.press(":500000", "enter")
    console.wait("500,000 of 1,000,000", TIMEOUT_S)
    assert count_loading_rows(console.text)
    console.press("pagedown")
    console.wait(lambda text: re.search(r"500,0[34]\d of", text) is not None, TIMEOUT_S)
    wait_until_loaded(console)

    console.press("/anna", "enter")
    console.wait("/anna", TIMEOUT_S)
    console.wait(
        lambda text: (found := re.search(r"1 of ([\d,]+)", text)) is not None and found[1] != "1,000,000", TIMEOUT_S
    )
    wait_until_loaded(console)
    assert "anna" in console.text.split("\n", 2)[2].casefold()
    console.press("esc")
    console.wait("1 of 1,000,000", TIMEOUT_S)
    wait_until_loaded(console)

    console.press("F")
    console.wait("F loaded rows", TIMEOUT_S)
    console.press("ann", "enter")
    console.wait("cached rows", TIMEOUT_S)
    console.wait("search: ann", TIMEOUT_S)
    console.press("esc")
    console.wait("1 of 1,000,000", TIMEOUT_S)

    console.press("space", ":1000", "enter")
    console.wait("1,000 of 1,000,000", TIMEOUT_S)
    console.press("M")
    console.wait("1,000 marked", TIMEOUT_S)
    console.press("j")
    console.wait("1,001 of 1,000,000", TIMEOUT_S)
    wait_until_loaded(console)

    def travel(first: int) -> int:
        for row in range(first, USERS, 70_000):
            console.press(f":{row}", "enter")
            console.wait(f"{row:,} of 1,000,000", TIMEOUT_S)
            wait_until_loaded(console)
        return memory_kib(console.pid)

    before = travel(10_000)  # code is loaded and the caches are full from now on
    assert travel(40_000) < before * 1.1


def test_an_idle_console_sends_nothing_for_five_seconds(console: Terminal) -> None:
    wait_until_loaded(console)
    length = -1
    while length != len(console.raw):  # wait for the end of the start
        length = len(console.raw)
        console.read(2.0)
    console.read(5.0)
    assert len(console.raw) == length
