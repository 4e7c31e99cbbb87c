"""Long waits are reported on standard error, each one time, and never mixed with results."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Sandbox, serving

from dyntui.api import waits
from dyntui.cli.context import CliContext, run
from dyntui.cli.output_options import OutputOptions


@pytest.fixture
def slow_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with serving(faults=("slow=1",), flags=("slow-ms=300",), users=3) as sandbox:
        for name, value in sandbox.environ(tmp_path / "home").items():
            if name.startswith("DYNTUI_"):
                monkeypatch.setenv(name, value)
        monkeypatch.setattr(waits, "LONG_S", 0.02)
        yield sandbox


def test_a_slow_response_is_reported_once_for_several_requests(
    slow_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    context = CliContext(output=OutputOptions("json"))

    async def work() -> None:
        import asyncio

        async with context.connection() as connection:
            await asyncio.gather(*(connection.client.users.list() for _ in range(3)))
            context.print_data({"done": True})

    run(work())
    out, err = capsys.readouterr()
    assert json.loads(out) == {"done": True}
    assert re.fullmatch(r"waiting for a response to getEnvironmentUsers, until \d\d:\d\d:\d\d\n", err), err


@pytest.mark.slow
def test_a_command_reports_how_long_it_waits_for_the_rate_limit(tmp_path: Path) -> None:
    from tests.conftest import Cli

    with serving(rate_limit="1", flags=("rate-window-ms=15000",), users=3) as sandbox:
        dyntui = Cli(sandbox, tmp_path / "home")
        dyntui("users", "list")
        done = dyntui("users", "list", "--json")
    assert json.loads(done.stdout)["total"] == 3
    assert re.findall(r"waiting for the server's rate limit, until \d\d:\d\d:\d\d", done.stderr), done.stderr
