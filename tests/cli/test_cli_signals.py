"""SIGINT, SIGTERM and SIGHUP stop a command in every place, also where Python discards exceptions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.faults.faults_fixtures import read_users

from dyntui.services.actions.audit import Audit

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
LIMIT_S = 20

_START = """
import asyncio, os, signal, sys, time, weakref
from dyntui.cli.context import run
from dyntui.cli.signals import stop_signals

number = int(sys.argv[1])

class Target:
    pass

def discard(_):
    os.kill(os.getpid(), number)
    for _ in range(1000):
        pass  # the handler runs here

def callback_that_discards():
    target = Target()
    reference = weakref.ref(target, discard)
    del target
    return reference
"""

_PLACES = {
    "weak reference in an event loop": """
async def work():
    callback_that_discards()
    while True:
        await asyncio.sleep(60)
run(work())
""",
    "weak reference without an event loop": """
with stop_signals():
    callback_that_discards()
    time.sleep(60)
""",
    "class whose fields are being named": """
class Field:
    def __set_name__(self, owner, name):
        discard(None)

with stop_signals():
    type("Owner", (), {"field": Field()})
""",
    "code that discards all exceptions": """
with stop_signals():
    try:
        os.kill(os.getpid(), number)
        time.sleep(60)
    except BaseException:
        pass
    time.sleep(60)
""",
    "task that discards its cancellation": """
async def work():
    os.kill(os.getpid(), number)
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        pass
    await asyncio.sleep(60)
run(work())
""",
    "code that blocks the event loop": """
async def work():
    os.kill(os.getpid(), number)
    time.sleep(60)
run(work())
""",
    "callback of the event loop": """
async def work():
    asyncio.get_running_loop().call_soon(signal.raise_signal, number)
    await asyncio.sleep(60)
run(work())
""",
    "import": """
import importlib.abc
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        os.kill(os.getpid(), number)
sys.meta_path.insert(0, Finder())
async def work():
    try:
        import surely_absent_module
    except ImportError:
        pass
    await asyncio.sleep(60)
run(work())
""",
}


def _run(code: str, number: int) -> subprocess.CompletedProcess[str]:
    """Run code with the number of a signal as its argument."""
    return subprocess.run(
        [sys.executable, "-c", _START + code, str(int(number))],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@pytest.mark.parametrize(
    ("place", "number"),
    slow_except(
        [(place, number) for place in _PLACES for number in SIGNALS],
        *((place, SIGNALS[index % 3]) for index, place in enumerate(_PLACES) if index % 2),
    ),
)
def test_a_signal_ends_the_command_in_every_place(place: str, number: signal.Signals) -> None:
    """Once an export ignored SIGHUP, because it arrived in a callback whose exceptions Python discards."""
    done = _run(_PLACES[place], number)
    expected = -signal.SIGINT if number is signal.SIGINT else 128 + number  # Python's own end by KeyboardInterrupt
    assert done.returncode == expected, done.stderr


def test_cleanup_that_takes_long_is_not_interrupted() -> None:
    code = """
async def work():
    try:
        os.kill(os.getpid(), number)
        await asyncio.sleep(60)
    finally:
        end = time.monotonic() + 1.2  # more than two intervals of the timer
        while time.monotonic() < end:
            pass
        print("cleaned up", flush=True)
try:
    run(work())
finally:
    with stop_signals():
        time.sleep(0)
"""
    done = _run(code, signal.SIGTERM)
    assert (done.returncode, done.stdout) == (143, "cleaned up\n"), done.stderr


def test_a_result_that_was_complete_before_the_signal_is_returned() -> None:
    code = """
async def work():
    os.kill(os.getpid(), number)
    return "result"
print(run(work()))
"""
    done = _run(code, signal.SIGTERM)
    assert (done.returncode, done.stdout) == (0, "result\n"), done.stderr


@pytest.mark.parametrize(("pause_s", "code"), [(0.0, 143), (0.6, -signal.SIGTERM)])
def test_a_second_signal_ends_the_process_unless_it_belongs_to_the_first(pause_s: float, code: int) -> None:
    """`timeout` sends SIGTERM to the process and to its group, which must not prevent the cleanup."""
    done = _run(
        f"""
async def work():
    try:
        os.kill(os.getpid(), number)
        await asyncio.sleep(60)
    finally:
        end = time.monotonic() + {pause_s}
        while time.monotonic() < end:
            pass
        os.kill(os.getpid(), number)
        print("cleaned up", flush=True)
run(work())
""",
        signal.SIGTERM,
    )
    assert done.returncode == code, done.stderr
    assert done.stdout == ("cleaned up\n" if code > 0 else "")


def test_a_job_handles_two_signals_and_the_third_ends_the_process() -> None:
    code = """
