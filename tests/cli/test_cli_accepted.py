"""Commands that write to a server which accepts writes with 202 and does them later, or never."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Cli, Sandbox, serving

from dyntui.services.actions.write_types import ACCEPTED_NOT_DONE


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that never does what it accepts."""
    with serving(flags=("approvals=denied",), users=30) as running:
        yield running


def _id(dyntui: Cli) -> str:
    return str(dyntui.json("users", "list", "--limit", "1")["items"][0]["id"])


def test_a_write_that_is_accepted_says_so_and_has_its_own_exit_code(dyntui: Cli) -> None:
    user_id = _id(dyntui)
    done = dyntui("users", "delete", user_id, "--yes", check=False)
    assert (done.returncode, "accepted" in done.stdout) == (7, True)
    assert "not deleted yet" in done.stderr
    assert ACCEPTED_NOT_DONE in done.stderr
    assert "To undo" not in done.stderr
    document = dyntui("users", "delete", user_id, "--yes", "--json", check=False)
    assert document.returncode == 7
    assert '"outcome": "accepted"' in document.stdout
    assert dyntui.json("users", "list")["total"] == 30
    undo = dyntui("undo", check=False)
    assert (undo.returncode, "cannot be undone" in undo.stderr) == (2, True)
    raw = dyntui("api", "deleteUser", "-p", f"userId={user_id}", "--yes", check=False)
    assert (raw.returncode, ACCEPTED_NOT_DONE in raw.stderr) == (7, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "users create --set email=later@example.com",
        "users edit USER firstName=Later",
        "users set-metadata plan=pro USER",
        "users reset-mfa USER",
        "users revoke-sessions USER",
        "users revoke-all-sessions",
        "settings set general.displayName=Later",
        "allowlists create name=Later outcome=scope scope=later",
        "webhooks create url=https://later.example events=user.created isEnabled=true",
        "do origins create origin=https://later.example",
    ],
)
def test_every_way_to_write_ends_as_accepted(command: str, dyntui: Cli) -> None:
    words = [_id(dyntui) if word == "USER" else word for word in command.replace("--set ", "").split()]
    done = dyntui(*words, "--yes", check=False)
    assert done.returncode == 7, done.stderr
    assert ACCEPTED_NOT_DONE in done.stderr
    assert "yet" in done.stderr


@pytest.mark.slow
def test_rows_of_an_import_go_to_review_and_are_not_sent_again(dyntui: Cli, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\nlater1@example.com\nlater2@example.com\n")
    options = ("--set", "emailVerifiedAt=unverified", "--yes", "--report", str(tmp_path), "--json")
    done = dyntui("import", str(file), *options, check=False)
    assert done.returncode == 1
    assert '"review": 2' in done.stdout
    again = dyntui("jobs", "resume", "last", "--yes", "--json", check=False)
    assert '"created": 2' not in again.stdout
    assert "accepted" in dyntui("jobs", "get", "last", "--rows", "review", check=False).stdout


@pytest.mark.slow
def test_the_undo_of_an_import_counts_no_accepted_deletion_as_done(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\nfirst@example.com\nsecond@example.com\n")
    options = ("--set", "emailVerifiedAt=unverified", "--yes", "--report", str(tmp_path))
    with serving(users=3) as server:
        dyntui = Cli(server, tmp_path / "home")
        assert dyntui.json("import", str(file), *options)["rows"]["created"] == 2
        server.set_flags(approvals="denied")
        done = dyntui("jobs", "undo", "last", "--confirm-environment", server.environment_id, check=False)
        assert done.returncode == 1
        assert "accepted the deletion and had not done it" in done.stdout + done.stderr
        assert dyntui.json("users", "list")["total"] == 5


@pytest.mark.slow
def test_an_apply_of_accepted_steps_is_not_complete(dyntui: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    dyntui("config", "pull", str(folder), "--only", "origins")
    (path, *_) = sorted((folder / "origins").glob("*.yaml"))
    (folder / "origins" / "later.yaml").write_text("origin: https://later.example\n")
    assert path.is_file()
    done = dyntui("config", "apply", str(folder), "--yes", check=False)
    assert done.returncode == 7, done.stderr
    assert "accepted" in done.stdout + done.stderr
    assert ACCEPTED_NOT_DONE in done.stderr
