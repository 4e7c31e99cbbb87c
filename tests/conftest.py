"""Fixtures for all tests: sandboxes on loopback, and the command line in this process or in one of its own."""

from __future__ import annotations

import gc
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import stamina
from hypothesis import HealthCheck, settings
from tests.families import FAST_EXAMPLES
from tests.sandbox_templates import templates

from dyntui.cli.root import main
from dyntui.config import credentials
from dyntui.sandbox import server
from dyntui.sandbox.behavior_flags import parse_flags
from dyntui.sandbox.faults import parse_faults
from dyntui.sandbox.options import SandboxOptions, parse_rate_limit
from dyntui.services import connection

READY = re.compile(r"listening on (http://127\.0\.0\.1:\d+/api/v0) environment (\S+) token (dyn_\S+)\n")
TOKEN_VARIABLES = ("DYNTUI_TOKEN", "DYNAMIC_TOKEN", "DYNAMIC_API_TOKEN", "DYN_CLI_TOKEN")
MEMORY_FOLDER = Path("/dev/shm")
MAX_GARBAGE = 5_000_000
"""The new objects, about 1 GB, at which garbage is collected in `make test`; `make test-all` collects it early."""
MIN_FREE_BYTES = 2 * 2**30
"""The temporary folders of `make test`, about 0.1 GB, are in memory if so much of it is free."""


def pytest_configure(config: pytest.Config) -> None:
    """Collect garbage less often; in `make test`, hardly ever, with temporary folders in memory and fewer examples."""
    fast = _is_fast(config)
    # Journals and caches are synced to the disk after each step, which tests would wait for.
    if fast and os.access(MEMORY_FOLDER, os.W_OK) and shutil.disk_usage(MEMORY_FOLDER).free > MIN_FREE_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY_FOLDER))
    templates.install()
    # Collections took a fifth of the CPU time of tests of the console, which leave about 2 MB of garbage each.
    gc.set_threshold(MAX_GARBAGE if fast else 5000, 20, 10)
    # A loaded machine may take long to make an example.
    settings.register_profile(
        "dyntui",
        max_examples=FAST_EXAMPLES if fast else 100,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("dyntui")


def _is_fast(config: pytest.Config) -> bool:
    return bool(config.option.markexpr == "not slow")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let a third of the processes begin with the tests that mostly wait, while the others use the processors.

    If they ran last, the other processes would have nothing to do in the end.
    """
    processes = int(getattr(config, "workerinput", {}).get("workercount", 1))
    waiting = [item for item in items if item.get_closest_marker("waits")]
    others = [item for item in items if not item.get_closest_marker("waits")]
    starters = max(1, processes // 3)
    bounds = [len(others) * number // processes for number in range(processes + 1)]  # as xdist shares them out
    items[:] = [
        item
        for number, (first, end) in enumerate(pairwise(bounds))
        for item in (*(waiting[number::starters] if number < starters else ()), *others[first:end])
    ]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Exempt what is loaded by now from garbage collection: looking through it took a quarter of the time of tests."""
    if not _is_fast(session.config):
        gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a process of xdist look for no unused snapshots. It took seven seconds, and its report is not shown."""
    if hasattr(session.config, "workerinput"):
        session.config._syrupy._assertions.clear()  # type: ignore[attr-defined]


@pytest.fixture(scope="module", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give tests that choose no folders some that are not those of the user."""
    with mock.patch.dict(os.environ, DYNTUI_HOME=str(tmp_path_factory.mktemp("dyntui-home"))):
        yield


@pytest.fixture(scope="module", autouse=True)
def _frozen_modules(request: pytest.FixtureRequest) -> Iterator[None]:
    """Exempt what the tests of a module have loaded as well, where garbage is collected."""
    loaded = len(sys.modules)
    yield
    if len(sys.modules) > loaded and not _is_fast(request.config):
        gc.collect()
        gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """In `make test`, leave the garbage to the end of the process: pytest would look through it five times."""
    if _is_fast(config):
        gc.freeze()


@pytest.fixture(autouse=True)
def _no_waits_between_attempts() -> Iterator[None]:
    """Repeat a read that failed at once, as often as otherwise."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield


@pytest.fixture(autouse=True)
def _own_rate_limiters() -> Iterator[None]:
    """Begin each test without the requests, and the 429 responses, of others to the same address."""
    connection._shared_limiters.cache_clear()
    yield


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox."""

    url: str
    """The base URL of the API."""
    environment_id: str
    token: str
    users: int
    """The number of sample users."""

    def set_faults(self, **chances: float) -> None:
        """Replace the probabilities of all faults, by name with _ in place of -."""
        self._control("PUT", "faults", {name.replace("_", "-"): chance for name, chance in chances.items()})

    def set_flags(self, **values: str) -> None:
        """Set behavior flags, by name with _ in place of -."""
        self._control("PUT", "flags", {name.replace("_", "-"): value for name, value in values.items()})

    def flush(self) -> None:
        """Wait until no request that the fault `late` delays is left."""
        self._control("POST", "flush")

    def _control(self, method: str, name: str, body: object = None) -> None:
        import httpx

        address = f"{self.url.removesuffix('/api/v0')}/__sandbox__/{name}"
        httpx.request(method, address, json=body).raise_for_status()

    def environ(self, home: Path) -> dict[str, str]:
        """Return the environment variables with which a command uses the sandbox."""
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("DYNTUI_", "DYNAMIC_", "DYN_"))
        }
        return {
            **clean,
            "DYNTUI_HOME": str(home),
            "DYNTUI_BASE_URL": self.url,
            "DYNTUI_ENVIRONMENT_ID": self.environment_id,
            "DYNTUI_TOKEN": self.token,
            "PYTHONPATH": "",
        }


