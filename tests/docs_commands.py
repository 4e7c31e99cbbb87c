"""Shared by the tests of documented commands: the commands of a page, and an environment to run them in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shlex
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pexpect
from tests.conftest import Cli, Sandbox, serving

from dyntui.api.client import Client
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.core.json_types import as_object, as_objects
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.lists.list_source import scan

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OTHER_PAGES = {"commands.md", "install.md"}
"""A page that is generated from the code, and one whose commands `tests/dist` runs."""


def pages() -> list[str]:
    """Return the paths of the pages with fenced blocks of commands, relative to the root."""
    found = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    return [str(page.relative_to(ROOT)) for page in found if page.name not in _OTHER_PAGES and _blocks(page)]


def _blocks(page: Path) -> list[str]:
    """Return the fenced blocks of a page, without those of files."""
    return [text for language, text in _BLOCK.findall(page.read_text()) if language not in ("text", "toml", "yaml")]


def commands(page: str) -> list[str]:
    """Return the commands in the fenced blocks of a page, without comments. Indented lines are output."""
    out: list[str] = []
    for block in _blocks(ROOT / page):
        for line in block.replace("\\\n", "").splitlines():
            if line.strip() and not line.startswith((" ", "#")):
                out.append(" ".join(re.sub(r"\s+#\s.*$", "", line).split()))
    return out


def shown_output(page: str) -> dict[str, list[str]]:
    """Return the output that a page shows below its commands: the indented lines, without the indentation."""
    found: dict[str, list[str]] = {}
    for block in _blocks(ROOT / page):
        lines: list[str] = []
        for line in block.replace("\\\n", "").splitlines():
            if line.startswith("  "):
                lines.append(line[2:])
            elif line.strip() and not line.startswith("#"):
                lines = found.setdefault(" ".join(re.sub(r"\s+#\s.*$", "", line).split()), [])
    return {command: lines for command, lines in found.items() if lines}


_VARIABLE = (
    (r"\x1b\[[0-9;?]*[A-Za-z]", ""),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
    (r"\b\d{8}-\d{6}(-\d+)?-(pull|apply)\b", r"SNAPSHOT-\2"),
    (r"\b\d{8}-\d{6}-[0-9a-f]{4}\b", "JOB"),
    (r"\b\d{4}-\d\d-\d\d([ T][\d:.]+(Z|\+00:00)?)?", "TIME"),
    (r"\b127\.0\.0\.1:\d+", "SERVER"),
    (r"--read [0-9a-f]+", "--read CODE"),
    (r"\bdyn_…\w+", "TOKEN"),
    (r"\b(?=[0-9a-f]*\d)[0-9a-f]{6,12}\b", "HEX"),
    (r"\b\d+(\.\d+){1,2}\b", "VERSION"),
    (r"\b\d+ ms\b", "N ms"),
    (r"\b\d+ ?(s|m|h|d|days|hours|minutes|seconds) ago\b", "AGE"),
)
"""What is different in each run, and what stands for it in a comparison."""


def _comparable(text: str) -> str:
    """Return text without what is different in each run, with one blank between words and without empty lines."""
    for pattern, name in _VARIABLE:
        text = re.sub(pattern, name, text)
    lines = (" ".join(line.rpartition("\r")[2].split()) for line in text.replace("\r\n", "\n").split("\n"))
    return "".join(f"{line}\n" for line in lines if line)


def matches_page(shown: Sequence[str], output: str) -> bool:
    """Return whether a command printed what its page shows. `…` or `...` stands for any text, or for any lines."""
    pattern = ""
    for line in _comparable("\n".join(shown)).splitlines():
        parts = [re.escape(part) for part in re.split(r"…(?!\w)|\.\.\.", line)]
        pattern += "(.*\n)*" if parts == ["", ""] else ".*".join(parts) + "\n"
    return re.fullmatch(pattern, _comparable(output)) is not None


class ProfileCli(Cli):
    """Runs commands with the profiles of a home and other variables, but without an environment in variables."""

    def __init__(self, sandbox: Sandbox, home: Path, **variables: str) -> None:
        super().__init__(sandbox, home)
        self.variables = variables

    def _environ(self, token: str | None) -> dict[str, str]:
        return without_environment(super()._environ(token)) | self.variables


def without_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those that select an environment."""
    return {name: text for name, text in environ.items() if name not in ("DYNTUI_BASE_URL", "DYNTUI_ENVIRONMENT_ID")}


