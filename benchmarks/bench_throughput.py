"""Throughput of bulk work: an import, a scan, an export and deletions, at 50 to 3,000 ms a response.

Each figure is a share of the best possible: the time that the rate limit permits for these requests,
(requests - burst - 1) / rate + one response time; or, without a limit, and where 16 requests in flight cannot reach the
limit, a bare httpx loop that sends the same requests with 16 in flight to a sandbox of the same kind.

Measured is the time from the start of the first request of the operation to the end of the last one, including the
first request, which is sent alone because it tells the response time, and all that the program does in between:
decoding rows, the journal, the audit log, the export file. Not measured are the start of the program, reading the file,
the pre-check, the confirmation, and the end of the reports. The bare loop decodes the JSON of the responses, and
writes nothing.

At 800 and 3,000 ms, 16 requests in flight are fewer than the limit of scans, exports and deletions permits, so that
these are the same with and without a limit and are measured once.

Each measurement has a process of its own, and a sandbox that nothing else uses meanwhile. Those at 800 and 3,000 ms,
and those with a limit, mostly wait, so several run at the same time; the others run one after another, while those
before and after them do nothing. BENCH_RUNS (default 3) is the number of runs.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import BULK_ROWS, FOLDER, RUNS, Figure, prepare_import, print_figures, sandbox, write_csv

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

IN_FLIGHT = 16
PAGE, STRIDE = 100, 99
"""Users of a page, and users by which pages of a scan advance."""
PER_MINUTE, BULK_PER_MINUTE = 1500, 150
TARGET = 0.9
OPERATIONS = {
    "import": "bulkCreateUser",
    "scan": "getEnvironmentUsers",
    "export": "getEnvironmentUsers",
    "delete": "deleteUser",
}
"""The kinds of work, and the operation whose requests are measured."""
READING = ("scan", "export")
"""The kinds of work that change nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """One measurement."""

    work: str
    """A key of OPERATIONS."""
    latency_ms: int
    requests: int
    is_limited: bool = False
    """Whether the vendor's rate limits apply."""
    is_bare: bool = False
    """Whether it is the bare loop."""

    @property
    def rate(self) -> float:
        """The limit in requests per second; 0 for none."""
        return (BULK_PER_MINUTE if self.work == "import" else PER_MINUTE) / 60 if self.is_limited else 0.0

    @property
    def is_limit_reached(self) -> bool:
        """Whether 16 requests in flight can be more than the limit permits."""
        return bool(self.rate) and IN_FLIGHT * 1000 / self.latency_ms >= self.rate

    @property
    def best_s(self) -> float:
        """The shortest time in seconds that the limit permits."""
        burst = min(self.rate, max(0.0, self.rate - 1))
        return (self.requests - burst - 1) / self.rate + self.latency_ms / 1000

    @property
    def baseline(self) -> Case:
        """The bare loop that sends the same requests. A scan sends those of an export."""
        work = "scan" if self.work == "export" else self.work
        return Case(work, self.latency_ms, self.requests, is_bare=True)


def make_cases(latency_ms: int, requests: int, *, is_limited: bool, batches: int = 0) -> list[Case]:
    """Return a case for each kind of work. batches: the requests of an import, when it has fewer."""
    return [
        Case(work, latency_ms, batches if work == "import" and batches else requests, is_limited) for work in OPERATIONS
    ]


TOGETHER = (
    [
        *make_cases(3000, 160, is_limited=True, batches=75),
        Case("import", 3000, 160),
        *make_cases(200, 250, is_limited=True, batches=25),
    ],
    [*make_cases(800, 240, is_limited=True, batches=30), Case("import", 800, 240)],
)
"""The cases that run at the same time."""
ONE_BY_ONE = (
    make_cases(200, 320, is_limited=False),
    make_cases(50, 400, is_limited=False),
)
"""The cases that are prepared at the same time and run one after another."""


