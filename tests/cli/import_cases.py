"""Run one import and return what it sent and said; used by the tests of import cases and samples."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from tests.conftest import Cli

from dyntui.store.journal import Journal

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


@contextmanager
def plans_of() -> Iterator[list[dict[str, Any]]]:
    """Collect the plans that the commands inside the block make, as they print them."""
    from dyntui.services.imports import plan

    make_plan, plans = plan.make_plan, list[dict[str, Any]]()

    def keep(journal: Journal) -> dict[str, Any]:
        made = make_plan(journal)
        plans.append(json.loads(json.dumps(made)))
        return made

    with mock.patch.object(plan, "make_plan", keep):
        yield plans


def run_import(dyntui: Cli, file: Path, *options: str, choice: tuple[str, ...] = UNVERIFIED) -> Imported:
    """Import a file into the sandbox, without a pause between requests."""
    with plans_of() as plans:
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
    result.plan = plans[-1]
    return result
