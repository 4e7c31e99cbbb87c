"""Fields that this release does not know and whose names say that they are secrets are shown nowhere, unless asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.cli_support import Run
from tests.conftest import Sandbox, serving
from tests.families import slow_except

from dyntui.core.masking import HIDDEN
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Shape

SECRET = "sk_[4f]{9c}_unknown"
SHOWN = "shown-as-before"


def with_unknown_fields(value: object) -> object:
    """Return a response with secrets in fields that no release knows, in every object and inside a text."""
    if isinstance(value, list):
        return [with_unknown_fields(part) for part in value]
    if not isinstance(value, dict):
        return value
    text = json.dumps({"clientSecret": SECRET, "x": 1})
    return {name: with_unknown_fields(part) for name, part in value.items()} | {
        "vaultApiKey": SECRET,
        "vault": {"deep": [{"private_key": SECRET, "tokenName": SHOWN}]},
        "rawText": text,
    }


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with (
        pytest.MonkeyPatch.context() as patch,
        serving(users=20, hostile=True, flags=("organization-access=yes",)) as running,
    ):
        patch.setattr("dyntui.sandbox.sandbox.inject_payloads", with_unknown_fields)
        yield running


@pytest.fixture
def cli(run: Run, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_rate_limit: None) -> Run:
    for name, value in sandbox.environ(tmp_path / "home").items():
        if name.startswith("DYNTUI_"):
            monkeypatch.setenv(name, value)
    return run


def files_with(text: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


LISTED = [name for name, record in RESOURCES.items() if not record.parent]


@pytest.mark.parametrize("name", slow_except(LISTED, "users", "webhooks", "settings", "events"))
def test_a_list_and_its_objects_do_not_show_unknown_secrets(name: str, cli: Run, tmp_path: Path) -> None:
    listed = cli("get", name, "--json", "--limit", "3") if name != "settings" else cli("settings", "get", "--json")
    assert SECRET not in listed.out + listed.err
    assert listed.code == 0, listed.err
    if "vaultApiKey" not in listed.out:
        assert '"total": 0' in listed.out or RESOURCES[name].list.shape is Shape.VALUES
        return
    assert f'"vaultApiKey": "{HIDDEN}"' in listed.out and SHOWN in listed.out
    assert "not shown; --reveal" in listed.err
    for options in (("-o", "yaml"), ("-o", "csv"), ("--ndjson",), ()):
        shown = cli("get", name, "--limit", "3", *options)
        assert SECRET not in shown.out + shown.err
    assert not files_with(SECRET, tmp_path / "home")
    if name != "settings":
        revealed = cli("get", name, "--json", "--limit", "3", "--reveal")
        assert json.loads(revealed.out)["items"][0]["vaultApiKey"] == SECRET


def test_commands_of_users_and_wallets_mask_unknown_secrets(cli: Run, tmp_path: Path) -> None:
    user = cli("users", "list", "--json", "--limit", "1").document["items"][0]
    wallet = cli("wallets", "list", "--json", "--limit", "1").document["items"][0]
    webhook = cli("get", "webhooks", "--json").document["items"][0]["webhookId"]
    file = tmp_path / "users.json"
    lines: list[tuple[str, ...]] = [
        ("users", "get", user["id"], "--json"),
        ("users", "list", "--fields", "id,vaultApiKey,vault", "--limit", "2"),
        ("users", "list", "--template", "{id} {vaultApiKey} {rawText}", "--limit", "2"),
        ("users", "list", "--jq", ".items[].vault", "--limit", "2"),
        ("users", "export", "-o", "ndjson"),
        ("users", "export", "--fields", "id,metadata", "-o", "csv"),
        ("users", "export", "-O", str(file), "-o", "json"),
        ("wallets", "get", wallet["id"], "--json"),
        ("wallets", "export", "-o", "json"),
        ("webhooks", "messages", webhook, "--json", "--limit", "2"),
        ("events", "tail", "--once", "--since", "400d", "--ndjson"),
        ("settings", "get"),
        ("settings", "get", "vaultApiKey"),
        ("api", "getEnvironmentUsers", "-p", "limit=2"),
        ("api", "getEnvironmentUsers", "--all", "--ndjson"),
        ("api", "getEnvironmentById", "--debug"),
        ("users", "edit", user["id"], "alias=Changed", "--yes", "--json"),
        ("audit", "--json"),
    ]
    for line in lines:
        shown = cli(*line)
        assert shown.code == 0, (line, shown.err)
        assert SECRET not in shown.out + shown.err, line
    assert SECRET not in file.read_text() and HIDDEN in file.read_text()
    assert not files_with(SECRET, tmp_path / "home"), "neither the cache nor a log has it"
    other = tmp_path / "revealed.json"
    revealed = cli("users", "export", "-O", str(other), "-o", "json", "--reveal")
    assert SECRET in other.read_text() and "--reveal" not in revealed.err
    assert cli("api", "getEnvironmentUsers", "-p", "limit=1", "--reveal").document["users"][0]["vaultApiKey"] == SECRET
    assert cli("settings", "get", "vaultApiKey", "--reveal").out.strip() == SECRET


def test_a_masked_value_is_never_sent_to_the_server(cli: Run, tmp_path: Path) -> None:
    user = cli("users", "list", "--json", "--limit", "1").document["items"][0]
    made = cli("users", "edit", user["id"], "-d", json.dumps({"metadata": {"apiKey": "own-key-1"}}), "--yes", "--json")
    assert made.code == 0, made.err
    printed = cli("users", "get", user["id"], "--json").document["metadata"]
    assert printed["apiKey"] == HIDDEN
    written = cli("users", "edit", user["id"], "-d", json.dumps({"metadata": printed}), "--yes")
    assert written.code == 2 and "stands for a secret" in written.out
    raw = cli("api", "updateUser", "-p", f"userId={user['id']}", "-d", json.dumps({"metadata": printed}), "--yes")
    assert raw.code == 2 and "stands for a secret" in raw.err
    found = cli("users", "get", user["id"], "--json", "--reveal").document["metadata"]
    assert found["apiKey"] == "own-key-1"


def test_a_new_token_is_printed_also_by_the_raw_call_and_redacted_afterwards(cli: Run) -> None:
    body = json.dumps({"note": "CI", "scopes": ["environment.users.read"]})
    made = cli("api", "postToken", "-d", body, "--yes")
    assert made.document["token"]["rawToken"].startswith("dyn_")


def test_configuration_files_have_references_for_unknown_secrets(cli: Run, tmp_path: Path) -> None:
    pulled = cli("config", "pull", str(tmp_path / "files"))
    assert pulled.code == 0, pulled.err
    assert not files_with(SECRET, tmp_path)
    planned = cli("config", "plan", str(tmp_path / "files"), "--json")
    assert SECRET not in planned.out + planned.err


def test_a_masked_value_of_an_export_is_not_imported(cli: Run, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.write_text(f'email,metadata.apiKey\nmask1@x.example,one\nmask2@x.example,"{HIDDEN}"\nmask3@x.example,three\n')
    ended = cli("import", str(file), "--set", "emailVerifiedAt=unverified", "--settle", "0", "--yes", "--json")
    rows = ended.document["rows"]
    assert (ended.code, rows["created"], rows["failed"] + rows["invalid"]) == (1, 2, 1), ended.err
    assert cli("users", "list", "--filter", "mask2@x.example", "--json").document["total"] == 0
