"""`--read-only`: every command that writes is refused before any request, and the list of them is complete."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.cli.cli_support import CLOSED_PORT_URL, TOKEN, Run

from dyntui.cli.root import root
from dyntui.config.profile_resolution import resolve_profile
from dyntui.services.imports.jobs import JobLocation, new_job
from dyntui.services.imports.plan import make_plan, save_plan
from dyntui.store.states import JobState

ENVIRONMENT = "26ff0bcf-34e3-43cd-9cd5-091f0c3c982d"
SOME_ID = "11111111-2222-4333-8444-555555555555"
WALLET = "0x" + "ab" * 20

WRITING = {
    "users create": "email=ada@x.example",
    "settings set": "general.displayName=Acme",
    "users delete": SOME_ID,
    "users add-to-allowlist": f"VIP {SOME_ID}",
    "users edit-metadata": f"{SOME_ID} --from people.csv",
    "users recover-wallets": SOME_ID,
    "users remove-mfa-devices": SOME_ID,
    "users reset-mfa": SOME_ID,
    "users revoke-sessions": SOME_ID,
    "users revoke-all-sessions": "",
    "users revoke-session": SOME_ID,
    "users set-metadata": f"plan=pro {SOME_ID}",
    "users edit": f"{SOME_ID} alias=Ada",
    "wallets delete": SOME_ID,
    "wallets link": f"{SOME_ID} --address {WALLET} --chain EVM --name metamask",
    "wallets pregenerate": "ada@x.example --chain EVM",
    "wallets recover": SOME_ID,
    "wallets revoke-delegated-access": SOME_ID,
    "allowlists add": "VIP ada@x.example",
    "allowlists copy": "VIP Staff",
    "allowlists create": "VIP --outcome siteAccess",
    "allowlists delete": "VIP",
    "allowlists disable": "VIP",
    "allowlists edit-entry": "VIP ada@x.example email=eda@x.example",
    "allowlists enable": "VIP",
    "allowlists import": "VIP people.csv",
    "allowlists remove": "VIP ada@x.example",
    "allowlists sync": "VIP people.csv",
    "allowlists undo": "entries-1",
    "allowlists edit": "VIP --outcome siteAccess",
    "gates create": f"Owners --outcome siteAccess --rule nft:1:{WALLET}",
    "gates delete": "Owners",
    "gates disable": "Owners",
    "gates enable": "Owners",
    "gates edit": "Owners --name Holders",
    "import": "people.csv --set emailVerifiedAt=now",
    "jobs resume": "JOB",
    "jobs retry": "DONE",
    "jobs run": "READY",
    "jobs undo": "DONE",
    "webhooks create": "url=https://x.example events=user.created isEnabled=true",
    "webhooks delete": SOME_ID,
    "webhooks disable": SOME_ID,
    "webhooks edit": f"{SOME_ID} url=https://y.example",
    "webhooks enable": SOME_ID,
    "webhooks redeliver": f"{SOME_ID} {SOME_ID}",
    "exports create": "model=users",
    "tokens create": "note=x scopes=environment.users.read",
    "tokens delete": SOME_ID,
    "members delegate-ownership": f"{SOME_ID} adminMemberIdToDelegate={SOME_ID}",
    "members delete": SOME_ID,
    "members edit": f"{SOME_ID} role=admin",
    "do": f"origins delete {SOME_ID}",
    "api": "deleteUser -p userId=" + SOME_ID,
    "undo": "3fa2b19c",
    "config apply": "--snapshot last",
}
"""Arguments for every command that changes something at the server."""

LOCAL_OR_SECRET = {
    "env remove",
    "jobs purge",
    "jobs cancel",
    "users reveal-social-token",
    "webhooks reveal-secret",
    "webhooks verify",
}
"""Commands that are confirmed but change only this machine, or show a secret."""


def iter_commands(
    command: click.Command, path: tuple[str, ...], context: click.Context
) -> Iterator[tuple[str, click.Command]]:
    """Iterate over all commands below a group as pairs of full name and command."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from iter_commands(found, (*path, name), click.Context(found, parent=context, info_name=name))


def test_every_command_with_a_confirmation_is_in_the_lists() -> None:
    confirmed = {
        words
        for words, command in iter_commands(root, (), click.Context(root))
        if any(option.name == "yes" for option in command.params)
    }
    assert confirmed == WRITING.keys() | LOCAL_OR_SECRET


@pytest.fixture
def run_offline(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line where no server listens: a request would make the exit code 4."""
    monkeypatch.setenv("DYNTUI_BASE_URL", CLOSED_PORT_URL)
    monkeypatch.setenv("DYNTUI_ENVIRONMENT_ID", ENVIRONMENT)
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("email\nada@x.example\n")
    return run


def create_job(*states: JobState) -> str:
    """Create a job with a plan, move it through the states, and return its id."""
    source = {"name": "people.csv", "path": "people.csv"}
    mapping = {"dyntui": "mapping", "version": 1, "columns": []}
    with new_job("users", JobLocation.of(resolve_profile()), source=source, mapping=mapping) as journal:
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
def test_a_write_is_refused_before_any_request(words: str, run_offline: Run) -> None:
    line = WRITING[words]
    if line in JOBS:
        line = create_job(*JOBS[line])
    done = run_offline(*words.split(), *line.split(), "--yes", "--confirm", "environment", "--read-only")
    assert done.code == 2, done.err
    assert "is read-only" in done.err, done.err
    assert done.out == ""
    (audited,) = run_offline("audit", "--ndjson").out.splitlines()
    assert '"refused"' in audited
