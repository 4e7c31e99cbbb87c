"""`dyntui env`: profiles and tokens are saved as requested, and checks report what the server returned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.cli_support import CLOSED_PORT_URL, HINT, ID, OTHER, REMOTE, TOKEN, Run, Server, add, files_with

from dyntui.config import profiles as config_profiles
from dyntui.config.credentials import CredentialKind, store_for
from dyntui.config.paths import paths
from dyntui.config.profiles import Profiles

# env add


def test_add_saves_the_profile_and_stores_the_token_only_in_the_chosen_store(run: Run, tmp_path: Path) -> None:
    done = add(run, "prod", "--json", "--read-only", kind="live")
    assert done.document["name"] == "prod"
    assert done.document["read_only"] is True
    assert done.document["token"]["hint"] == HINT
    assert done.document["token"]["where"].startswith("plain file")
    (file,) = files_with(tmp_path, TOKEN)
    assert file.parent == paths().credentials_dir
    profile = Profiles.load().get("prod")
    assert (profile.kind, profile.environment_id, profile.credential) == ("live", ID, CredentialKind.FILE)


def test_add_takes_the_token_from_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    done = run("env", "add", "a", "--environment-id", ID, "--kind", "live", "--credential", "file")
    assert done.code == 0
    assert "Using the token from DYNTUI_TOKEN" in done.err
    assert HINT in done.out
    assert store_for(CredentialKind.FILE).get(Profiles.load().get("a")) == TOKEN


def test_no_command_takes_a_token_as_an_argument(run: Run) -> None:
    for command in (("env", "add", "a"), ("auth", "login")):
        done = run(*command, "--token", "dyn_x")
        assert done.code == 2
        assert "No such option" in done.err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["a"], "--environment-id is missing"),
        (["a", "--environment-id", "prod"], "not an environment id"),
        (["a", "--environment-id", ID], "--kind is missing"),
        (["a b", "--environment-id", ID], "not a valid profile name"),
        ([], "NAME is missing"),
        (["a", "--environment-id", ID, "--kind", "live", "--base-url", "http://x.example"], "https"),
        (
            ["a", "--environment-id", ID, "--kind", "live", "--credential", "session", "--token-stdin"],
            "does not store a token",
        ),
        (["a", "--environment-id", ID, "--kind", "live", "--credential", "command"], "--command is missing"),
        (["a", "--environment-id", ID, "--kind", "live", "--ca-file", "/no/such/file"], "does not exist"),
        (
            ["a", "--environment-id", ID, "--kind", "live", "--color", "[red]", "--credential", "file"],
            "color must be a color",
        ),
    ],
)
def test_missing_or_invalid_values_are_named_and_nothing_is_saved(run: Run, arguments: list[str], why: str) -> None:
    done = run("env", "add", *arguments)
    assert done.code == 2
    assert why in done.err
    assert Profiles.load().names() == []


def test_without_a_keyring_no_other_store_is_chosen_silently(run: Run) -> None:
    for more in ([], ["--credential", "keyring"]):
        done = run("env", "add", "a", "--environment-id", ID, "--kind", "live", "--token-stdin", *more, stdin=TOKEN)
        assert done.code == 3
        assert "keyring cannot be used" in done.err
        assert "passphrase, file (plain, 0600)" in done.err
    assert Profiles.load().names() == []


def test_a_base_url_that_is_not_dynamics_must_be_confirmed(run: Run) -> None:
    arguments = ["env", "add", "a", "--environment-id", ID, "--kind", "live", "--base-url", REMOTE]
    arguments += ["--credential", "file", "--token-stdin"]
    refused = run(*arguments, stdin=TOKEN)
    assert refused.code == 2
    assert "dyn.example, port 443" in refused.err
    assert "--confirm-origin dyn.example" in refused.err
    assert run(*arguments, "--confirm-origin", "dyn.example.evil", stdin=TOKEN).code == 2
    assert Profiles.load().names() == []
    assert run(*arguments, "--confirm-origin", "dyn.example", stdin=TOKEN).code == 0
    assert Profiles.load().get("a").confirmed_origin == "https://dyn.example:443"


def test_an_existing_profile_is_not_overwritten_but_can_be_changed(run: Run) -> None:
    add(run, "a")
    done = run("env", "add", "a", "--environment-id", OTHER, "--kind", "live", "--credential", "file")
    assert done.code == 2
    assert "already exists" in done.err
    done = run("env", "add", "a", "--replace", "--environment-id", OTHER)
    assert done.code == 0
    assert "Token unchanged" in done.out
    profile = Profiles.load().get("a")
    assert (profile.environment_id, profile.kind) == (OTHER, "sandbox")
    assert store_for(CredentialKind.FILE).get(profile) == TOKEN


def test_changing_the_base_url_deletes_the_token(run: Run, tmp_path: Path) -> None:
    add(run, "a")
    done = run("env", "add", "a", "--replace", "--base-url", "https://app.dynamic.xyz")
    assert done.code == 0
    assert "No token stored" in done.out
    assert files_with(tmp_path, TOKEN) == []


def test_sources_that_store_no_token_are_explained(run: Run, tmp_path: Path) -> None:
    base = ("--environment-id", ID, "--kind", "live", "--credential")
    assert "console asks for it" in run("env", "add", "a", *base, "session").out
    assert "comes from command pass" in run("env", "add", "b", *base, "command", "--command", "pass show x").out
    assert run("env", "add", "c", *base, "environment").code == 0
    assert Profiles.load().names() == ["a", "b", "c"]
    assert not paths().credentials_dir.exists()


def test_a_token_that_cannot_be_stored_is_an_error_and_the_profile_stays(run: Run) -> None:
    done = run(
        *("env", "add", "a", "--environment-id", ID, "--kind", "live", "--credential", "passphrase", "--token-stdin"),
        stdin=TOKEN,
    )
    assert done.code == 2
    assert "a was saved, but its token was not stored" in done.err
    assert Profiles.load().names() == ["a"]


# env list, use, remove


def test_list_shows_credential_stores_and_no_token(run: Run) -> None:
    assert "No profiles yet" in run("env", "list").err
    assert run("env", "list", "--json").document == {"items": [], "total": 0, "next": None}
    add(run, "a")
    add(run, "b", "--read-only", kind="live")
    lines = run("env", "list").out.splitlines()
    assert lines[0].startswith("*\ta")
    assert "read-only" in lines[1]
    listed = run("env", "list", "--json").document["items"]
    assert [(entry["name"], entry["current"], entry["credential"]) for entry in listed] == [
        ("a", True, "file"),
        ("b", False, "file"),
    ]


def test_use_changes_the_current_profile(run: Run) -> None:
    add(run, "a")
    add(run, "b")
    assert Profiles.load().current == "a"
    assert run("env", "use", "b").code == 0
    assert Profiles.load().current == "b"
    done = run("env", "use", "c")
    assert done.code == 2
    assert "Profiles: a, b" in done.err


def test_use_confirms_a_base_url_that_was_edited_by_hand(run: Run) -> None:
    add(run, "a")
    path = paths().profiles_file
    path.write_text(path.read_text().replace("https://app.dynamicauth.com/api/v0", REMOTE))
    assert run("auth", "status").code == 2
    assert run("env", "use", "a").code == 2
    assert run("env", "use", "a", "--confirm-origin", "dyn.example").code == 0
    assert Profiles.load().get("a").confirmed_origin == "https://dyn.example:443"


def test_remove_deletes_the_token(run: Run, tmp_path: Path) -> None:
    add(run, "a")
    done = run("env", "remove", "a")
    assert done.code == 2
    assert "--yes" in done.err
    assert run("env", "remove", "a", "--yes").code == 0
    assert Profiles.load().names() == []
    assert files_with(tmp_path, TOKEN) == []


def test_an_invalid_profiles_file_is_an_error_with_its_line_and_is_not_changed(run: Run) -> None:
    add(run, "a")
    path = paths().profiles_file
    path.write_text("x = = 1\n")
    for command in (("env", "list"), ("env", "use", "a"), ("auth", "status")):
        done = run(*command)
        assert done.code == 2
        assert "profiles.toml, line 1" in done.err
    assert path.read_text() == "x = = 1\n"


# env check


def test_check_shows_scopes_store_and_latency(run: Run, server: Server) -> None:
    add(run, "a", url=server.url)
    done = run("env", "check")
    assert done.code == 0
    for text in (HINT, "plain file", "environment.users.read", "getEnvironmentById", " ms"):
        assert text in done.out
    document = run("env", "check", "a", "--json").document
    assert document["scopes"] == ["environment.users.read"]
    assert document["token"] == {"hint": HINT, "source": "file", "where": document["token"]["where"]}
    assert document["warnings"] == []
    assert document["ms"] > 0
    assert {authorization for _, authorization in server.requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("answers", "by"),
    [
        ({"me": (404, {})}, "getEnvironmentById"),
        ({"me": (405, {})}, "getEnvironmentById"),
        ({"me": (404, {}), ID: (403, {})}, "getEnvironmentUsers"),
        ({ID: (403, {})}, "getEnvironmentUsers"),
        ({ID: (403, {}), "users": (403, {})}, "GET /tokens/me"),
    ],
)
def test_check_falls_back_to_what_the_token_may_read(
    run: Run, server: Server, answers: dict[str, tuple[int, Any]], by: str
) -> None:
    server.answers |= answers
    add(run, "a", url=server.url)
    done = run("env", "check", "--json")
    assert done.code == 0, done.err
    assert done.document["by"] == by
    assert (done.document["scopes"] is None) == ("me" in answers)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"me": (401, {"error": "bad token"})}, 3),
        ({"me": (404, {}), ID: (401, {})}, 3),
        ({"me": (404, {}), ID: (403, {}), "users": (403, {})}, 3),
        ({"me": (404, {}), ID: (404, {})}, 1),
    ],
)
def test_check_fails_with_the_codes_of_the_command_line(
    run: Run, server: Server, answers: dict[str, tuple[int, Any]], code: int
) -> None:
    server.answers |= answers
    add(run, "a", url=server.url)
    done = run("env", "check", "--json")
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("error: ")


def test_check_without_a_server_exits_4(run: Run) -> None:
    add(run, "a", url=CLOSED_PORT_URL)
    assert run("env", "check").code == 4


def test_check_warns_about_another_environments_token_and_a_wrong_clock(run: Run, server: Server) -> None:
    server.answers["me"] = (200, {"token": {"scopes": [], "projectEnvironmentId": OTHER}})
    server.date = "Tue, 06 Jan 2026 00:00:00 GMT"
    add(run, "a", url=server.url)
    done = run("env", "check")
    assert done.code == 0
    assert f"belongs to environment {OTHER}" in done.err
    assert "clock is" in done.err


def test_hostile_text_from_a_server_is_shown_escaped(run: Run, server: Server) -> None:
    hostile = "[@click=app.quit]Bob[/] [/x] \x1b]0;x\x07\u202e"
    server.answers["me"] = (200, {"token": {"scopes": [hostile], "projectEnvironmentId": hostile}})
    add(run, "a", url=server.url)
    for command in (("env", "check"), ("auth", "status"), ("doctor",), ("env", "check", "--json")):
        done = run(*command)
        assert "Bob" in done.out
        assert not set("\x1b\x07\u202e") & set(done.out + done.err)
    server.answers["me"] = (401, {"error": hostile})
    done = run("env", "check")
    assert done.code == 3
    assert "␛]0;x␇" in done.err


# last used


def test_a_command_records_the_use_of_its_profile_but_not_every_time(run: Run, server: Server) -> None:
    add(run, "a", url=server.url)
    add(run, "b", url=server.url)
    current = Profiles.load().current
    run("users", "list", "--profile", "b")
    first = Profiles.load().get("b").last_used
    assert first and not Profiles.load().get("a").last_used
    run("users", "list", "--profile", "b")
    assert Profiles.load().get("b").last_used == first
    profiles = Profiles.load()
    profiles.put(replace(profiles.get("b"), last_used="2026-01-02T03:04:05.000Z"))
    profiles.save()
    run("users", "list", "--profile", "b")
    assert Profiles.load().get("b").last_used >= first
    assert Profiles.load().current == current


def test_a_command_succeeds_when_the_profiles_file_cannot_be_written(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(run, "a", url=server.url)
    tried = []

    def full(path: Path, data: bytes) -> None:
        tried.append(path)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(config_profiles, "atomic_write", full)
    done = run("users", "list", "--profile", "a", "--json")
    assert (done.code, done.err) == (0, "")
    assert tried == [paths().profiles_file]


def test_a_damaged_profile_is_listed_with_its_error_and_the_others_stay_usable(run: Run) -> None:
    add(run, "good", url=CLOSED_PORT_URL)
    file = paths().profiles_file
    file.write_text(file.read_text() + '\n[profiles.bad]\nkind = "live"\n')
    listed = run("env", "list")
    assert listed.code == 0
    assert "bad" in listed.out
    assert "profile 'bad': base_url is missing" in listed.err
    rows = {row["name"]: row for row in run("env", "list", "--json").document["items"]}
    assert "base_url is missing" in rows["bad"]["error"]
    assert rows["good"]["kind"] == "sandbox"
    assert run("env", "use", "good").code == 0
    checks = run("doctor", "--offline", "--json").document["checks"]
    assert [check["state"] for check in checks if "base_url is missing" in check["text"]] == ["warn"]
    for command in (("env", "use", "bad"), ("env", "add", "bad", "--replace"), ("users", "list", "--profile", "bad")):
        refused = run(*command)
        assert refused.code == 2, command
        assert "profile 'bad': base_url is missing" in refused.err, command
    assert '[profiles.bad]\nkind = "live"' in file.read_text()
    assert run("env", "remove", "bad", "--yes").code == 0
    assert "bad" not in file.read_text()


def test_consent_to_the_row_cache_is_for_the_selected_profile(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    add(run, "one", kind="live")
    add(run, "two", kind="live")
    assert run("env", "use", "two").code == 0
    monkeypatch.setenv("DYNTUI_PROFILE", "one")
    assert run("cache", "allow", "--json").document["profile"] == "one"
    monkeypatch.delenv("DYNTUI_PROFILE")
    assert run("cache", "forbid", "--json").document["profile"] == "two"


def test_consent_to_the_row_cache_needs_a_profile(run: Run) -> None:
    done = run("cache", "allow")
    assert (done.code, "No profile is selected" in done.err) == (2, True)
