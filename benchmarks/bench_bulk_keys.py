"""Latency of keys in the users table while an import and an export run, against the same console when it is idle.

The import runs in the console, in the thread of its job, at the vendor's rate limit, and sends to a sandbox that takes
200 ms for a response. The export is `dyntui users export` in a process of its own, because the console shows a dialog
while it exports; it reads from a sandbox of its own and starts with the import. The sandboxes have the lowest priority,
because a server is on another machine. Both run until the last key was pressed, else the benchmark fails. Measured is
the time from a key to the first output.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.measure import FOLDER, RUNS, Figure, Turns, print_figures, run_in_pty, sandbox, write_csv

USERS, ROWS, EXPORTED = 3_000, 20_000, 100_000
"""Users in the console, rows of the imported file, users of the export: more than are done while keys are pressed."""
LATENCY = ("--latency", "200")
MAX_RATIO = 1.5
LABELS = ("scroll", "page")


def make_keys(path: Path) -> str:
    """Return the keys: load the rows, scroll, start the import of a file in the wizard, and scroll again."""
    pasted = f"\x1b[200~{path}\x1b[201~".encode().hex()
    scroll = "down*40@warm down*80@scroll-{0} pagedown*40@page-{0} home wait:500"
    steps = (
        "pagedown*65@warm wait:1000 home wait:500",
        scroll.format("idle"),
        f"i~Source x:{pasted}~Parse",
        "]~choose t enter wait:500",
        "]~ready wait:1000 ]~check wait:500 enter~created",
        "]~unverified enter~first y~paused: enter~per.request",
        "escape~EMAIL wait:1500",
        scroll.format("busy"),
    )
    return " ".join(steps)


class Export:
    """An export that starts as soon as the sandbox of the import has new users."""

    def __init__(self, served: Mapping[str, str], exported: Mapping[str, str], folder: Path) -> None:
        """served: the environment variables for the import; exported: those for the export."""
        self._served = served
        self._variables = {**os.environ, **exported, "DYNTUI_HOME": str(folder / "export-home")}
        self._output = folder / "exported.csv"
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Export:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_ended.set()
        self._thread.join()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def _run(self) -> None:
        while not self._is_ended.wait(0.2):
            if count_users(self._served) > USERS:
                command = [sys.executable, "-m", "dyntui", "users", "export", "-O", str(self._output)]
                self._process = subprocess.Popen(
                    command, env=self._variables, stderr=subprocess.DEVNULL, cwd=FOLDER.parent
                )
                return

    @property
    def is_running(self) -> bool:
        """Whether it has started and not ended."""
        return self._process is not None and self._process.poll() is None


def count_users(served: Mapping[str, str]) -> int:
    """Return the number of users in a sandbox."""
    import httpx

    url = f"{served['DYNTUI_BASE_URL']}/environments/{served['DYNTUI_ENVIRONMENT_ID']}/users"
    headers = {"Authorization": f"Bearer {served['DYNTUI_TOKEN']}"}
    return int(httpx.get(url, params={"limit": 1}, headers=headers).raise_for_status().json()["count"])


def run_once() -> dict[str, Any]:
    """Press the keys in one console, and return the result of ptybench."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dyntui-bench-")))
        served = stack.enter_context(sandbox(USERS, *LATENCY, gives_way=True))
        exported = stack.enter_context(sandbox(EXPORTED, *LATENCY, gives_way=True))
        path = write_csv(folder / "users.csv", ROWS)
        export = stack.enter_context(Export(served, exported, folder))
        console = partial(run_in_pty, "-m", "dyntui", marker=r"@\w+\.", keys=make_keys(path), environ=served)
        result = console(runs=1, warmup=0, per_key=True)
        imported = count_users(served) - USERS
        if not export.is_running or not 0 < imported < ROWS:
            raise SystemExit(f"the export or the import did not run while keys were pressed: {imported} rows imported")
    return result


def main() -> bool:
    """Run the benchmark. Returns whether all targets are met."""
    found = Turns()
    for turn in range(1, RUNS + 1):
        print(f"  turn {turn} of {RUNS}", file=sys.stderr, flush=True)
        found.results.append(run_once())
    lines = []
    for label in LABELS:
        idle, busy = (found.turns_p95(f"{label}-{state}", "first") for state in ("idle", "busy"))
        lines += [
            Figure(f"{label}: p50", found.p50(f"{label}-busy", "first"), "ms", found.p50(f"{label}-idle", "first")),
            Figure(
                f"{label}: p95 against the idle console",
                found.p95(f"{label}-busy", "first"),
                "ms",
                found.p95(f"{label}-idle", "first"),
                MAX_RATIO,
                runs=tuple(after / before for before, after in zip(idle, busy, strict=True)),
            ),
        ]
    return print_figures("Keys in the users table while an import and an export run", lines)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
