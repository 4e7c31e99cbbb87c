"""Fixtures: sandboxes in this process and on loopback, with httpx clients."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from tests.sandbox_templates import templates

from dyntui.sandbox.app import Gateway
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.sandbox import Sandbox
from dyntui.sandbox.server import RunningServer, serving

NOW = "2026-11-22T12:30:00Z"


class Api:
    """An httpx client of a sandbox. `ENV` in a path stands for /environments/{id}."""

    def __init__(self, http: httpx.AsyncClient, app: Gateway) -> None:
        self.http = http
        self.app = app
        self.sandbox = app.sandbox
        self.token = self.sandbox.token

    async def __call__(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **query: Any
    ) -> httpx.Response:
        url = "/api/v0" + path.replace("ENV", f"/environments/{self.sandbox.environment_id}")
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        extra = {} if body is None else {"json": body}
        return await self.http.request(method, url, headers=headers, params=query or None, **extra)

    async def get(self, path: str, **query: Any) -> Any:
        """Return the decoded response of a GET that must succeed."""
        response = await self("GET", path, **query)
        assert response.status_code == 200, response.text
        return response.json()

    async def users(self, **query: Any) -> list[dict[str, Any]]:
        return list((await self.get("ENV/users", **query))["users"])

    async def bulk(self, *rows: dict[str, Any], upsert: bool = False) -> Any:
        """Return the decoded response of a bulk request that must succeed."""
        response = await self("POST", "ENV/users/bulk", list(rows), upsert="true" if upsert else "false")
        assert response.status_code == 201, response.text
        return response.json()

    async def create(self, **fields: Any) -> dict[str, Any]:
        response = await self("POST", "ENV/users", fields)
        assert response.status_code == 201, response.text
        return dict(response.json()["user"])

    @staticmethod
    def wait_for(condition: Callable[[], object], timeout_s: float = 60.0) -> None:
        """Wait until a condition that another thread fulfills is true."""
        until = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < until, "the condition did not become true"
            time.sleep(0.002)


MakeApi = Callable[..., Api]


@pytest.fixture
def created_sandboxes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Create every sandbox anew: for tests of what is created."""
    monkeypatch.setattr(templates, "enabled", False)


@pytest.fixture
async def make_api() -> AsyncIterator[MakeApi]:
    """A function that makes sandboxes in this process, with options as keywords."""
    async with AsyncExitStack() as stack:
        made: list[Sandbox] = []

        def make(**options: Any) -> Api:
            app = Gateway(Sandbox(SandboxOptions(**{"users": 40, "now": NOW, **options})))
            made.append(app.sandbox)
            http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox")
            stack.push_async_callback(http.aclose)
            return Api(http, app)

        yield make
        for sandbox in made:
            sandbox.close()


@pytest.fixture
def api(make_api: MakeApi) -> Api:
    """A sandbox with 40 users and a fixed clock."""
    return make_api()


@pytest.fixture(scope="module")
def served() -> Iterator[RunningServer]:
    """A sandbox on loopback for one module."""
    with serving(SandboxOptions(users=30, now=NOW)) as running:
        yield running