@dataclass
class DocsEnvironment:
    """A sandbox, a profile `acme` that points at it, and a working folder."""

    sandbox: Sandbox
    folder: Path
    kind: str = "sandbox"
    """The kind of the profile."""
    names: dict[str, str] = field(default_factory=dict)
    """Values of the placeholders of the page, such as ID."""
    output: str = ""
    """The output of the last command."""
    messages: set[str] = field(default_factory=set)
    """Names of the webhook messages at the first call of `state`."""

    @property
    def env(self) -> dict[str, str]:
        """The environment variables of the commands."""
        clean = without_environment(self.sandbox.environ(self.folder / "home"))
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return {
            **clean,
            "DYNTUI_NO_PAGER": "1",
            "PATH": path,
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT / "src"),
        }

    def query(self, work: Callable[[Client], Awaitable[Any]]) -> Any:
        """Return the result of `work`, called with a client of the sandbox."""

        async def run() -> Any:
            sandbox = self.sandbox
            async with Client(
                sandbox.url, sandbox.environment_id, sandbox.token, rate_limiters=RateLimiters(0, 0)
            ) as client:
                return await work(client)

        return asyncio.run(run())

    def call(self, operation: str, body: Any = None, **path: str) -> Any:
        """Call an operation of the sandbox."""
        return self.query(lambda client: client.call(operation, path=path, body=body, permit=WritePermit("test")))

    def run(self, line: str, answers: Sequence[tuple[str, str]]) -> int:
        """Run a line in a shell on a terminal and answer its prompts. Returns the exit code."""
        child = pexpect.spawn(
            "bash", ["-o", "pipefail", "-c", line], env=self.env, cwd=str(self.folder), timeout=60, encoding="utf-8",
            dimensions=(40, 200),
        )  # fmt: skip
        self.output = ""
        for prompt, answer in answers:
            child.expect_exact(prompt)
            self.output += f"{child.before}{child.after}"
            child.send(answer)
        child.expect(pexpect.EOF)
        self.output += str(child.before)
        child.close()
        return int(child.exitstatus if child.exitstatus is not None else -(child.signalstatus or 0))

    def run_in_process(self, line: str) -> int:
        """Run a line of dyntui commands, connected by | and &&, in this process. Returns the exit code as `run`."""
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&")
        lexer.whitespace_split = True
        pipelines: list[list[list[str]]] = [[[]]]
        for word in lexer:
            if word == "&&":
                pipelines.append([[]])
            elif word == "|":
                pipelines[-1].append([])
            else:
                pipelines[-1][-1].append(word)
        cli, self.output = ProfileCli(self.sandbox, self.folder / "home"), ""
        with contextlib.chdir(self.folder):
            for commands in pipelines:
                failed, text = 0, ""
                for program, *words in commands:
                    assert program == "dyntui", line
                    done = cli(*words, check=False, stdin=text)
                    failed, text = done.returncode or failed, done.stdout
                    self.output += done.stderr
                self.output += text
                if failed:
                    return failed
        return 0

    def state(self) -> dict[str, str]:
        """Return all objects that a documented command can change, by kind and name.

        Only the webhook messages of the first call are included, because each change sends new ones.
        """
        found: dict[str, str] = dict(self.query(_read_all))
        messages = {name for name in found if name.startswith("message ")}
        self.messages = self.messages or messages
        found = {name: row for name, row in found.items() if name not in messages - self.messages}
        profiles = self.folder / "home" / "config" / "profiles.toml"
        for name in re.findall(
            r"^\[(?:profiles\.)?\"?(\w+)\"?\]", profiles.read_text() if profiles.exists() else "", re.M
        ):
            found[f"profile {name}"] = ""
        return found


