"""Writes and exports of `dyntui users` and `dyntui wallets`, and the cache commands, against a sandbox."""

from __future__ import annotations

import csv
import io
import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest
from tests.cli.cli_support import Run
from tests.conftest import Cli


@pytest.fixture
def ada(dyntui: Cli) -> Any:
    """Create a user for one test, with an email of its own."""
    email = f"ada-{dyntui.home.parent.name}@example.com".replace("_", "-").replace("[", "").replace("]", "").lower()
    made = dyntui.json("users", "create", f"email={email}", "firstName=Ada", 'metadata={"plan":"pro"}', "--yes")
    return made["items"][0]["result"]


def test_a_user_is_created_changed_and_deleted(dyntui: Cli, ada: dict[str, Any]) -> None:
    changed = dyntui.json("users", "edit", ada["id"], "lastName=Lovelace", "metadata.seats=3", "--yes")
    user = changed["items"][0]["result"]
    assert (user["firstName"], user["lastName"]) == ("Ada", "Lovelace")
    assert user["metadata"] == {"plan": "pro", "seats": "3"}, "the metadata that was not named is kept"
    dyntui("users", "delete", ada["id"], "--yes")
    assert dyntui("users", "get", ada["id"], check=False).returncode == 1


def test_a_field_that_the_api_cannot_change_is_refused_before_any_request(dyntui: Cli, ada: dict[str, Any]) -> None:
    done = dyntui("users", "edit", ada["id"], "email=other@example.com", "--yes", check=False)
    assert done.returncode == 2 and "cannot change email" in done.stderr


def test_a_deletion_needs_a_confirmation(dyntui: Cli, ada: dict[str, Any]) -> None:
    done = dyntui("users", "delete", ada["id"], check=False, stdin="")
    assert done.returncode == 2 and "Not confirmed. Re-run with " in done.stderr
    assert dyntui.json("users", "get", ada["id"])["id"] == ada["id"]


def test_a_question_is_on_the_terminal_while_ids_come_from_a_pipe(dyntui: Cli, ada: dict[str, Any]) -> None:
    line = f"printf '%s\\n' {ada['id']} | {shlex.quote(sys.executable)} -m dyntui users delete"
    environ = dict(dyntui.sandbox.environ(dyntui.home))
    unseen = dyntui.home / "messages"
    with pexpect.spawn("/bin/sh", ["-c", f"{line} 2> {unseen}"], env=environ, encoding="utf-8", timeout=60) as terminal:
        terminal.expect(pexpect.EOF)
    assert (terminal.exitstatus, "Not confirmed. Re-run with --yes" in unseen.read_text()) == (2, True)
    with pexpect.spawn("/bin/sh", ["-c", line], env=environ, encoding="utf-8", timeout=60) as terminal:
        terminal.delaybeforesend = None
        terminal.expect(r"Continue\? \[y/N\]: ")
        terminal.sendline("y")
        terminal.expect("done .*ada")
        terminal.expect(pexpect.EOF)
    assert dyntui("users", "get", ada["id"], check=False).returncode == 1


def test_targets_come_from_standard_input_and_each_has_its_outcome(dyntui: Cli, ada: dict[str, Any]) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    lines = json.dumps({"id": ada["id"]}) + f"\n{missing}\n{ada['id']}\n"
    done = dyntui("users", "revoke-sessions", "-", "--yes", "--json", stdin=lines, check=False)
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert [(target["id"], target["outcome"]) for target in result["items"]] == [
        (ada["id"], "done"),
        ("", "not_found"),
    ]
    assert result["items"][0]["label"] == ada["email"] and result["items"][1]["label"] == missing


def test_a_deletion_in_a_live_environment_needs_the_profile_name(dyntui: Cli, ada: dict[str, Any]) -> None:
    dyntui.home.mkdir(exist_ok=True)
    env = ("--profile", "prod")
    sandbox = dyntui.sandbox
    dyntui(
        "env", "add", "prod", "--base-url", sandbox.url, "--environment-id", sandbox.environment_id, "--kind", "live",
        "--credential", "file", "--token-stdin", stdin=sandbox.token,
    )  # fmt: skip
    refused = dyntui("users", "delete", ada["id"], *env, "--yes", check=False)
    assert refused.returncode == 2 and "Re-run with --confirm-environment prod" in refused.stderr
    dyntui("users", "delete", ada["id"], *env, "--confirm-environment", "prod")


