"""`dyntui auth`: tokens are stored where requested, shown with their store, and never printed."""

from __future__ import annotations

import io
import os
import shlex
import sys
from pathlib import Path

import pexpect
import pytest
from tests.cli.cli_support import CLOSED_PORT_URL, HINT, ID, REMOTE, TOKEN, Run, Server, add, files_with

from dyntui.config.credentials import CredentialKind, store_for
from dyntui.config.profiles import Profiles


def test_login_status_and_logout(run: Run, server: Server, tmp_path: Path) -> None:
    url = ("--base-url", server.url)
    run("env", "add", "a", "--environment-id", ID, *url, "--kind", "sandbox", "--credential", "file")
    missing = run("auth", "status")
    assert missing.code == 3
    assert "auth login --profile a" in missing.err
    done = run("auth", "login", "--token-stdin", stdin=TOKEN)
    assert done.code == 0
    assert HINT in done.out
    assert "plain file" in done.out
    done = run("auth", "status")
    assert done.code == 0
    assert HINT in done.out
    assert "environment.users.read" in done.out
    done = run("auth", "logout", "--json")
    assert done.document["deleted"] is True
    assert files_with(tmp_path, TOKEN) == []
    assert run("auth", "logout", "--json").document["deleted"] is False
    assert run("auth", "status").code == 3


def test_status_without_a_server_exits_0(run: Run) -> None:
    add(run, "a", url=CLOSED_PORT_URL)
    done = run("auth", "status")
    assert done.code == 0
    assert HINT in done.out
    assert "Cannot reach the server" in done.out
    assert run("auth", "status", "--offline", "--json").document["token"]["hint"] == HINT


def test_status_exits_3_when_the_token_is_refused(run: Run, server: Server) -> None:
    server.answers["me"] = (401, {"error": "revoked"})
    add(run, "a", url=server.url)
    done = run("auth", "status", "--json")
    assert done.code == 3
    assert done.document["token"]["hint"] == HINT
    assert "revoked" in done.document["error"]


def test_a_token_of_an_environment_variable_is_reported_as_such(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    add(run, "a", url=CLOSED_PORT_URL)
    monkeypatch.setenv("DYNTUI_TOKEN", "dyn_" + "b" * 56)
    token = run("auth", "status", "--offline", "--json").document["token"]
    assert token == {"hint": "dyn_…bbbbbb", "source": "environment", "where": "environment variable DYNTUI_TOKEN"}
    assert "still set in this shell" in run("auth", "logout").err


def test_a_variable_of_another_program_is_named(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DYN_CLI_TOKEN", TOKEN), ("DYNTUI_ENVIRONMENT_ID", ID), ("DYNTUI_BASE_URL", server.url)):
        monkeypatch.setenv(name, value)
    note = "DYNTUI_TOKEN is not set, so DYN_CLI_TOKEN is used."
    done = run("users", "list", "--json")
    assert (done.document["items"], done.err) == ([], f"note: {note}\n")
    assert note in run("auth", "status", "--offline").out
    assert run("auth", "status", "--offline", "--json").document["note"] == note
    assert note in run("doctor", "--offline").out
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    assert run("users", "list", "--json").err == ""


def test_login_with_another_store_empties_the_previous_one(run: Run, tmp_path: Path) -> None:
    add(run, "a")
    done = run("auth", "login", "--credential", "session")
    assert done.code == 0
    assert "No token is stored for a" in done.out
    assert files_with(tmp_path, TOKEN) == []
    assert Profiles.load().get("a").credential is CredentialKind.SESSION


def test_a_failed_login_changes_nothing(run: Run) -> None:
    add(run, "a")
    for arguments, text in (
        (("--token-stdin",), "not a token"),
        (("--token-stdin", "--credential", "keyring"), TOKEN),
        (("--token-stdin", "--credential", "passphrase"), TOKEN),
        ((), ""),
    ):
        assert run("auth", "login", *arguments, stdin=text).code in (2, 3)
    profile = Profiles.load().get("a")
    assert profile.credential is CredentialKind.FILE
    assert store_for(CredentialKind.FILE).get(profile) == TOKEN


def test_login_without_a_profile_explains_how_to_add_one(run: Run) -> None:
    done = run("auth", "login", "--token-stdin", stdin=TOKEN)
    assert done.code == 2
    assert "dyntui env add" in done.err


def test_login_stores_the_token_for_the_saved_base_url(run: Run, server: Server) -> None:
    add(run, "a", url=server.url)
    assert run("auth", "login", "--base-url", "https://app.dynamic.xyz", "--token-stdin", stdin=TOKEN).code == 0
    done = run("--base-url", "https://app.dynamic.xyz", "auth", "status", "--offline")
    assert done.code == 3
    assert run("auth", "status").code == 0


# On a terminal


def test_env_add_asks_for_missing_values_and_does_not_echo_the_token(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DYNTUI_", "DYNAMIC_"))}
    environ |= {
        "DYNTUI_HOME": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "TERM": "xterm-256color",
    }
    screen = io.StringIO()
    line = f"true | {shlex.quote(sys.executable)} -m dyntui env add"  # the questions are asked on the terminal
    child = pexpect.spawn("sh", ["-c", line], env=environ, encoding="utf-8", timeout=20)
    child.logfile_read = screen
    for question, answer in (
        ("Name: ", "prod"),
        ("Base URL .*: ", REMOTE),
        ("Environment id: ", ID),
        ("Kind .*: ", "live"),
        ("right server.*: ", "y"),
        (r"keyring cannot be used[\s\S]*Credential store .*: ", "passphrase"),
        ("API token .*: ", TOKEN),
        ("New passphrase.*: ", "correct horse"),
        ("Repeat the passphrase: ", "correct horse"),
    ):
        child.expect(question)
        child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, screen.getvalue()
    assert TOKEN not in screen.getvalue()
    assert "correct horse" not in screen.getvalue()
    assert HINT in screen.getvalue()
    assert files_with(tmp_path, TOKEN) == []

    child = pexpect.spawn(
        sys.executable, ["-m", "dyntui", "auth", "status", "--offline"], env=environ, encoding="utf-8", timeout=20
    )
    child.expect("Passphrase for the token of prod: ")
    child.sendline("correct horse")
    child.expect_exact(HINT)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_rejecting_the_server_saves_nothing(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DYNTUI_", "DYNAMIC_"))}
    environ |= {"DYNTUI_HOME": str(tmp_path)}
    arguments = ["-m", "dyntui", "env", "add", "a", "--base-url", REMOTE, "--environment-id", ID, "--kind", "live"]
    child = pexpect.spawn(sys.executable, arguments, env=environ, encoding="utf-8", timeout=20)
    child.expect("right server")
    child.sendline("n")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert list(tmp_path.iterdir()) == []