@dataclass(frozen=True)
class SandboxProcess(Sandbox):
    """A sandbox in a process of its own."""

    process: subprocess.Popen[str]


@contextmanager
def serving_process(*options: str, users: int = 250) -> Iterator[SandboxProcess]:
    """Run `dyntui sandbox` in a process until the block ends."""
    command = [sys.executable, "-m", "dyntui", "sandbox", "--port", "0", "--users", str(users), "--seed", "1", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = READY.fullmatch(line)
        assert found, f"unexpected output of dyntui sandbox: {line!r}"
        yield SandboxProcess(found[1], found[2], found[3], users, process)
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def serving(
    *, faults: tuple[str, ...] = (), flags: tuple[str, ...] = (), rate_limit: str = "", users: int = 250, **options: Any
) -> Iterator[Sandbox]:
    """Serve a sandbox in a thread of this process until the block ends: a twentieth of the time of a process.

    faults, flags, rate_limit: as on the command line. options: further fields of SandboxOptions.
    """
    with server.serving(
        SandboxOptions(
            users=users,
            seed=1,
            faults=parse_faults(faults),
            flags=parse_flags(flags),
            rate_limit=parse_rate_limit(rate_limit) if rate_limit else None,
            **options,
        )
    ) as running:
        yield Sandbox(running.base_url, running.environment_id, running.token, users)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with 250 users for the tests of one module."""
    with serving() as running:
        yield running


class _Stdin(io.TextIOWrapper):
    """Standard input from a pipe."""

    def __init__(self, text: str | None) -> None:
        super().__init__(io.BytesIO((text or "").encode()), encoding="utf-8")


class _Output(io.TextIOWrapper):
    """A standard stream that is captured."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    @property
    def text(self) -> str:
        """What was written, with the line ends of a text file."""
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode().replace("\r\n", "\n").replace("\r", "\n")


class Cli:
    """Runs commands against a sandbox."""

    def __init__(self, sandbox: Sandbox, home: Path) -> None:
        self.sandbox = sandbox
        self.home = home

    def __call__(
        self, *arguments: str, check: bool = True, token: str | None = None, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in this process, with standard streams and an environment of its own."""
        environ = self._environ(token)
        out, err = _Output(), _Output()
        with (
            mock.patch.dict(os.environ, environ, clear=True),
            mock.patch.multiple(sys, argv=["dyntui", *arguments], stdin=_Stdin(stdin), stdout=out, stderr=err),
            mock.patch.object(credentials, "_session", {}),
        ):
            code = main()
        done = subprocess.CompletedProcess(["dyntui", *arguments], code, out.text, err.text)
        return self._checked(done, check)

    def run_process(
        self, *arguments: str, check: bool = True, token: str | None = None, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a process of its own, where the process is what is tested."""
        command = [sys.executable, "-m", "dyntui", *arguments]
        environ = self._environ(token)
        done = subprocess.run(command, capture_output=True, text=True, env=environ, input=stdin, check=False)
        return self._checked(done, check)

    def json(self, *arguments: str) -> Any:
        """Run a command with --json, which must succeed, and return its output."""
        return json.loads(self(*arguments, "--json").stdout)

    def _environ(self, token: str | None) -> dict[str, str]:
        return self.sandbox.environ(self.home) | ({"DYNTUI_TOKEN": token} if token else {})

    @staticmethod
    def _checked(done: subprocess.CompletedProcess[str], check: bool) -> subprocess.CompletedProcess[str]:
        assert not check or done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
        return done


@pytest.fixture
def dyntui(sandbox: Sandbox, tmp_path: Path) -> Cli:
    """The command line against the sandbox of the module, with a separate home."""
    return Cli(sandbox, tmp_path / "home")


@pytest.fixture
def serve() -> Callable[..., Any]:
    """`serving`, for tests with a separate sandbox: with serve(faults=("429=0.1",)) as sandbox: ..."""
    return serving
