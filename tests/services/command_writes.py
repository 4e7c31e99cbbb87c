"""The writes that take more than ids and fields (those with a command of their own), made ready to run in a test.

Imports, their undo and syncing allowlists run in screens of their own: the test that uses them presses their keys.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services.resource_fixtures import perform, rows_of

from dyntui.core.json_types import Row
from dyntui.importer.mapping_inference import propose_mapping
from dyntui.importer.source import open_source
from dyntui.services.access.entries import (
    add_entries,
    body_of,
    entry_target,
    new_job,
    removal_target,
    remove_entries,
    replace_entry,
    replacement_target,
)
from dyntui.services.access.undo import plan_any_undo, undo_action
from dyntui.services.actions.user_actions import (
    add_to_allowlist,
    link_wallet,
    pregenerate,
    pregeneration,
    set_metadata_field,
    user_target,
)
from dyntui.services.actions.write_types import Confirmation, Requirement, Target, WriteAction
from dyntui.services.connection import Connection
from dyntui.services.imports.job_service import assess_job, authorize_job, job_requirement, run_job
from dyntui.services.imports.jobs import JobLocation
from dyntui.services.imports.prepare import prepare_job
from dyntui.store.journal import Journal
from dyntui.store.states import RowState

ADDRESS = "0x" + "ab" * 20
PEOPLE = "email,firstName\nimported1@example.com,Ada\nimported2@example.com,Bo\n"
USERS_FILE, ENTRIES_FILE = "people.csv", "guests.csv"
GUESTS = "email\nguest1@example.com\nguest2@example.com\n"


@dataclass(frozen=True)
class ReadyWrite:
    """A write with everything it needs."""

    parent: str
    """The id of the allowlist of the entries; "" for other resources."""
    row: Row | None
    """The row whose detail is open during the write; None for none."""
    write: WriteAction | None = None
    """The action that is performed on the targets; None for what is run by the keys of its own screen."""
    targets: tuple[Target, ...] = ()
    deletes_row: bool = False
    """Whether the row is deleted."""


Preparation = Callable[[Connection, Path], Awaitable[ReadyWrite]]


def confirmed(needed: Requirement) -> Confirmation:
    """What confirms the requirement."""
    return Confirmation(yes=True, typed=next(iter(needed.accepted), ""), read=needed.code)


def _ready(write: WriteAction, *targets: Target, row: Row | None = None, parent: str = "") -> ReadyWrite:
    return ReadyWrite(parent, row, write, targets)


async def _user(connection: Connection) -> Row:
    rows = await rows_of(connection, "users")
    return next(row for row in rows if row.get("email"))


async def _allowlist(connection: Connection) -> Row:
    return (await rows_of(connection, "allowlists"))[0]


async def _entries(connection: Connection, allowlist: Row) -> list[dict[str, Any]]:
    return await rows_of(connection, "allowlist-entries", str(allowlist["id"]))


async def set_metadata(connection: Connection, folder: Path) -> ReadyWrite:
    row = await _user(connection)
    return _ready(set_metadata_field("plan", "gold"), user_target(row), row=row)


async def allowlist_a_user(connection: Connection, folder: Path) -> ReadyWrite:
    allowlist, row = (await rows_of(connection, "allowlists"))[-1], await _user(connection)
    write = add_to_allowlist(str(allowlist["id"]), str(allowlist["name"]))
    return _ready(write, user_target(row), parent=str(allowlist["id"]))


async def link(connection: Connection, folder: Path) -> ReadyWrite:
    rows = await rows_of(connection, "users")
    row = next(row for row in rows if "embeddedWallet" not in str(row) and "smartContractWallet" not in str(row))
    fields = {
        "publicWalletAddress": ADDRESS,
        "chain": "EVM",
        "walletName": "metamask",
        "walletProvider": "browserExtension",
    }
    return _ready(link_wallet(fields), user_target(row), row=row)


def pregenerated(**options: Any) -> Preparation:
    """Pre-generate wallets for a new user."""

    async def prepare(connection: Connection, folder: Path) -> ReadyWrite:
        operation, body = pregeneration("later@example.com", "email", ["EVM"], **options)
        return _ready(pregenerate(operation, body), Target("later@example.com"))

    return prepare


async def create_entries(connection: Connection, folder: Path) -> ReadyWrite:
    allowlist = await _allowlist(connection)
    targets = [entry_target({"email": f"guest{n}@example.com"}) for n in range(2)]
    return _ready(add_entries(allowlist), *targets, parent=str(allowlist["id"]))


async def update_entry(connection: Connection, folder: Path) -> ReadyWrite:
    allowlist = await _allowlist(connection)
    entry = next(entry for entry in await _entries(connection, allowlist) if entry.get("email"))
    target = replacement_target(entry, {**body_of(entry), "email": "replaced@example.com"})
    return _ready(replace_entry(allowlist), target, parent=str(allowlist["id"]))


async def delete_entries(connection: Connection, folder: Path) -> ReadyWrite:
    allowlist = await _allowlist(connection)
    targets = [removal_target(entry) for entry in (await _entries(connection, allowlist))[:2]]
    return _ready(remove_entries(allowlist), *targets, parent=str(allowlist["id"]))


async def sync_lists(connection: Connection, folder: Path) -> ReadyWrite:
    first, second = (await rows_of(connection, "allowlists"))[:2]
    assert await _entries(connection, first) != await _entries(connection, second)
    return ReadyWrite(str(first["id"]), None)


async def undo_entries(connection: Connection, folder: Path) -> ReadyWrite:
    allowlist, job = await _allowlist(connection), new_job()
    write = add_entries(allowlist, job=job)
    await perform(connection, write, *[entry_target({"email": f"guest{n}@example.com"}) for n in range(2)])
    action, targets = undo_action(await plan_any_undo(connection, job))
    return _ready(action, *targets, parent=str(allowlist["id"]))


def _journal(connection: Connection, file: Path, text: str, allowlist: Row | None = None) -> Journal:
    file.write_text(text)
    with open_source(file) as source:
        mapping = propose_mapping(source.info, source.sample(), kind="users" if allowlist is None else "allowlist")
        if allowlist is None:
            mapping = mapping.with_constant("emailVerifiedAt", "unverified")
        facts: dict[str, Any] = (
            {} if allowlist is None else {"allowlist": {"id": allowlist["id"], "name": allowlist["name"]}}
        )
        return prepare_job(source.info, source.rows(), mapping, JobLocation.of(connection.profile), **facts)


async def _run_import(connection: Connection, journal: Journal) -> None:
    action = await assess_job(journal, connection, connection.client)
    permit = authorize_job(journal, connection, confirmed(job_requirement(journal, connection, action)), action)
    await run_job(journal, connection, connection.client, permit)
    assert journal.counts.get(RowState.CREATED) == 2, journal.counts
    journal.close()


async def import_users(connection: Connection, folder: Path) -> ReadyWrite:
    (folder / USERS_FILE).write_text(PEOPLE)
    return ReadyWrite("", None)


async def import_entries(connection: Connection, folder: Path) -> ReadyWrite:
    (folder / ENTRIES_FILE).write_text(GUESTS)
    return ReadyWrite(str((await _allowlist(connection))["id"]), None)


async def undo_import_of_users(connection: Connection, folder: Path) -> ReadyWrite:
    journal = _journal(connection, folder / USERS_FILE, PEOPLE)
    await _run_import(connection, journal)
    rows = await rows_of(connection, "users")
    row = next(row for row in rows if row.get("email") == "imported1@example.com")
    return ReadyWrite("", row, deletes_row=True)


async def undo_import_of_entries(connection: Connection, folder: Path) -> ReadyWrite:
    allowlist = await _allowlist(connection)
    journal = _journal(connection, folder / ENTRIES_FILE, GUESTS, allowlist)
    await _run_import(connection, journal)
    return ReadyWrite(str(allowlist["id"]), None)


COMMAND_WRITES: Mapping[str, tuple[Preparation, tuple[str, ...]]] = {
    "users.set-metadata": (set_metadata, ("users",)),
    "users.add-to-allowlist": (allowlist_a_user, ("allowlist-entries", "allowlists")),
    "users.import": (import_users, ("users",)),
    "users.import-undo": (undo_import_of_users, ("users",)),
    "wallets.link": (link, ("users", "wallets")),
    "wallets.pregenerate": (pregenerated(), ("users", "wallets")),
    "wallets.pregenerate-legacy": (pregenerated(legacy=True), ("users", "wallets")),
    "wallets.pregenerate-farcaster": (pregenerated(farcaster_fid=4711), ("users", "wallets")),
    "allowlists.sync": (sync_lists, ("allowlist-entries", "allowlists")),
    "allowlists.undo": (undo_entries, ("allowlist-entries", "allowlists")),
    "allowlists.import": (import_entries, ("allowlist-entries", "allowlists")),
    "allowlists.import-undo": (undo_import_of_entries, ("allowlist-entries", "allowlists")),
    "allowlist-entries.create": (create_entries, ("allowlist-entries", "allowlists")),
    "allowlist-entries.edit": (update_entry, ("allowlist-entries",)),
    "allowlist-entries.delete": (delete_entries, ("allowlist-entries", "allowlists")),
}
"""The audit name of each write, how a test makes it ready, and the records whose lists show its result."""
