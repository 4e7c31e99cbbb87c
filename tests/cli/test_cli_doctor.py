"""`dyntui doctor`: every problem has advice, and the checks change nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pytest
from tests.cli.cli_support import CLOSED_PORT_URL, HINT, Done, Run, Server, add

from dyntui.config.paths import paths


def states(done: Done) -> dict[str, str]:
    return {check["name"]: check["state"] for check in done.document["checks"]}


def test_doctor_on_a_fresh_machine_warns_and_exits_0(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--json")
    assert done.code == 0
    assert done.document["ok"] is True
    found = states(done)
    assert found["profile"] == found["keyring"] == "warn"
    assert found["config"] == found["state"] == found["cache"] == "ok"
    assert not (tmp_path / "home").exists()


def test_doctor_names_the_folders_that_dyntui_writes_to(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    folders = {name: str(home / name) for name in ("config", "state", "cache")}
    assert run("doctor", "--paths", "--json").document == folders
    assert [line.split() for line in run("doctor", "--paths").out.splitlines()] == [
        list(pair) for pair in folders.items()
    ]
    assert not home.exists()
    prefix = tmp_path / "unpacked" / "venvs" / "4" / "code"
    prefix.mkdir(parents=True)
    (prefix / "PEX-INFO").touch()
    monkeypatch.setattr(sys, "prefix", str(prefix))
    assert run("doctor", "--paths", "--json").document == folders | {"zipapp": str(tmp_path / "unpacked")}


@pytest.mark.usefixtures("without_keyring")
def test_doctor_checks_token_and_server(run: Run, server: Server) -> None:
    add(run, "a", url=server.url)
    done = run("doctor", "--json")
    assert done.code == 0, done.out
    found = states(done)
    assert found["token"] == found["server"] == found["scopes"] == found["clock"] == "ok"
    output = run("doctor").out
    assert HINT in output
    assert "ok   server" in output
    requests = len(server.requests)
    assert "server" not in states(run("doctor", "--offline", "--json"))
    assert len(server.requests) == requests


def test_doctor_fails_with_advice(run: Run, server: Server) -> None:
    add(run, "a", url=server.url)
    server.answers["me"] = (401, {"error": "revoked"})
    done = run("doctor")
    assert done.code == 3
    assert "fail server" in done.out
    assert "auth login" in done.out
    path = paths().profiles_file
    path.write_text(path.read_text().replace('credential = "file"', 'credential = "keyring"'))
    done = run("doctor", "--json")
    assert done.code == 3
    assert states(done)["keyring"] == states(done)["token"] == "fail"


@pytest.mark.usefixtures("without_keyring")
def test_doctor_without_a_server_exits_4(run: Run) -> None:
    add(run, "a", url=CLOSED_PORT_URL)
    assert run("doctor", "--json").code == 4


def test_doctor_finds_folders_that_cannot_be_created(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "file" / "home"))
    done = run("doctor", "--offline", "--json")
    found = {check["name"]: check for check in done.document["checks"]}
    assert done.code == 1
    for name in ("config", "state", "cache"):
        assert (found[name]["state"], f"{tmp_path / 'file'} is not a folder" in found[name]["text"]) == ("fail", True)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.usefixtures("without_keyring")
def test_doctor_finds_files_that_others_can_access_and_changes_nothing(run: Run) -> None:
    add(run, "a", url=CLOSED_PORT_URL)
    (token_file,) = paths().credentials_dir.iterdir()
    token_file.chmod(0o644)
    paths().cache.symlink_to(paths().state)
    paths().config.chmod(0o777)
    done = run("doctor", "--offline", "--json")
    failing = {check["name"]: check["text"] for check in done.document["checks"] if check["state"] == "fail"}
    assert done.code == 1
    assert "can be written by others (0777)" in failing["config"]
    assert "is a symbolic link" in failing["cache"]
    assert "can be read or changed by others (0644)" in failing["file"]
    assert token_file.stat().st_mode & 0o777 == 0o644


@pytest.mark.usefixtures("without_keyring")
def test_doctor_checks_the_terminal_and_network_variables(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("SSH_CONNECTION", "x")
    monkeypatch.setenv("TMUX", "x")
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file")
    found = {check["name"]: check for check in run("doctor", "--json").document["checks"] if check["name"] != "network"}
    assert found["terminal"]["state"] == "warn"
    assert found["session"]["text"] == "inside SSH, tmux"
    assert "/no/such/file (does not exist)" in run("doctor").out


@pytest.mark.usefixtures("without_keyring")
def test_doctor_does_not_print_a_proxy_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter2@proxy:1")
    done = run("doctor")
    assert "hunter2" not in done.out + done.err
    assert "HTTPS_PROXY: set" in done.out


@pytest.mark.usefixtures("without_keyring")
def test_doctor_reports_an_invalid_setting(run: Run) -> None:
    paths().config.mkdir(parents=True, mode=0o700)
    paths().settings_file.write_text("page_size = 0\n")
    paths().settings_file.chmod(0o600)
    done = run("doctor", "--json")
    assert done.code == 2
    assert states(done)["settings"] == "fail"


@pytest.mark.usefixtures("without_keyring")
def test_doctor_reports_a_missing_certificate_file(run: Run, tmp_path: Path) -> None:
    certificates = tmp_path / "ca.pem"
    certificates.write_text("")
    add(run, "a", "--ca-file", str(certificates))
    certificates.unlink()
    done = run("doctor", "--offline", "--json")
    assert done.code == 2
    assert states(done)["profile"] == "fail"


@pytest.mark.parametrize(
    ("setting", "state", "text"), [("lean", "ok", "only what changed"), ("textual", "warn", "set by")]
)
def test_doctor_reports_the_terminal_writer(
    run: Run, monkeypatch: pytest.MonkeyPatch, setting: str, state: str, text: str
) -> None:
    monkeypatch.setenv("DYNTUI_TERMINAL", setting)
    done = run("doctor", "--json")
    assert states(done)["writer"] == state
    assert text in next(check["text"] for check in done.document["checks"] if check["name"] == "writer")


@pytest.mark.usefixtures("without_keyring")
def test_doctor_rejects_an_unknown_writer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNTUI_TERMINAL", "fast")
    done = run("doctor")
    assert done.code == 2
    assert "lean or textual" in done.out


def test_doctor_measures_the_latency_of_the_terminal(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DYNTUI_", "DYNAMIC_"))}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "dyntui", "doctor", "--offline"],
        env={**environ, "DYNTUI_HOME": str(tmp_path), "TERM": "xterm", "LC_ALL": "C.UTF-8"},
        timeout=60,
    )
    child.expect_exact("\x1b[6n")
    child.send("\x1b[12;1R")
    child.expect(rb"ok   writer    only what changed \(Textual \S+\); the terminal responds in \d+\.\d ms")
    child.expect(pexpect.EOF)
    assert b"12;1R" not in child.before


def test_doctor_names_the_files_of_a_newer_version(run: Run) -> None:
    file = paths().recent_users_file
    file.parent.mkdir(parents=True, mode=0o700)
    file.write_text('{"version": 2}')
    file.chmod(0o600)
    done = run("doctor", "--offline")
    assert f"{file} was written by a newer dyntui (format version 2, this one knows 1)." in done.out
    assert "Use that version of dyntui, or move the file away" in done.out
    assert file.read_text() == '{"version": 2}'


def test_settings_of_a_newer_version_end_a_command_with_what_to_do(run: Run) -> None:
    file = paths().settings_file
    file.parent.mkdir(parents=True, mode=0o700)
    file.write_text("version = 2\n")
    done = run("alias", "set", "de", "users list")
    assert (done.code, done.out, file.read_text()) == (2, "", "version = 2\n")
    assert f"{file} was written by a newer dyntui (format version 2, this one knows 1)." in done.err
    assert "It was not changed." in done.err
