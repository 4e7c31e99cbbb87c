"""Run one import and return what it sent and said; used by the tests of import cases and samples."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import Cli

CASES = Path(__file__).parents[1] / "cases" / "import"
UNVERIFIED = ("--set", "emailVerifiedAt=unverified")


@dataclass
class Imported:
    """The result of an import."""

    code: int
    """The exit code."""
    messages: str
    """What was printed for people."""
    document: dict[str, Any] = field(default_factory=dict)
    """The JSON of the result; empty when there was no job."""
    plan: dict[str, Any] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    """The request bodies of the rows that were sent."""
    problems: dict[str, int] = field(default_factory=dict)
    """The number of rows by problem code."""


def case_file(number: int) -> Path:
    """Return the file of a case."""
    (path,) = CASES.glob(f"{number:02}-*")
    return path


def run_import(dyntui: Cli, file: Path, *options: str, choice: tuple[str, ...] = UNVERIFIED) -> Imported:
    """Import a file into the sandbox, without a pause between requests."""
    done = dyntui("import", str(file), "--yes", "--json", "--rate", "0", *choice, *options, check=False)
    result = Imported(done.returncode, done.stderr)
    if not done.stdout.strip():
        return result
    result.document = json.loads(done.stdout)
    if "job" not in result.document:
        return result
    job = str(result.document["job"])
    (journal,) = dyntui.home.rglob(f"{job}.sqlite")
    with closing(sqlite3.connect(journal)) as database:
        sent = "SELECT s.body FROM source s JOIN rows r USING (number) WHERE r.state = 'created' ORDER BY number"
        result.bodies = [json.loads(body) for (body,) in database.execute(sent)]
        result.problems = dict(database.execute("SELECT code, n FROM problem_counts"))
    result.plan = json.loads(journal.with_name(f"{job}.plan.json").read_text())
    return result