def main() -> bool:
    """Run the benchmark. Returns whether all targets are met."""
    seconds: dict[Case, list[float]] = {}
    for _ in range(RUNS):
        for group in (*TOGETHER, *ONE_BY_ONE):
            cases = _with_baselines(group)
            print(f"  {', '.join(map(_label, cases))}", file=sys.stderr, flush=True)
            for case, taken in measure(cases, one_by_one=group in ONE_BY_ONE).items():
                seconds.setdefault(case, []).append(taken)
    measured = [case for group in (*TOGETHER, *ONE_BY_ONE) for case in group]
    is_met = True
    for is_limited, title in ((True, "the vendor's limits"), (False, "no limit")):
        figures = [_make_figure(case, seconds) for case in measured if case.is_limited is is_limited]
        is_met = print_figures(f"Bulk work with {title}, requests per second", figures) and is_met
    return is_met


def _with_baselines(group: Sequence[Case]) -> list[Case]:
    """Return the cases of a group, each before the bare loop that it is compared with, if any."""
    return list(
        dict.fromkeys(each for case in group for each in ((case,) if case.is_limit_reached else (case, case.baseline)))
    )


def _label(case: Case) -> str:
    return f"{case.latency_ms:,} ms, {case.work}{' by a bare loop' if case.is_bare else ''}"


def _make_figure(case: Case, seconds: dict[Case, list[float]]) -> Figure:
    runs = [case.requests / taken for taken in seconds[case]]
    if case.is_limit_reached:
        best, label = [case.requests / case.best_s] * len(runs), "limit"
    else:
        best, label = [case.requests / taken for taken in seconds[case.baseline]], "bare loop"
    baseline = statistics.median(best)
    ratios = [ours / theirs for ours, theirs in zip(runs, best, strict=True)]
    return Figure(
        f"{case.latency_ms:>5,} ms, {case.work}, against the {label}",
        statistics.median(ratios) * baseline,
        "/s",
        baseline,
        TARGET,
        at_least=True,
        runs=tuple(ratios),
    )


def measure(cases: Sequence[Case], *, one_by_one: bool) -> dict[Case, float]:
    """Run cases, each in a process of its own; return their seconds.

    They begin when all sandboxes have started and all have prepared their work: together, or each after the end of the
    one before.
    """
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dyntui-bench-")))
        # Cases that only read share a sandbox, unless they run at the same time.
        owners = {case: case.baseline if one_by_one and case.work in READING else case for case in cases}
        with ThreadPoolExecutor() as pool:
            started = pool.map(lambda case: stack.enter_context(_sandbox(case)), dict.fromkeys(owners.values()))
            environs = dict(zip(dict.fromkeys(owners.values()), started, strict=True))
        running = {case: stack.enter_context(_start(case, environs[owners[case]], home)) for case in cases}
        for case, process in running.items():
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise SystemExit(f"{_label(case)}: failed to start")
        if one_by_one:
            return {case: _go_and_read(case, process) for case, process in running.items()}
        for process in running.values():
            _go(process)
        return {case: _read_result(case, process) for case, process in running.items()}


