"""Bulk import: rows a second from a CSV file to the server, and peak memory by the number of rows.

The baseline is an httpx loop that posts prepared JSON batches one after another to the same local server. Each figure
comes from a separate process, each import uses a new sandbox. Neither the loop nor the import counts the start of the
process and the creation of its client. BENCH_ROWS (default 100000) is the size of the comparison, BENCH_RUNS (3) the
number of runs, BENCH_LARGE (150000) the size of the largest file, whose memory must be that of the comparison; 0 skips
it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.measure import BULK_ROWS, RUNS, Figure, prepare_import, print_figures, sandbox, write_csv

PREPARE = "read, map, validate, journal"
"""The part of an import before the first request."""


def main() -> bool:
    """Run the benchmark. Returns whether all targets are met."""
    rows = int(os.environ.get("BENCH_ROWS", "100000"))
    large = int(os.environ.get("BENCH_LARGE", "150000"))
    with tempfile.TemporaryDirectory(prefix="dyntui-bench-") as folder:
        home = Path(folder)
        file = write_csv(home / "users.csv", rows)
        bare, engine = [], []
        for _ in range(RUNS):
            with sandbox(10) as served:
                bare.append(measure("bare", home, file, served)["rows_per_second"])
            with sandbox(10) as served:
                engine.append(measure("engine", home, file, served))
        baseline = statistics.median(bare)
        ratios = [ours["rows_per_second"] / theirs for ours, theirs in zip(engine, bare, strict=True)]
        ratio = statistics.median(ratios)
        lines = [
            Figure(
                PREPARE,
                rows / statistics.median(run["seconds"][PREPARE] for run in engine),
                "rows/s",
                None,
                20_000,
                at_least=True,
            ),
            Figure("bare httpx loop", baseline, "rows/s"),
            Figure(
                "engine, end to end from CSV",
                ratio * baseline,
                "rows/s",
                baseline,
                0.9,
                at_least=True,
                runs=tuple(ratios),
            ),
        ]
        for name in engine[0]["seconds"]:
            lines.append(Figure(f"  {name}", statistics.median(run["seconds"][name] for run in engine), "s"))
        lines += measure_memory(home, statistics.median(run["peak_mib"] for run in engine), rows, large)
    return print_figures(f"Import ({rows:,} rows)", lines)


def measure_memory(home: Path, peak: float, rows: int, large: int) -> list[Figure]:
    """Measure the peak memory at 10k and `large` rows; `peak` is that at `rows`. It must not grow after these."""
    peaks = {rows: peak}
    for size in (10_000, large):
        if size and size != rows:
            with sandbox(10) as served:
                peaks[size] = measure("engine", home, write_csv(home / f"users{size}.csv", size), served)["peak_mib"]
    return [
        Figure(f"peak memory at {size:,} rows", peaks[size], "MiB", *((peak, 1.3) if size > rows else ()))
        for size in sorted(peaks)
    ]


def measure(role: str, home: Path, file: Path, served: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """Run one role in a process and return its figures."""
    environ = {**os.environ, **served, "DYNTUI_HOME": tempfile.mkdtemp(dir=home)}
    command = [sys.executable, "-m", "benchmarks.bench_import", role, str(file)]
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def role_bare(file: Path) -> dict[str, Any]:
    """Measure the baseline: prepared batches, sent one after another."""
    import asyncio
    import csv

    import httpx
    import orjson

    with file.open() as lines:
        rows = list(csv.DictReader(lines))
    batches = [orjson.dumps(rows[start : start + BULK_ROWS]) for start in range(0, len(rows), BULK_ROWS)]
    url = f"{os.environ['DYNTUI_BASE_URL']}/environments/{os.environ['DYNTUI_ENVIRONMENT_ID']}/users/bulk?upsert=false"
    headers = {"Authorization": f"Bearer {os.environ['DYNTUI_TOKEN']}", "Content-Type": "application/json"}

    async def post() -> float:
        async with httpx.AsyncClient(headers=headers) as client:
            started = time.perf_counter()
            for batch in batches:
                (await client.post(url, content=batch)).raise_for_status()
            return time.perf_counter() - started

    return {"rows_per_second": len(rows) / asyncio.run(post())}


def role_engine(file: Path) -> dict[str, Any]:
    """Measure the import from the CSV file to the last response in the journal, in a thread; then the reports."""
    import asyncio
    import resource
    import threading

    from dyntui.config.profile_resolution import resolve_profile
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection
    from dyntui.services.imports.job_service import assess_job, authorize_job, precheck_job, run_job
    from dyntui.services.imports.reports import write_reports
    from dyntui.store.states import RowState

    marks: list[float] = []
    total: list[int] = []

    async def run_import() -> None:
        async with Connection(resolve_profile(), os.environ["DYNTUI_TOKEN"]) as connection:
            marks.append(time.perf_counter())
            with prepare_import(file, rate=0) as journal:
                marks.append(time.perf_counter())
                await precheck_job(journal, connection.client)
                marks.append(time.perf_counter())
                action = await assess_job(journal, connection, connection.client)
                permit = authorize_job(journal, connection, Confirmation(yes=True), action)
                ended = await run_job(journal, connection, connection.client, permit, on_progress=lambda progress: None)
                assert ended.state == "done", ended
                marks.append(time.perf_counter())
                total.append(journal.counts.get(RowState.CREATED, 0))
                write_reports(journal)
                marks.append(time.perf_counter())

    thread = threading.Thread(target=lambda: asyncio.run(run_import()))
    thread.start()
    thread.join()
    names = (PREPARE, "check against the server", "send", "reports (after the end)")
    return {
        "rows_per_second": total[0] / (marks[3] - marks[0]),
        "seconds": dict(zip(names, [after - before for before, after in pairwise(marks)], strict=True)),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    roles = {"bare": role_bare, "engine": role_engine}
    if len(sys.argv) == 3 and sys.argv[1] in roles:
        print(json.dumps(roles[sys.argv[1]](Path(sys.argv[2]))))
    else:
        sys.exit(0 if main() else 1)
