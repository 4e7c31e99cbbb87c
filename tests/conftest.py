"""Fixtures for all tests: a sandbox process on loopback, and the command line as a process that uses it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

READY = re.compile(r"listening on (http://127\.0\.0\.1:\d+/api/v0) environment (\S+) token (dyn_\S+)\n")
TOKEN_VARIABLES = ("DYNTUI_TOKEN", "DYNAMIC_TOKEN", "DYNAMIC_API_TOKEN")


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox process."""

    url: str
    """The base URL of the API."""
    environment_id: str
    token: str
    users: int
    """The number of sample users."""
    process: subprocess.Popen[str]

    def environ(self, home: Path) -> dict[str, str]:
        """Return the environment variables with which a command uses the sandbox."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("DYNTUI_", "DYNAMIC_"))}
        return {
            **clean,
            "DYNTUI_HOME": str(home),
            "DYNTUI_BASE_URL": self.url,
            "DYNTUI_ENVIRONMENT_ID": self.environment_id,
            "DYNTUI_TOKEN": self.token,
            "PYTHONPATH": "",
        }


@contextmanager
def serving(*options: str, users: int = 250) -> Iterator[Sandbox]:
    """Run `dyntui sandbox` in a process until the block ends."""
    command = [sys.executable, "-m", "dyntui", "sandbox", "--port", "0", "--users", str(users), "--seed", "1", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = READY.fullmatch(line)
        assert found, f"unexpected output of dyntui sandbox: {line!r}"
        yield Sandbox(found[1], found[2], found[3], users, process)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with 250 users for the tests of one module."""
    with serving() as running:
        yield running


class Cli:
    """Runs commands against a sandbox."""

    def __init__(self, sandbox: Sandbox, home: Path) -> None:
        self.sandbox = sandbox
        self.home = home

    def __call__(
        self, *arguments: str, check: bool = True, token: str | None = None, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        environ = self.sandbox.environ(self.home) | ({"DYNTUI_TOKEN": token} if token else {})
        done = subprocess.run(
            [sys.executable, "-m", "dyntui", *arguments],
            capture_output=True,
            text=True,
            env=environ,
            input=stdin,
            check=False,
        )
        assert not check or done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
        return done

    def json(self, *arguments: str) -> Any:
        """Run a command with --json, which must succeed, and return its output."""
        return json.loads(self(*arguments, "--json").stdout)


@pytest.fixture
def dyntui(sandbox: Sandbox, tmp_path: Path) -> Cli:
    """The command line against the sandbox of the module, with a separate home."""
    return Cli(sandbox, tmp_path / "home")


@pytest.fixture
def serve() -> Callable[..., Any]:
    """`serving`, for tests with a separate sandbox: with serve("--fault", "429=0.1") as sandbox: ..."""
    return serving
