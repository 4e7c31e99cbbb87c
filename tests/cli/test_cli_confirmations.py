"""Every write, by every way the command line reaches it, demands the same confirmation.

The ways are the commands of resources, `do`, `api` with an id, `api` with a path, and the API console. The write gate
is asked what each of them has to confirm; nothing is confirmed, so nothing is sent. What the console's own dialogs
demand is compared in tests/cli/test_cli_and_console.py and tests/tui/test_tui_record_keys.py.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from tests.cli.cli_support import Run
from tests.cli.confirmation_lines import ALWAYS_TYPED, LINES, LOCAL, SOME, WITH_OPTIONS
from tests.cli.test_cli_read_only import iter_commands
from tests.families import slow_except
from tests.services.resource_fixtures import FILLED, FIRST, FLAGS, actions, done, parent_for, rows_of

from dyntui.api.catalog import Operation, catalog
from dyntui.cli.root import root
from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write
from dyntui.config.profile import CredentialKind, Profile
from dyntui.config.profiles import Profiles
from dyntui.resources.action import ActionTarget
from dyntui.resources.all_resources import RESOURCES
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import RunningServer, serving
from dyntui.services.actions.raw_writes import is_sensitive
from dyntui.services.actions.resource_actions import find_action
from dyntui.services.actions.write_gate import WriteGate
from dyntui.services.actions.write_types import ConfirmationLevel
from dyntui.services.api_console import request_requirement
from dyntui.services.connection import Connection
from dyntui.services.forms import FormResult

PROFILES = {"live": ("live", False), "sandbox": ("sandbox", False), "read-only": ("live", True)}
LEVELS = list(ConfirmationLevel)
SCOPED, BLOCKING, FIRST_SITE_ACCESS = "Beta testers", "Sanctioned wallets", "Launch party"
"""Allowlists of the sample data. Enabling the last one would lock out everybody else."""


@dataclass(frozen=True)
class Demand:
    """What the write gate wants before a write."""

    refused: bool
    level: ConfirmationLevel = ConfirmationLevel.NONE
    accepted: tuple[str, ...] = ()
    destructive: bool = False
    environment: str = ""

    @property
    def strength(self) -> tuple[bool, int, bool]:
        return self.refused, LEVELS.index(self.level), self.destructive


class Gate:
    """What was demanded, and of which operations, since it was last taken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._seen: list[tuple[tuple[str, ...], Demand]] = []
        check, authorize = WriteGate.check, WriteGate.authorize

        def on_check(gate: WriteGate, action: Any, *arguments: Any) -> None:
            if gate.refusal(action):
                self._seen.append(((action.operation, *action.extra_operations), Demand(True)))
            check(gate, action, *arguments)

        def on_authorize(gate: WriteGate, action: Any, targets: Any, confirmation: Any) -> Any:
            if not gate.refusal(action):
                demand = demand_of(gate.requirement(action, targets))
                self._seen.append(((action.operation, *action.extra_operations), demand))
            return authorize(gate, action, targets, confirmation)

        monkeypatch.setattr(WriteGate, "check", on_check)
        monkeypatch.setattr(WriteGate, "authorize", on_authorize)

    def take(self) -> list[tuple[tuple[str, ...], Demand]]:
        seen, self._seen = self._seen, []
        return seen


def demand_of(needed: Any) -> Demand:
    return Demand(False, needed.level, needed.accepted, needed.destructive, needed.environment)


