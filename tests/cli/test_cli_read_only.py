"""`--read-only`: every command that writes is refused before anything leaves, and none of them is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cli_support import NOBODY, TOKEN, Run

from dyntui.cli.root import root
from dyntui.config.profile_resolution import resolve
from dyntui.services.imports.jobs import JobLocation, new_job
from dyntui.services.imports.plan import make_plan, save_plan
from dyntui.store.states import JobState

ENVIRONMENT = "26ff0bcf-34e3-43cd-9cd5-091f0c3c982d"
SOME = "11111111-2222-4333-8444-555555555555"
WALLET = "0x" + "ab" * 20

WRITING = {
    "users create": "email=ada@x.example",
    "users delete": SOME,
    "users allowlist-add": f"VIP {SOME}",
    "users edit-metadata": f"{SOME} --from people.csv",
    "users mfa-reset": SOME,
    "users session-revoke": SOME,
    "users sessions-revoke": SOME,
    "users set-metadata": f"plan=pro {SOME}",
    "users update": f"{SOME} alias=Ada",
    "wallets delete": SOME,
    "wallets link": f"{SOME} --address {WALLET} --chain EVM --name metamask",
    "wallets pregenerate": "ada@x.example --chain EVM",
    "wallets recover": SOME,
    "allowlists add": "VIP ada@x.example",
    "allowlists copy": "VIP Staff",
    "allowlists create": "VIP --outcome siteAccess",
    "allowlists delete": "VIP",
    "allowlists disable": "VIP",
    "allowlists edit": "VIP ada@x.example email=eda@x.example",
    "allowlists enable": "VIP",
    "allowlists import": "VIP people.csv",
    "allowlists remove": "VIP ada@x.example",
    "allowlists sync": "VIP people.csv",
    "allowlists undo": "entries-1",
    "allowlists update": "VIP --outcome siteAccess",
    "gates create": f"Owners --outcome siteAccess --rule nft:1:{WALLET}",
    "gates delete": "Owners",
    "gates disable": "Owners",
    "gates enable": "Owners",
    "gates update": "Owners --name Holders",
    "import": "people.csv --set emailVerifiedAt=now",
    "jobs resume": "JOB",
    "jobs retry": "DONE",
    "jobs run": "READY",
    "jobs undo": "DONE",
    "webhooks create": "url=https://x.example events=user.created isEnabled=true",
    "webhooks delete": SOME,
    "webhooks disable": SOME,
    "webhooks edit": f"{SOME} url=https://y.example",
    "webhooks enable": SOME,
    "webhooks redeliver": f"{SOME} {SOME}",
    "exports create": "model=users",
    "tokens create": "note=x scopes=environment.users.read",
    "tokens delete": SOME,
    "members delegate-ownership": f"{SOME} adminMemberIdToDelegate={SOME}",
    "members delete": SOME,
    "members edit": f"{SOME} role=admin",
    "do": f"origins delete {SOME}",
    "api": "deleteUser -p userId=" + SOME,
}
"""A line for every command that changes something on the server."""

ELSEWHERE = {
    "env remove",
    "jobs purge",
    "jobs cancel",
    "users social-token",
    "webhooks reveal-secret",
    "webhooks verify",
}
"""Commands that are confirmed but change only this machine, or show a secret."""


def leaves(
    command: click.Command, path: tuple[str, ...], context: click.Context
) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, by its words."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from leaves(found, (*path, name), click.Context(found, parent=context, info_name=name))


def test_no_command_that_is_confirmed_is_forgotten() -> None:
    confirmed = {
        words
        for words, command in leaves(root, (), click.Context(root))
        if any(option.name == "yes" for option in command.params)
    }
    assert confirmed == WRITING.keys() | ELSEWHERE


@pytest.fixture
def nobody(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line where nobody listens: what tries to send ends with 4."""
    monkeypatch.setenv("DYNTUI_BASE_URL", NOBODY)
    monkeypatch.setenv("DYNTUI_ENVIRONMENT_ID", ENVIRONMENT)
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("email\nada@x.example\n")
    return run


def job(*states: JobState) -> str:
    """A job of this environment that was planned and went through some states then."""
    source = {"name": "people.csv", "path": "people.csv"}
    with new_job("users", JobLocation.of(resolve()), source=source, mapping={"columns": []}) as journal:
        journal.move(JobState.READY)
        save_plan(journal, make_plan(journal))
        for state in states:
            journal.move(state)
        return journal.id


JOBS = {
    "READY": (),
    "JOB": (JobState.RUNNING, JobState.PAUSED),
    "DONE": (JobState.RUNNING, JobState.DONE),
}


@pytest.mark.parametrize("words", WRITING)
def test_it_is_refused_before_anything_leaves(words: str, nobody: Run) -> None:
    line = WRITING[words]
    if line in JOBS:
        line = job(*JOBS[line])
    done = nobody(*words.split(), *line.split(), "--yes", "--confirm", "environment", "--read-only")
    assert done.code == 2, done.err
    assert "is read-only" in done.err, done.err
    assert done.out == ""
    (audited,) = nobody("audit", "--ndjson").out.splitlines()
    assert '"refused"' in audited
