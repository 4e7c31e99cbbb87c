"""A million users in a sandbox on loopback, whose every answer takes 0.3 s: no key waits for one."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal import Terminal, clean_environ

pytestmark = pytest.mark.slow
USERS = 1_000_000
LATENCY = 300
PATIENCE = 60.0


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, str]]:
    command = [
        sys.executable,
        "-m",
        "dyntui",
        "sandbox",
        "--port",
        "0",
        "--users",
        str(USERS),
        "--latency",
        str(LATENCY),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.match(r"listening on (\S+) environment (\S+) token (\S+)", process.stdout.readline())
            assert found is not None
            yield dict(zip(("DYNTUI_BASE_URL", "DYNTUI_ENVIRONMENT_ID", "DYNTUI_TOKEN"), found.groups(), strict=True))
        finally:
            process.terminate()


@pytest.fixture
def console(served: dict[str, str], tmp_path: Path) -> Iterator[Terminal]:
    environ = {**clean_environ(), **served, "DYNTUI_HOME": str(tmp_path), "TEXTUAL_ANIMATIONS": "none"}
    with Terminal(env=environ, columns=120, rows=40) as terminal:
        terminal.wait(lambda text: "1 of 1,000,000" in text and "@" in text, PATIENCE)
        yield terminal


def kib(pid: int) -> int:
    """What the process has in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found is not None
    return int(found[1])


def not_here(text: str) -> int:
    """How many rows in view are still on their way."""
    return text.count("···")


def rest(terminal: Terminal) -> None:
    """Wait until all rows in view are here."""
    terminal.wait(lambda text: not not_here(text) and "@" in text, PATIENCE)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_jumps_searches_and_marks_among_a_million_wait_for_no_answer_and_take_no_memory(console: Terminal) -> None:
    rest(console)

    console.press("G")
    console.wait("1,000,000 of 1,000,000", PATIENCE)
    assert not_here(console.text), "the key was answered before the rows were there"
    console.press("k")
    console.wait("999,999 of 1,000,000", PATIENCE)
    rest(console)

    console.press(":500000", "enter")
    console.wait("500,000 of 1,000,000", PATIENCE)
    assert not_here(console.text)
    console.press("pagedown")
    console.wait(lambda text: re.search(r"500,0[34]\d of", text) is not None, PATIENCE)
    rest(console)

    console.press("/anna", "enter")
    console.wait("/anna", PATIENCE)
    console.wait(
        lambda text: (found := re.search(r"1 of ([\d,]+)", text)) is not None and found[1] != "1,000,000", PATIENCE
    )
    rest(console)
    assert "anna" in console.text.split("\n", 2)[2].casefold()
    console.press("esc")
    console.wait("1 of 1,000,000", PATIENCE)
    rest(console)

    console.press("F")
    console.wait("F cached rows", PATIENCE)
    console.press("ann", "enter")
    console.wait("cached rows", PATIENCE)
    console.wait("here: ann", PATIENCE)
    console.press("esc")
    console.wait("1 of 1,000,000", PATIENCE)

    console.press("space", ":1000", "enter")
    console.wait("1,000 of 1,000,000", PATIENCE)
    console.press("M")
    console.wait("1,000 marked", PATIENCE)
    console.press("j")
    console.wait("1,001 of 1,000,000", PATIENCE)
    rest(console)

    def travel(first: int) -> int:
        for row in range(first, USERS, 70_000):
            console.press(f":{row}", "enter")
            console.wait(f"{row:,} of 1,000,000", PATIENCE)
            rest(console)
        return kib(console.pid)

    before = travel(10_000)  # all that these keys need is loaded now, and the most is kept that ever is
    assert travel(40_000) < before * 1.1


def test_at_rest_nothing_is_sent_for_five_seconds(console: Terminal) -> None:
    rest(console)
    length = -1
    while length != len(console.raw):  # the last of the start
        length = len(console.raw)
        console.read(2.0)
    console.read(5.0)
    assert len(console.raw) == length
