"""Run an import that is killed several times against a faulty server, and compare its report with the server."""

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
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COLUMNS = ("email", "firstName", "lastName", "username", "country")


@dataclass
class TrialResult:
    """The result of a run, compared with the server."""

    document: dict[str, Any]
    """The JSON document that the last command printed."""
    kills: int
    """How often the process was killed."""
    problems: list[str] = field(default_factory=list)
    """The differences between report and server."""
    states: Counter[str] = field(default_factory=Counter)
    """Number of rows by state."""


def read_users(url: str) -> list[dict[str, Any]]:
    """Return all users of the sandbox."""
    with urllib.request.urlopen(url.removesuffix("/api/v0") + "/__sandbox__/users") as response:
        return [json.loads(line) for line in response]


def read_state(url: str) -> dict[str, Any]:
    """Return the internal state of the sandbox."""
    with urllib.request.urlopen(url.removesuffix("/api/v0") + "/__sandbox__/state") as response:
        state: dict[str, Any] = json.load(response)
    return state


def write_file(path: Path, rows: int, users: list[dict[str, Any]], seed: int) -> list[dict[str, str]]:
    """Write a file of users and return its rows. A tenth of them exists in `users`, a twentieth has no natural key."""
    rng = random.Random(seed)
    existing = [user["email"] for user in users if user.get("email")]
    rng.shuffle(existing)
    file_rows: list[dict[str, str]] = []
    for number in range(1, rows + 1):
        row = {
            "firstName": f"First{seed}x{number}",
            "lastName": rng.choice(("Müller", "李", "O'Neil")),
            "country": "DE",
        }
        chance = rng.random()
        if chance < 0.1 and existing:
            row["email"] = existing.pop()
        elif chance < 0.95:
            row["email"] = f"run{seed}.row{number}@example.com"
            if chance < 0.3:
                row["username"] = f"run{seed}_row{number}"
        file_rows.append(row)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(file_rows)
    return file_rows


def run_killed(
    sandbox: Any,
    home: Path,
    file: Path,
    *,
    kills: int,
    rng: random.Random,
    options: tuple[str, ...],
    module: str = "dyntui",
    timeout_s: float = 300,
) -> tuple[dict[str, Any], int]:
    """Import a file; kill the process at random moments and resume the job.

    module: the Python module that is the command.
    Returns the last document and the number of kills.
    """
    environ = sandbox.environ(home)
    environ["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    import_command = ["import", str(file), "--yes", "--json", "--set", "emailVerifiedAt=unverified", *options]
    kill_count = 0
    deadline = time.monotonic() + timeout_s
    while True:
        job = newest_job(home)
        command = ["jobs", "resume", job, "--yes", "--json"] if job else import_command
        assert time.monotonic() < deadline, "the import does not end"
        process = subprocess.Popen(
            [sys.executable, "-m", module, *command],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, errors = "", ""
        if kill_count < kills:
            with suppress(subprocess.TimeoutExpired):
                out, errors = process.communicate(timeout=rng.uniform(0.5, 2.5))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kill_count += 1
                continue
        else:
            out, errors = process.communicate(timeout=timeout_s)
        if process.returncode in (0, 1) and out:
            return json.loads(out), kill_count
        assert process.returncode in (4, 5), f"exit {process.returncode}: {errors[-2000:]}"


def newest_job(home: Path) -> str:
    """Return the id of the newest job whose file was read completely; "" when there is none."""
    import sqlite3

    for path in sorted((home / "state" / "jobs").glob("*.sqlite"), reverse=True):
        with suppress(sqlite3.Error), sqlite3.connect(path) as db:
            found = db.execute("SELECT id FROM job WHERE state <> 'draft'").fetchone()
            if found:
                return str(found[0])
    return ""


def compare(
    home: Path,
    url: str,
    file_rows: list[dict[str, str]],
    before: list[dict[str, Any]],
    document: dict[str, Any],
    kills: int,
) -> TrialResult:
    """Compare the report of the job with the users at the server. before: the users before the import."""
    result = TrialResult(document, kills)
    ids_before = {user["id"] for user in before}
    by_email: dict[str, list[dict[str, Any]]] = defaultdict(list)
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for user in read_users(url):
        by_email[(user.get("email") or "").lower()].append(user)
        by_name[user.get("firstName") or ""].append(user)
    with (Path(document["report"]) / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        reported = {int(line["row"]): line for line in csv.DictReader(file)}
    for number, row in enumerate(file_rows, 1):
        line = reported.get(number)
        if line is None:
            result.problems.append(f"row {number} is not in the report")
            continue
        result.states[line["state"]] += 1
        users = by_email[row["email"].lower()] if row.get("email") else by_name[row["firstName"]]
        if len(users) != 1:
            result.problems.append(f"row {number} ({line['state']}) exists {len(users)} times")
            continue
        existed = users[0]["id"] in ids_before
        expected = "exists" if existed else "created"
        if line["state"] != expected:
            result.problems.append(f"row {number} is {expected}, but reported as {line['state']} {line['code']}")
        elif line["user_id"] and line["user_id"] != users[0]["id"]:
            result.problems.append(f"row {number} is user {users[0]['id']}, but reported as {line['user_id']}")
    if len(reported) != len(file_rows):
        result.problems.append(f"{len(file_rows)} rows, {len(reported)} in the report")
    if sum(document["rows"].values()) != document["total"]:
        result.problems.append(f"the counts do not sum to the total: {document}")
    return result


def trial(
    sandbox: Any,
    home: Path,
    *,
    rows: int,
    kills: int,
    seed: int,
    options: tuple[str, ...] = ("--settle", "1", "--rate", "0"),
    module: str = "dyntui",
) -> TrialResult:
    """Write a file, import it with kills, and compare the result with the server. module: as in `run_killed`."""
    home.mkdir(parents=True)
    before = read_users(sandbox.url)
    file_rows = write_file(home / "people.csv", rows, before, seed)
    document, kill_count = run_killed(
        sandbox, home, home / "people.csv", kills=kills, rng=random.Random(seed), options=options, module=module
    )
    sandbox.flush()
    return compare(home, sandbox.url, file_rows, before, document, kill_count)
