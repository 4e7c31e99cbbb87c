"""`allowlists`, `gates` and `access` against a real sandbox, as people and scripts use them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SITE_ACCESS_LIST = "Launch party"
CONTRACT = "0x" + "ab" * 20


@pytest.fixture
def guests(dyntui: Any) -> str:
    """The name of a list created for one test; it is disabled."""
    name = "L" + re.sub(r"\W", "", dyntui.home.parent.name)[-40:]
    dyntui("allowlists", "create", name, "--outcome", "siteAccess", "--yes")
    return name


def on(dyntui: Any, name: str) -> list[str]:
    found = dyntui.json("allowlists", "entries", name, "--all")["items"]
    return [
        next(str(entry[key]) for key in ("email", "walletPublicKey", "farcasterFid") if key in entry) for entry in found
    ]


def code_in(text: str) -> str:
    found = re.search(r"--read ([0-9a-f]{6})", text)
    assert found, text
    return found[1]


def live(dyntui: Any) -> tuple[str, ...]:
    sandbox = dyntui.sandbox
    dyntui(
        "env", "add", "prod", "--base-url", sandbox.url, "--environment-id", sandbox.environment_id, "--kind", "live",
        "--credential", "file", "--token-stdin", stdin=sandbox.token,
    )  # fmt: skip
    return ("--profile", "prod")


def test_lists_show_their_effect_on_sign_in(dyntui: Any) -> None:
    found = dyntui.json("allowlists", "list")
    by_name = {row["name"]: row for row in found["items"]}
    assert by_name[SITE_ACCESS_LIST]["outcome"] == "siteAccess"
    assert by_name["Staff"]["entries"] == 2
    assert found["summary"][0] == "Everyone may sign in: no siteAccess list is enabled."
    assert "required if enabled" in dyntui("allowlists", "list").stdout


def test_a_list_is_created_changed_and_deleted(dyntui: Any, guests: str) -> None:
    assert dyntui.json("allowlists", "get", guests)["enabledAt"] is None
    repeated = dyntui("allowlists", "create", guests, "--outcome", "scope", "--yes", "--json", check=False)
    assert json.loads(repeated.stdout)["items"][0]["code"] == "allowlist_already_exists"
    dyntui("allowlists", "edit", guests, "--outcome", "scope", "--scope", "vip", "--yes")
    assert dyntui.json("allowlists", "get", guests)["scope"] == "vip"
    dyntui("allowlists", "delete", guests, "--yes")
    assert dyntui("allowlists", "get", guests, check=False).returncode == 1


@pytest.mark.parametrize("command_name", ["allowlists", "api", "operation", "do", "edit"])
def test_the_first_site_access_list_in_live_needs_its_name_and_the_code(
    dyntui: Any, guests: str, command_name: str
) -> None:
    env = live(dyntui)
    row = dyntui.json("allowlists", "get", guests)
    command = {
        "allowlists": ("allowlists", "enable", guests),
        "api": ("api", "PUT", f"allowlists/{row['id']}/enable"),
        "operation": ("api", "enableAllowlistById", "-p", f"allowlistId={row['id']}"),
        "do": ("do", "allowlists", "enable", row["id"]),
        "edit": ("allowlists", "edit", guests, "--outcome", "siteAccess"),
    }[command_name]
    if command_name == "edit":
        dyntui("allowlists", "edit", guests, "--outcome", "scope", "--yes")
        dyntui("allowlists", "enable", guests, "--yes")
    empty = command_name in ("allowlists", "edit")
    if not empty:
        dyntui("allowlists", "add", guests, "ada@example.com", "--yes")
    try:
        for options in (
            ("--yes",),
            ("--yes", "--confirm-environment", "prod"),
            ("--yes", "--confirm", guests),
            ("--yes", "--confirm", guests, "--read", "000000"),
        ):
            refused = dyntui(*command, *env, *options, check=False)
            assert refused.returncode == 2, options
            assert ("NO ONE could sign in" if empty else "EVERYONE ELSE IS LOCKED OUT.") in refused.stderr
            assert f"Not confirmed. Re-run with --confirm {shlex.quote(guests)} --read " in refused.stderr
        assert "could no longer sign in" in refused.stderr, "the number of users is shown"
        assert "Not counted: people who have not signed up yet" in refused.stderr
        assert dyntui.json("access", "status")["summary"][0].startswith("Everyone may sign in")
        code = code_in(refused.stderr)
        options = ("--yes", "--confirm", guests, "--read", code)
        read_only = dyntui(*command, *env, "--read-only", *options, check=False)
        assert read_only.returncode == 2
        assert "read-only" in read_only.stderr
        assert dyntui.json("access", "status")["summary"][0].startswith("Everyone may sign in")
        dyntui(*command, *env, "--confirm", guests, "--read", code)
        assert dyntui.json("access", "status")["summary"][0] == f"Only users on “{guests}” may sign in."
        line = json.loads(dyntui("audit", "--ndjson").stdout.splitlines()[-1])
        assert line["before"] != line["after"]
    finally:
        output = dyntui("allowlists", "disable", guests, check=False).stderr
        if "--read" in output:
            dyntui("allowlists", "disable", guests, "--confirm", guests, "--read", code_in(output))


def test_entries_are_added_found_changed_and_removed(dyntui: Any, guests: str) -> None:
    lines = f"ada@example.com, Ada\nADA@example.com\n{CONTRACT}\nfid:77\n"
    done = json.loads(dyntui("allowlists", "add", guests, "--yes", "--json", stdin=lines).stdout)
    assert done["counts"]["done"] == 3
    repeated = json.loads(dyntui("allowlists", "add", guests, "ada@example.com", "--yes", "--json").stdout)
    assert repeated["items"][0]["result"]["exists"] is True
    assert "exists" in dyntui("allowlists", "add", guests, "ada@example.com", "--yes").stdout
    found = dyntui.json("allowlists", "entries", guests, "--search", "ada", "--order", "alias-desc")
    assert [entry["alias"] for entry in found["items"]] == ["Ada"]
    dyntui("allowlists", "edit-entry", guests, "ada@example.com", "email=ada@new.example", "--yes")
    assert on(dyntui, guests) == [CONTRACT, "77", "ada@new.example"]
    entry = dyntui.json("allowlists", "entries", guests)["items"][0]
    dyntui("allowlists", "remove", guests, entry["id"], "fid:77", "--yes")
    assert on(dyntui, guests) == ["ada@new.example"]
    missing = dyntui("allowlists", "remove", guests, "fid:77", "--yes", check=False)
    assert missing.returncode == 1
    assert "1 not found" in missing.stderr


def test_invalid_identifiers_are_reported_and_nothing_is_sent(dyntui: Any, guests: str) -> None:
    done = dyntui("allowlists", "add", guests, "ada@example.com", "ada", "--yes", check=False)
    assert done.returncode == 2
    assert "The kind of “ada” is ambiguous." in done.stderr
    assert on(dyntui, guests) == []
    assert (
        dyntui("allowlists", "add", guests, "ada@example.com", "ada", "--skip-invalid", "--yes", check=False).returncode
        == 1
    )
    assert on(dyntui, guests) == ["ada@example.com"]


def test_entries_removed_by_one_command_are_added_again_by_undo(dyntui: Any, guests: str) -> None:
    dyntui("allowlists", "add", guests, "a@example.com", "b@example.com", "--yes")
    words = ("allowlists", "remove", guests, "-", "--yes")
    removed = dyntui(*words, stdin="a@example.com\n# both\nb@example.com\nnobody@example.com\n", check=False)
    assert removed.returncode == 1 and "2 entries" in removed.stderr
    assert "not_found\t\tnobody@example.com" in removed.stdout
    assert dyntui(*words, "--ignore-missing", stdin="a@example.com\n").returncode == 0
    assert dyntui(*words, stdin="").returncode == 0
    assert dyntui("allowlists", "add", guests, "--yes", stdin="").returncode == 0
    jobs = dyntui.json("allowlists", "undo")["items"]
    assert [(job["added"], job["removed"]) for job in jobs[:2]] == [(0, 2), (2, 0)]
    dyntui("allowlists", "undo", jobs[0]["job"], "--yes")
    assert sorted(on(dyntui, guests)) == ["a@example.com", "b@example.com"]
    assert "nothing to do" in dyntui("allowlists", "undo", jobs[0]["job"], "--yes").stderr


def test_a_list_is_synced_with_its_export_and_a_file(dyntui: Any, guests: str, tmp_path: Path) -> None:
    dyntui("allowlists", "copy", SITE_ACCESS_LIST, guests, "--yes")
    export = tmp_path / "entries.csv"
    dyntui("allowlists", "export", guests, "-O", str(export))
    assert dyntui("allowlists", "diff", guests, str(export)).returncode == 0
    assert dyntui("allowlists", "diff", guests, SITE_ACCESS_LIST).returncode == 0
    file = tmp_path / "people.csv"
    file.write_text("email,alias\nada@example.com,Ada\nbob@example.com,Bob\n")
    shown = dyntui("allowlists", "sync", guests, str(file), "--remove", "--dry-run")
    assert "2 to add" in shown.stderr
    assert "5 to remove" in shown.stderr
    assert len(dyntui.json("allowlists", "entries", guests)["items"]) == 5
    sync = ("allowlists", "sync", guests, str(file), "--remove", "--yes")
    for more in ((), ("--max-remove", "4"), ("--max-remove", "99%")):
        refused = dyntui(*sync, *more, check=False)
        assert refused.returncode == 2 and "5 of 5 entries would be removed" in refused.stderr
        assert "use --max-remove 5." in refused.stderr
    assert dyntui(*sync, "--max-remove", "many", check=False).returncode == 2
    empty = dyntui("allowlists", "sync", guests, "-", "--remove", "--yes", stdin="")
    assert empty.stderr == "Standard input is empty, so nothing was sent.\n"
    assert len(dyntui.json("allowlists", "entries", guests)["items"]) == 5
    dyntui(*sync, "--max-remove", "5")
    assert sorted(on(dyntui, guests)) == ["ada@example.com", "bob@example.com"]
    repeated = dyntui("allowlists", "sync", guests, str(file), "--remove")
    assert "Nothing to do: the list matches the source." in repeated.stderr
    differs = dyntui("allowlists", "diff", f"file:{export}", f"list:{guests}", "--json", check=False)
    assert differs.returncode == 1
    assert len(json.loads(differs.stdout)["left"]) == 5


def test_a_file_is_imported_as_a_job_and_existing_entries_count_as_exists(
    dyntui: Any, guests: str, tmp_path: Path
) -> None:
    dyntui("allowlists", "add", guests, "a@example.com", "--yes")
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "".join(f"{name}@example.com\n" for name in "abcd"))
    done = json.loads(dyntui("allowlists", "import", guests, str(file), "--yes", "--json").stdout)
    assert (done["rows"]["created"], done["rows"]["exists"]) == (3, 1)
    assert len(on(dyntui, guests)) == 4
    (import_job,) = (job for job in dyntui.json("allowlists", "undo")["items"] if job["job"] == done["job"])
    assert (import_job["added"], import_job["source"]) == (3, "people.csv")
    dyntui("allowlists", "undo", done["job"], "--yes")
    assert on(dyntui, guests) == ["a@example.com"], "an entry that existed before stays"
    assert "nothing to do" in dyntui("allowlists", "undo", done["job"], "--yes").stderr


def test_undoing_an_import_deletes_only_the_entries_that_it_added(dyntui: Any, guests: str, tmp_path: Path) -> None:
    dyntui("allowlists", "add", guests, "before@example.com", "--yes")
    file = tmp_path / "people.csv"
    names = ("before", "a", "b", "again", "gone")
    file.write_text("email,alias\n" + "".join(f"{name}@example.com,{name}\n" for name in names))
    done = json.loads(dyntui("allowlists", "import", guests, str(file), "--yes", "--json").stdout)
    assert (done["rows"]["created"], done["rows"]["exists"]) == (4, 1)
    dyntui("allowlists", "remove", guests, "gone@example.com", "again@example.com", "--yes")
    dyntui("allowlists", "add", guests, "again@example.com", "after@example.com", "--yes")
    plan = dyntui.json("jobs", "undo", done["job"], "--dry-run")
    assert plan["undo"] == {"pending": 2, "sending": 0, "deleted": 0, "skipped": 2, "failed": 0}
    assert len(on(dyntui, guests)) == 5
    assert dyntui("jobs", "undo", done["job"], "--yes", check=False).returncode == 2, (
        "the environment name must be typed"
    )
    undone = dyntui.json("jobs", "undo", done["job"], "--confirm-environment", dyntui.sandbox.environment_id)
    assert (undone["undo"]["deleted"], undone["undo"]["skipped"]) == (2, 2)
    assert sorted(on(dyntui, guests)) == ["after@example.com", "again@example.com", "before@example.com"]


def test_an_import_of_many_entries_is_retried_and_undone(dyntui: Any, guests: str, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "".join(f"many{n}@example.com\n" for n in range(130)))
    some = json.loads(dyntui("allowlists", "import", guests, str(file), "--first", "10", "--yes", "--json").stdout)
    dyntui("jobs", "cancel", some["job"], "--yes", check=False)
    rest = json.loads(dyntui("jobs", "retry", some["job"], "--yes", "--json").stdout)
    assert (some["rows"]["created"], rest["rows"]["created"]) == (10, 120)
    undone = dyntui.json("jobs", "undo", rest["job"], "--confirm-environment", dyntui.sandbox.environment_id)
    assert undone["undo"]["deleted"] == 120
    assert len(on(dyntui, guests)) == 10


def test_an_undo_that_empties_the_only_site_access_list_needs_its_name_and_the_code(
    dyntui: Any, guests: str, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\na@example.com\nb@example.com\n")
    done = json.loads(dyntui("allowlists", "import", guests, str(file), "--yes", "--json").stdout)
    output = dyntui("allowlists", "enable", guests, check=False).stderr
    dyntui("allowlists", "enable", guests, "--confirm", guests, "--read", code_in(output))
    try:
        undo = ("jobs", "undo", done["job"], "--yes")
        for options in ((), ("--confirm", "environment"), ("--confirm", guests)):
            refused = dyntui(*undo, *options, check=False)
            assert refused.returncode == 2
            assert "NO ONE could sign in" in refused.stderr
        assert len(on(dyntui, guests)) == 2
        dyntui(*undo, "--confirm", guests, "--read", code_in(refused.stderr))
        assert on(dyntui, guests) == []
    finally:
        output = dyntui("allowlists", "disable", guests, check=False).stderr
        dyntui("allowlists", "disable", guests, "--confirm", guests, "--read", code_in(output))


def test_duplicates_across_lists_are_found(dyntui: Any, guests: str) -> None:
    dyntui("allowlists", "add", guests, "dup@example.com", "--yes")
    dyntui("allowlists", "add", "Staff", "DUP@example.com", "--yes")
    (found,) = dyntui.json("allowlists", "duplicates", guests, "Staff")["items"]
    assert {duplicate["name"] for duplicate in found["entries"]} == {guests, "Staff"}


def test_gates_are_created_enabled_disabled_and_deleted(dyntui: Any) -> None:
    rule = f"nft:1:{CONTRACT}:amount=2"
    create = ("gates", "create", "Collectors", "--outcome", "scope", "--scope", "vip", "--rule", rule, "--yes")
    dyntui(*create)
    repeated = dyntui(*create, "--json", check=False)
    assert json.loads(repeated.stdout)["items"][0]["code"] == "gate_exists"
    dyntui("gates", "enable", "Collectors", "--yes")
    assert dyntui.json("gates", "get", "Collectors")["enabledAt"]
    assert "at least 2 of nft" in dyntui("gates", "list").stdout
    refused = dyntui("gates", "edit", "Collectors", "--outcome", "siteAccess", "--yes", check=False)
    assert "Not confirmed. Re-run with --confirm Collectors --read " in refused.stderr
    dyntui("gates", "disable", "Collectors", "--yes")
    dyntui("gates", "delete", "Collectors", "--yes")
    assert dyntui("gates", "get", "Collectors", check=False).returncode == 1


def test_access_check_shows_the_reasons(dyntui: Any) -> None:
    answer = dyntui.json("access", "check", "ada@example.com")
    assert answer["verdict"] == "yes"
    (blocked, *_) = dyntui.json("allowlists", "entries", "Sanctioned wallets")["items"]
    refused = dyntui("access", "check", blocked["walletPublicKey"], check=False)
    assert refused.returncode == 1
    assert "which blocks sign-in" in refused.stdout
    users = dyntui.json("users", "list", "--all")["items"]
    user = next(user for user in users if "Beta testers" in user["lists"])
    assert dyntui.json("access", "check", "--user", user["id"])["scopes"]


def test_the_commands_load_neither_console_nor_http_client() -> None:
    import subprocess
    import sys

    code = "import dyntui.cli.allowlists, dyntui.cli.allowlist_entries, dyntui.cli.allowlist_compare, sys;"
    code += "import dyntui.cli.gates, dyntui.cli.access;"
    code += "print([name for name in ('textual', 'httpx', 'pydantic') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
