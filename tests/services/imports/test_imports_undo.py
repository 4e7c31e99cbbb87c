"""Undo that dies on the way: what it deleted is told as deleted, whoever was told so or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.services.imports.test_imports_jobs import prepared, profile, write

from dyntui.api.client import Client
from dyntui.api.permit import WritePermit
from dyntui.core.json_types import as_object
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import RunningServer, serving
from dyntui.services.actions.write_types import Confirmation
from dyntui.services.connection import Connection
from dyntui.services.imports import jobs
from dyntui.services.imports.job_service import assess_job, authorize_job, run_job
from dyntui.services.imports.undo import authorize_undo, plan_undo, run_undo
from dyntui.store.journal import Journal
from dyntui.store.undo_journal import UndoLine, UndoState, created_rows, write_undo


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunningServer]:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    with serving(SandboxOptions(users=5)) as running:
        yield running


async def imported(served: RunningServer, connection: Connection, file: Path) -> Journal:
    journal = prepared(file, jobs.JobLocation.of(profile(served)))
    action = await assess_job(journal, connection, connection.client)
    permit = authorize_job(journal, connection, Confirmation(yes=True), action)
    await run_job(journal, connection, connection.client, permit)
    return journal


async def users(client: Client) -> int:
    return int(str(as_object(await client.call("getEnvironmentUsers", query={"limit": 1}))["count"]))


async def test_users_deleted_by_a_killed_undo_are_reported_as_deleted(served: RunningServer, tmp_path: Path) -> None:
    async with Connection(profile(served), served.token) as connection:
        client = connection.client
        with await imported(served, connection, write(tmp_path / "p.csv", 4)) as journal:
            await plan_undo(journal, client)
            first, second, third, _ = created_rows(journal, -1, 10)
            # It died twice: once after the request was applied, once before it left. Somebody else deleted the third.
            write_undo(journal, [UndoLine(row.row, row.user_id, UndoState.SENDING, "") for row in (first, second)])
            for row in (first, third):
                await client.call("deleteUser", path={"userId": row.user_id}, permit=WritePermit("test"))
            plan = await plan_undo(journal, client)
            assert plan.counts == {UndoState.DELETED: 1, UndoState.PENDING: 2, UndoState.SKIPPED: 1}
            assert [line.row for line in plan.skipped] == [third.row]
            permit = authorize_undo(journal, connection, Confirmation(typed="test"))
            done = await run_undo(journal, connection, client, permit)
            assert done.counts == {UndoState.DELETED: 3, UndoState.SKIPPED: 1}
            assert await users(client) == 5


@pytest.mark.slow
async def test_deletions_with_lost_responses_are_checked_by_reading(served: RunningServer, tmp_path: Path) -> None:
    async with Connection(profile(served), served.token) as connection:
        with await imported(served, connection, write(tmp_path / "p.csv", 12)) as journal:
            await plan_undo(journal, connection.client)
            permit = authorize_undo(journal, connection, Confirmation(typed="test"))
            served.sandbox.faults.set({"502-after": 0.2, "cut-after": 0.1, "500-before": 0.1})
            done = await run_undo(journal, connection, connection.client, permit)
            served.sandbox.faults.set({})
            assert done.counts == {UndoState.DELETED: 12}
            assert await users(connection.client) == 5


async def test_users_imported_with_wallets_are_deleted_and_a_later_wallet_is_noticed(
    served: RunningServer, tmp_path: Path
) -> None:
    wallets = [
        ("EVM", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        ("SOL", "7GCihgDB8fe6KNjn2MYtkzZcRjQy3t9GHdC8uHYmW2hr"),
        ("BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("EVM", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
    ]
    parts = ("publicWalletAddress", "chain", "walletName", "walletProvider")
    lines = ["email," + ",".join(f"wallets.0.{part}" for part in parts)]
    lines += [f"w{n}@example.com,{address},{chain},w,browserExtension" for n, (chain, address) in enumerate(wallets)]
    file = tmp_path / "wallets.csv"
    file.write_text("\n".join(lines) + "\n")
    async with Connection(profile(served), served.token) as connection:
        with await imported(served, connection, file) as journal:
            last = created_rows(journal, -1, 10)[-1]
            wallet = {
                "publicWalletAddress": "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
                "chain": "EVM",
                "walletName": "w",
                "walletProvider": "browserExtension",
            }
            await connection.client.call(
                "createWallet", path={"userId": last.user_id}, body=wallet, permit=WritePermit("test")
            )
            plan = await plan_undo(journal, connection.client)
            assert plan.counts == {UndoState.PENDING: 3, UndoState.SKIPPED: 1}
            assert [(line.row, line.reason) for line in plan.skipped] == [(last.row, "has new wallets (1)")]
