"""Targets of commands: what identifies them, files and standard input, targets that are missing or ambiguous."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import Cli, Sandbox, serving
from tests.families import slow_except

from dyntui.sandbox.operations import users as user_operations

ADDRESS = "0x52908400098527886E0F7030069857D2E4169EE7"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serving(users=20) as running:
        yield running


@pytest.fixture
def dyntui(sandbox: Sandbox, tmp_path: Path) -> Cli:
    return fast_cli(sandbox, tmp_path)


def fast_cli(sandbox: Sandbox, folder: Path) -> Cli:
    """Return the command line without a rate limit: hundreds of requests follow each other."""
    config = folder / "home" / "config"
    config.mkdir(parents=True, mode=0o700)
    (config / "settings.toml").write_text("rate_per_minute = 0\n")
    return Cli(sandbox, folder / "home")


def create(sandbox: Sandbox, *users: dict[str, Any], path: str = "/users/bulk") -> None:
    url = f"{sandbox.url}/environments/{sandbox.environment_id}{path}"
    for body in [users[at : at + 50] for at in range(0, len(users), 50)] if path.endswith("bulk") else users:
        httpx.post(url, json=body, headers={"Authorization": f"Bearer {sandbox.token}"}).raise_for_status()


def outcomes(document: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for target in document["items"]:
        found.setdefault(target["outcome"], []).append(target["label"])
    return found


@pytest.mark.parametrize("count", [8, pytest.param(188, marks=pytest.mark.slow)])
def test_users_are_deleted_by_a_file_of_emails(count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    emails = [f"user{number}@delete.example" for number in range(count)]
    unknown = [f"nobody{number}@delete.example" for number in range(10 if count > 100 else 6)]
    twice = ["two1@delete.example", "two2@delete.example"]
    with serving(users=5) as sandbox:
        create(sandbox, *({"email": email} for email in (*emails, "xuser1@delete.example")))
        monkeypatch.setattr(user_operations, "refuse_duplicates", lambda *_: None)
        create(sandbox, *({"email": email} for email in twice * 2), path="/users")
        dyntui = fast_cli(sandbox, tmp_path)
        file = tmp_path / "emails.txt"
        lines = ["# spam of March", "", *emails[5:], *unknown, *twice, *(email.upper() for email in emails[:5])]
        file.write_text("\n".join(lines))
        shown = dyntui("users", "delete", f"@{file}", check=False, stdin="")
        assert shown.returncode == 2, "it was not confirmed"
        assert f"Not found: {', '.join(unknown[:5])}, {len(unknown) - 5} more." in shown.stderr
        (target,) = dyntui.json("users", "delete", emails[0], "--dry-run")["items"]
        assert f"{emails[0]}  {target['id']}" in dyntui("users", "delete", emails[0], "--dry-run").stderr
        done = dyntui("users", "delete", f"@{file}", "--yes", "--json", check=False)
        assert done.returncode == 1
        found = outcomes(json.loads(done.stdout))
        (audited,) = dyntui.json("audit", "users.delete", "done", emails[6])["items"]
        assert audited["labels"] == [emails[6]] and f"{emails[6]} ({audited['targets'][0]})" in dyntui("audit").stdout
        assert found == {"done": emails[5:] + emails[:5], "not_found": unknown, "ambiguous": twice}
        again = dyntui("users", "delete", f"@{file}", "--yes", "--ignore-missing", check=False)
        assert again.returncode == 1, "the ambiguous ones"
        assert f"Nothing was sent; {count + len(unknown)} not found, 2 ambiguous" in again.stderr
        assert "two1@delete.example\t2 matches: " in again.stdout
        assert "'two1@delete.example' identifies 2 users. Give the id of one: " in again.stderr
        once = "\n".join((*emails, *unknown))
        assert dyntui("users", "delete", "-", "--yes", "--ignore-missing", stdin=once).returncode == 0
        left = {user["email"] for user in dyntui.json("users", "list", "--filter", "delete.example")["items"]}
        assert left == {"xuser1@delete.example", *twice}, "a part of an email is not that of the user"


def test_long_and_endless_input_ends_soon_with_an_error(dyntui: Cli, tmp_path: Path) -> None:
    long, file = "a" * 120_000, tmp_path / "targets"
    file.write_bytes(b"ada@x.example\n\xff\n")
    for words, expected in (
        (("users", "list", "--where", f"a=x{' ' * 100_000}y"), "There is no field 'a'"),
        (("users", "list", "--fields", f"{'a.' * 60_000}a"), "it has 120,001 characters"),
        (("users", "list", "--filter", long), "too long; nothing was sent"),
        (("users", "get", long), "too long; nothing was sent"),
        (("users", "list", "--since", f"{'1' * 5000}d"), "is not a time"),
        (("users", "create", f"{'a.' * 500}a=1"), "more than 64 levels deep"),
        (("users", "delete", "@/dev/zero"), "longer than 4 MiB"),
        (("users", "delete", f"@{file}"), "is not UTF-8 text"),
        (("webhooks", "create", "-d", f"@{file}"), "is not UTF-8 text"),
        (("webhooks", "create", "-d", "@/dev/zero"), "larger than 64 MiB"),
    ):
        done = dyntui(*words, check=False)
        assert (done.returncode, done.stdout) == (2, "") and expected in done.stderr, (words[:3], done.stderr[:300])


def test_a_user_is_identified_by_each_value_that_people_have(sandbox: Sandbox, dyntui: Cli) -> None:
    wallet = {
        "publicWalletAddress": ADDRESS,
        "chain": "EVM",
        "walletName": "metamask",
        "walletProvider": "browserExtension",
    }
    create(
        sandbox,
        {"email": "ada@kinds.example", "phoneNumber": "+14155550123", "username": "ada_kinds", "wallets": [wallet]},
    )
    made = dyntui.json("wallets", "pregenerate", "crm-7", "--type", "externalUserId", "--chain", "EVM", "--yes")
    external = made["items"][0]["result"]["id"]
    ada = dyntui.json("users", "get", "ada@kinds.example")
    for text in (ada["id"], ada["id"].upper(), "ADA@kinds.example", "+1 (415) 555-0123", ADDRESS, "ada_kinds"):
        assert dyntui.json("users", "get", text)["id"] == ada["id"], text
    assert dyntui.json("users", "get", "external:crm-7")["id"] == external
    for text in ("da@kinds.example", "+1415555012", "external:crm", "ada_kind", ADDRESS[:-1]):
        missing = dyntui("users", "get", text, check=False)
        assert missing.returncode == 1 and f"There is no user {text!r}" in missing.stderr, text
    edited = dyntui.json("users", "edit", "ada_kinds", "metadata.plan=pro", "--yes")["items"][0]
    assert (edited["label"], edited["result"]["metadata"]) == ("ada@kinds.example", {"plan": "pro"})
    assert dyntui.json("wallets", "list", "--user", "+14155550123")["items"][0]["publicKey"] == ADDRESS
    assert dyntui("get", "sessions", "--of", "ada@kinds.example").returncode == 0
    rows = dyntui("users", "export", "ada_kinds", "external:crm-7", "--fields", "id", "-o", "csv-exact").stdout
    assert rows.split() == ["id", ada["id"], external]
    removed = dyntui.json("wallets", "delete", ADDRESS, "--yes")["items"]
    assert [target["outcome"] for target in removed] == ["done"]
    question = dyntui("users", "delete", "ada_kinds", "external:crm-7", check=False, stdin="").stderr
    assert "Not confirmed." in question and "Delete 2 users?" in question


def test_objects_with_names_and_urls_are_identified_by_them(dyntui: Cli) -> None:
    for path in ("a", "A"):
        hook = f"url=https://hooks.example/{path}?x=1"
        dyntui("webhooks", "create", hook, "events=user.created", "isEnabled=false", "--yes")
    on = dyntui.json("webhooks", "enable", "https://hooks.example/a?x=1", "--yes")
    assert outcomes(on) == {"done": ["https://hooks.example/a?x=1"]}
    same = dyntui("webhooks", "enable", "https://hooks.example/a?x=1", "--yes")
    assert "unchanged" in same.stdout and "It is already enabled." in same.stdout
    hooks = {row["url"]: row["isEnabled"] for row in dyntui.json("webhooks", "list")["items"]}
    assert (hooks["https://hooks.example/a?x=1"], hooks["https://hooks.example/A?x=1"]) == (True, False)
    assert dyntui("webhooks", "messages", "https://hooks.example/a?x=1").returncode == 0
    unknown = dyntui("allowlists", "disable", "No such list", "--yes", check=False)
    assert unknown.returncode == 1 and "There is no allowlist 'No such list'. Give its id or name" in unknown.stderr
    gate = dyntui.json("gates", "list")["items"][0]
    assert dyntui.json("gates", "get", gate["name"].lower())["id"] == gate["id"]
    for origin in ("https://one.example", "https://two.example"):
        dyntui("do", "origins", "create", f"origin={origin}", "--yes")
    done = dyntui(
        "do", "origins", "delete", "https://one.example", "https://three.example", "--yes", "--json", check=False
    )
    assert done.returncode == 1
    assert outcomes(json.loads(done.stdout)) == {
        "done": ["https://one.example"],
        "not_found": ["https://three.example"],
    }


def test_no_targets_are_done_and_a_file_that_cannot_be_read_is_refused(dyntui: Cli, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("\n# nobody today\n")
    for words in (("users", "delete"), ("users", "delete", "-"), ("do", "origins", "delete", f"@{empty}")):
        done = dyntui(*words, "--yes", stdin="\n")
        assert "There are no targets, so nothing was sent." in done.stderr
        assert json.loads(dyntui(*words, "--yes", "--json", stdin="").stdout)["items"] == []
    imported = dyntui("import", "-", "--yes", "--set", "emailVerifiedAt=now", stdin="")
    assert imported.stderr == "Standard input is empty, so nothing was sent.\n"
    exported = dyntui("users", "export", "-", "--ndjson", stdin="")
    assert (exported.stdout, exported.stderr) == ("", "0 users exported\n")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    for file in (tmp_path / "none.txt", binary):
        refused = dyntui("users", "delete", f"@{file}", "--yes", check=False)
        assert refused.returncode == 2 and file.name in refused.stderr
    for words in (("users", "delete", ""), ("users", "get", "external:"), ("do", "sessions", "revoke", " ")):
        unset = dyntui(*words, *([] if "get" in words else ["--yes", "--ignore-missing"]), check=False)
        assert unset.returncode == 2 and "An empty text identifies no" in unset.stderr, words
    for line in ('{"id": null}', '{"id": ""}', '{"id": {}}'):
        unnamed = dyntui("users", "delete", "-", "--yes", "--ignore-missing", stdin=line, check=False)
        assert unnamed.returncode == 2 and "Line 1 of standard input" in unnamed.stderr, line
    for format in ("tsv", "csv", "yaml", "json"):
        listed = dyntui("users", "list", "-o", format).stdout
        table = dyntui("users", "delete", "-", "--yes", "--ignore-missing", stdin=listed, check=False)
        assert table.returncode == 2 and "Line 1 of standard input is no" in table.stderr, format
    marked = dyntui("users", "delete", "-", "--dry-run", stdin="\ufeffnobody@marked.example", check=False)
    assert "There is no user 'nobody@marked.example'" in marked.stderr


@pytest.mark.parametrize("line", slow_except(("get", "users export --ndjson", "users --help"), "get"))
def test_a_reader_that_has_enough_ends_a_command_with_0(line: str, dyntui: Cli) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "dyntui", *line.split()]
    environ = dyntui.sandbox.environ(dyntui.home)
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=environ, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
    shell = ["sh", "-c", '"$@" <&- >&- 2>/dev/null', "sh", *command]
    assert subprocess.run(shell, env=environ, check=False).returncode == 0, "closed as some daemons start commands"


@pytest.mark.parametrize(
    ("fault", "code"), slow_except([("500-before", 6), ("429", 6), ("cut-before", 4)], ("500-before", 6))
)
def test_a_server_that_fails_has_its_own_exit_code(fault: str, code: int, tmp_path: Path) -> None:
    with serving(users=1, faults=(f"{fault}=1",)) as sandbox:
        made = Cli(sandbox, tmp_path / "home")("users", "create", "email=ada@x.example", "--yes", check=False)
        assert made.returncode == code, made.stderr


def test_a_server_that_ignores_the_filter_leads_to_no_other_user(dyntui: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_operations, "UserFilter", lambda *_: user_operations_filter())
    users = dyntui.json("users", "list")["items"]
    known = next(user for user in users if user.get("email"))
    assert dyntui.json("users", "get", known["email"])["id"] == known["id"]
    done = dyntui("users", "delete", "nobody@kinds.example", "--yes", check=False)
    assert done.returncode == 1 and "not_found" in done.stdout
    assert dyntui.json("users", "list")["total"] == len(users)
    monkeypatch.setattr("dyntui.services.object_lookup._MAX_COMPARED", 10)
    unsure = dyntui("users", "delete", "nobody@kinds.example", "--yes", "--ignore-missing", check=False)
    assert unsure.returncode == 1 and "The server ignores the filter" in unsure.stderr


def user_operations_filter() -> Any:
    from dyntui.sandbox.user_repository import UserFilter

    return UserFilter("", "all", "", "", "contains")
