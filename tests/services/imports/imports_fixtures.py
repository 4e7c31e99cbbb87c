"""A server of forty lines that does exactly what a test says, and a journal to run against it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson

from dyntui.api.client import Client
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.core.times import now_iso
from dyntui.importer import natural_keys
from dyntui.services.imports.job_control import JobControl
from dyntui.services.imports.progress import Progress
from dyntui.services.imports.runner import ImportRunner, JobOptions, RunResult
from dyntui.services.imports.user_destination import UserDestination
from dyntui.store import job_queries
from dyntui.store.job_loader import NewRow, load
from dyntui.store.journal import Journal
from dyntui.store.states import JobState

ENVIRONMENT = "26ff0bcf-34e3-43cd-9cd5-091f0c3c982d"


class Cut(ConnectionResetError):
    """The connection breaks."""


@dataclass
class Reply:
    """An answer: status, body (JSON, or bytes as they are), headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Step = Callable[["FakeServer", list[dict[str, Any]]], Reply]


class FakeServer:
    """Users in memory. script: one step for each POST, in order; after the last one everything is applied.

    orders: whether it sorts as it is asked to. ahead: how much later it is there than here. filters: how it
    understands a filter: deep-object, form, ignored or refused.
    """

    def __init__(self, script: Iterable[Step] = ()) -> None:
        self.users: list[dict[str, Any]] = []
        self.script = list(script)
        self.posts: list[list[dict[str, Any]]] = []
        self.lookups: list[dict[str, str]] = []
        self.before_post: Callable[[], None] | None = None
        self.on_get: Callable[[], Reply | None] = lambda: None
        self.orders = True
        self.ahead = timedelta()
        self.filters = "deep-object"

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def add(self, row: Mapping[str, Any], at: str | None = None) -> dict[str, Any]:
        at = at or self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        user = {"id": str(uuid.uuid4()), "createdAt": at, "updatedAt": at, "projectEnvironmentId": ENVIRONMENT, **row}
        self.users.append(user)
        return user

    def apply(self, rows: list[dict[str, Any]], *, upsert: bool = False) -> Reply:
        result: dict[str, Any] = {"created": [], "updated": [], "failed": [], "total": len(rows)}
        for row in rows:
            existing = [user for user in self.users if set(natural_keys(user)) & set(natural_keys(row))]
            if existing and upsert:
                existing[0].update(row, updatedAt=now_iso())
                result["updated"].append(existing[0])
            elif existing:
                same = "email" if existing[0].get("email") == row.get("email") else "username"
                result["failed"].append({"user": row, "code": f"{same}_already_exists", "error": "it is there"})
            else:
                result["created"].append(self.add(row))
        return Reply(201, result)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        chunks, more = [], True
        while more:
            message = await receive()
            chunks.append(message.get("body", b""))
            more = message.get("more_body", False)
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        reply = self._reply(scope["method"], scope["path"], query, b"".join(chunks))
        if asyncio.iscoroutine(reply):
            reply = await reply
        body = reply.body if isinstance(reply.body, bytes) else orjson.dumps(reply.body)
        fields = {"date": format_datetime(self.now(), usegmt=True), **reply.headers}
        headers = [(name.encode(), value.encode()) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _reply(self, method: str, path: str, query: dict[str, str], body: bytes) -> Any:
        if method == "GET":
            return self.on_get() or self._get(path, query)
        rows = orjson.loads(body)
        rows = rows if isinstance(rows, list) else [rows]
        self.posts.append(rows)
        if self.before_post:
            self.before_post()
        if self.script:
            return self.script.pop(0)(self, rows)
        if path.endswith("/bulk"):
            return self.apply(rows, upsert=query.get("upsert") == "true")
        return Reply(201, {"user": self.add(rows[0])})

    def _get(self, path: str, query: dict[str, str]) -> Reply:
        last = path.rsplit("/", 1)[1]
        if last != "users":
            found = [user for user in self.users if user["id"] == last]
            return (
                Reply(200, {"user": found[0]}) if found else Reply(404, {"error": "no such user", "code": "not_found"})
            )
        if query.get("limit") != "1":  # which asks how many there are, and what time it is
            self.lookups.append(query)
        if self.filters == "refused" and any("filter" in name for name in query):
            return Reply(400, {"error": "unknown parameter"})
        name = {"deep-object": "filter[filterValue]", "form": "filterValue"}.get(self.filters, "")
        value = query.get(name, "").lower()
        found = [user for user in self.users if value in orjson.dumps(user).decode().lower()]
        if self.orders and query.get("orderBy", "").startswith("createdAt-"):
            found.sort(key=lambda user: str(user["createdAt"]), reverse=query["orderBy"].endswith("-desc"))
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 20))
        return Reply(200, {"count": len(found), "users": found[offset : offset + limit]})


def answer(status: int, body: Any = None, **headers: str) -> Step:
    """Answer so, apply nothing."""
    return lambda server, rows: Reply(status, body if body is not None else {"error": "no"}, headers)


def applied_then(reply: Reply | Exception, share: float = 1.0) -> Step:
    """Apply (a share of) the rows, then answer so, or break the connection."""

    def step(server: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        server.apply(rows[: round(len(rows) * share)])
        if isinstance(reply, Exception):
            raise reply
        return reply

    return step


def cut(server: FakeServer, rows: list[dict[str, Any]]) -> Reply:
    raise Cut


def people(count: int) -> list[dict[str, Any]]:
    return [{"email": f"row{n}@example.com", "firstName": f"Row{n}"} for n in range(1, count + 1)]


def job(folder: Path, bodies: Iterable[Mapping[str, Any]], **facts: Any) -> Journal:
    """A job that is ready, with these rows."""
    journal = Journal.create(folder / "jobs" / "job.sqlite", kind="users", facts=facts)
    rows = []
    for number, body in enumerate(bodies, 1):
        keys = natural_keys(body)
        rows.append(NewRow(number, b"[[]]", orjson.dumps(body), keys, "" if keys else str(uuid.uuid4())))
    load(journal, rows)
    journal.move(JobState.READY)
    return journal


async def run(
    journal: Journal,
    server: FakeServer,
    *,
    control: JobControl | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    rate_limiters: RateLimiters | None = None,
    first: int | None = None,
    **options: Any,
) -> RunResult:
    """Run the job in process."""
    options = {"settle": 0.0, **options}
    async with Client(
        "http://localhost/api/v0",
        ENVIRONMENT,
        "dyn_test",
        app=server,
        rate_limiters=rate_limiters or RateLimiters(0, 0),
    ) as client:
        destination = UserDestination(upsert=options.get("upsert", False))
        runner = ImportRunner(
            journal,
            client,
            destination,
            WritePermit("test"),
            JobOptions(**options),
            first=first,
            control=control,
            on_progress=on_progress,
        )
        return await runner.run()


def states(journal: Journal) -> list[str]:
    return [row.state.value for row in job_queries.iterate_rows(journal)]


def codes(journal: Journal) -> list[str]:
    return [row.code for row in job_queries.iterate_rows(journal)]


def emails(server: FakeServer) -> list[str]:
    return sorted(user.get("email", "") for user in server.users)