async def work(signals):
    signals.on_signal = lambda name: print(name, flush=True)
    for _ in range(3):
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)  # of the same stop
        end = time.monotonic() + 0.35
        while time.monotonic() < end:
            pass
    print("not reached")
with stop_signals() as signals:
    run(work(signals))
"""
    done = _run(code, signal.SIGTERM)
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "SIGTERM\nSIGTERM\n"), done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="epoll")
def test_a_signal_right_before_the_event_loop_waits_ends_the_wait() -> None:
    """Python runs a handler only between its own instructions; here the signal and the wait are one instruction."""
    code = """
import ctypes, itertools, operator, selectors
raise_signal = ctypes.CDLL(None)["raise"]

class Selector(selectors.EpollSelector):
    def select(self, timeout=None):
        if timeout is not None and timeout > 30:
            list(itertools.starmap(operator.call, [(raise_signal, number), (self._selector.poll, timeout, 8)]))
        return super().select(0)

selectors.DefaultSelector = Selector
async def work():
    await asyncio.sleep(60)
run(work())
"""
    done = _run(code, signal.SIGTERM)
    assert done.returncode == 143, done.stderr


def test_an_ignored_signal_stays_ignored() -> None:
    code = """
signal.signal(number, signal.SIG_IGN)
async def work():
    os.kill(os.getpid(), number)
    await asyncio.sleep(0.1)
    return "result"
print(run(work()))
"""
    done = _run(code, signal.SIGHUP)
    assert (done.returncode, done.stdout) == (0, "result\n"), done.stderr


def test_the_handlers_from_before_are_restored() -> None:
    code = """
before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)]
async def work():
    return None
run(work())
after = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)]
print(before == after, signal.set_wakeup_fd(-1), signal.getitimer(signal.ITIMER_REAL))
"""
    assert _run(code, signal.SIGTERM).stdout == "True -1 (0.0, 0.0)\n"


@pytest.mark.parametrize("number", slow_except(SIGNALS, signal.SIGINT))
def test_a_signal_ends_a_jq_expression_without_end(number: signal.Signals) -> None:
    program = """
from dyntui.cli.expressions import compile_jq, run_jq
from dyntui.cli.signals import stop_signals
endless = "def f: f; f"
with stop_signals():
    compile_jq(endless)
    print("ready", flush=True)
    run_jq(endless, {})
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        assert process.wait(timeout=LIMIT_S) != 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("module", "code", "shown"), [("dyntui.cli.root", -signal.SIGINT, ""), ("dyntui.cli.users", 130, "stopped")]
)
def test_ctrl_c_while_modules_are_loaded_prints_no_traceback(module: str, code: int, shown: str) -> None:
    program = f"""
import importlib.abc, signal, sys
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
sys.argv = ["dyntui", "users", "--help"]
from dyntui.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert (done.returncode, done.stderr.strip()) == (code, shown)


@pytest.mark.parametrize("number", slow_except(SIGNALS, signal.SIGINT))
def test_a_signal_records_every_write_in_flight(
    number: signal.Signals, serve: Callable[..., Any], tmp_path: Path
) -> None:
    with serve(users=40, latency_ms=300) as sandbox:
        environ = sandbox.environ(tmp_path)
        (tmp_path / "config").mkdir(exist_ok=True)
        (tmp_path / "config" / "settings.toml").write_text("rate_per_minute = 0\n")  # nothing waits before it is sent
        ids = [user["id"] for user in read_users(sandbox.url)]
        command = [sys.executable, "-m", "dyntui", "users", "delete", *ids, "--yes"]
        process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        log = tmp_path / "state" / "audit.jsonl"
        audit = Audit(log)
        deadline = time.monotonic() + LIMIT_S

        def are_in_flight() -> bool:
            """Return whether, after a few results, nothing has happened for a third of the response time."""
            done = sum(line.outcome == "done" for line in audit.lines())
            return done >= 4 and time.time() - log.stat().st_mtime > 0.1

        while not are_in_flight():
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(number)
        process.communicate(timeout=LIMIT_S)
        lines: dict[str, list[str]] = {}
        for line in audit.lines():
            lines.setdefault(line.targets[0], []).append(line.outcome)
        assert all(len(outcomes) == 2 and outcomes[0] == "started" for outcomes in lines.values())
        assert sum("unknown" in outcomes for outcomes in lines.values()) > 1
        left = {user["id"] for user in read_users(sandbox.url)}
        assert not left & {user_id for user_id, outcomes in lines.items() if "done" in outcomes}
        assert left >= set(ids) - {user_id for user_id, outcomes in lines.items() if "not_tried" not in outcomes}