@dataclass(frozen=True)
class World:
    """The sandbox, the profiles of it in a home of their own, and what the lines are filled in with."""

    served: RunningServer
    home: Path
    values: dict[str, dict[str, str]]
    """By the name of an allowlist: what the lines are filled in with for it."""
    rows: dict[tuple[str, str], tuple[str, str]]
    """By record and action: the id of a row (of which the list has one), and what the list belongs to."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("home")
    options = SandboxOptions(users=30, seed=1, flags={**FLAGS, "webhook-url": "loopback"})
    with pytest.MonkeyPatch.context() as patch, serving(options) as served:
        patch.setenv("DYNTUI_HOME", str(home))
        atomic_write(paths().settings_file, b"rate_per_minute = 0\n")  # hundreds of commands follow each other
        profiles = Profiles.load()
        for name, (kind, read_only) in PROFILES.items():
            profiles.put(profile(served, name, kind, read_only))
        profiles.save()
        yield World(served, home, *asyncio.run(_prepare(served)))


def profile(served: RunningServer, name: str, kind: Any, read_only: bool) -> Profile:
    return Profile(
        name, served.base_url, served.environment_id, kind, read_only=read_only, credential=CredentialKind.SESSION
    )


async def _prepare(served: RunningServer) -> tuple[dict[str, dict[str, str]], dict[tuple[str, str], tuple[str, str]]]:
    found: dict[tuple[str, str], tuple[str, str]] = {}
    async with Connection(profile(served, "sandbox", "sandbox", False), served.token) as connection:
        for name, action_name in actions():
            if before := FIRST.get((name, action_name)):
                await done(connection, *before)
            record = RESOURCES[name]
            action = find_action(record, action_name)
            parent = await parent_for(connection, record, action)
            rows = [] if action.target is ActionTarget.LIST else await rows_of(connection, name, parent)
            found[name, action_name] = str(rows[-1].get(record.key, "")) if rows else "", parent
        members = await rows_of(connection, "members", found["members", "edit"][1])
        gate = (await rows_of(connection, "gates"))[0]
        webhooks = await rows_of(connection, "webhooks")
        shared = {
            "environment": served.environment_id,
            "user": (await rows_of(connection, "users"))[0]["id"],
            "gate": gate["name"],
            "gate_id": gate["id"],
            "webhook": next(row["webhookId"] for row in webhooks if row["isEnabled"]),
            "disabled_webhook": next(row["webhookId"] for row in webhooks if not row["isEnabled"]),
            "token": (await rows_of(connection, "tokens"))[0]["id"],
            "wallet": (await rows_of(connection, "wallets"))[0]["id"],
            "member": members[-1]["id"],
            "admin": next(row["id"] for row in members if row["role"] == "admin"),
        }
        values = {}
        lists = {row["name"]: row["id"] for row in await rows_of(connection, "allowlists")}
        for name in (SCOPED, BLOCKING, FIRST_SITE_ACCESS):
            entry = (await rows_of(connection, "allowlist-entries", lists[name]))[0]
            own = {"list": name, "list_id": lists[name], "entry": entry["id"], "entry_id": entry["id"]}
            values[name] = {**shared, **own, "other": "Staff"}
    return values, found


@pytest.fixture
def command(run: Run, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line with the profiles of the sandbox."""
    monkeypatch.setenv("DYNTUI_HOME", str(world.home))
    monkeypatch.setenv("DYNTUI_TOKEN", world.served.token)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("email\nnobody.yet@x.example\n")
    (tmp_path / "metadata.json").write_text('{"plan": "pro"}')
    return run


def api_arguments(operation: Operation, values: dict[str, str]) -> tuple[dict[str, str], dict[str, str], str | None]:
    """Path values, query values and a body; those of the list, the entry and the gate are real."""
    real = {"allowlistId": "list_id", "allowlistEntryId": "entry_id", "gateId": "gate_id"}
    path = {name: values[real[name]] if name in real else SOME for name in operation.path_names}
    path.pop("environmentId", None)
    body = {"updateAllowlistById": {"outcome": "block"}, "updateGate": {"name": "Renamed"}}.get(operation.id, {})
    query = {"includeSecret": "true"} if operation.id == "getWebhook" else {}
    return path, query, json.dumps(body) if operation.body_required or body else None


def confirmed_operations() -> list[Operation]:
    """Every operation that is confirmed: all that write, and reads that reveal a secret."""
    secret = {"includeSecret": "true"}
    return [operation for operation in catalog() if not operation.reads or is_sensitive(operation, secret)]


