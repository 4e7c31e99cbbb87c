"""A profile of kind sandbox for a live environment: the server is asked, and the stricter kind applies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.cli.cli_support import Run

from dyntui.config.profiles import Profiles

Serve = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def live(serve: Serve) -> Iterator[Any]:
    """A sandbox that presents itself as live."""
    with serve(flags=("environment-name=live",), users=3) as sandbox:
        yield sandbox


def add(run: Run, sandbox: Any, *more: str) -> Any:
    arguments = ["env", "add", "box", "--environment-id", sandbox.environment_id, "--base-url", sandbox.url]
    arguments += ["--kind", "sandbox", "--credential", "file", "--token-stdin"]
    return run(*arguments, *more, stdin=sandbox.token)


def test_env_add_saves_an_environment_that_the_server_reports_as_live_as_live(run: Run, live: Any) -> None:
    done = add(run, live, "--json")
    assert done.code == 0
    assert "the server reports a live environment" in done.err
    assert done.document["kind"] == "live"
    assert Profiles.load().get("box").kind == "live"


def test_every_check_reports_that_the_environment_is_live(run: Run, live: Any) -> None:
    assert add(run, live, "--offline").code == 0
    assert Profiles.load().get("box").kind == "sandbox"
    for command in (["env", "check"], ["auth", "status"], ["doctor"]):
        done = run(*command)
        assert "The server reports a live environment, the profile says sandbox" in done.out + done.err, command
    assert run("env", "check", "--json").document["server_kind"] == "live"


def test_a_sandbox_is_not_called_live(run: Run, serve: Serve) -> None:
    with serve(users=3) as sandbox:
        assert "live" not in add(run, sandbox).err
        assert "live" not in run("env", "check").err
        user = json.loads(run("users", "list", "--json").out)["items"][0]["id"]
        assert run("users", "delete", user, "--yes").code == 0


def test_a_deletion_in_an_environment_reported_as_live_needs_the_name(run: Run, live: Any, tmp_path: Path) -> None:
    assert add(run, live, "--offline").code == 0
    user = json.loads(run("users", "list", "--json").out)["items"][0]["id"]
    for command in (
        ["users", "delete", user],
        ["do", "users", "delete", user],
        ["api", "deleteUser", "-p", f"userId={user}"],
    ):
        refused = run(*command, "--yes")
        assert refused.code == 2, command
        assert "live environment box" in refused.err, command
    people = tmp_path / "people.csv"
    people.write_text("email\nzoe@example.com\n")
    refused = run("import", str(people), "--set", "emailVerifiedAt=now", "--yes")
    assert refused.code == 2
    assert "live environment box" in refused.err
    assert run("users", "delete", user, "--confirm-environment", "box").code == 0


def test_with_variables_only_a_live_deletion_needs_the_id_of_the_environment(
    run: Run, live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("BASE_URL", live.url), ("ENVIRONMENT_ID", live.environment_id), ("TOKEN", live.token)):
        monkeypatch.setenv(f"DYNTUI_{name}", value)
    user = json.loads(run("users", "list", "--json").out)["items"][0]["id"]
    for word in ("environment", "1", "live", "yes"):
        refused = run("users", "delete", user, "--yes", "--confirm-environment", word)
        assert refused.code == 2, word
        assert f"Re-run with --confirm-environment {live.environment_id}" in refused.err
    assert run("users", "delete", user, "--confirm-environment", live.environment_id).code == 0
