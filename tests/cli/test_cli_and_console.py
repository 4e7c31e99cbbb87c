"""Each write by its keys in the console and by its command, in two sandboxes that are alike: the same confirmation, the
same result text and the same lines in the audit log, with a profile for a sandbox and with one for a live environment.

Jobs, settings and downloads are compared in test_cli_and_console_jobs.py, read-only profiles in
test_cli_and_console_read_only.py.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.cli.cli_support import Run
from tests.families import slow_except
from tests.tui.access_support import (
    ALLOWLISTS,
    BETA_TESTERS_ENTRIES,
    LAUNCH_PARTY,
    LAUNCH_PARTY_ENTRIES,
    WALLET,
    go,
    pretend_live,
    to,
)
from tests.tui.conftest import still  # noqa: F401
from tests.tui.resource_support import confirm_it
from tests.tui.tui_support import SIZE, console_of, demo, fill, press, settled, text_of, until

from dyntui.config.paths import paths
from dyntui.config.profile import CredentialKind, Profile
from dyntui.config.profiles import Profiles
from dyntui.core.errors import EXIT_ACCEPTED
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import RunningServer, serving
from dyntui.services.access.gate_rules import parse_rule
from dyntui.services.actions.audit import Audit, AuditLine
from dyntui.services.actions.registry import declaration
from dyntui.services.actions.result_sentence import result_sentence
from dyntui.services.actions.write_gate import WriteGate
from dyntui.services.actions.write_types import Requirement, Target, WriteResults
from dyntui.tui.features.access.compare_screen import CompareAllowlistScreen
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog

OPTIONS = SandboxOptions(users=120, seed=1, now="2026-03-01T12:00:00Z")
YOUSSEF = ("j", "j", "enter")
NOA = (*["j"] * 8, "enter")
NEW = "new@example.com"
RULE = f"nft:1:{WALLET}:amount=2"
CONFIRM = "confirm"
"""A step that confirms the shown dialog."""


@dataclass(frozen=True)
class Fill:
    """Texts that are typed into the fields of a form."""

    texts: tuple[str, ...]


def typed(*texts: str) -> Fill:
    return Fill(texts)


@dataclass(frozen=True)
class Way:
    """How a write is done."""

    steps: Sequence[str | Fill]
    """Keys and texts in the console, up to the confirmation."""
    command: tuple[str, ...]
    """The command line. `{id}` is the target in the console."""
    first: tuple[str, ...] = ()
    """A command that makes the state which the steps make before."""


WAYS: Mapping[str, Way] = {
    "users.create": Way(("plus", typed("ada@example.com"), "ctrl+s"), ("users", "create", "email=ada@example.com")),
    "users.edit": Way((*YOUSSEF, "e", typed("Joseph"), "ctrl+s"), ("users", "edit", "{id}", "firstName=Joseph")),
    "users.set-metadata": Way((*YOUSSEF, "m", typed("seats", "12")), ("users", "set-metadata", "seats:=12", "{id}")),
    "users.revoke-sessions": Way((*YOUSSEF, "X"), ("users", "revoke-sessions", "{id}")),
    "users.revoke-all-sessions": Way(("vertical_line",), ("users", "revoke-all-sessions")),
    "users.reset-mfa": Way((*NOA, "equals_sign"), ("users", "reset-mfa", "{id}")),
    "users.remove-mfa-devices": Way((*NOA, "ctrl+x"), ("users", "remove-mfa-devices", "{id}")),
    "users.recover-wallets": Way((*YOUSSEF, "u"), ("users", "recover-wallets", "{id}")),
    "users.reveal-social-token": Way(("j", "enter", "5", "K"), ("users", "reveal-social-token", "{id}")),
    "users.add-to-allowlist": Way(("A", "enter"), ("users", "add-to-allowlist", "Beta testers", "{id}")),
    "users.delete": Way(("d",), ("users", "delete", "{id}")),
    "sessions.revoke": Way((*YOUSSEF, "4", "minus"), ("users", "revoke-session", "{id}")),
    "wallets.link": Way(
        ("j", "j", "j", "enter", "J", typed(WALLET), "enter", typed("metamask"), "enter"),
        ("wallets", "link", "{id}", "--address", WALLET, "--chain", "EVM", "--name", "metamask"),
    ),
    "wallets.pregenerate": Way(
        (*to("wallets"), "plus", "enter", typed(NEW), "ctrl+s"),
        ("wallets", "pregenerate", NEW, "--chain", "EVM", "--chain", "SVM"),
    ),
    "wallets.pregenerate-legacy": Way(
        (*to("wallets"), "plus", "right", "enter", typed(NEW), "ctrl+s"),
        ("wallets", "pregenerate", NEW, "--legacy", "--chain", "EVM", "--chain", "SOL"),
    ),
    "wallets.pregenerate-farcaster": Way(
        (
            *to("wallets"),
            "plus",
            "right",
            "right",
            "enter",
            typed(NEW),
            "ctrl+s",
            typed("4711"),
        ),
        ("wallets", "pregenerate", NEW, "--farcaster-fid", "4711", "--chain", "EVM", "--chain", "SOL"),
    ),
    "allowlists.create": Way(
        (*ALLOWLISTS, "plus", typed("Guests", "", "")), ("allowlists", "create", "Guests", "--outcome", "siteAccess")
    ),
    "allowlists.edit": Way(
        (*ALLOWLISTS, "G", "e", typed("Party", "", "")), ("allowlists", "edit", "{id}", "--name", "Party")
    ),
    "allowlists.enable": Way((*ALLOWLISTS, "G", "t"), ("allowlists", "enable", "{id}")),
    "allowlists.disable": Way((*ALLOWLISTS, "t"), ("allowlists", "disable", "{id}")),
    "allowlists.delete": Way((*ALLOWLISTS, "G", "d"), ("allowlists", "delete", "{id}")),
    "allowlists.sync": Way(
        (*ALLOWLISTS, "G", "D", "down", "enter", "ctrl+s"),
        ("allowlists", "sync", LAUNCH_PARTY, "Staff", "--remove", "--max-remove", "100%"),
    ),
    "allowlists.undo": Way(
        (*LAUNCH_PARTY_ENTRIES, "d", CONFIRM, "u", "enter"),
        ("allowlists", "undo", "{job}"),
        first=("allowlists", "remove", LAUNCH_PARTY, "{first_id}"),
    ),
    "allowlist-entries.create": Way(
        (*LAUNCH_PARTY_ENTRIES, "plus", typed("ada@example.com", "", "")),
        ("allowlists", "add", LAUNCH_PARTY, "ada@example.com"),
    ),
    "allowlist-entries.edit": Way(
        (*BETA_TESTERS_ENTRIES, "e", typed("ada@new.example", "", "")),
        ("allowlists", "edit-entry", "Beta testers", "{id}", "email=ada@new.example"),
    ),
    "allowlist-entries.delete": Way((*LAUNCH_PARTY_ENTRIES, "d"), ("allowlists", "remove", LAUNCH_PARTY, "{id}")),
    "gates.create": Way(
        (*to("gates"), "plus", typed("Owners", "", "", RULE, "", "")),
        ("gates", "create", "Owners", "--outcome", "siteAccess", "--rule", RULE),
    ),
    "gates.edit": Way((*to("gates"), "e", typed("Renamed"), "ctrl+s"), ("gates", "edit", "{id}", "--name", "Renamed")),
    "gates.enable": Way((*to("gates"), "G", "t"), ("gates", "enable", "{id}")),
    "gates.disable": Way((*to("gates"), "t"), ("gates", "disable", "{id}")),
    "gates.delete": Way((*to("gates"), "d"), ("gates", "delete", "{id}")),
}

DO: Mapping[str, tuple[str, ...]] = {
    "users.create": ("email=ada@example.com",),
    "users.edit": ("{id}", "firstName=Joseph"),
    "users.delete": ("{id}",),
    "allowlists.create": ("name=Guests", "outcome=siteAccess"),
    "allowlists.edit": ("{id}", "name=Party"),
    "gates.create": ("name=Owners", "outcome=siteAccess", "rules={rules}"),
    "gates.edit": ("{id}", "name=Renamed"),
}
"""The arguments of `do` for the writes whose command is written by hand. The other commands call what `do` calls."""

PROFILES = {"sandbox": "demo", "live": "acme"}
"""The name of the profile by the kind of environment, in the console and on the command line."""


@dataclass
class Seen:
    """What passed through the write gate."""

    names: list[str] = field(default_factory=list)
    requirements: list[tuple[Requirement, Sequence[Target]]] = field(default_factory=list)
    results: list[WriteResults] = field(default_factory=list)

    def texts(self) -> list[object]:
        """Return the last confirmation and the last sentence, with `X` for the target.

        A row in the console has a name; on the command line it has the id that was given.
        """
        needed, targets = self.requirements[-1]
        fields = (needed.question, needed.warning, *needed.effects, *map(result_sentence, self.results[-1:]))
        shown = [without_names(text, targets) for text in fields]
        return [*shown, *demand(needed), len(needed.target_lines)]


def demand(needed: Requirement) -> tuple[object, ...]:
    """Return what has to be typed or agreed to, without the texts of the question."""
    return needed.level, needed.accepted, needed.destructive, needed.environment, needed.code


def without_names(text: str, targets: Sequence[Target]) -> str:
    for target in targets:
        for name in filter(None, (target.label, target.id)):
            text = text.replace(name, "X")
    return text


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    seen = Seen()
    authorize, perform = WriteGate.authorize, WriteGate.perform

    def on_authorize(gate: WriteGate, action: Any, targets: Any, confirmation: Any) -> Any:
        permit = authorize(gate, action, targets, confirmation)
        seen.requirements.append((gate.requirement(action, targets), targets))
        return permit

    async def on_perform(gate: WriteGate, *arguments: Any, **more: Any) -> WriteResults:
        results = await perform(gate, *arguments, **more)
        seen.names.append(results.action.name)
        seen.results.append(results)
        return results

    monkeypatch.setattr(WriteGate, "authorize", on_authorize)
    monkeypatch.setattr(WriteGate, "perform", on_perform)
    return seen


@pytest.fixture
def served() -> Iterator[RunningServer]:
    with serving(OPTIONS) as served:
        yield served


def use(served: RunningServer, monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    """Save the profile of a kind for a sandbox."""
    profile = Profile(PROFILES[kind], served.base_url, served.environment_id, kind, credential=CredentialKind.SESSION)
    profiles = Profiles.load()
    profiles.put(profile)
    profiles.save()
    monkeypatch.setenv("DYNTUI_TOKEN", served.token)


BY_ID_ONLY = ("users.reveal-social-token", "sessions.revoke")
"""Actions whose command gets only the id of its target, and so does not know its name."""


def audited() -> list[AuditLine]:
    """Return the audit lines without what differs between any two runs, such as times and the ids of new objects."""
    return [
        replace(
            line,
            time="",
            base_url="",
            profile="",
            request_id="",
            after=without_id(line.after),
            job=str(bool(line.job)),
            undoes=str(bool(line.undoes)),
            labels=() if line.action in BY_ID_ONLY else line.labels,
        )
        for line in Audit(paths().audit_file).lines()
    ]


def by_target(lines: list[AuditLine]) -> list[AuditLine]:
    """Return the lines target by target: those of targets that are written at the same time come in any order."""
    return sorted(lines, key=lambda line: line.targets)


def without_id(value: object) -> object:
    return {name: inner for name, inner in value.items() if name != "id"} if isinstance(value, dict) else value


async def press_steps(pilot: Any, steps: Sequence[str | Fill]) -> None:
    for step in steps:
        if isinstance(step, Fill):
            await fill(pilot, *step.texts)
        elif step == CONFIRM:
            await confirm_it(pilot)
        else:
            await go(pilot, step)
        if isinstance(screen := console_of(pilot).screen, CompareAllowlistScreen):
            await until(pilot, lambda: screen.diff is not None)


async def by_keys(console: Console, way: Way) -> Requirement:
    """Do a write by its keys. Returns what the dialog demanded."""
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press_steps(pilot, way.steps)
        dialog = console.screen
        assert isinstance(dialog, ConfirmDialog), text_of(console)
        await confirm_it(pilot)
        await settled(pilot)
        await press(pilot, "escape")
        return dialog.requirement


@pytest.mark.parametrize(
    ("name", "kind"),
    slow_except(
        [(name, kind) for name in WAYS for kind in PROFILES],
        ("users.delete", "live"),
    ),
)
def test_the_keys_and_the_command_of_a_write_have_the_same_texts_and_audit_lines(
    name: str, kind: str, run: Run, seen: Seen, served: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = WAYS[name]
    with monkeypatch.context() as patch:
        if kind == "live":
            pretend_live(patch)
        dialog = asyncio.run(by_keys(demo(), way))
    assert seen.names[-1] == name
    by_console, lines = seen.texts(), audited()
    needed, targets = seen.requirements[-1]
    assert demand(dialog) == demand(needed)
    assert (PROFILES[kind] in needed.environment) and (kind in needed.environment)
    assert kind == "sandbox" or not needed.destructive or needed.accepted, "a name is to be typed"
    values = {
        "id": targets[0].id if targets else "",
        "first_id": seen.requirements[0][1][0].id,
        "rules": json.dumps([parse_rule(RULE)]),
    }

    use(served, monkeypatch, kind)
    confirmed = ["--yes", "--profile", PROFILES[kind]]
    if way.first:
        first = [part.format(**values) for part in way.first]
        done = run(*first, *confirmed, "--confirm-environment", PROFILES[kind])
        assert done.code == 0, done.err
        values["job"] = next(line.job for line in reversed(list(Audit(paths().audit_file).lines())) if line.job)
    if needed.accepted:
        assert run(*(part.format(**values) for part in way.command), *confirmed).code == 2, "--yes is not enough"
        confirmed += ["--confirm-environment", needed.accepted[0]]
    if needed.code:
        confirmed += ["--read", needed.code]
    code = EXIT_ACCEPTED if name == "users.revoke-all-sessions" else 0
    done = run(*(part.format(**values) for part in way.command), *confirmed)
    assert done.code == code, done.err
    assert seen.names[-1] == name
    assert seen.texts() == by_console
    has_secret = declaration(name).action.reveals[0]  # the secret is shown instead
    assert has_secret or result_sentence(seen.results[-1]) in done.err
    assert by_target(audited()[len(lines) :]) == by_target(lines)
    if name in DO:
        with serving(OPTIONS) as third:
            use(third, monkeypatch, kind)
            words = [part.format(**values) for part in DO[name]]
            done = run("do", *name.split("."), *words, *confirmed)
        assert done.code == code, done.err
        assert seen.texts() == by_console
        assert audited()[2 * len(lines) :] == lines
