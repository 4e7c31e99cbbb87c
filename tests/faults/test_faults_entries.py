"""Imports of allowlist entries on a faulty server with a killed process: each entry is created exactly once."""

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
from tests.faults.faults_fixtures import newest_job, read_state

FAULTS = {
    "cut-after": 0.02,
    "502-after": 0.02,
    "500-before": 0.02,
    "cut-before": 0.02,
    "429": 0.02,
    "truncate": 0.01,
    "late": 0.01,
}
RARE_FAULTS = {name: probability / 10 for name, probability in FAULTS.items()} | {"429": 0.0002}
"""A 429 halves the rate for minutes; with more than a few of them, a run at the default rate takes hours."""
LIST = "Everybody invited"


def run(environ: dict[str, str], *arguments: str) -> Any:
    """Run a command that must succeed, and return its JSON document."""
    command = [sys.executable, "-m", "dyntui", *arguments, "--json"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout) if done.stdout else None


@contextmanager
def faults_enabled(url: str, faults: dict[str, float]) -> Iterator[None]:
    """Enable faults of the sandbox inside the block."""
    set_faults(url, faults)
    try:
        yield
    finally:
        set_faults(url, {})


def set_faults(url: str, faults: dict[str, float]) -> None:
    address = url.removesuffix("/api/v0") + "/__sandbox__/faults"
    request = urllib.request.Request(address, json.dumps(faults).encode(), method="PUT")
    with urllib.request.urlopen(request):
        pass


def write_file(path: Path, rows: int, existing: list[str], seed: int) -> list[str]:
    """Write a file of emails and wallets and return them. Some exist on the list, some are duplicates in the file."""
    rng = random.Random(seed)
    identifiers: list[str] = []
    for number in range(rows):
        chance = rng.random()
        if chance < 0.05 and existing:
            identifiers.append(rng.choice(existing).upper())
        elif chance < 0.07 and identifiers:
            identifiers.append(rng.choice(identifiers))
        else:
            identifiers.append(f"0x{number + 1:040x}" if number % 2 else f"guest{number}@example.com")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("identifier", "alias"))
        writer.writerows((text, f"Guest {number}") for number, text in enumerate(identifiers))
    return identifiers


def run_killed(
    sandbox: Any, home: Path, file: Path, *, kill_after: float, timeout_s: float, options: tuple[str, ...]
) -> Any:
    """Import the file, kill the process after `kill_after` requests, resume the job, and return the last document."""
    environ = sandbox.environ(home)
    environ["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    import_command = ["allowlists", "import", LIST, str(file), "--yes", "--json", *options]
    is_killed = False
    deadline = time.monotonic() + timeout_s
    while True:
        job = newest_job(home)
        command = ["jobs", "resume", job, "--yes", "--json"] if job else import_command
        process = subprocess.Popen(
            [sys.executable, "-m", "dyntui", *command],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not is_killed and process.poll() is None:
            assert time.monotonic() < deadline
            if count_posts(sandbox.url) >= kill_after:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                is_killed = True
            time.sleep(0.05)
        out, errors = process.communicate(timeout=max(1, deadline - time.monotonic()))
        if process.returncode in (0, 1) and out:
            assert is_killed
            return json.loads(out)
        assert process.returncode in (-9, 4, 5), f"exit {process.returncode}: {errors[-2000:]}"


def count_posts(url: str) -> int:
    """Return how many requests have added an entry."""
    requests = read_state(url)["requests"]
    return int(requests.get("postEntryByAllowlistId", 0))


def trial(
    sandbox: Any, home: Path, rows: int, faults: dict[str, float], *, timeout_s: float, options: tuple[str, ...]
) -> Counter[str]:
    """Import a file with a kill, and check that every identifier exists one time and is reported correctly.

    Returns the number of rows by state.
    """
    home.mkdir(parents=True)
    environ = sandbox.environ(home)
    run(environ, "allowlists", "create", LIST, "--outcome", "siteAccess", "--yes")
    before = [f"early{number}@example.com" for number in range(20 + rows // 40)]
    run(environ, "allowlists", "add", LIST, *before, "--yes")
    file = home / "guests.csv"
    identifiers = write_file(file, rows, before, seed=5)
    with faults_enabled(sandbox.url, faults):
        document = run_killed(
            sandbox, home, file, kill_after=count_posts(sandbox.url) + rows / 3, timeout_s=timeout_s, options=options
        )
    entries = run(environ, "allowlists", "entries", LIST, "--all")["items"]
    on_server = Counter((entry.get("email") or entry.get("walletPublicKey")).lower() for entry in entries)
    assert set(on_server.values()) == {1}, "every entry exactly once"
    assert set(on_server) == {text.lower() for text in (*before, *identifiers)}
    states: Counter[str] = Counter()
    used: set[str] = set()
    with (Path(document["report"]) / "report.csv").open(encoding="utf-8-sig", newline="") as report:
        lines = {int(line["row"]): line["state"] for line in csv.DictReader(report)}
    for number, text in enumerate(identifiers, 1):
        folded = text.lower()
        expected = "skipped" if folded in used else "exists" if folded in before else "created"
        used.add(folded)
        assert lines[number] == expected, f"row {number}, {text}"
        states[expected] += 1
    assert sum(document["rows"].values()) == document["total"] == rows
    return states


@pytest.mark.slow
def test_a_killed_import_of_entries_on_a_faulty_server_is_completed_correctly(
    serve: Callable[..., Any], tmp_path: Path
) -> None:
    with serve(users=20) as sandbox:
        states = trial(
            sandbox, tmp_path / "home", 200, FAULTS, timeout_s=120, options=("--settle", "0.5", "--rate", "0")
        )
    assert min(states[state] for state in ("created", "exists", "skipped")) > 0


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_10000_entries_under_the_default_rate_limit(serve: Callable[..., Any], tmp_path: Path) -> None:
    with serve(rate_limit="documented", users=20) as sandbox:
        states = trial(sandbox, tmp_path / "home", 10_000, RARE_FAULTS, timeout_s=1800, options=("--settle", "2"))
    assert states["created"] > 9_000
    assert states["exists"] > 100