def _go(process: subprocess.Popen[str]) -> None:
    """Let a process begin that waits in `wait_for_go`."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def _go_and_read(case: Case, process: subprocess.Popen[str]) -> float:
    _go(process)
    return _read_result(case, process)


def _sandbox(case: Case) -> AbstractContextManager[dict[str, str]]:
    users = 10 if case.work == "import" else case.requests * (1 if case.work == "delete" else STRIDE)
    limits = ("--rate-limit", f"{PER_MINUTE}:{BULK_PER_MINUTE}") if case.is_limited else ()
    return sandbox(users, "--latency", str(case.latency_ms), *limits)


def _start(case: Case, environ: Mapping[str, str], home: Path) -> subprocess.Popen[str]:
    folder = tempfile.mkdtemp(dir=home)
    command = [sys.executable, "-m", "benchmarks.bench_throughput"]
    command += [case.work, str(case.latency_ms), str(case.requests), str(int(case.is_limited)), str(int(case.is_bare))]
    return subprocess.Popen(
        command,
        env={**os.environ, **environ, "DYNTUI_HOME": folder},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=FOLDER.parent,
    )


def _read_result(case: Case, process: subprocess.Popen[str]) -> float:
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{_label(case)}: failed")
    result = json.loads(output)
    if result["requests"] != case.requests or result["failed"]:
        raise SystemExit(f"{_label(case)}: {result} instead of {case.requests} requests")
    return float(result["seconds"])


# The process of one measurement


def wait_for_go() -> None:
    """Tell the parent process that the work is prepared, and wait until all are."""
    print("ready", flush=True)
    sys.stdin.readline()


class RequestTimes:
    """The times of the requests of one operation, from the request log of a connection."""

    def __init__(self, connection: Connection, operation: str) -> None:
        self._log = connection.log
        self._operation = operation
        self._total = 0
        self._started: list[float] = []
        self._ended = 0.0
        self._failed = 0
        self._log.subscribe(self._on_change)

    def _on_change(self) -> None:
        if (count := self._log.total - self._total) == 0:
            return
        self._total += count
        for entry in self._log.entries()[-count:]:
            if entry.operation == self._operation:
                self._ended = entry.at.timestamp()
                self._started.append(self._ended - entry.ms / 1000)
                self._failed += not 200 <= entry.status < 300

    def result(self) -> dict[str, Any]:
        """Return the number of requests, those that failed, and the seconds from the first to the end of the last."""
        seconds = self._ended - min(self._started)
        return {"requests": len(self._started), "failed": self._failed, "seconds": seconds}


async def run_bare(case: Case) -> dict[str, Any]:
    """Send the requests of a case with httpx, 16 in flight."""
    import httpx
    import orjson

    base = f"{os.environ['DYNTUI_BASE_URL']}/environments/{os.environ['DYNTUI_ENVIRONMENT_ID']}"
    headers = {"Authorization": f"Bearer {os.environ['DYNTUI_TOKEN']}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(headers=headers, timeout=60.0) as client:
        requests = [client.build_request(*parts, content=body) for *parts, body in _make_requests(case, base)]
        places = asyncio.Semaphore(IN_FLIGHT)

        async def send(request: httpx.Request) -> None:
            async with places:
                response = (await client.send(request)).raise_for_status()
                if response.content:
                    orjson.loads(response.content)

        wait_for_go()
        started = time.perf_counter()
        await asyncio.gather(*map(send, requests))
        return {"requests": len(requests), "failed": 0, "seconds": time.perf_counter() - started}


def _make_requests(case: Case, base: str) -> list[tuple[str, str, bytes | None]]:
    """Return method, URL and body of the requests of a case."""
    import orjson

    if case.work == "delete":
        return [("DELETE", f"{base}/users/{user}", None) for user in _read_ids(case, base)]
    if case.work == "scan":
        query = f"limit={PAGE}&orderBy=createdAt-asc"
        return [("GET", f"{base}/users?{query}&offset={page * STRIDE}", None) for page in range(case.requests)]
    users = [
        {
            "email": f"person{number}@example.com",
            "firstName": f"First{number % 1000}",
            "lastName": f"Last{number % 777}",
            "country": "US",
            "username": f"user_{number}",
        }
        for number in range(case.requests * BULK_ROWS)
    ]
    return [
        ("POST", f"{base}/users/bulk?upsert=false", orjson.dumps(users[start : start + BULK_ROWS]))
        for start in range(0, len(users), BULK_ROWS)
    ]


def _read_ids(case: Case, base: str) -> list[str]:
    """Return the ids of the users to delete."""
    import httpx

    headers = {"Authorization": f"Bearer {os.environ['DYNTUI_TOKEN']}"}
    ids: list[str] = []
    with httpx.Client(headers=headers, timeout=60.0) as client:
        while len(ids) < case.requests:
            page = client.get(f"{base}/users", params={"limit": PAGE, "offset": len(ids)}).raise_for_status().json()
            ids += [user["id"] for user in page["users"]]
    return ids[: case.requests]


async def run_dyntui(case: Case, folder: Path) -> dict[str, Any]:
    """Do the work of a case with the services of dyntui."""
    from dyntui.api.rate_limiter import RateLimiters
    from dyntui.config.profile_resolution import resolve_profile
    from dyntui.services.connection import Connection

    rate_limiters = RateLimiters(PER_MINUTE, BULK_PER_MINUTE) if case.is_limited else RateLimiters(0, 0)
    async with Connection(resolve_profile(), os.environ["DYNTUI_TOKEN"], rate_limiters=rate_limiters) as connection:
        times = RequestTimes(connection, OPERATIONS[case.work])
        if case.work == "import":
            await run_import(case, connection, folder)
        elif case.work == "delete":
            await run_deletions(case, connection)
        else:
            await run_scan(case, connection, folder)
        return times.result()


async def run_import(case: Case, connection: Connection, folder: Path) -> None:
    """Import users from a CSV file."""
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.imports.job_service import assess_job, authorize_job, run_job
    from dyntui.store.states import JobState, RowState

    client = connection.client
    file = write_csv(folder / "users.csv", case.requests * BULK_ROWS)
    with prepare_import(file, rate=None) as journal:
        permit = authorize_job(
            journal, connection, Confirmation(yes=True), await assess_job(journal, connection, client)
        )
        wait_for_go()
        ended = await run_job(journal, connection, client, permit, on_progress=lambda progress: None)
        if ended.state != JobState.DONE or journal.counts.get(RowState.CREATED) != case.requests * BULK_ROWS:
            raise SystemExit(f"{ended}: {journal.counts}")


async def run_scan(case: Case, connection: Connection, folder: Path) -> None:
    """Read the whole list of users; an export also writes it to a CSV file."""
    from dyntui.resources.all_resources import RESOURCES
    from dyntui.services.exports import USER_FIELDS, ExportFormat, export_file
    from dyntui.services.lists.list_source import scan

    wait_for_go()
    async with aclosing(scan(connection.client, RESOURCES["users"])) as scanned:
        rows = (each.row async for each in scanned)
        if case.work == "export":
            count = await export_file(folder / "exported.csv", rows, ExportFormat.CSV, USER_FIELDS)
        else:
            count = await _count(rows)
    if count != case.requests * STRIDE:
        raise SystemExit(f"{count} users were read")


async def _count(rows: AsyncIterator[object]) -> int:
    count = 0
    async for _ in rows:
        count += 1
    return count


async def run_deletions(case: Case, connection: Connection) -> None:
    """Delete users through the write gate."""
    from dyntui.services.actions.resource_actions import write_action
    from dyntui.services.actions.write_types import Confirmation, Target, WriteOutcome

    base = f"{os.environ['DYNTUI_BASE_URL']}/environments/{os.environ['DYNTUI_ENVIRONMENT_ID']}"
    targets = [Target(user) for user in _read_ids(case, base)]
    wait_for_go()
    results = await connection.write_gate.perform(write_action("users.delete"), targets, Confirmation(yes=True))
    if failed := [result for result in results.items if result.outcome is not WriteOutcome.DONE]:
        raise SystemExit(f"{len(failed)} of {len(targets)} deletions failed: {failed[0]}")


def main_of_case(arguments: Sequence[str]) -> None:
    """Run one measurement and print its result as JSON."""
    work, latency_ms, requests, is_limited, is_bare = arguments
    case = Case(work, int(latency_ms), int(requests), bool(int(is_limited)), bool(int(is_bare)))
    with tempfile.TemporaryDirectory(prefix="dyntui-bench-") as folder:
        result = asyncio.run(run_bare(case) if case.is_bare else run_dyntui(case, Path(folder)))
    print(json.dumps(result))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main_of_case(sys.argv[1:])
    else:
        sys.exit(0 if main() else 1)
