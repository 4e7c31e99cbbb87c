"""The wallets list and the wallet screen: fields, links, pre-generated wallets, export, copying."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.tui.access_support import connection_of, go, notes, to
from tests.tui.tui_support import SMALL, console_of, demo, fill, press, settled, text_of, until
from textual.pilot import Pilot

from dyntui.core.json_types import as_objects
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.wallets.wallet_fields import wallet_lines
from dyntui.tui.features.wallets.wallet_screen import WalletScreen
from dyntui.tui.features.wallets.wallets_screen import WalletsScreen
from dyntui.tui.kit.dialogs.form_dialog import FormDialog
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.link_dialog import LinkDialog
from dyntui.tui.shell.route_target import RouteTarget

WALLETS = to("wallets")


def wallets_screen(pilot: Pilot[Any]) -> WalletsScreen:
    screen = console_of(pilot).screen
    assert isinstance(screen, WalletsScreen)
    return screen


async def list_wallets(pilot: Pilot[Any]) -> list[dict[str, Any]]:
    page = await connection_of(pilot).client.page("getWalletsByEnvironmentId", "wallets", limit=100)
    return [dict(wallet) for wallet in page.rows]


def post_operations(pilot: Pilot[Any]) -> list[str]:
    return [entry.operation for entry in connection_of(pilot).log.entries() if entry.method == "POST"]


async def test_marked_wallets_are_deleted_and_recovered() -> None:
    console = demo(20)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *WALLETS)
        before = await list_wallets(pilot)
        assert not [wallet for wallet in before[:2] if wallet["deletedAt"]]
        ids = [wallet["id"] for wallet in before[:2]]
        await press(pilot, "space", "space", "d")
        assert "An undo recovers all deleted wallets of the user." in text_of(console)
        await press(pilot, "y")
        deleted = {wallet["id"] for wallet in await list_wallets(pilot) if wallet["deletedAt"]}
        assert deleted >= set(ids)
        await press(pilot, "g", "u", "y")
        deleted_at = {wallet["id"]: wallet["deletedAt"] for wallet in await list_wallets(pilot)}
        assert deleted_at[ids[0]] is None


async def test_wallets_are_exported_with_their_owners(tmp_path: Path) -> None:
    console = demo(20)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *WALLETS, "space", "j", "space")
        marked = sorted(wallets_screen(pilot).table.marks)
        await press(pilot, "x", "down", "down")
        await fill(pilot, str(tmp_path / "some.csv"))
        await until(pilot, (tmp_path / "some.csv").exists)
        await settled(pilot)
        rows = list(csv.DictReader(io.StringIO((tmp_path / "some.csv").read_bytes().decode("utf-8-sig"))))
        assert sorted(row["id"] for row in rows) == marked
        assert all(row["userId"] and row["publicKey"] for row in rows)
        assert notes(pilot)[-1].startswith("2 wallets exported to ")
        await press(pilot, "U", "x", "down", "down")
        await fill(pilot, str(tmp_path / "all.csv"))
        await until(pilot, lambda: "wallets exported to" in notes(pilot)[-1] and "all.csv" in notes(pilot)[-1])
        rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_bytes().decode("utf-8-sig"))))
        assert len(rows) == wallets_screen(pilot).table.view.total


@pytest.mark.parametrize(
    ("right_presses", "operation", "chains"),
    slow_except(
        [(0, "createWaasWallet", "EVM, SVM"), (1, "createEmbeddedWallet", "EVM, SOL")],
        (0, "createWaasWallet", "EVM, SVM"),
    ),
    ids=["current", "legacy"],
)
async def test_pregenerated_wallets_use_the_chain_names_of_the_api(
    right_presses: int, operation: str, chains: str
) -> None:
    console = demo(20)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *WALLETS, "plus", *["right"] * right_presses)
        assert f"One or more of {chains}, SUI" in text_of(console)
        await press(pilot, "enter")
        await fill(pilot, "new.person@example.com")
        await press(pilot, "ctrl+s")
        assert f"chains: {chains}" in text_of(console)
        await press(pilot, "y")
        assert post_operations(pilot) == [operation]
        page = await connection_of(pilot).client.users.list(filter={"filterValue": "new.person@example.com"})
        assert page.total == 1
        names = {wallet["chain"] for wallet in as_objects(page.rows[0]["wallets"])}
        assert names == {"EVM", "SOL"}


async def test_wallets_are_pregenerated_for_farcaster() -> None:
    console = demo(20)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *WALLETS, "plus", "right", "right", "enter")
        await fill(pilot, "caster@example.com")
        await press(pilot, "ctrl+s")
        assert "The Farcaster id must be a number." in text_of(console)
        await fill(pilot, "4711")
        assert "fid: 4711" in text_of(console)
        await press(pilot, "y")
        assert post_operations(pilot) == ["createEmbeddedWalletFromFarcaster"]


async def test_problems_are_shown_in_the_pregenerate_form() -> None:
    console = demo(20)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *WALLETS, "plus", "ctrl+s")
        assert "An identifier is required" in text_of(console)
        await fill(pilot, "new.person@example.com")
        await press(pilot, "enter")
        await fill(pilot, "EVM DOGE")
        await press(pilot, "ctrl+s")
        assert "Unknown chain DOGE." in text_of(console)
        assert isinstance(console.screen, FormDialog)
        assert post_operations(pilot) == []


async def test_the_user_screen_pregenerates_for_its_user() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "j", "enter", "plus", "ctrl+s")
        assert "identifier: anna.lange@mail.example.com" in text_of(console)
        await press(pilot, "y")
        assert post_operations(pilot) == ["createWaasWallet"]
        await press(pilot, "3")
        assert "dynamicwaas" in text_of(console)


@pytest.mark.parametrize("size", [pytest.param((120, 40), marks=pytest.mark.slow), SMALL], ids=["wide", "small"])
async def test_a_wallet_shows_and_opens_its_owner(size: tuple[int, int]) -> None:
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go(pilot, *WALLETS, "enter")
        screen = console.screen
        assert isinstance(screen, WalletScreen)
        await until(pilot, lambda: screen.owner)
        fields = screen.query_one("#details").items  # type: ignore[attr-defined]
        labels = [field.label for field in fields]
        await press(pilot, *["j"] * (labels.index("user") - 1), "enter")
        assert isinstance(console.screen, UserScreen)
        assert console.screen.label == screen.owner


@pytest.mark.slow
async def test_balances_of_a_wallet_and_of_its_owner_are_read_when_their_tab_is_opened() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *WALLETS, "enter")
        screen = console.screen
        assert isinstance(screen, WalletScreen)
        await until(pilot, lambda: screen.owner)
        assert post_operations(pilot) == []
        await press(pilot, "V")
        assert "signature policies" in text_of(console)
        await press(pilot, "escape")
        assert isinstance(console.screen, WalletScreen)
        await press(pilot, "3")
        await until(pilot, lambda: screen.query_one("#balances", Table).count)
        of_wallet = screen.query_one("#balances", Table).count
        assert "Ethereum" in text_of(console) and "ETH" in text_of(console)
        console.open_route("user", RouteTarget(row_id=screen.user_id, label=screen.owner))
        await settled(pilot)
        user = console.screen
        assert isinstance(user, UserScreen)
        await until(pilot, lambda: user.document)
        await press(pilot, "0", "right_square_bracket")
        assert user.TABS[user.tab].name == "balances"
        await until(pilot, lambda: user.query_one("#balances", Table).count)
        assert user.query_one("#balances", Table).count >= of_wallet
        assert post_operations(pilot) == ["getUserAccountBalances"] * 2


async def test_the_explorer_address_is_shown_before_it_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *WALLETS, "enter")
        screen = console.screen
        assert isinstance(screen, WalletScreen)
        labels = [field.label for field in screen.query_one("#details").items]  # type: ignore[attr-defined]
        await press(pilot, *["j"] * (labels.index("explorer") - 1), "enter")
        dialog = console.screen
        assert isinstance(dialog, LinkDialog)
        assert dialog.url.startswith("https://")
        assert screen.label in dialog.url
        assert "This is an SSH session" in text_of(console)
        await press(pilot, "c", "W")
        assert console.clipboard_text == dialog.url
        assert notes(pilot)[-1].startswith("This is an SSH session")


async def test_values_of_rows_are_copied_to_the_clipboard() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "j", "c", "j", "enter")
        assert console.clipboard_text == "anna.lange@mail.example.com"
        await press(pilot, "space", "space", "c", "j", "enter")
        assert console.clipboard_text.count("@") == 2
        assert notes(pilot)[-1] == "Email of 2 users copied to the clipboard"
        await press(pilot, "c", *["j"] * 9, "enter")
        assert len(json.loads(console.clipboard_text)) == 2
        await press(pilot, "U", "g", "j", "enter", "c", *["j"] * 9, "enter")
        assert json.loads(console.clipboard_text)["sessions"], "the loaded user is copied, not the row of the list"


async def test_the_dashboard_link_is_shown_only_for_the_vendor_server(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "j", "W")
        assert "no dashboard" in notes(pilot)[-1]
        assert console.session.profile is not None
        console.session.profile = replace(console.session.profile, base_url="https://app.dynamicauth.com/api/v0")
        await press(pilot, "W")
        assert "https://app.dynamic.xyz/dashboard" in text_of(console)
        assert "Search there for: anna.lange@mail.example.com" in text_of(console)
        await press(pilot, "C")
        assert console.clipboard_text == "anna.lange@mail.example.com"


def test_wallet_lines_name_keys_shares_and_versions() -> None:
    values = {
        line.label: line.value
        for line in wallet_lines(
            {
                "publicKey": "addr/../x",
                "chain": "SOL",
                "userId": "u1",
                "kernelVersion": "v3_1",
                "entryPointVersion": "v7",
                "signerWalletId": "w2",
                "properties": {"version": "V3", "claimed": False, "source": "dynamic", "turnkeyUserId": None},
                "waasWallet": {
                    "accountAddress": "acc",
                    "chainName": "SVM",
                    "walletId": "inner",
                    "thresholdSignatureScheme": "TWO_OF_THREE",
                    "derivationPath": "m/44",
                    "keyShares": [{"id": "s1", "backupLocation": "googleDrive", "passwordEncrypted": True}],
                },
                "walletAdditionalAddresses": [{"address": "bc1q", "type": "payment", "publicKey": "02ab"}],
                "delegatedAccessWalletApiKeys": [{"encryptionPublicKey": {"kid": "k1"}, "scopes": ["sign"]}],
                "somethingNew": 1,
            },
            "Ada",
        )
        if not line.heading
    }
    assert values["address"] == "addr/../x"
    assert values["version"] == "V3 (TSS-MPC)"
    assert values["claimed"] is False
    assert values["WaaS chain"] == "SVM"
    assert values["threshold"] == "2 of 3"
    assert values["share 1"] == "googleDrive, encrypted with a password"
    assert values["kernel"] == "v3_1"
    assert values["signer wallet"] == "w2"
    assert values["payment address"] == "bc1q"
    assert values["key 1"] == "k1: sign"
    assert values["user"] == "Ada"
    assert values["somethingNew"] == 1
    assert "Turnkey user" not in values