def test_one_metadata_field_is_set_and_the_others_stay(dyntui: Cli, ada: dict[str, Any]) -> None:
    dyntui("users", "set-metadata", "tier=gold", ada["id"], "--yes")
    assert dyntui.json("users", "get", ada["id"])["metadata"] == {"plan": "pro", "tier": "gold"}
    again = dyntui("users", "set-metadata", "tier=gold", ada["id"], "--yes")
    assert "Nothing was sent; 1 unchanged" in again.stderr, "it has this value already"
    for pair in ("seats:=1", "seats:=true", "seats:=null"):
        assert "Metadata seats of" in dyntui("users", "set-metadata", pair, ada["id"], "--yes").stderr, (
            "another type is sent"
        )


def test_digits_are_text_unless_they_are_given_as_json(dyntui: Cli, ada: dict[str, Any]) -> None:
    dyntui("users", "set-metadata", "zip=03", ada["id"], "--yes")
    dyntui("users", "set-metadata", "seats:=3", ada["id"], "--yes")
    pairs = ("alias=null", 'metadata.tags:=["a"]', "metadata.note=[x", "newsletterNotification=true")
    user = dyntui.json("users", "edit", ada["id"], *pairs, "--yes")["items"][0]["result"]
    assert user["metadata"] == {"plan": "pro", "zip": "03", "seats": 3, "tags": ["a"], "note": "[x"}
    assert (user["alias"], user["newsletterNotification"]) == ("null", True)
    again = dyntui("users", "edit", ada["id"], *pairs, "--yes")
    assert "Nothing was sent; 1 unchanged" in again.stderr, "it has these values already"


@pytest.mark.parametrize("pair", ["seats:=three", "seats:=NaN", 'seats:={"a":1,"a":2}', "=3", ":=3", "seats"])
def test_an_invalid_assignment_is_refused_before_any_request(run: Run, pair: str) -> None:
    done = run("users", "set-metadata", pair, "someone", "--yes")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert "FIELD=TEXT" in done.err or "seats=TEXT" in done.err


def test_a_field_that_a_user_does_not_have_is_sent_with_a_warning(dyntui: Cli) -> None:
    done = dyntui("users", "create", "email=z@example.com", "seats=3", "prefs.color=red", "--dry-run")
    assert "has no field 'seats'" in done.stderr and "has no field 'prefs'" in done.stderr
    assert '"seats": "3"' in done.stdout and '"color": "red"' in done.stdout
    made = dyntui("users", "create", "username=made-with-an-id", "policiesConsent:=true", "--yes").stdout.split()
    assert made[0] == "done" and dyntui.json("users", "get", made[1])["username"] == "made-with-an-id"


def test_mfa_is_reset(dyntui: Cli, ada: dict[str, Any]) -> None:
    assert dyntui.json("users", "reset-mfa", ada["id"], "--yes")["counts"]["done"] == 1
    assert dyntui.json("users", "remove-mfa-devices", ada["id"], "--yes")["counts"]["done"] == 1


def test_a_wallet_is_linked_deleted_and_recovered(dyntui: Cli, ada: dict[str, Any]) -> None:
    address = "0x" + ada["id"].replace("-", "").ljust(40, "0")
    dyntui("wallets", "link", ada["id"], "--address", address, "--chain", "EVM", "--name", "metamask", "--yes")
    (wallet,) = dyntui.json("wallets", "list", "--user", ada["id"])["items"]
    assert dyntui.json("wallets", "get", wallet["id"])["publicKey"] == address
    dyntui("wallets", "delete", wallet["id"], "--yes")
    assert dyntui.json("wallets", "list", "--user", ada["id"])["items"] == []
    dyntui("wallets", "recover", ada["id"], "--yes")
    assert len(dyntui.json("wallets", "list", "--user", ada["id"])["items"]) == 1
    other = "0x" + address[:1:-1]
    fields = json.dumps({"publicWalletAddress": other, "chain": "SOL", "walletName": "phantom"})
    line = ("wallets", "link", ada["id"], "-d", "-", "walletName=metamask", "--chain", "EVM", "--yes")
    dyntui(*line, stdin=fields)
    made = dyntui.json("wallets", "list", "--user", ada["id"], "--where", f"publicKey={other}")["items"]
    assert [(wallet["chain"], wallet["name"], wallet["provider"]) for wallet in made] == [
        ("EVM", "metamask", "browserExtension")
    ]
    missing = dyntui("wallets", "link", ada["id"], "chain=EVM", check=False)
    assert missing.returncode == 2 and "Give --address, or publicWalletAddress=VALUE." in missing.stderr


