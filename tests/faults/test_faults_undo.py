"""The undo of an import with a killed process and several deletions in flight: each user is deleted once or skipped."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.faults.faults_fixtures import newest_job, read_users
from tests.faults.test_faults_entries import faults_enabled, run

ROWS, CHANGED = 200, 6
FAULTS = {"cut-after": 0.04, "502-after": 0.04, "500-before": 0.02, "429": 0.01, "truncate": 0.02, "late": 0.02}


def count_sending(home: Path) -> int:
    """Return the number of rows whose deletion was being sent when the process died."""
    (path,) = (home / "state" / "jobs").glob("*.sqlite")
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM undo WHERE state = 'sending'").fetchone()[0])


def run_undo_killed(environ: dict[str, str], home: Path, confirm: str, *, kills: int, seed: int) -> tuple[Any, int]:
    """Undo the job; kill the process at random moments and continue.

    Returns the last document, and the largest number of deletions that were being sent at a kill.
    """
    rng, most, kill_count = random.Random(seed), 0, 0
    arguments = ("jobs", "undo", newest_job(home), "--yes", "--confirm-environment", confirm, "--json")
    while True:
        process = subprocess.Popen(
            [sys.executable, "-m", "dyntui", *arguments],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if kill_count < kills:
            with suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(1.0, 3.0))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kill_count += 1
                most = max(most, count_sending(home))
                continue
        out, errors = process.communicate(timeout=300)
        if process.returncode == 0:
            assert kill_count == kills, "the undo ended before it was killed"
            return json.loads(out), most
        assert process.returncode in (4, 5), f"exit {process.returncode}: {errors[-2000:]}"


def trial(sandbox: Any, home: Path, *, kills: int, seed: int) -> None:
    """Import users, change some, undo the import with kills, and compare what is left with what was reported."""
    home.mkdir(parents=True)
    environ = sandbox.environ(home)
    (home / "config").mkdir()
    (home / "config" / "settings.toml").write_text("rate_per_minute = 0\n")
    before = {user["id"] for user in read_users(sandbox.url)}
    file = home / "people.csv"
    file.write_text("email,firstName\n" + "".join(f"undo{n}@example.com,Name{n}\n" for n in range(ROWS)))
    run(environ, "import", str(file), "--set", "emailVerifiedAt=unverified", "--rate", "0", "--yes")
    created = [user["id"] for user in read_users(sandbox.url) if user["id"] not in before]
    assert len(created) == ROWS
    changed = random.Random(seed).sample(created, CHANGED)
    run(environ, "users", "set-metadata", "plan=pro", *changed, "--yes")
    with faults_enabled(sandbox.url, FAULTS):
        document, most = run_undo_killed(environ, home, sandbox.environment_id, kills=kills, seed=seed)
    assert most > 1, "several deletions were in flight at a kill"
    left = {user["id"] for user in read_users(sandbox.url)}
    assert left == before | set(changed)
    assert {line["user"] for line in document["left"]} == set(changed)
    assert all("was changed at" in line["reason"] for line in document["left"])
    counts = document["undo"]
    assert (counts["deleted"], counts["skipped"]) == (ROWS - CHANGED, CHANGED)
    assert sum(counts.values()) == ROWS


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_killed_undo_with_several_deletions_in_flight_is_completed(
    serve: Callable[..., Any], tmp_path: Path, seed: int
) -> None:
    with serve(users=20, latency_ms=100) as sandbox:
        trial(sandbox, tmp_path / "home", kills=3, seed=seed)
