"""`get`, `do` and the commands of single resources, run in this process against a sandbox."""

from __future__ import annotations

import base64
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import get_completion_class
from tests.cli.cli_support import CLOSED_PORT_URL, ID, TOKEN, Done, Run
from tests.conftest import Sandbox, serving
from tests.families import slow_except
from tests.services.resource_fixtures import FILLED

from dyntui.api.catalog import catalog
from dyntui.cli.completion import add_shells
from dyntui.cli.context import CliContext
from dyntui.cli.root import COMMANDS, root
from dyntui.resources.action import ActionTarget
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Scope

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]")
FLAGS = ("organization-access=yes", "export-delay-ms=0", "webhook-url=loopback")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serving(flags=FLAGS, users=30) as running:
        yield running


@pytest.fixture
def cli(run: Run, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command line in this process, connected to the sandbox of this module."""
    for name, value in sandbox.environ(tmp_path / "home").items():
        if name.startswith("DYNTUI_"):
            monkeypatch.setenv(name, value)
    return run


def document(done: Done) -> Any:
    assert done.code == 0, done.err
    return done.document


@pytest.mark.parametrize("name", RESOURCES)
def test_every_resource_is_listed(name: str, cli: Run) -> None:
    record = RESOURCES[name]
    done = cli("get", name, "--json")
    if record.scope is Scope.PARENT:
        assert done.code == 2
        assert "--of" in done.err
        above = document(cli("get", record.parent_resource, "--json"))["items"]
        done = cli("get", name, "--of", above[0][RESOURCES[record.parent_resource].key], "--json")
    assert isinstance(document(done)["items"], list)


@pytest.mark.parametrize("name", [name for name, record in RESOURCES.items() if record.detail and not record.parent])
def test_one_object_is_shown_in_full(name: str, cli: Run) -> None:
    record = RESOURCES[name]
    rows = document(cli("get", name, "--json"))["items"]
    if not rows:
        pairs = [f"{field}={value}" for field, value in FILLED[(name, "create")].items()]
        document(cli("do", name, "create", *pairs, "--yes", "--json"))
        rows = document(cli("get", name, "--json"))["items"]
    row_id = rows[0][record.key]
    assert document(cli("get", name, row_id, "--json"))[record.key] == row_id
    assert row_id in cli("get", name, row_id).out


def test_resources_and_their_actions_are_listed(cli: Run) -> None:
    resources = {row["name"]: row for row in document(cli("get", "--json"))["items"]}
    assert set(resources) == set(RESOURCES)
    assert "redeliver" in resources["webhook-messages"]["actions"]
    actions = {row["action"]: row for row in document(cli("do", "custom-fields", "--json"))["items"]}
    assert actions["delete"]["effect"] == "destructive"
    fields = {field["name"]: field for field in actions["create"]["fields"]}
    assert fields["fieldType"]["options"] == ["text", "checkbox", "select"]
    assert fields["name"]["required"]
    assert "create" in cli("do", "custom-fields").out
    assert resources["webhook-messages"]["description"] == RESOURCES["webhook-messages"].description
    assert re.search(rf"^webhooks\t{RESOURCES['webhooks'].description}", cli("get").out, re.MULTILINE)


def test_an_object_is_created_and_deleted(cli: Run) -> None:
    made = document(cli("do", "origins", "create", "origin=https://made.example", "--yes", "--json"))
    (target,) = made["items"]
    assert (made["counts"]["done"], target["outcome"]) == (1, "done")
    assert any(row["id"] == target["id"] for row in document(cli("get", "cors", "--json"))["items"])
    deleted = cli("do", "origins", "delete", target["id"], "--yes")
    assert (deleted.code, deleted.out.split()[0]) == (0, "done")
    assert not any(row["id"] == target["id"] for row in document(cli("get", "origins", "--json"))["items"])


def test_an_edit_shows_its_changes_and_keeps_the_other_fields(cli: Run) -> None:
    row = document(cli("get", "webhooks", "--json"))["items"][0]
    done = cli("do", "wh", "edit", row["webhookId"], "events=user.deleted", "--yes", "--json")
    assert "→ user.deleted" in done.err
    after = document(done)["items"][0]["result"]
    assert (after["url"], after["events"]) == (row["url"], ["user.deleted"])
    same = cli("do", "wh", "edit", row["webhookId"], "events=user.deleted", "--yes")
    assert same.code == 0, "no difference"
    assert "It has these values already." in same.out


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("get nothing", "no resource 'nothing'"),
        ("do webhooks explode", "no action 'explode'"),
        ("do origins create --yes", "Missing required field: origin"),
        ("do origins create nothing=x --yes", "has no field 'nothing'"),
        ("do origins create stray origin=https://a.example --yes", "takes FIELD=VALUE"),
        ("do custom-fields edit a b name=x --yes", "one custom field at a time"),
        ("do custom-fields edit 11111111-2222-4333-8444-555555555555 --yes", "needs at least one FIELD=VALUE"),
        ("do origins create origin=https://a.example", "Not confirmed. Re-run with --yes"),
        ("do webhooks create isEnabled=true events=user.created url=https://a.example", "webhook “https://a.example”?"),
        ("get users --order email", "'email' is no order. Write email-asc or email-desc."),
        ("wallets list --filter ada@example.com --exact", "compare wallets, which have no email"),
        ("get allowlists --since 3d", "--since cannot be used: allowlists have no time."),
        ("get origins --where orign=x", "Did you mean origin?"),
        ("users list --where createdAt>banana", "'banana' is not a time."),
        ("users list --where country", "'country' is not a condition."),
        ("users list --since 3d --until 4d", "--since 3d is after --until 4d."),
        ("get webhooks --where secret~a", "secret"),
        ("get webhooks x --filter y", "cannot be combined"),
        ("do webhook-messages redeliver x --yes", "Name it with --of WEBHOOK; `dyntui get webhooks` lists them."),
        ("events tail --json", "--ndjson"),
        ("events tail --until 2020-01-01", "--since 1h is after --until 2020-01-01."),
        ("get users --limit", "Try 'dyntui get --help' for help."),
        ("events tail --resource walet", "Did you mean wallet?"),
        ("events tail --where evntName=x", "Did you mean eventName?"),
        ("api getOrigins --all", "has no pages"),
    ],
)
def test_usage_errors_say_what_is_wrong(line: str, expected: str, cli: Run) -> None:
    done = cli(*shlex.split(line))
    assert done.code == 2, done.err
    assert expected in done.err
    assert done.out == ""


def test_a_single_object_needs_no_id(cli: Run) -> None:
    done = document(cli("do", "chainalysis", "disable", "--yes", "--json"))
    assert done["items"][0]["result"]["sanctionsApiEnabled"] is False
    assert document(cli("do", "chainalysis", "enable", "--yes", "--json"))["counts"]["done"] == 1


def test_a_failed_target_does_not_stop_the_others(cli: Run) -> None:
    ids = [
        document(cli("do", "deeplinks", "create", f"url=app{number}://", "--yes", "--json"))["items"][0]["id"]
        for number in range(2)
    ]
    missing = "11111111-2222-4333-8444-555555555555"
    done = cli("do", "deeplinks", "delete", "-", "--yes", "--json", stdin="\n".join([ids[0], missing, ids[1]]))
    assert done.code == 1
    assert [(target["label"], target["outcome"]) for target in done.document["items"]] == [
        ("app0://", "done"),
        ("app1://", "done"),
        (missing, "not_found"),
    ]


def test_no_list_and_no_edit_prints_secrets(cli: Run) -> None:
    pairs = ["provider=spotify", "clientId=c", "clientSecret=Canary-secret-1"]
    made = cli("do", "providers", "create", *pairs, "--yes", "--json")
    row_id = document(made)["items"][0]["id"]
    outputs = [
        made,
        cli("get", "providers", "--json"),
        cli("get", "providers", row_id),
        cli("do", "providers", "edit", row_id, "clientSecret=Canary-secret-2", "--yes", "--json"),
        cli("do", "providers", "delete", row_id, "--yes"),
    ]
    for done in outputs:
        assert done.code == 0, done.err
        assert "Canary-secret" not in done.out + done.err


def test_a_new_token_is_printed_and_the_token_in_use_is_marked(cli: Run, sandbox: Sandbox) -> None:
    made = cli("tokens", "create", "note=Test", "scopes=environment.users.read", "--yes")
    raw = made.out.strip()
    assert raw.startswith("dyn_")
    rows = document(cli("tokens", "list", "--json"))["items"]
    assert [row["checksum"] for row in rows if row["own"]] == [sandbox.token[-6:]]
    mine = next(row for row in rows if row["checksum"] == raw[-6:])
    assert [line[:5] for line in cli("tokens", "list").out.splitlines()].count("true\t") == 1
    own = next(row for row in rows if row["own"])
    refused = cli("tokens", "delete", own["id"])
    assert refused.code == 2
    assert cli("tokens", "delete", mine["id"], "--yes").code == 0


def test_deleting_the_token_in_use_warns(cli: Run, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = cli("tokens", "create", "note=Short", "scopes=environment.apiTokens.read, environment.apiTokens.write",
        "--yes").out.strip()  # fmt: skip
    monkeypatch.setenv("DYNTUI_TOKEN", raw)
    row = next(row for row in document(cli("tokens", "list", "--json"))["items"] if row["own"])
    done = cli("tokens", "delete", row["id"], "--yes")
    assert done.code == 0, done.err
    assert "the token in use" in done.err
    assert cli("tokens", "list").code == 3


def test_the_impact_of_allowlists_and_gates_is_assessed(cli: Run) -> None:
    made = document(cli("do", "allowlists", "create", "name=Guests", "outcome=siteAccess", "--yes", "--json"))
    list_id = made["items"][0]["id"]
    edited = cli("do", "allowlists", "edit", list_id, "name=Invited", "--yes", "--json")
    assert document(edited)["items"][0]["result"]["name"] == "Invited"
    refused = cli("do", "allowlists", "enable", list_id, "--yes")
    assert refused.code == 2
    assert "NOBODY" in refused.err or "--read" in refused.err
    assert cli("do", "allowlists", "delete", list_id, "--yes").code == 0
    gates = document(cli("get", "gates", "--json"))["items"]
    assert cli("do", "gates", "edit", gates[0]["id"], "scope=vip", "--yes").code == 0


# Webhooks, events, exports


def test_failed_messages_of_a_webhook_are_listed_and_redelivered(cli: Run) -> None:
    hooks = document(cli("webhooks", "list", "--json"))["items"]
    off = next(row for row in hooks if not row["isEnabled"])
    every = document(cli("webhooks", "messages", off["webhookId"], "--json"))["items"]
    failed = document(cli("webhooks", "messages", off["webhookId"], "--failed", "--json"))["items"]
    assert failed
    assert len(failed) <= len(every)
    attempts = document(cli("webhooks", "deliveries", off["webhookId"], failed[0]["messageId"], "--json"))["items"]
    assert attempts[0]["request"]
    repeated = document(cli("webhooks", "redeliver", off["webhookId"], failed[0]["messageId"], "--yes", "--json"))
    assert repeated["counts"]["done"] == 1
    whole = document(cli("webhooks", "redeliver", off["webhookId"], "--failed", "--yes", "--json"))
    assert whole["counts"]["failed"] == 0


def test_a_signature_is_verified_without_showing_the_secret(cli: Run, tmp_path: Path) -> None:
    hook = document(cli("webhooks", "list", "--json"))["items"][0]
    message = document(cli("webhooks", "messages", hook["webhookId"], "--json"))["items"][0]["request"]
    body = tmp_path / "body.json"
    body.write_text(message["body"])
    signature = message["headers"]["x-dynamic-signature-256"]
    line = ["webhooks", "verify", hook["webhookId"], str(body), "--signature"]
    secret = cli("webhooks", "reveal-secret", hook["webhookId"], "--yes").out.strip()
    done = cli(*line, signature, "--yes", "--json")
    assert document(done) == {"valid": True, "reason": "The signature is valid."}
    assert secret not in done.out + done.err
    wrong = cli(*line, "0" * 64, "--yes")
    assert (wrong.code, "not valid" in wrong.out) == (1, True)
    assert cli(*line, signature).code == 2
    body.write_text(message["body"] + "\n")
    assert "without the newline" in cli(*line, signature, "--yes").out


def test_a_recorded_delivery_is_verified_in_each_form(cli: Run, tmp_path: Path) -> None:
    hook = document(cli("webhooks", "list", "--json"))["items"][0]["webhookId"]
    listed = cli("webhooks", "messages", hook, "--limit", "3", "--json").out
    (row, *others) = json.loads(listed)["items"]
    request = row["request"]
    headers = "".join(f"{name.title()}: {value}\r\n" for name, value in request["headers"].items())
    recorded = tmp_path / "delivery"
    for text in (
        json.dumps(row),
        json.dumps({name: request[name] for name in ("headers", "body")}),
        f"POST /hook HTTP/1.1\r\n{headers}\r\n{request['body']}",
        f"{headers}\r\n{request['body']}".replace("\r\n", "\n"),
    ):
        recorded.write_bytes(text.encode())
        done = cli("webhooks", "verify", hook, str(recorded), "--yes", "--json")
        assert document(done) == {"valid": True, "reason": "The signature is valid."}, text
    by_api = cli("webhooks", "verify", hook, "--message", row["messageId"], "--yes", "--json")
    assert by_api.code == 0
    forged = json.dumps(others[0]).replace('eventName\\":', 'eventname\\":')
    recorded.write_text("\n".join([json.dumps(row), forged]))
    both = cli("webhooks", "verify", hook, str(recorded), "--yes", "--json")
    assert [each["valid"] for each in both.document["items"]] == [True, False] and both.code == 1
    recorded.write_text(request["body"])
    alone = cli("webhooks", "verify", hook, str(recorded), "--yes")
    assert alone.code == 2 and "no recorded delivery" in alone.err and "--signature" in alone.err
    assert cli("webhooks", "verify", hook, str(recorded), "--message", "m", "--yes").code == 2


def test_a_response_that_names_what_was_not_done_is_a_failure(cli: Run) -> None:
    wallets = document(cli("wallets", "list", "--limit", "100", "--json"))["items"]
    delegated = [wallet["id"] for wallet in wallets if wallet.get("delegatedAccessWalletApiKeys")]
    line = ("do", "delegation-keys", "revoke-delegated-access", "--yes", "--json")
    expected = "The delegated access to 1 of 2 wallets was not revoked: unknown-id: "
    part = cli(*line, f"walletIds={delegated[0]},unknown-id")
    assert part.code == 1
    assert part.document["items"][0]["error"].startswith(expected)
    assert not document(cli("wallets", "get", delegated[0], "--json")).get("delegatedAccessWalletApiKeys")
    wrong = cli("do", "keys", "verify-jwt", "encodedJwt=abc", "--json")
    assert (wrong.code, wrong.document["items"][0]["error"]) == (1, "The token is not a JWT")
    parts = ({"alg": "RS256"}, {"sub": "u1", "exp": 4102444800})
    token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    valid = cli("do", "keys", "verify-jwt", f"encodedJwt={token}.signature")
    assert valid.code == 0 and " valid" in valid.err and token not in valid.out + valid.err


def test_signature_policies_of_an_embedded_wallet_are_made_edited_and_deleted(cli: Run) -> None:
    wallets = document(cli("wallets", "list", "--limit", "100", "--json"))["items"]
    wallet = next(each for each in wallets if each["provider"] == "embeddedWallet" and each["chain"] == "EVM")
    of = ("--of", wallet["id"])
    part = {
        "chain": "EVM",
        "toAddresses": ["0x" + "ab" * 20],
        "valueLimits": [{"asset": "0x" + "cd" * 20, "maxPerCall": "5"}],
    }
    content = f"policyContent:={json.dumps([part])}"
    assert document(cli("get", "signature-policies", *of, "--json"))["items"] == []
    fields = cli("do", "signature-policies").err
    assert 'create, edit: Fields (* required): policyContent * (JSON like [{"chain": "EVM", "toAddresses": []' in fields
    assert "timeLimit * (in seconds, at least 1)" in fields
    document(cli("do", "signature-policies", "create", *of, content, "timeLimit=600", "--yes", "--json"))
    (policy,) = document(cli("get", "signature-policies", *of, "--json"))["items"]
    assert policy["policyContent"] == [part]
    shown = cli("get", "signature-policies", *of).out
    assert "0x" + "ab" * 20 in shown and "EVM" in shown
    edited = cli("do", "signature-policies", "edit", policy["id"], *of, content, "timeLimit=60", "--yes")
    assert edited.code == 0, edited.err
    (changed,) = document(cli("get", "signature-policies", *of, "--json"))["items"]
    assert changed["expiresAt"] < policy["expiresAt"]
    document(cli("do", "signature-policies", "delete", policy["id"], *of, "--yes", "--json"))
    assert document(cli("get", "signature-policies", *of, "--json"))["items"] == []


def test_the_tail_prints_the_selected_events(cli: Run) -> None:
    rows = [
        json.loads(line) for line in cli("events", "tail", "--once", "--since", "400d", "--ndjson").out.splitlines()
    ]
    assert rows == sorted(rows, key=lambda row: row["timestamp"])
    only = cli("events", "tail", "--once", "--since", "400d", "--type", "user.created", "--json").document
    assert {row["eventName"] for row in only["items"]} == {"user.created"}
    lines = cli("events", "tail", "--once", "--since", "400d", "--resource", "wallet").out.splitlines()
    assert lines
    assert all("wallet." in line for line in lines)
    where = cli("events", "tail", "--once", "--since", "400d", "--where", "eventName$=.linked", "--ndjson").out
    expected = [row["eventId"] for row in rows if row["eventName"].endswith(".linked")]
    assert [json.loads(line)["eventId"] for line in where.splitlines()] == expected != []
    assert "user.created" in cli("events", "types").out


def test_an_export_is_created_and_downloaded(cli: Run, tmp_path: Path) -> None:
    made = document(cli("exports", "create", "model=users", "format=csv", "--yes", "--json"))["items"][0]
    assert "downloadUrl" not in json.dumps(made) or "set, not shown" in json.dumps(made)
    assert document(cli("exports", "watch", made["id"], "--json"))["status"] == "completed"
    file = tmp_path / "users.csv"
    done = document(cli("exports", "download", made["id"], "--wait", "-O", str(file), "--json"))
    assert (done["bytes"], done["host"].split(":")[0]) == (file.stat().st_size, "127.0.0.1")
    repeated = cli("exports", "download", made["id"], "-O", str(file))
    assert repeated.code == 2
    assert "already exists" in repeated.err


# Raw API calls


def test_all_pages_of_a_list_operation(cli: Run) -> None:
    rows = document(cli("api", "getEnvironmentUsers", "--all", "-p", "limit=7", "--json"))["items"]
    assert len({row["id"] for row in rows}) == len(rows) == 30
    events = cli("api", "getEvents", "--all", "--ndjson").out.splitlines()
    assert len({json.loads(line)["eventId"] for line in events}) == len(events) > 60
    by_path = cli("api", "GET", "/environments/{env}/wallets".replace("{env}", "E"), "--all")
    assert by_path.code != 0


def test_reading_a_secret_needs_a_confirmation(cli: Run) -> None:
    hook = document(cli("webhooks", "list", "--json"))["items"][0]["webhookId"]
    line = ["api", "getWebhook", "-p", f"webhookId={hook}", "-p", "includeSecret=true"]
    assert cli(*line).code == 2
    assert json.loads(cli(*line, "--yes").out)["secret"]


def test_read_only_refuses_every_write_before_any_request_leaves(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server listens: a request would make the exit code 4, a refusal makes it 2."""
    monkeypatch.setenv("DYNTUI_BASE_URL", "http://127.0.0.1:9/api/v0")
    monkeypatch.setenv("DYNTUI_ENVIRONMENT_ID", "26ff0bcf-34e3-43cd-9cd5-091f0c3c982d")
    monkeypatch.setenv("DYNTUI_TOKEN", "dyn_" + "a" * 56)
    some_id = "11111111-2222-4333-8444-555555555555"
    lines = []
    for record in RESOURCES.values():
        for action in record.actions:
            if action.effect.value != "read" and not action.command:
                ids = [] if action.target is ActionTarget.LIST else [some_id]
                pairs = [f"{name}=x" for name in action.fields if name != "*"]
                lines.append(["do", record.name, action.name, *ids, *pairs, "--of", some_id, "--yes"])
    for operation in catalog():
        if not operation.reads:
            path = [f"-p{name}={some_id}" for name in operation.path_names if name != "environmentId"]
            lines.append(["api", operation.id, *path, "-d", "{}", "--yes"])
    lines.append(["webhooks", "redeliver", some_id, some_id, "--yes"])
    assert len(lines) > 250
    for line in lines:
        done = run(*line, "--read-only")
        assert done.code == 2, f"{line}: {done.err}"
        assert "read-only" in done.err, f"{line}: {done.err}"
        assert done.out == ""


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_of_a_shell_is_printed(shell: str, run: Run) -> None:
    done = run("completion", shell)
    assert done.code == 0
    assert "_DYNTUI_COMPLETE" in done.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("dyntui web", "webhooks"),
        ("dyntui get web", "webhook-messages"),
        ("dyntui do webhooks re", "reveal-secret"),
        ("dyntui api getWeb", "getWebhookMessages"),
        ("dyntui events ta", "tail"),
        ("dyntui get webhooks --nd", "--ndjson"),
        ("dyntui api getEnvironmentUsers -p 'filter[ch", "filter[chain]="),
        ("dyntui users edit x lastN", "lastName="),
        ("dyntui settings set general.displayN", "general.displayName"),
        ("dyntui jobs get ", ""),
        ("dyntui jobs get last --rows fai", "failed"),
        ("dyntui alias remove ", ""),
        ("dyntui gates enable ", ""),
        ("dyntui users create --data=@/no/such/", ""),
    ],
)
def test_commands_resources_actions_and_operations_are_completed(
    words: str, expected: str, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("DYNTUI_BASE_URL", CLOSED_PORT_URL)
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    monkeypatch.setenv("DYNTUI_ENVIRONMENT_ID", ID)
    add_shells()
    shell_class = get_completion_class("bash")
    assert shell_class is not None
    completed = shell_class(root, {"obj": CliContext()}, "dyntui", "_DYNTUI_COMPLETE").complete()
    assert (f"plain,{expected}" in completed.splitlines()) if expected else completed == ""
    assert capsys.readouterr() == ("", "")


def test_the_completion_is_valid_shell(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "completion.bash"
    script.write_text(run("completion", "bash").out)
    assert subprocess.run(["bash", "-n", str(script)], capture_output=True, check=False).returncode == 0


def test_no_command_module_loads_the_console() -> None:
    names = [path.partition(":")[0] for path, _ in COMMANDS.values() if not path.startswith("dyntui.cli.demo:")]
    code = (
        "import sys, importlib\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print([name for name in ('textual', 'rich', 'httpx', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


LISTS = [name for name, record in RESOURCES.items() if record.scope is not Scope.PARENT]


@pytest.fixture(scope="module")
def hostile() -> Iterator[Sandbox]:
    with serving(flags=FLAGS, hostile=True, users=5) as running:
        yield running


@pytest.mark.parametrize("name", slow_except(LISTS, *LISTS[::3]))
def test_hostile_strings_are_made_safe_for_the_terminal(
    name: str, hostile: Sandbox, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable, value in hostile.environ(tmp_path / "home").items():
        if variable.startswith("DYNTUI_"):
            monkeypatch.setenv(variable, value)
    record = RESOURCES[name]
    rows = run("get", name, "--json")
    outputs = [run("get", name), rows, run("do", name)]
    if rows.code == 0 and (items := rows.document["items"]):
        row_id = str(items[0].get(record.key, ""))
        if record.detail:
            outputs.append(run("get", name, row_id))
        outputs += [run("do", name, action.name, row_id, "--yes") for action in record.actions[:3]]
    for done in outputs:
        assert not re.search(
            r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]", done.out + done.err
        )
