"""Entries from a file, on a server that fails and with the process killed: each exactly once, duplicates as exists."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from faults_fixtures import newest_job, state_of

FAULTS = {
    "cut-after": 0.02,
    "502-after": 0.02,
    "500-before": 0.02,
    "cut-before": 0.02,
    "429": 0.02,
    "truncate": 0.01,
    "late": 0.01,
}
RARE = {name: often / 10 for name, often in FAULTS.items()} | {"429": 0.0002}
"""A 429 halves the pace for minutes: more than a few of them, and a run at the default rate lasts for hours."""
LIST = "Everybody invited"


def run(environ: dict[str, str], *arguments: str) -> Any:
    """A command that must succeed, and its JSON."""
    command = [sys.executable, "-m", "dyntui", *arguments, "--json"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout) if done.stdout else None


@contextmanager
def faulty(url: str, faults: dict[str, float]) -> Iterator[None]:
    """The server fails inside the block, and well outside of it."""
    put(url, faults)
    try:
        yield
    finally:
        put(url, {})


def put(url: str, faults: dict[str, float]) -> None:
    address = url.removesuffix("/api/v0") + "/__sandbox__/faults"
    request = urllib.request.Request(address, json.dumps(faults).encode(), method="PUT")
    with urllib.request.urlopen(request):
        pass


def write_file(path: Path, rows: int, there: list[str], seed: int) -> list[str]:
    """A file of identifiers of two kinds: some are on the list already, some stand twice."""
    dice = random.Random(seed)
    wanted: list[str] = []
    for number in range(rows):
        point = dice.random()
        if point < 0.05 and there:
            wanted.append(dice.choice(there).upper())
        elif point < 0.07 and wanted:
            wanted.append(dice.choice(wanted))
        else:
            wanted.append(f"0x{number + 1:040x}" if number % 2 else f"guest{number}@example.com")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("identifier", "alias"))
        writer.writerows((text, f"Guest {number}") for number, text in enumerate(wanted))
    return wanted


def imported(sandbox: Any, home: Path, file: Path, *, after: float, limit: float, options: tuple[str, ...]) -> Any:
    """Import, kill -9 once some rows are through, resume until it is done; the last document."""
    environ = sandbox.environ(home)
    environ["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    begin = ["allowlists", "import", LIST, str(file), "--yes", "--json", *options]
    killed = False
    deadline = time.monotonic() + limit
    while True:
        job = newest_job(home)
        command = ["jobs", "resume", job, "--yes", "--json"] if job else begin
        process = subprocess.Popen(
            [sys.executable, "-m", "dyntui", *command],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not killed and process.poll() is None:
            assert time.monotonic() < deadline
            if posts(sandbox.url) >= after:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                killed = True
            time.sleep(0.05)
        out, errors = process.communicate(timeout=max(1, deadline - time.monotonic()))
        if process.returncode in (0, 1) and out:
            assert killed
            return json.loads(out)
        assert process.returncode in (-9, 4, 5), f"exit {process.returncode}: {errors[-2000:]}"


def posts(url: str) -> int:
    requests = state_of(url)["requests"]
    return int(requests.get("postEntryByAllowlistId", 0))


def trial(
    sandbox: Any, home: Path, rows: int, faults: dict[str, float], *, limit: float, options: tuple[str, ...]
) -> Counter[str]:
    """One whole run, held against the server: every identifier once, and reported as what it is."""
    home.mkdir(parents=True)
    environ = sandbox.environ(home)
    run(environ, "allowlists", "create", LIST, "--outcome", "siteAccess", "--yes")
    before = [f"early{number}@example.com" for number in range(20 + rows // 40)]
    run(environ, "allowlists", "add", LIST, *before, "--yes")
    file = home / "guests.csv"
    wanted = write_file(file, rows, before, seed=5)
    with faulty(sandbox.url, faults):
        document = imported(sandbox, home, file, after=posts(sandbox.url) + rows / 3, limit=limit, options=options)
    entries = run(environ, "allowlists", "entries", LIST, "--all")["entries"]
    there = Counter((entry.get("email") or entry.get("walletPublicKey")).lower() for entry in entries)
    assert set(there.values()) == {1}, "every entry exactly once"
    assert set(there) == {text.lower() for text in (*before, *wanted)}
    states: Counter[str] = Counter()
    seen: set[str] = set()
    with (Path(document["report"]) / "report.csv").open(encoding="utf-8-sig", newline="") as report:
        lines = {int(line["row"]): line["state"] for line in csv.DictReader(report)}
    for number, text in enumerate(wanted, 1):
        folded = text.lower()
        expected = "skipped" if folded in seen else "exists" if folded in before else "created"
        seen.add(folded)
        assert lines[number] == expected, f"row {number}, {text}"
        states[expected] += 1
    assert sum(document["rows"].values()) == document["total"] == rows
    return states


def test_a_killed_import_of_entries_on_a_faulty_server_ends_right(serve: Callable[..., Any], tmp_path: Path) -> None:
    with serve(users=20) as sandbox:
        states = trial(sandbox, tmp_path / "home", 200, FAULTS, limit=120, options=("--settle", "0.5", "--rate", "0"))
    assert min(states[state] for state in ("created", "exists", "skipped")) > 0


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_10000_entries_under_the_default_rate_limit(serve: Callable[..., Any], tmp_path: Path) -> None:
    with serve("--rate-limit", "documented", users=20) as sandbox:
        states = trial(sandbox, tmp_path / "home", 10_000, RARE, limit=1800, options=("--settle", "2"))
    assert states["created"] > 9_000
    assert states["exists"] > 100