def list_api_demands(
    command: Run, gate: Gate, values: dict[str, str], kind: str, operations: list[Operation]
) -> dict[str, Demand]:
    """What `api` demands with an id, and with a path; the difference fails."""
    by_operation, differing = {}, {}
    for operation in operations:
        path, query, body = api_arguments(operation, values)
        rest = [f"-p{name}={value}" for name, value in query.items()] + (["-d", body] if body else [])
        concrete = operation.path.replace("{environmentId}", values["environment"])
        for name, value in path.items():
            concrete = concrete.replace("{" + name + "}", value)
        demands = []
        for words in (
            [operation.id, *(f"-p{name}={value}" for name, value in path.items())],
            [operation.method, concrete],
        ):
            ended = command("api", *words, *rest, "--profile", kind)
            assert ended.code == 2, (words, ended.err)
            ((operations_seen, demand),) = gate.take()
            assert operations_seen == (operation.id,)
            demands.append(demand)
        by_operation[operation.id] = demands[0]
        if demands[0] != demands[1]:
            differing[operation.id] = demands
    assert differing == {}
    return by_operation


def assert_same(ways: dict[str, list[tuple[tuple[str, ...], Demand]]], by_api: dict[str, Demand]) -> None:
    """Each way demands what the strictest of its operations demands by `api`."""
    differing = {}
    for way, seen in ways.items():
        assert seen, f"{way} asked the write gate for nothing"
        for operations, demand in seen:
            expected = max((by_api[each] for each in operations), key=lambda each: each.strength)
            if way in ALWAYS_TYPED and not expected.refused:
                assert demand.level is ConfirmationLevel.TYPED
            elif demand != expected:
                differing[way, operations] = (demand, expected)
    assert differing == {}


def test_every_confirmed_command_has_a_line() -> None:
    confirmed = {
        words
        for words, found in iter_commands(root, (), click.Context(root))
        if any(option.name == "yes" for option in found.params)
    }
    assert confirmed == LINES.keys() | LOCAL


