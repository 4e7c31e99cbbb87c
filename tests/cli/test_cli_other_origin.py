"""Another origin never gets a token without confirmation, however it is selected."""

from __future__ import annotations

import itertools
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.cli_support import ID, TOKEN, Run
from tests.families import slow_except
from tests.other_origin import HOST, OtherOrigin, serving_other_origin

from dyntui.config.profile import CredentialKind, Profile
from dyntui.config.profiles import Profiles
from dyntui.services.imports.jobs import JobLocation, new_job

pytestmark = pytest.mark.usefixtures("without_keyring")

VENDOR = "https://app.dynamicauth.com/api/v0"
COMMANDS = {
    "users": ["users", "list"],
    "delete": ["users", "delete", ID, "--yes", "--confirm-environment", ID],
    "api": ["api", "GET", f"/environments/{ID}/users"],
    "get": ["get", "origins"],
    "status": ["auth", "status"],
    "check": ["env", "check"],
    "doctor": ["doctor"],
}
CREDENTIAL_KINDS = ["session", "file", "command", "environment"]
NAMED_BY = ["option", "variable", "profile", "variable and another confirmed"]
CONFIRMED = ("--confirm-origin", HOST)


@pytest.fixture
def other(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[OtherOrigin]:
    """Serve another origin that is reachable under its host name from this process."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        named = host.decode() if isinstance(host, bytes) else host
        if named not in (HOST, "127.0.0.1", "localhost", None):
            raise socket.gaierror(socket.EAI_NONAME, "this test has no network")
        return resolve("127.0.0.1" if named == HOST else host, *arguments, **options)

    with serving_other_origin(tmp_path, ID) as serving:
        for name, value in serving.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield serving


def save(kind: str, url: str, tmp_path: Path, **fields: Any) -> Path:
    """Save a profile with a credential of this kind. Returns the file that its credential command creates."""
    ran = tmp_path / "ran"
    if kind == "none":
        return ran
    script = tmp_path / "token.py"
    script.write_text(f"open({str(ran)!r}, 'w').close(); print({TOKEN!r})\n")
    command = f"{sys.executable} {script}" if kind == "command" else ""
    profile = Profile("prod", url, ID, credential=CredentialKind(kind), credential_command=command, **fields)
    profiles = Profiles.load()
    profiles.put(profile)
    profiles.save()
    if kind in ("file", "session"):
        from dyntui.config.credentials import store_for

        store_for(CredentialKind(kind)).set(profile, TOKEN)
    return ran


@pytest.mark.parametrize(
    ("kind", "with_token", "named_by"),
    slow_except(
        [(kind, token, named_by) for kind in CREDENTIAL_KINDS for token in (False, True) for named_by in NAMED_BY],
        *((kind, True, named_by) for kind, named_by in zip(CREDENTIAL_KINDS, NAMED_BY, strict=True)),
        *((kind, False, named_by) for kind, named_by in zip(CREDENTIAL_KINDS, reversed(NAMED_BY), strict=True)),
    ),
)
def test_an_unconfirmed_origin_gets_no_token(
    other: OtherOrigin,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    with_token: bool,
    named_by: str,
) -> None:
    ran = save(kind, other.url if named_by == "profile" else VENDOR, tmp_path)
    if with_token:
        monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
        monkeypatch.setenv("DYNAMIC_TOKEN", TOKEN)
    options: list[str] = []
    if named_by == "option":
        options = ["--base-url", other.url]
    elif named_by != "profile":
        monkeypatch.setenv("DYNTUI_BASE_URL", other.url)
    if named_by.endswith("confirmed"):
        monkeypatch.setenv("DYNTUI_CONFIRM_ORIGIN", "app.dynamicauth.com")
    for name, command in COMMANDS.items():
        done = run(*command, *options)
        assert done.code in (2, 3), f"{name}: {done.code} {done.out}{done.err}"
        assert "confirm" in done.out + done.err, f"{name}: {done.out}{done.err}"
    assert other.requests == []
    assert not ran.exists()


TOKEN_VARIABLES = ("", "DYNTUI_TOKEN", "DYNAMIC_TOKEN", "DYNAMIC_API_TOKEN")
CHOICES = {
    "token": TOKEN_VARIABLES,
    "base URL": ("", "--base-url", "DYNTUI_BASE_URL"),
    "environment": ("", "--environment-id", "DYNTUI_ENVIRONMENT_ID", "DYNAMIC_ENVIRONMENT_ID"),
    "profile": ("", "--profile", "DYNTUI_PROFILE"),
    "another host confirmed": ("", "--confirm-origin", "DYNTUI_CONFIRM_ORIGIN"),
}
"""The ways to give each value: an option, a variable, or none."""
SAVED = [("none", ""), *((kind, url) for kind in CREDENTIAL_KINDS for url in ("vendor", "other"))]


@pytest.mark.parametrize(("kind", "saved_url"), slow_except(SAVED, ("command", "vendor")))
def test_no_combination_of_profile_variables_and_options_sends_a_token(
    other: OtherOrigin, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, saved_url: str
) -> None:
    """The full product: 432 combinations for each kind of profile, or the 288 that name the other origin."""
    ran = save(kind, other.url if saved_url == "other" else VENDOR, tmp_path)
    values = {
        "token": TOKEN,
        "base URL": other.url,
        "environment": ID,
        "profile": "prod",
        "another host confirmed": "app.dynamicauth.com",
    }
    tried = 0
    for chosen in itertools.product(*CHOICES.values()):
        by = dict(zip(CHOICES, chosen, strict=True))
        if not by["base URL"] and saved_url != "other":
            continue  # the origin is the vendor's
        options: list[str] = []
        with monkeypatch.context() as variables:
            for name, option in by.items():
                if option.startswith("--"):
                    options += [option, values[name]]
                elif option:
                    variables.setenv(option, values[name])
            done = run("users", "list", *options)
        tried += 1
        assert done.code in (2, 3), f"{by}: {done.out}{done.err}"
        assert other.requests == [], by
        assert not ran.exists(), by
    assert tried == (432 if saved_url == "other" else 288)


@pytest.mark.parametrize("kind", ["none", *CREDENTIAL_KINDS])
def test_a_confirmed_origin_gets_only_the_token_of_the_variable(
    other: OtherOrigin, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    ran = save(kind, VENDOR, tmp_path)
    options = ["--base-url", other.url, *CONFIRMED, "--environment-id", ID]
    for name, command in COMMANDS.items():
        done = run(*command, *options)
        assert done.code == 3, f"{name}: {done.code} {done.out}{done.err}"
    assert other.requests == []
    assert not ran.exists()
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    assert run("users", "list", *options).code == 0
    monkeypatch.setenv("DYNTUI_CONFIRM_ORIGIN", HOST)
    monkeypatch.setenv("DYNTUI_BASE_URL", other.url)
    assert run("users", "list", "--environment-id", ID).code == 0
    assert len(other.requests) == 2
    assert other.tokens == {f"Bearer {TOKEN}"}
    assert not ran.exists()


@pytest.mark.parametrize("with_id", ["DYNTUI_ENVIRONMENT_ID", "DYNAMIC_ENVIRONMENT_ID"])
@pytest.mark.parametrize("variable", ["DYNTUI_TOKEN", "DYNAMIC_TOKEN", "DYNAMIC_API_TOKEN", "DYN_CLI_TOKEN"])
def test_variables_alone_do_not_confirm_an_origin(
    other: OtherOrigin, run: Run, monkeypatch: pytest.MonkeyPatch, with_id: str, variable: str
) -> None:
    for name, value in ((with_id, ID), (variable, TOKEN), ("DYNTUI_BASE_URL", other.url)):
        monkeypatch.setenv(name, value)
    for command in COMMANDS.values():
        done = run(*command)
        assert done.code == 2
        assert f"--confirm-origin {HOST}" in done.out + done.err
    assert other.requests == []


@pytest.mark.parametrize("kind", ["session", "file", "command"])
def test_the_origin_of_a_profile_is_confirmed_one_time(other: OtherOrigin, run: Run, tmp_path: Path, kind: str) -> None:
    save(kind, other.url, tmp_path)
    assert run("users", "list").code == 2
    if kind != "command":
        assert run("auth", "login", "--credential", kind, "--token-stdin", stdin=TOKEN).code == 2
    assert other.requests == []
    assert run("env", "use", "prod", *CONFIRMED).code == 0
    assert run("users", "list").code == 0
    assert other.tokens == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("with_token", [False, True], ids=["no variable", "DYNTUI_TOKEN"])
def test_a_job_for_another_origin_sends_no_request(
    other: OtherOrigin, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_token: bool
) -> None:
    ran = save("command", VENDOR, tmp_path)
    if with_token:
        monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    with new_job("users", JobLocation("prod", other.url, ID, "live"), source={"name": "people.csv"}) as journal:
        job = journal.id
    assert run("jobs", "resume", job, "--yes", "--confirm-environment", ID).code != 0  # with the profile's own origin
    ran.unlink(missing_ok=True)
    for options in (["--base-url", other.url], ["--base-url", other.url, "--environment-id", ID]):
        for command in (["jobs", "resume"], ["jobs", "undo"], ["jobs", "retry"]):
            done = run(*command, job, *options, "--yes", "--confirm-environment", ID)
            assert done.code != 0, done.out
    assert other.requests == []
    assert not ran.exists()


@pytest.mark.parametrize("confirmed", [(), ("--confirm-origin", "app.dynamicauth.com")])
def test_adding_and_changing_an_environment_needs_the_host(
    other: OtherOrigin, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, confirmed: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    save("command", VENDOR, tmp_path)
    before = Profiles.load().all()
    for arguments in (
        ["env", "add", "new", "--environment-id", ID, "--kind", "live", "--credential", "file"],
        ["env", "add", "new", "--environment-id", ID, "--kind", "live", "--command", "true"],
        ["env", "add", "prod", "--replace"],
    ):
        done = run(*arguments, "--base-url", other.url, *confirmed)
        assert done.code == 2
        assert f"--confirm-origin {HOST}" in done.err
    assert Profiles.load().all() == before
    assert other.requests == []
