"""`VendorChecked`: calls operations of a sandbox through the vendor's npm client, and counts how they ended."""

from __future__ import annotations

import asyncio
import json
import shutil
import tarfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from scripts.make_catalog import fetch_client
from tests.sandbox.sandbox_contract import Checked

from dyntui.api.catalog import Operation
from dyntui.sandbox.server import RunningServer

_SCRIPT = Path(__file__).with_name("vendor_client.mjs")
_LONGEST_LINE = 1 << 24


def vendor_package(folder: Path) -> Path:
    """Fetch the vendor's package with npm and return its folder. Skips the test with a reason when it cannot."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node.js and npm are not installed")
    try:
        with tarfile.open(fetch_client(folder)) as archive:
            archive.extractall(folder, filter="data")
    except SystemExit as problem:
        pytest.skip(str(problem).partition(":")[0])
    return folder / "package"


class VendorChecked(Checked):
    """Calls operations through the vendor's client. The lists have the ids of operations by how their calls ended."""

    def __init__(self, api: Any, process: asyncio.subprocess.Process) -> None:
        super().__init__(api)
        self._process = process
        self.absent: set[str] = set()
        """Operations that the client does not have: they are called without it."""
        self.called: set[str] = set()
        """Operations that were called through the client."""
        self.wrong: dict[str, str] = {}

    async def send(
        self, operation: Operation, path: Mapping[str, str], body: Any, query: Mapping[str, Any]
    ) -> httpx.Response:
        assert self._process.stdin is not None and self._process.stdout is not None
        headers = {each.name: "x" for each in operation.parameters if each.where == "header"}
        request = {"operation": operation.id, "path": path, "query": nested(query), "headers": headers, "body": body}
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        answer = json.loads(await self._process.stdout.readline())
        if answer.get("absent"):
            self.absent.add(operation.id)
            return await super().send(operation, path, body, query)
        if "error" in answer:
            self.wrong[operation.id] = answer["error"]
        if "status" not in answer:
            return httpx.Response(599, text=f"the client sent nothing: {answer['error']}")
        self.called.add(operation.id)
        if operation.responses and str(answer["status"]) not in operation.responses:
            self.wrong[operation.id] = f"{answer['status']} is not documented: {answer['text'][:200]}"
        headers = {name: text for name, text in answer["headers"].items() if not name.startswith("content-")}
        return httpx.Response(answer["status"], headers=headers, content=answer["text"].encode())

    async def run(self, scenario: Any) -> None:
        """Run a scenario of the contract. What it finds wrong is noted, and it ends there."""
        try:
            await scenario(self)
        except (AssertionError, KeyError, StopIteration) as problem:
            self.wrong[scenario.__name__] = f"the scenario ended: {problem}"


def nested(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return a query with an object for the values of `name[key]`."""
    found: dict[str, Any] = {}
    for name, value in query.items():
        outer, _, key = name.rstrip("]").partition("[")
        if key:
            found.setdefault(outer, {})[key] = value
        else:
            found[name] = value
    return found


@asynccontextmanager
async def vendor_client(package: Path, api: Any, served: RunningServer) -> AsyncIterator[VendorChecked]:
    """Run the vendor's client against a served sandbox."""
    process = await asyncio.create_subprocess_exec(
        "node", str(_SCRIPT), str(package), served.base_url, served.token,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_LONGEST_LINE,
    )  # fmt: skip
    try:
        yield VendorChecked(api, process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