@pytest.mark.slow  # the next test covers the fast run: it compares each action with the API too
@pytest.mark.parametrize("kind", PROFILES)
def test_api_with_an_id_and_with_a_path_and_the_api_console_demand_the_same(
    kind: str, command: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    operations, values = confirmed_operations(), world.values[FIRST_SITE_ACCESS]
    assert len(operations) > 150
    demands = list_api_demands(command, gate, values, kind, operations)

    async def by_console() -> dict[str, Demand]:
        async with Connection(profile(world.served, kind, *PROFILES[kind]), world.served.token) as connection:
            found = {}
            for operation in operations:
                path, query, body = api_arguments(operation, values)
                filled = FormResult(path, query, {}, json.loads(body) if body else None, {})
                needed = await request_requirement(connection, operation, filled)
                found[operation.id] = demand_of(needed)
            return found

    if kind != "read-only":
        assert asyncio.run(by_console()) == demands
        assert all(demand.level is not ConfirmationLevel.NONE for demand in demands.values())
    else:
        writes = {operation.id for operation in operations if not operation.reads}
        assert {name for name, demand in demands.items() if demand.refused} == writes


@pytest.mark.parametrize("kind", slow_except(PROFILES, "live"))
def test_do_demands_what_api_demands(kind: str, command: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, values = Gate(monkeypatch), world.values[FIRST_SITE_ACCESS]
    ways: dict[str, Any] = defaultdict(list)
    for name, action_name in actions():
        action = find_action(RESOURCES[name], action_name)
        if action.effect.value == "read" and not action.sensitive:
            continue
        row_id, parent = world.rows[name, action_name]
        if name in ("allowlists", "gates") and row_id:
            row_id = values["list_id" if name == "allowlists" else "gate_id"]
        fields = dict(FILLED.get((name, action_name), {}))
        if "adminMemberIdToDelegate" in fields:
            fields["adminMemberIdToDelegate"] = values["admin"]
        words = [*([row_id] if row_id else []), *(f"{field}={value}" for field, value in fields.items())]
        ended = command("do", name, action_name, *words, *(["--of", parent] if parent else []), "--profile", kind)
        if "already" in ended.out:  # nothing would change
            continue
        assert ended.code == 2, (name, action_name, ended.err)
        ways[f"do {name} {action_name}"] = gate.take()
    operations = {each for seen in ways.values() for names, _ in seen for each in names}
    by_api = list_api_demands(command, gate, values, kind, [catalog().get(each) for each in sorted(operations)])
    assert_same(ways, by_api)


@pytest.fixture
def jobs(command: Run, world: World, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Jobs of every state, made in the sandbox that all the profiles are of."""
    number = len(list(world.home.rglob("*.lock")))
    quick = ("--set", "emailVerifiedAt=unverified", "--settle", "0.1", "--rate", "0", "--profile", "sandbox", "--json")
    file = tmp_path / "job.csv"
    file.write_text(f"email,username\njob{number}@x.example,name_{number}\nmore{number}@x.example,more_{number}\n")
    planned = command("import", str(file), "--save-plan", *quick).document["job"]
    created = command("import", str(file), "--yes", *quick).document
    assert created["rows"]["created"] == 2
    file.write_text(f"email,username\nlate{number}@x.example,name_{number}\n")
    failed = command("import", str(file), "--yes", *quick).document
    assert failed["rows"]["failed"] == 1
    yield {
        "planned_job": planned,
        "failed_job": failed["job"],
        "created_job": created["job"],
    }


@pytest.mark.parametrize(
    ("kind", "name"),
    slow_except(
        [(kind, name) for name in (SCOPED, FIRST_SITE_ACCESS, BLOCKING) for kind in PROFILES],
        ("live", SCOPED),
    ),
)
def test_every_command_demands_what_api_demands(
    kind: str, name: str, command: Run, world: World, jobs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    values, ways = world.values[name], {}
    confirmed = ("--yes", "--confirm", name, "--profile", "sandbox")
    added = command("allowlists", "add", name, f"{kind}@x.example", *confirmed)
    assert added.code == 0, added.err
    (entries_job,) = re.findall(r"entries-\d+-\d+-\w+", added.err)
    gate = Gate(monkeypatch)
    for words, line in {**LINES, **WITH_OPTIONS}.items():
        arguments = [part.format(**values, **jobs, entries_job=entries_job) for part in line.split()]
        ended = command(*words.split(), *arguments, "--profile", kind)
        assert ended.code == 2, (words, ended.err)
        ways[words] = gate.take()
        assert ways[words], (words, ended.err)
    operations = {each for seen in ways.values() for names, _ in seen for each in names}
    by_api = list_api_demands(command, gate, values, kind, [catalog().get(each) for each in sorted(operations)])
    assert_same(ways, by_api)


def test_more_than_a_few_targets_are_typed_in_live_by_every_way(
    command: Run, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gate, found = Gate(monkeypatch), {}
    users = [row["id"] for row in command("users", "list", "--json", "--profile", "live").document["items"]]
    for count in (10, 11):
        entries = [f"person{number}@x.example" for number in range(count)]
        (tmp_path / "people.csv").write_text("\n".join(["email", *entries]))
        for way in (
            ("allowlists", "add", SCOPED, *entries),
            ("allowlists", "import", SCOPED, "people.csv"),
            ("allowlists", "sync", SCOPED, "people.csv"),
            ("wallets", "recover", *users[:count]),
            ("do", "users", "recover-wallets", *users[:count]),
        ):
            assert command(*way, "--profile", "live").code == 2
            found[way[:2], count] = {demand.level for _, demand in gate.take()}
    for (way, count), levels in found.items():
        assert levels == {ConfirmationLevel.TYPED if count > 10 else ConfirmationLevel.CONFIRM}, (way, count)


PLANNED = {
    "import",
    "allowlists import",
    "allowlists sync",
    "allowlists sync --remove --max-remove 100%",
    "jobs resume",
    "jobs run",
}
PLANNED |= {"jobs retry", "jobs undo"}
"""Commands whose dry run prints a plan of rows, not requests."""
FEW = ("users create", "users delete", "users set-metadata", "allowlists edit", "gates edit", "webhooks reveal-secret")


@pytest.mark.parametrize(
    "lines", [dict.fromkeys(FEW), pytest.param({**LINES, **WITH_OPTIONS}, marks=pytest.mark.slow)], ids=["few", "all"]
)
def test_a_dry_run_prints_what_would_be_sent_and_sends_no_write(
    lines: dict[str, str], command: Run, world: World, request: pytest.FixtureRequest
) -> None:
    values = dict(world.values[SCOPED])
    if len(lines) > len(FEW):
        values |= request.getfixturevalue("jobs")
        added = command("allowlists", "add", SCOPED, "dry@x.example", "--yes", "--profile", "sandbox")
        (values["entries_job"],) = re.findall(r"entries-\d+-\d+-\w+", added.err)
    audited = paths().audit_file.read_bytes() if paths().audit_file.exists() else b""
    before = world.served.sandbox.requests.copy()
    for words in lines:
        line = {**LINES, **WITH_OPTIONS}[words]
        arguments = [*words.split(), *(part.format(**values) for part in line.split()), "--dry-run"]
        ended = command(*arguments, "--json", "--profile", "live")
        assert ended.code == 0 or (words not in PLANNED and ended.document["items"][0]["error"]), (words, ended.err)
        if words not in PLANNED:
            document = ended.document
            assert document["dryRun"] and document["impact"]["confirmWith"].startswith("--"), words
            sent = [each for target in document["items"] for each in target["requests"]]
            assert all(each["method"] and each["path"].startswith("/") for each in sent), words
            assert sent or document["items"][0]["error"], words
            as_text = command(*arguments, "--profile", "live")
            assert as_text.code == ended.code
            assert [f"{each['method']} {each['path']}" for each in sent] == [
                row.partition("?")[0] for row in as_text.out.splitlines() if re.match("[A-Z]+ /", row)
            ]
            assert f"with {document['impact']['confirmWith']}." in as_text.err
    for way in (("do", "users", "delete", values["user"]), ("api", "deleteUser", "-p", f"userId={values['user']}")):
        ended = command(*way, "--dry-run", "--profile", "live")
        assert ended.code == 0
        assert ended.out == f"DELETE /environments/{values['environment']}/users/{values['user']}\n"
        assert "To do it, run it without --dry-run and with --confirm-environment live." in ended.err
    read_only = command("users", "delete", values["user"], "--dry-run", "--profile", "read-only")
    assert read_only.code == 0 and read_only.out.startswith("DELETE /")
    assert "read-only is read-only: without --dry-run, this is refused." in read_only.err
    new = world.served.sandbox.requests - before
    assert not {name for name in new if name in catalog().operations and not catalog().get(name).reads}
    assert (paths().audit_file.read_bytes() if paths().audit_file.exists() else b"") == audited


def test_a_dry_run_names_the_targets_that_are_left_out(command: Run, world: World) -> None:
    user = world.values[SCOPED]["user"]
    words = ("users", "delete", user, "nobody@x.example", "--dry-run", "--json", "--profile", "live")
    ended = command(*words)
    assert ended.code == 1
    assert [(each["id"], each.get("outcome")) for each in ended.document["items"]] == [
        (user, None),
        ("", "not_found"),
    ]
    assert command(*words, "--ignore-missing").code == 0


def test_a_dry_run_hides_secrets(command: Run) -> None:
    body = {"email": "ada@x.example", "metadata": {"apiKey": "k-1234", "recoveryCodes": ["a", "b"], "plan": "pro"}}
    ended = command("api", "createUser", "-d", json.dumps(body), "--dry-run", "--json", "--profile", "live")
    (request,) = ended.document["items"][0]["requests"]
    hidden = {"apiKey": "<secret>", "recoveryCodes": "<secret>", "plan": "pro"}
    assert request["body"] == {"email": "ada@x.example", "metadata": hidden}