@pytest.mark.parametrize("legacy", [(), ("--legacy",)])
def test_wallets_are_pregenerated_with_the_solana_name_of_the_endpoint(dyntui: Cli, legacy: tuple[str, ...]) -> None:
    email = f"pregen{len(legacy)}@example.com"
    chains = ("--chain", "EVM", "--chain", "SOL")
    made = dyntui.json("wallets", "pregenerate", email, *chains, *legacy, "--yes")
    user = made["items"][0]["result"]
    assert user["email"] == email
    assert len(dyntui.json("wallets", "list", "--user", user["id"])["items"]) == 2


def test_an_export_has_all_users_and_is_a_private_file(dyntui: Cli, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    dyntui("users", "export", "-O", str(file), "--fields", "id,email,metadata")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf") and file.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert len(rows) == dyntui.json("users", "list", "--limit", "1")["total"]
    repeated = dyntui("users", "export", "-O", str(file), check=False)
    assert repeated.returncode == 2, "an existing file is not overwritten"


def test_an_export_as_ndjson_goes_to_standard_output(dyntui: Cli) -> None:
    lines = dyntui("users", "export", "--ndjson").stdout.splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == len(lines)


def test_the_cache_is_shown_and_purged(dyntui: Cli) -> None:
    from dyntui.config.cache_files import cache_file
    from dyntui.store.cache import RowCache

    folder = dyntui.home / "cache"
    RowCache(cache_file(folder, "u", "e", "t")).put("users", "q", 0, [{"id": "u1"}], 1)
    recent = dyntui.home / "state" / "recent-users.json"
    recent.parent.mkdir(exist_ok=True)
    recent.write_text('{"https://app.example/api/v0 e": {"u1": "ada@example.com", "u2": ""}}')
    recent.chmod(0o600)
    shown = dyntui.json("cache", "status")["items"]
    assert [each["rows"] for each in shown] == [{"users": 1}, {"recent users": 2}]
    assert str(recent) in dyntui.json("cache", "purge")["purged"] and not recent.exists()
    assert dyntui.json("cache", "status")["items"] == []


def test_users_are_exported_by_their_ids(dyntui: Cli, ada: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    dyntui("users", "export", "-", "-O", str(file), "--fields", "id,email", stdin=f"{ada['id']}\n")
    rows = list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == [ada["id"]]
    missing = dyntui("users", "export", "00000000-0000-4000-8000-000000000000", "-O", str(tmp_path / "x"), check=False)
    assert missing.returncode == 1
    assert not (tmp_path / "x").exists(), "an export that fails leaves no file"
    both = dyntui("users", "export", ada["id"], "--filter", "ada", check=False)
    assert both.returncode == 2


def test_wallets_are_exported_and_one_is_shown_with_its_explorer_link(dyntui: Cli) -> None:
    rows = [json.loads(line) for line in dyntui("wallets", "export", "--ndjson").stdout.splitlines()]
    assert len(rows) == dyntui.json("wallets", "list", "--limit", "1")["total"]
    assert all(row["userId"] for row in rows)
    evm = next(row for row in rows if row["chain"] == "EVM" and not row["deletedAt"])
    assert f"https://etherscan.io/address/{evm['publicKey']}" in dyntui("wallets", "get", evm["id"]).stdout


def test_a_wallet_is_pregenerated_for_a_phone_number(dyntui: Cli) -> None:
    done = dyntui.json("wallets", "pregenerate", "+14155550177", "--type", "phoneNumber", "--chain", "EVM", "--yes")
    user = done["items"][0]["result"]
    assert user["phoneNumber"] == "+14155550177"
    assert user["wallets"]
    national = json.dumps({"type": "phoneNumber", "smsCountryCode": {"isoCountryCode": "US", "phoneCountryCode": "1"}})
    line = ("wallets", "pregenerate", "-d", national, "identifier=4155550178", "chains=EVM,SVM", "--yes")
    user = dyntui.json(*line)["items"][0]["result"]
    assert (user["phoneNumber"], len(user["wallets"])) == ("+14155550178", 2)
    for words, expected in (
        (("chains=EVM",), "An identifier is required"),
        (("a@example.com", "chain=EVM"), "Did you mean chains?"),
        (("a@example.com", "chains:=3"), "chains is not a list of texts"),
        (("a@example.com", "b@example.com", "chains=EVM"), "second identifier"),
    ):
        done = dyntui("wallets", "pregenerate", *words, check=False)
        assert (done.returncode, expected in done.stderr) == (2, True), done.stderr


def test_rows_of_a_live_environment_are_cached_only_after_consent(dyntui: Cli) -> None:
    from dyntui.config.cache_files import cache_file
    from dyntui.store.cache import RowCache

    sandbox = dyntui.sandbox
    dyntui(
        "env", "add", "prod", "--base-url", sandbox.url, "--environment-id", sandbox.environment_id, "--kind", "live",
        "--credential", "file", "--token-stdin", stdin=sandbox.token,
    )  # fmt: skip
    profiles = dyntui.home / "config" / "profiles.toml"
    assert "keep_rows" not in profiles.read_text()
    assert dyntui.json("cache", "allow", "prod") == {"profile": "prod", "kind": "live", "keep_rows": True}
    assert "keep_rows = true" in profiles.read_text()
    RowCache(cache_file(dyntui.home / "cache", "u", "e", "t")).put("users", "q", 0, [{"id": "u1"}], 1)
    recent = dyntui.home / "state" / "recent-users.json"
    recent.write_text("{}")
    recent.chmod(0o600)
    dyntui("cache", "forbid", "prod")
    assert "keep_rows = false" in profiles.read_text() and not recent.exists()
    assert dyntui.json("cache", "status")["items"] == [], "the cached rows are deleted"
    dyntui("cache", "allow", "prod")
    dyntui("env", "add", "prod", "--replace", "--base-url", "http://127.0.0.1:9/api/v0", "--credential", "session")
    assert "keep_rows" not in profiles.read_text(), "the consent is for one base URL"


def test_sessions_are_listed_and_revoked_one_by_one(dyntui: Cli) -> None:
    users = dyntui.json("users", "list", "--sessions")["items"]
    user = next(user for user in users if sum(not session["revokedAt"] for session in user["sessions"]) > 1)
    found = dyntui.json("users", "sessions", user["id"])["items"]
    assert {session["id"] for session in found} == {session["id"] for session in user["sessions"]}
    active = [session["id"] for session in found if not session["revokedAt"]]
    device = next(session["ipAddress"] for session in found if session["id"] == active[0])
    planned = dyntui("users", "revoke-session", active[0], "--dry-run")
    assert "Give the user with --of USER." in planned.stderr and user["email"] not in planned.stderr
    done = dyntui("users", "revoke-session", active[0], "--of", user["email"], "--yes")
    for shown in (done.stdout, dyntui("audit", "--last", "1").stdout):
        assert device in shown and f" of {user['email']}" in shown, "--of names the device and the user"
    repeated = dyntui.json("users", "sessions", user["id"])["items"]
    assert [session["id"] for session in repeated if not session["revokedAt"]] == active[1:]


def test_showing_a_social_token_is_confirmed_and_audited(dyntui: Cli) -> None:
    users = dyntui.json("users", "list")["items"]
    user, account = next((user, each) for user in users for each in user["oauthAccounts"] if user["email"])
    assert dyntui("users", "reveal-social-token", account["id"], check=False, stdin="").returncode == 2
    token = dyntui("users", "reveal-social-token", account["id"], "--yes").stdout.strip()
    assert token
    of_user = ("--of", user["email"], "--yes")
    assert dyntui("users", "reveal-social-token", account["provider"], *of_user).stdout.strip() == token
    other = dyntui("users", "reveal-social-token", "myspace", *of_user, check=False)
    assert other.returncode == 1 and f"has no social account 'myspace'. Give one of these: {account['id']}" in " ".join(
        other.stderr.split()
    )
    assert f" of {user['email']} ({account['id']})" in dyntui("audit", "--last", "1").stdout
    audit = dyntui("audit", "--json").stdout
    assert "users.reveal-social-token" in audit
    assert token not in audit


def test_users_are_added_to_an_allowlist_by_its_name(dyntui: Cli, ada: dict[str, Any]) -> None:
    dyntui("allowlists", "create", "Friends of Ada", "--outcome", "scope", "--scope", "friend", "--yes")
    done = dyntui("users", "add-to-allowlist", "Friends of Ada", "-", "--yes", "--json", stdin=f"{ada['id']}\n")
    assert json.loads(done.stdout)["counts"]["done"] == 1
    assert ada["email"] in dyntui("allowlists", "export", "Friends of Ada").stdout


def test_the_whole_metadata_is_replaced_after_the_changes_are_shown(
    dyntui: Cli, ada: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "metadata.json"
    file.write_text('{"plan": "free", "seats": 3}')
    done = dyntui("users", "edit-metadata", ada["id"], "--from", str(file), "--yes")
    assert '~ plan: "pro" → "free"' in done.stderr
    assert "+ seats: 3" in done.stderr
    assert dyntui.json("users", "get", ada["id"])["metadata"] == {"plan": "free", "seats": 3}
    assert "There are no changes" in dyntui("users", "edit-metadata", ada["id"], "--from", str(file), "--yes").stderr
    file.write_text('{"plan": "free",}')
    assert dyntui("users", "edit-metadata", ada["id"], "--from", str(file), check=False).returncode == 2
    assert dyntui("users", "edit-metadata", ada["id"], "--from", "-", stdin="{}", check=False).returncode == 2
    assert dyntui.json("users", "get", ada["id"])["metadata"] == {"plan": "free", "seats": 3}


def test_the_editor_gets_no_token_and_its_text_is_not_lost(
    dyntui: Cli, ada: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor.sh"
    script.write_text(f'#!/bin/sh\nenv > {tmp_path}/seen\nprintf \'{{"from": "editor"}}\' > "$1"\n')
    script.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.delenv("VISUAL", raising=False)
    refused = dyntui("users", "edit-metadata", ada["id"], check=False, stdin="")
    assert refused.returncode == 2
    assert '{"from": "editor"}' in refused.stderr
    assert dyntui.sandbox.token not in (tmp_path / "seen").read_text()
    dyntui("users", "edit-metadata", ada["id"], "--yes")
    assert dyntui.json("users", "get", ada["id"])["metadata"] == {"from": "editor"}


@pytest.mark.parametrize(
    "command", [("users", "export"), ("wallets", "export"), ("allowlists", "export", "Beta testers")]
)
def test_an_export_with_json_is_one_document(dyntui: Cli, tmp_path: Path, command: tuple[str, ...]) -> None:
    found = dyntui.json(*command)
    ids = {row["id"] for row in found["items"]}
    assert (found["total"], found["next"]) == (len(ids), None) and ids
    other = dyntui(*command, "--json", "-o", "csv", check=False)
    assert (other.returncode, other.stdout) == (2, "")
    file = tmp_path / "x.ndjson"
    assert dyntui(*command, "-O", str(file)).stdout == ""
    assert {json.loads(line)["id"] for line in file.read_text().splitlines()} == ids


@pytest.mark.parametrize("options", [("--json",), (), ("--ndjson",)], ids=["json", "csv", "ndjson"])
def test_an_export_names_the_users_that_do_not_exist(
    dyntui: Cli, ada: dict[str, Any], options: tuple[str, ...]
) -> None:
    missing = "00000000-0000-4000-8000-000000000000"
    none = dyntui("users", "export", missing, *options, check=False)
    assert (none.returncode, none.stdout) == (1, "")
    assert none.stderr.startswith("error: ") and "incomplete" not in none.stderr
    some = dyntui("users", "export", ada["id"], missing, *options, check=False)
    assert some.returncode == 1 and ada["id"] in some.stdout
    assert f"not found  {missing}" in some.stderr


def test_a_command_and_do_leave_equal_audit_lines(dyntui: Cli) -> None:
    lines = []
    for name, words in (("one", ("users", "delete")), ("two", ("do", "users", "delete"))):
        made = dyntui.json("users", "create", f"email={name}@x.example", "--yes")["items"][0]["id"]
        dyntui(*words, made, "--yes")
        own = {"targets", "labels", "named_targets", "request_id", "time", "job"}
        found = [line for line in dyntui.json("audit")["items"] if line["targets"] == [made]]
        lines.append([{key: value for key, value in line.items() if key not in own} for line in found])
    assert lines[0] == lines[1]
    assert [line["outcome"] for line in lines[0]] == ["started", "done"]
    assert {line["action"] for line in lines[0]} == {"users.delete"}


def test_wallets_are_listed_by_their_address(dyntui: Cli) -> None:
    wallet = next(row for row in dyntui.json("wallets", "list")["items"] if not row.get("deletedAt"))
    start = wallet["publicKey"][:24]
    found = dyntui.json("wallets", "list", "--filter", start)["items"]
    assert wallet["id"] in {row["id"] for row in found}
    assert all(start.lower() in row["publicKey"].lower() for row in found)
    own = dyntui.json("wallets", "list", "--user", wallet["userId"], "--filter", start)["items"]
    assert wallet["id"] in {row["id"] for row in own}
    assert dyntui.json("wallets", "list", "--filter", "0x" + "1b" * 20)["items"] == []
    refused = dyntui("wallets", "list", "--filter", "metamask", check=False)
    assert refused.returncode == 2 and "'metamask' is not an address or email." in refused.stderr


def test_other_lists_of_wallets_are_still_compared_locally(dyntui: Cli) -> None:
    listed = dyntui("get", "wallets", "--filter", "chain:EVM")
    assert "Filtered here: the server cannot filter wallets by 'chain:EVM'." in listed.stderr
    rows = dyntui.json("get", "wallets", "--filter", "chain:EVM", "--exact")["items"]
    assert rows and {row["chain"] for row in rows} == {"EVM"}
