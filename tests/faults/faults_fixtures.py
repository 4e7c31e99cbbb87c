"""An import that is killed again and again against a faulty server, and the truth it is held against."""

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
class Truth:
    """What a run came to. problems: each difference between report and server, in words."""

    document: dict[str, Any]
    kills: int
    problems: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)


def users_of(url: str) -> list[dict[str, Any]]:
    """Every user that the sandbox has."""
    with urllib.request.urlopen(url.removesuffix("/api/v0") + "/__sandbox__/users") as answer:
        return [json.loads(line) for line in answer]


def state_of(url: str) -> dict[str, Any]:
    """What the sandbox says of itself."""
    with urllib.request.urlopen(url.removesuffix("/api/v0") + "/__sandbox__/state") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def write_file(path: Path, rows: int, there: list[dict[str, Any]], seed: int) -> list[dict[str, str]]:
    """A file of `rows` people: a tenth is on the server already, a twentieth has no key at all."""
    dice = random.Random(seed)
    existing = [user["email"] for user in there if user.get("email")]
    dice.shuffle(existing)
    people: list[dict[str, str]] = []
    for number in range(1, rows + 1):
        person = {
            "firstName": f"First{seed}x{number}",
            "lastName": dice.choice(("Müller", "李", "O'Neil")),
            "country": "DE",
        }
        point = dice.random()
        if point < 0.1 and existing:
            person["email"] = existing.pop()
        elif point < 0.95:
            person["email"] = f"run{seed}.row{number}@example.com"
            if point < 0.3:
                person["username"] = f"run{seed}_row{number}"
        people.append(person)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(people)
    return people


def run_killed(
    sandbox: Any,
    home: Path,
    file: Path,
    *,
    kills: int,
    dice: random.Random,
    options: tuple[str, ...],
    limit: float = 300,
) -> tuple[dict[str, Any], int]:
    """Import, kill -9 at a random moment, resume, and so on. The last document, and how many kills hit."""
    environ = sandbox.environ(home)
    environ["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    begin = ["import", str(file), "--yes", "--json", "--set", "emailVerifiedAt=unverified", *options]
    hit = 0
    deadline = time.monotonic() + limit
    while True:
        job = newest_job(home)
        command = ["jobs", "resume", job, "--yes", "--json"] if job else begin
        assert time.monotonic() < deadline, "the import does not come to an end"
        process = subprocess.Popen(
            [sys.executable, "-m", "dyntui", *command],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, errors = "", ""
        if hit < kills:
            with suppress(subprocess.TimeoutExpired):
                out, errors = process.communicate(timeout=dice.uniform(0.5, 2.5))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                hit += 1
                continue
        else:
            out, errors = process.communicate(timeout=limit)
        if process.returncode in (0, 1) and out:
            return json.loads(out), hit
        assert process.returncode in (4, 5), f"exit {process.returncode}: {errors[-2000:]}"


def newest_job(home: Path) -> str:
    """The id of the job in a home that was loaded completely, "" when there is none yet."""
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
    people: list[dict[str, str]],
    before: list[dict[str, Any]],
    document: dict[str, Any],
    kills: int,
) -> Truth:
    """Hold what the job reports against what the server has."""
    truth = Truth(document, kills)
    old = {user["id"] for user in before}
    by_email: dict[str, list[dict[str, Any]]] = defaultdict(list)
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for user in users_of(url):
        by_email[(user.get("email") or "").lower()].append(user)
        by_name[user.get("firstName") or ""].append(user)
    with (Path(document["report"]) / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        reported = {int(line["row"]): line for line in csv.DictReader(file)}
    for number, person in enumerate(people, 1):
        line = reported.get(number)
        if line is None:
            truth.problems.append(f"row {number} is in no report")
            continue
        truth.states[line["state"]] += 1
        theirs = by_email[person["email"].lower()] if person.get("email") else by_name[person["firstName"]]
        if len(theirs) != 1:
            truth.problems.append(f"row {number} ({line['state']}) is there {len(theirs)} times")
            continue
        was_there = theirs[0]["id"] in old
        expected = "exists" if was_there else "created"
        if line["state"] != expected:
            truth.problems.append(f"row {number} is {expected}, and reported as {line['state']} {line['code']}")
        elif line["user_id"] and line["user_id"] != theirs[0]["id"]:
            truth.problems.append(f"row {number} is user {theirs[0]['id']}, and reported as {line['user_id']}")
    if len(reported) != len(people):
        truth.problems.append(f"{len(people)} rows, {len(reported)} in the report")
    if sum(document["rows"].values()) != document["total"]:
        truth.problems.append(f"the sums do not hold: {document}")
    return truth


def trial(
    sandbox: Any,
    home: Path,
    *,
    rows: int,
    kills: int,
    seed: int,
    options: tuple[str, ...] = ("--settle", "1", "--rate", "0"),
) -> Truth:
    """One whole run and its truth."""
    home.mkdir(parents=True)
    before = users_of(sandbox.url)
    people = write_file(home / "people.csv", rows, before, seed)
    document, hit = run_killed(
        sandbox, home, home / "people.csv", kills=kills, dice=random.Random(seed), options=options
    )
    while state_of(sandbox.url)["pending"]:
        time.sleep(0.05)  # requests that the server still applies late
    return compare(home, sandbox.url, people, before, document, hit)
