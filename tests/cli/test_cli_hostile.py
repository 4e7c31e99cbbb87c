"""Every command, run on a terminal with a server that puts hostile text into every field, and with hostile words."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pexpect
import pytest
from tests.cli.hostile_commands import MARKER
from tests.cli.test_cli_output import unsafe_characters
from tests.cli.test_cli_read_only import ENVIRONMENT
from tests.conftest import Sandbox, serving

from dyntui.cli.output_options import FORMATS
from dyntui.cli.root import root

BAD = "\x1b]0;own\x07\x9b31m\u202eevil\u200b\r\nnext"
YES = ("--yes", "--confirm-environment", ENVIRONMENT)
SET = ("--set", "emailVerifiedAt=unverified")
USER, LIST, OTHER_LIST = "{users}", "{allowlists}", "VIP"

COMMANDS: dict[str, list[tuple[str, ...]]] = {
    "users list": [(), ("--json",), ("--filter", "zz\x1b[2J\u202e")],
    "users export": [(), *(("-o", name) for name in FORMATS[1:])],
    "users sessions": [(USER,)],
    "users balances": [(USER,)],
    "users get": [(USER,), (USER, "--json")],
    "users edit-metadata": [(USER,)],
    "users add-to-allowlist": [(LIST, USER), (LIST, USER, *YES)],
    "users create": [("email=new@x.example", *YES), (f"email={BAD}", *YES)],
    "users edit": [(USER, "alias=x"), (USER, "alias=x\x1b[2J", *YES)],
    "users set-metadata": [("plan=pro\x1b[2J", USER), ("plan=pro\x1b[2J", USER, *YES)],
    "users revoke-sessions": [(USER,), (USER, *YES)],
    "users revoke-all-sessions": [(), YES],
    "users revoke-session": [("{sessions/users}", *YES)],
    "users reset-mfa": [(USER, *YES)],
    "users remove-mfa-devices": [(USER, *YES)],
    "users recover-wallets": [(USER, *YES)],
    "users reveal-social-token": [(USER, *YES)],
    "users delete": [(USER,), ("--match", "contains", "a"), (USER, *YES)],
    "wallets list": [()],
    "wallets export": [()],
    "wallets get": [("{wallets}",)],
    "wallets balances": [("{wallets}",)],
    "wallets link": [(USER, "--address", "0x1\x1b[2J", "--chain", "EVM", "--name", "x\u202e", *YES)],
    "wallets pregenerate": [("x@y.example", "--chain", "EVM", *YES)],
    "wallets recover": [("{wallets}", *YES)],
    "wallets revoke-delegated-access": [("{wallets}", *YES)],
    "wallets delete": [("{wallets}",), ("{wallets}", *YES)],
    "allowlists list": [(), ("--json",)],
    "allowlists get": [(LIST,)],
    "allowlists entries": [(LIST,), (LIST, "--json")],
    "allowlists add": [(LIST, "new@x.example", f"bad {BAD}"), (LIST, "new@x.example", *YES)],
    "allowlists edit-entry": [(LIST, "new@x.example", "alias=x\x1b[2J", *YES)],
    "allowlists export": [(LIST,)],
    "allowlists diff": [(LIST, OTHER_LIST), (LIST, "{folder}/entries.csv")],
    "allowlists copy": [(LIST, OTHER_LIST, *YES)],
    "allowlists sync": [(LIST, "{folder}/entries.csv"), (LIST, "{folder}/entries.csv", *YES)],
    "allowlists import": [(LIST, "{folder}/entries.csv", *YES)],
    "allowlists undo": [(), ("last", *YES)],
    "allowlists duplicates": [()],
    "allowlists remove": [(LIST, "new@x.example"), (LIST, "new@x.example", *YES)],
    "allowlists create": [(f"made {BAD}", "--outcome", "scope", "--scope", "x\x1b[2J", *YES)],
    "allowlists edit": [(LIST, "--name", "x\x1b[2J", *YES)],
    "allowlists enable": [(LIST,), (LIST, *YES)],
    "allowlists disable": [(LIST,), (LIST, *YES)],
    "allowlists delete": [(LIST,), (LIST, *YES)],
    "gates list": [()],
    "gates get": [("{gates}",)],
    "gates create": [(f"gate {BAD}", "--outcome", "scope", "--scope", "x\x1b[2J", "--rule", "token:1:0x1", *YES)],
    "gates edit": [("{gates}", "--name", "x\x1b[2J", *YES)],
    "gates enable": [("{gates}",), ("{gates}", *YES)],
    "gates disable": [("{gates}",), ("{gates}", *YES)],
    "gates delete": [("{gates}",), ("{gates}", *YES)],
    "access check": [("new@x.example",), (BAD,)],
    "access status": [()],
    "import": [("{folder}/users.csv", *SET, "--save-plan"), ("{folder}/users.csv", *SET, "--settle", "0", *YES)],
    "jobs list": [()],
    "jobs get": [("last",)],
    "jobs report": [("last",)],
    "jobs retry": [("last", *YES)],
    "jobs resume": [("last", *YES)],
    "jobs run": [("last", *YES)],
    "jobs pause": [("last",)],
    "jobs cancel": [("last",), ("last", "--yes")],
    "jobs undo": [("last", "--dry-run"), ("last", *YES)],
    "jobs purge": [(), ("--yes",)],
    "webhooks list": [()],
    "webhooks get": [("{webhooks}",)],
    "webhooks messages": [("{webhooks}",)],
    "webhooks deliveries": [("{webhooks}", "{webhook-messages/webhooks}")],
    "webhooks redeliver": [("{webhooks}", "{webhook-messages/webhooks}", *YES)],
    "webhooks reveal-secret": [("{webhooks}", *YES)],
    "webhooks verify": [("{webhooks}", "{folder}/users.csv", "--signature", "sha256=x\x1b[2J")],
    "webhooks create": [("url=https://x.example/\u202e", "events=user.created", "isEnabled=true", *YES)],
    "webhooks edit": [("{webhooks}", "url=https://x.example/y", *YES)],
    "webhooks enable": [("{webhooks}",), ("{webhooks}", *YES)],
    "webhooks disable": [("{webhooks}",), ("{webhooks}", *YES)],
    "webhooks delete": [("{webhooks}",), ("{webhooks}", *YES)],
    "settings get": [(), ("general",)],
    "settings set": [("general.displayName=x\x1b[2J",), ("general.displayName=x\x1b[2J", *YES)],
    "config pull": [("{folder}/config", "--include-entries"), ("{folder}/config", "--json"), (f"{{folder}}/{BAD}",)],
    "config plan": [("{folder}/config",), ("{folder}/config", "--markdown", "--prune"), ("--snapshot", BAD)],
    "config apply": [("{folder}/config", "--dry-run"), (f"{{folder}}/{BAD}",)],
    "config drift": [("{folder}/config",), ("{folder}/config", "--json")],
    "config validate": [("{folder}/config",), ("{folder}/config", "--json")],
    "config history list": [(), ("--json",)],
    "config history diff": [("last", "last"), (BAD,)],
    "config history delete": [(BAD,), ("last",)],
    "config history export": [("last", "{folder}/exported"), (BAD, "{folder}/x")],
    "events list": [()],
    "events get": [("{events}",)],
    "events tail": [("--once",)],
    "events types": [()],
    "exports list": [()],
    "exports create": [("model=users", "format=csv", *YES)],
    "exports get": [("{exports}",)],
    "exports watch": [("{exports}",)],
    "exports download": [("{exports}", "-O", "{folder}/export.csv")],
    "tokens list": [()],
    "tokens get": [("{tokens}",)],
    "tokens create": [("name=x\x1b[2J", "scopes=environment.users.read", *YES)],
    "members list": [()],
    "members get": [("{members}",)],
    "members edit": [("{members}", "role=admin", *YES)],
    "members delegate-ownership": [("{members}", "adminMemberIdToDelegate=x", *YES)],
    "members delete": [("{members}",), ("{members}", *YES)],
    "get": [(), ("events",), ("sessions", "--json"), ("users", USER), (BAD,)],
    "do": [(), ("origins",), ("origins", "create", "origin=https://x.example\x1b[2J", *YES)],
    "api": [("getEnvironmentUsers",), ("getEnvironmentUsers", "--all"), ("getEnvironmentUsers", "--all", "--ndjson")],
    "audit": [(), ("--json",)],
    "undo": [("--dry-run",), ("--even-if-changed", *YES), (f"x {BAD}", *YES)],
    "alias list": [()],
    "alias set": [("own", "keys --check"), (BAD, "keys"), ("own", BAD)],
    "alias remove": [("own",), (BAD,)],
    "cache status": [()],
    "cache allow": [(), (BAD,)],
    "cache forbid": [(), (BAD,)],
    "cache purge": [()],
    "doctor": [()],
    "help": [("auth",), (BAD,)],
    "keys": [(), ("--actions",), (BAD,)],
    "env list": [()],
    "env add": [(f"x{BAD}",)],
    "env use": [(BAD,)],
    "env check": [(), (BAD,)],
    "env remove": [(BAD,)],
    "auth login": [()],
    "auth status": [()],
    "auth logout": [()],
    "tokens delete": [("{tokens}",), ("{tokens}", *YES)],
    "completion": [(BAD,)],
}
"""By command: the words after it. It is run in this order; what a command deletes is used by the ones before it."""

_QUESTION = r"(?:\[y/N\]|to confirm[^\r\n]*|[\)\]]|Name|Environment id|prints the token|[Pp]assphrase[^\r\n]*): (?=$)"
"""The end of a question. No other output ends so: a part of a line that was read before the rest of it."""
QUERY = "\x1b[6n"
"""What `doctor` asks the terminal."""
NOT_RUN = {"demo", "sandbox"}
"""The console has its own tests. A sandbox prints its address and nothing of a server."""


def leaf_commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaf_commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def show(sandbox: Sandbox, folder: Path, commands: list[list[str]]) -> list[tuple[str, str]]:
    """Return what each command shows on a terminal, and its exit code. Questions are left with ctrl+c."""
    (folder / "users.csv").write_text("email,alias\nhostile1@x.example,a\x1b[2J\u202e\nnot an email\x1b]0;x\x07,b\n")
    (folder / "entries.csv").write_text("email\nhostile2@x.example\nbad \x1b[2J\u202e\n")
    file = folder / "commands.json"
    file.write_text(json.dumps(commands).replace("{folder}", str(folder)))
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tests.cli.hostile_commands", str(file)],
        cwd=folder,  # some commands write files where they are run
        env=sandbox.environ(folder / "home")
        | {
            "TERM": "xterm",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONUTF8": "1",
            "NO_COLOR": "1",
            "DYNTUI_NO_PAGER": "1",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        },
        encoding="utf-8",
        codec_errors="surrogateescape",
        dimensions=(50, 200),
        timeout=60,
    )
    child.delaybeforesend = None
    found: list[tuple[str, str]] = []
    shown = ""
    while len(found) < len(commands):
        match child.expect([rf"\r\n{MARKER} (\S+)\r\n", _QUESTION]):
            case 0:
                assert isinstance(child.match, re.Match)
                found.append((shown + child.before, child.match[1]))
                shown = ""
            case _:
                shown += child.before + child.after
                child.sendintr()
    child.close()
    return found


def check(commands: list[list[str]], found: list[tuple[str, str]]) -> None:
    problems = []
    for command, (shown, code) in zip(commands, found, strict=True):
        if (unsafe := unsafe_characters(shown.replace(QUERY, ""))) or "Traceback" in shown or "internal error" in shown:
            problems.append((command, code, unsafe, shown[-300:]))
    assert problems == []


def test_the_table_has_every_command() -> None:
    assert {name for name, _ in leaf_commands(root)} - NOT_RUN == set(COMMANDS)


@pytest.fixture(scope="module")
def hostile() -> Iterator[Sandbox]:
    with serving(hostile=True, users=12, flags=("organization-access=yes",)) as running:
        yield running


@pytest.mark.slow
def test_no_command_shows_a_control_character_of_the_server(hostile: Sandbox, tmp_path: Path) -> None:
    commands = [[*name.split(), *words] for name, calls in COMMANDS.items() for words in calls]
    found = show(hostile, tmp_path, commands)
    check(commands, found)
    succeeded = {tuple(command) for command, (_, code) in zip(commands, found, strict=True) if code == "0"}
    reads = {tuple(command) for command in commands if command[1:2] in (["list"], ["get"], ["entries"])}
    writes = [command for command in succeeded if "--yes" in command]
    assert reads <= succeeded, "the commands that show most of a server work"
    assert len(writes) > 20


@pytest.mark.slow
def test_no_command_shows_a_control_character_of_its_own_words(hostile: Sandbox, tmp_path: Path) -> None:
    commands = []
    for name, command in leaf_commands(root):
        if name in NOT_RUN:
            continue
        words = [*name.split(), *(["--once"] if name == "events tail" else [])]  # else it tails forever
        arguments = [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
        calls = [[BAD], [f"--{BAD}"], [f"x={BAD}"] * max(1, len(arguments))]
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.is_flag:
                calls.append([*(["x"] * len(arguments)), parameter.opts[0], BAD])
        commands += [[*words, *call] for call in calls]
    check(commands, show(hostile, tmp_path, commands))
