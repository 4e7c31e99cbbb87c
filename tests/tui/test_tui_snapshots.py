"""How every screen looks, against the sandbox with one seed and a clock that stands still.

A screen is taken in one size: 80x24, where its lines can be cut, or 120x40, where it has more to show. The frame and
the widgets that they share, such as menus, are taken on few of them. What the lists of the other resources show is
asserted in test_tui_resources.py; test_tui_terminal_screens.py draws all of WAYS in many sizes.

Look at what changed before taking it: pytest tests/tui/test_tui_snapshots.py --snapshot-update
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.families import slow_except
from tests.tui.tui_support import SIZE, SMALL, console_of, demo, press, profile, settled, stored
from textual.pilot import Pilot

from dyntui.config.credentials import CredentialKind
from dyntui.config.settings import Settings
from dyntui.services.actions.write_types import ConfirmationLevel, Requirement
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.console_state import ConsoleState

Compare = Callable[..., bool]


def keys(*pressed: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Wait for rest, press keys, wait for rest."""

    async def run(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        if pressed:
            await press(pilot, *pressed)

    return run


def to(name: str, *more: str) -> tuple[str, ...]:
    return ("colon", *name, "enter", *more)


WAYS = {
    "users": (),
    "users-marked": ("space", "j", "space"),
    "users-columns": ("o", "j", "space"),
    "users-filter": ("slash", *"anna", "enter"),
    "jump-bar": ("colon", "a"),
    "user": ("j", "enter"),
    "user-credentials": ("j", "enter", "2"),
    "user-wallets": ("j", "enter", "3"),
    "user-sessions": ("j", "enter", "4"),
    "user-social": ("j", "enter", "5"),
    "user-mfa": (*("j",) * 8, "enter", "6"),
    "user-access": ("j", "enter", "7"),
    "user-checks": (*("j",) * 11, "enter", "8"),
    "user-metadata": ("j", "enter", "9"),
    "user-raw": ("j", "enter", "0"),
    "user-edit-metadata": ("j", "enter", "9", "e"),
    "user-edit": ("j", "enter", "e"),
    "user-delete": ("j", "enter", "d"),
    "user-actions": ("j", "enter", "a"),
    "wallet": to("wallets", "enter"),
    "pregenerate": to("wallets", "plus"),
    "help": ("question_mark",),
    "users-nothing": ("slash", *"zzz", "enter"),
    "users-raw": ("v",),
    "users-order": ("s",),
    "users-actions": ("a",),
    "users-delete": ("space", "space", "d"),
    "users-export": ("space", "x"),
    "wallets": to("wallets"),
    "wallet-embedded": to("wallets", *["j"] * 19, "enter"),
    "user-copy": ("j", "enter", "c"),
    "allowlists": to("allowlists"),
    "entries": to("allowlists", "enter"),
    "tokens": to("tokens"),
    "requests": ("R",),
    "request": ("R", "enter"),
    "notifications": ("U", "exclamation_mark"),
    "palette": ("ctrl+p",),
}


SMALL_ONES = (
    "users", "users-marked", "users-columns", "jump-bar", "user", "user-credentials", "user-wallets", "user-sessions",
    "user-social", "user-mfa", "user-access", "user-checks", "user-metadata", "user-raw", "user-edit-metadata",
    "user-edit", "user-delete", "user-actions", "wallet", "pregenerate", "help",
)  # fmt: skip
"""The screens that are taken in 80x24."""
WIDE_ONES = (
    "users", "users-filter", "users-nothing", "users-raw", "users-order", "users-export", "user", "wallets",
    "wallet-embedded", "user-copy", "tokens", "requests", "request", "notifications", "palette",
)  # fmt: skip
"""The screens that are taken in 120x40."""


@pytest.mark.parametrize("name", slow_except(WIDE_ONES, *WIDE_ONES[::3]))
def test_screens_wide(snap_compare: Compare, name: str) -> None:
    assert snap_compare(demo(), terminal_size=SIZE, run_before=keys(*WAYS[name]))


@pytest.mark.parametrize("name", slow_except(SMALL_ONES, *SMALL_ONES[::2]))
def test_screens_small(snap_compare: Compare, name: str) -> None:
    assert snap_compare(demo(), terminal_size=SMALL, run_before=keys(*WAYS[name]))


@pytest.mark.parametrize("size", [SMALL], ids=["small"])
@pytest.mark.parametrize("name", ["users", "user"])
def test_hostile_text(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    pressed = ("enter",) if name == "user" else ()
    assert snap_compare(demo(30, hostile=True), terminal_size=size, run_before=keys(*pressed))


@pytest.mark.parametrize("size", [SMALL], ids=["small"])
@pytest.mark.parametrize("pressed", [(), ("j", "enter"), ("j", "enter", "ctrl+s")], ids=["first", "form", "wrong"])
def test_setup(snap_compare: Compare, pressed: tuple[str, ...], size: tuple[int, int]) -> None:
    assert snap_compare(Console(ConsoleState()), terminal_size=size, run_before=keys(*pressed))


@pytest.mark.parametrize("size", [SMALL], ids=["small"])
@pytest.mark.parametrize("pressed", [(), ("g", "d")], ids=["list", "remove"])
def test_environments(snap_compare: Compare, pressed: tuple[str, ...], size: tuple[int, int]) -> None:
    stored(
        profile("acme-live", base_url="https://app.dynamicauth.com/api/v0", last_used="2026-02-27T11:00:00Z"),
        profile("acme-sandbox", base_url="https://app.dynamicauth.com/api/v0", kind="sandbox", read_only=True),
    )
    assert snap_compare(demo(), terminal_size=size, run_before=keys(*to("environments", *pressed)))


def test_live_without_a_token(snap_compare: Compare) -> None:
    console = Console(ConsoleState(profile=profile(credential=CredentialKind.ENVIRONMENT)))
    assert snap_compare(console, terminal_size=SIZE, run_before=keys())


def test_live_asks_for_the_token_of_the_session(snap_compare: Compare) -> None:
    assert snap_compare(Console(ConsoleState(profile=profile())), terminal_size=SIZE, run_before=keys())


def test_typed_confirmation(snap_compare: Compare) -> None:
    needed = Requirement(
        ConfirmationLevel.TYPED,
        "Delete 12 users?",
        ("ada@example.com", "grace@example.com", "[b]Bob[/] \x1b[2J", "… and 9 more"),
        "It cannot be undone; wallet records stay behind.",
        "live environment acme",
        ("acme", "12"),
    )

    async def run(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        console_of(pilot).ask(ConfirmDialog(needed, verb="Delete"))
        await settled(pilot)
        await press(pilot, *"acm", "enter")

    assert snap_compare(demo(), terminal_size=SIZE, run_before=run)


def test_the_dense_theme(snap_compare: Compare) -> None:
    console = demo()
    console = Console(console.session, Settings(theme="dense"))
    assert snap_compare(console, terminal_size=SIZE, run_before=keys())


def test_without_color(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(demo(), terminal_size=SIZE, run_before=keys("question_mark"))


def test_an_environment_id_is_shortened(snap_compare: Compare) -> None:
    console = Console(ConsoleState(profile=profile(credential=CredentialKind.ENVIRONMENT)))
    assert snap_compare(console, terminal_size=(60, 20), run_before=keys())