async def _read_all(client: Client) -> dict[str, str]:
    out: dict[str, str] = {}

    def add(kind: str, name: object, row: Mapping[str, Any]) -> None:
        out[f"{kind} {name}"] = json.dumps(row, sort_keys=True, default=str)

    async def rows(name: str, parent: str = "") -> list[dict[str, Any]]:
        return [dict(each.row) async for each in scan(client, RESOURCES[name], parent=parent)]

    emails: dict[str, str] = {}
    for user in await rows("users"):
        emails[str(user["id"])] = name = str(user.get("email") or user["id"])
        add("user", name, user)
        full = await client.users.get_raw(user["id"])
        for session in as_objects(full.get("sessions")):
            if not session.get("revokedAt"):
                add("session", session["id"], session)
    for wallet in await rows("wallets"):
        owner = emails.get(str(wallet["userId"]), wallet["id"])
        add("wallet", f"{wallet['chain']} of {owner}", wallet)
    for origin in await rows("origins"):
        add("origin", origin["origin"], origin)
    for webhook in await rows("webhooks"):
        add("webhook", webhook["url"], webhook)
        for message in await rows("webhook-messages", webhook["webhookId"]):
            add("message", message["messageId"], message)
    for allowlist in await rows("allowlists"):
        add("allowlist", allowlist["name"], allowlist)
        for entry in await rows("allowlist-entries", allowlist["id"]):
            add("entry", f"{entry.get('email') or entry['id']} on {allowlist['name']}", entry)
    notes = Counter[str]()
    for token in sorted(await rows("tokens"), key=lambda token: str(token["createdAt"])):
        notes[token["note"]] += 1
        add("token", f"{token['note']} {notes[token['note']]}", {"id": token["id"], "scopes": token["scopes"]})
    add("environment", "settings", as_object(await client.call("getEnvironmentSettings")))
    return out


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    """Return the names of added (+), removed (-) and changed (~) objects."""
    return (
        {f"+{name}" for name in after.keys() - before.keys()}
        | {f"-{name}" for name in before.keys() - after.keys()}
        | {f"~{name}" for name in after.keys() & before.keys() if before[name] != after[name]}
    )


@contextmanager
def docs_environment(folder: Path, *, kind: str = "sandbox", profile: bool = True) -> Iterator[DocsEnvironment]:
    """Run a sandbox with 12 users. `kind` is that of its profile; `profile`: whether there is one."""
    (folder / "bin").mkdir()
    dyntui = folder / "bin" / "dyntui"
    dyntui.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dyntui "$@"\n')
    dyntui.chmod(0o700)
    with serving(users=12) as sandbox:
        environment = DocsEnvironment(sandbox, folder, kind)
        if profile:
            add = ["env", "add", "acme", "--base-url", sandbox.url, "--environment-id", sandbox.environment_id]
            ProfileCli(sandbox, folder / "home")(*add, "--kind", kind, "--credential", "environment")
        yield environment


def nothing(_: DocsEnvironment) -> set[str]:
    return set()


@dataclass(frozen=True)
class Case:
    """How a command is tried.

    names: placeholders of the page and what stands for them. more: what a test has to add. answers: prompts and what is
    typed at them. affects: what it is to have changed. before: what has to be there.
    """

    names: Callable[[DocsEnvironment], dict[str, str]] = lambda _: {}
    more: Callable[[DocsEnvironment], str] = lambda _: ""
    answers: tuple[tuple[str, str], ...] = ()
    affects: Callable[[DocsEnvironment], set[str]] = nothing
    before: Callable[[DocsEnvironment], None] = lambda _: None
    exit_code: int = 0
    prints: str = ""
    run: Callable[[DocsEnvironment, str], None] | None = None
    """How else it is run: what stays open, or what is not for a shell."""
    check: Callable[[DocsEnvironment], None] = lambda _: None
    """Checks what else it is to have done, such as a file."""


def filled_in(world: DocsEnvironment, text: str, names: dict[str, str], *, all_names: bool = True) -> str:
    for name, value in names.items():
        assert name in text or not all_names, name
        pieces = re.split(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
        text = value.join(pieces)
    return text


def try_commands(
    world: DocsEnvironment,
    cases: Mapping[str, Case],
    *,
    shown: Mapping[str, Sequence[str]] = MappingProxyType({}),
    in_process: bool = False,
) -> None:
    """Run the commands of a page, and compare what each of them changed and printed with its case and with the page.

    shown: the output that the page shows, by command. in_process: run them in this process, which starts no shell and
    no interpreter.
    """
    for line, case in cases.items():
        case.before(world)
        names, affected, before = case.names(world), case.affects(world), world.state()
        typed = filled_in(world, line, names) + case.more(world)
        if case.run is not None:
            case.run(world, typed)
        else:
            where: dict[str, Any] = {"url": world.sandbox.url, "environment": world.sandbox.environment_id}
            answers = tuple((prompt, answer.format(**where)) for prompt, answer in case.answers)
            code = world.run_in_process(typed) if in_process else world.run(typed, answers)
            assert code == case.exit_code, f"{line}\n{world.output}"
        assert case.prints in world.output, f"{line}\n{world.output}"
        if line in shown:
            page_lines = [filled_in(world, text, names, all_names=False) for text in shown[line]]
            assert matches_page(page_lines, world.output), f"{line}\n{world.output}"
        found = changes(before, world.state())
        assert found == affected, f"{line}\n{world.output}"
        case.check(world)
