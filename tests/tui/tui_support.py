"""What the tests of the console share: consoles to try, waiting until one is at rest, reading its screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Container, Iterable
from typing import Any, cast

import pytest
from _pytest.mark import ParameterSet
from textual import events
from textual.pilot import Pilot
from textual.strip import Strip

from dyntui.config.credentials import CredentialKind
from dyntui.config.profile import Profile
from dyntui.config.profiles import Profiles
from dyntui.sandbox.options import SandboxOptions
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.console_state import ConsoleState

ENVIRONMENT = "3f2a0bcf-34e3-43cd-9cd5-091f0c3c9c1e"
TOKEN = "dyn_" + "Canary1" * 8
NOWHERE = "http://127.0.0.1:9/api/v0"
SIZE = (120, 40)
SMALL = (80, 24)
_LIMIT = 60.0


def demo(users: int = 120, *, read_only: bool = False, **options: Any) -> Console:
    """The console on a sandbox of its own that stands still."""
    sandbox_options = SandboxOptions(users=users, seed=1, now="2026-03-01T12:00:00Z", **options)
    return Console(ConsoleState(demo=sandbox_options, read_only=read_only))


def profile(name: str = "acme-live", **fields: Any) -> Profile:
    """A profile; live, and at an address where nobody answers."""
    defaults: dict[str, Any] = {"base_url": NOWHERE, "environment_id": ENVIRONMENT, "kind": "live"}
    return Profile(name=name, **(defaults | {"credential": CredentialKind.SESSION} | fields))


def stored(*added: Profile) -> None:
    """Put profiles into the file."""
    profiles = Profiles.load()
    for each in added:
        profiles.put(each)
    profiles.save()


def sized(names: Iterable[str], wide: Container[str] = ()) -> list[ParameterSet]:
    """Return the parameters `name` and `size` of snapshots in 80x24, or in 120x40 for the names in `wide`."""
    return [
        pytest.param(name, SIZE, id=f"{name}-wide") if name in wide else pytest.param(name, SMALL, id=f"{name}-small")
        for name in names
    ]


def console_of(pilot: Pilot[Any]) -> Console:
    return cast(Console, pilot.app)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until no worker runs, no request is in flight, all lists are read and all messages have been handled."""
    console = console_of(pilot)
    end = time.monotonic() + _LIMIT
    calm = 0
    while calm < 3:
        await pilot.pause()
        session = console.session
        opening = (session.profile or session.demo) and session.connection is None and session.error is None
        busy = opening or any(worker.is_running for worker in console.workers)
        if (connection := session.connection) is not None:
            busy = busy or bool(connection.log.in_flight) or connection.write_gate.is_running
        shown = console.shown
        if session.connection is not None and shown is not None:
            views = [getattr(shown, "view", None), *(table.view for table in shown.query(Table))]
            busy = busy or not all(getattr(view, "is_idle", True) for view in views)
        calm = 0 if busy else calm + 1
        assert time.monotonic() < end, f"the console does not come to rest: {list(console.workers)}"
        await asyncio.sleep(0)


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one by one; each that may lead somewhere else has had its effect when the next one comes."""
    for place, key in enumerate(keys, 1):
        if key == "y":  # the key before it opens the dialog
            await settled(pilot)
        await pilot.press(key)
        if len(key) > 1 or key == "y" or place == len(keys):  # y confirms a write
            await settled(pilot)


async def paste(pilot: Pilot[Any], text: str) -> None:
    """Paste text where the focus is."""
    console_of(pilot).post_message(events.Paste(text))
    await settled(pilot)


async def fill(pilot: Pilot[Any], *texts: str) -> None:
    """Fill in one field after another, pressing enter after each. \"\" leaves a field as it is."""
    for text in texts:
        if text:
            await pilot.press("home", "shift+end", "backspace")
            await paste(pilot, text)
        await press(pilot, "enter")


async def jump(pilot: Pilot[Any], name: str) -> None:
    """Go somewhere by its name."""
    await press(pilot, "colon", *name, "enter")


def is_out_of_date(screen: Any) -> bool:
    """Whether a screen shows what the server had before a write."""
    return bool(screen.out_of_date)


async def until(pilot: Pilot[Any], check: Callable[[], object]) -> None:
    """Wait until `check` holds."""
    end = time.monotonic() + _LIMIT
    while not check():
        assert time.monotonic() < end, f"it did not come to be:\n{text_of(console_of(pilot))}"
        await pilot.pause()
        await asyncio.sleep(0)


def strips_of(console: Console) -> list[Strip]:
    """What is on the screen, line by line."""
    return console.screen._compositor.render_strips()


def text_of(console: Console) -> str:
    """The same as text."""
    return "\n".join("".join(segment.text for segment in strip) for strip in strips_of(console))


def lines_of(console: Console) -> list[str]:
    return text_of(console).split("\n")
