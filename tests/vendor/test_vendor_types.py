"""Commands against a server that answers from the vendor's types: nothing fails on what a response may look like."""

from __future__ import annotations

import json

import pytest
from tests.cli.cli_support import TOKEN, Done, Run
from tests.cli.conftest import run  # noqa: F401 a fixture
from tests.vendor.mock_server import ID, VARIANTS, mock_server, value_of

from dyntui.api.catalog import catalog
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Scope

MORE = ("users list", f"users get {ID}", f"users sessions {ID}", "wallets list", "events list", "webhooks list")
"""Commands of their own beside `dyntui get`."""


def problem_of(command: str, done: Done) -> str:
    """Return what is wrong with the end of a command that reads; "" for nothing."""
    if done.code == 2 and done.err.startswith("error: This token can read no organization."):
        return ""  # the list of organizations is empty
    if done.code or "Traceback" in done.err:
        return f"{command}: exit {done.code}: {done.err.strip()[-300:]}"
    try:
        json.loads(done.out)
    except ValueError:
        return f"{command}: no JSON: {done.out[:100]!r}"
    return ""


@pytest.fixture
def at(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:  # noqa: F811
    """Run the command line with the environment of the mock server."""
    monkeypatch.setenv("DYNTUI_ENVIRONMENT_ID", ID)
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    return run


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_list_and_read_works(variant: str, at: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = list(MORE)
    for record in RESOURCES.values():
        of = f" --of {ID}" if record.scope is Scope.PARENT else ""
        commands.append(f"get {record.name}{of}")
        if record.detail:
            commands.append(f"get {record.name} {ID}{of}")
    for operation in catalog():
        if operation.audience == "admin" and operation.reads and operation.body is None:
            names = [name for name in operation.path_names if name != "environmentId"]
            names += [each.name for each in operation.parameters if each.where == "query" and each.required]
            commands.append(" ".join([f"api {operation.id} --yes", *(f"-p {name}={ID}" for name in names)]))
    with mock_server(variant) as url:
        monkeypatch.setenv("DYNTUI_BASE_URL", url)
        problems = [problem_of(command, at(*command.split(), "--json")) for command in commands]
    assert len(commands) > 140
    assert not any(problems), "\n".join(filter(None, problems))


@pytest.mark.slow
def test_every_write_can_be_sent(at: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = []
    with mock_server("maximal") as url:
        monkeypatch.setenv("DYNTUI_BASE_URL", url)
        for operation in catalog():
            if operation.audience != "admin" or operation.reads:
                continue
            words = [f"-p{name}={ID}" for name in operation.path_names if name != "environmentId"]
            if operation.body is not None:
                words += ["-d", json.dumps(value_of(operation.body, "maximal"))]
            done = at("api", operation.id, *words, "--yes", "--confirm-environment", ID, "--json")
            if done.code or "Traceback" in done.err:
                problems.append(f"{operation.id}: exit {done.code}: {done.err.strip()[-300:]}")
    assert not problems, "\n".join(problems)
