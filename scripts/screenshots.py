"""Make screenshots/*.svg from the running console, on a sandbox with a stopped clock. `make screenshots` runs it."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from datetime import UTC, datetime, tzinfo
from importlib import import_module
from itertools import count
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any, Self

FOLDER = Path(__file__).parent.parent / "screenshots"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SIZE = (110, 32)
TIMEOUT_S = 20.0

# The keys of an import of people.csv, which is in the folder that the wizard shows.
OPENED = ("enter",)
REVIEWED = (*OPENED, "wizard.next", "map.verified", "enter", "wizard.next")
CHECKED = (*REVIEWED, "wizard.next", "enter")
PLANNED = (*CHECKED, "wizard.next")

SCENES: dict[str, tuple[str, ...]] = {
    "users": (),
    "help": ("app.help",),
    "user": ("enter",),
    "user-wallets": ("enter", "3"),
    "jump": ("app.jump",),
    "allowlists": ("app.jump", *"allowlists", "enter"),
    "allowlist-impact": ("app.jump", *"allowlists", "enter", "allowlists.toggle"),
    "webhook-messages": ("app.jump", *"webhooks", "enter", "enter"),
    "analytics": ("app.jump", *"analytics", "enter"),
    "environments": ("app.jump", *"environments", "enter"),
    "jobs": ("app.import", *PLANNED, "enter", "y", "app.jump", *"jobs", "enter"),
    "import-source": ("app.import",),
    "import-parse": ("app.import", *OPENED),
    "import-map": ("app.import", *OPENED, "wizard.next", "map.verified", "enter"),
    "import-verified": ("app.import", *OPENED, "wizard.next", "map.verified"),
    "import-review": ("app.import", *REVIEWED, "review.details"),
    "import-fix": ("app.import", *REVIEWED, "review.fix"),
    "import-check": ("app.import", *CHECKED),
    "import-plan": ("app.import", *PLANNED),
    "import-run": ("app.import", *PLANNED, "enter", "y"),
    "import-finish": ("app.import", *PLANNED, "plan.all", "y"),
}
"""Keys to press on the users screen, or ids of actions whose key is pressed, by scene."""


class StoppedClock(datetime):
    """A datetime whose `now()` is always NOW."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(NOW.timestamp(), tz)


def write_people_csv(folder: Path) -> None:
    """Write people.csv with semicolons, duplicates, invalid emails and non-ASCII names."""
    first, last = (
        ("Ada", "Grace", "Łukasz", "Zoë", "José", "Søren"),
        ("Lovelace", "Hopper", "Nowak", "García", "Öztürk"),
    )
    lines = ["E-Mail;First Name;Nachname;Country;Phone;Plan"]
    for n in range(200):
        lines.append(f"person{n}@example.com;{first[n % 6]};{last[n % 5]};{('GB', 'Germany')[n % 2]};;free")
    for n in (4, 24, 44, 144):
        lines[n] = lines[n].replace("@", "@@")
    for n in (11, 91):
        lines[n] = lines[n].replace(f"person{n - 1}@", f"person{n - 2}@")
    lines[8] = lines[8].replace(";Germany;", ";Atlantis;")
    lines[16] = lines[16].replace(";;free", ";12;free")
    path = folder / "people.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode())
    os.utime(path, (NOW.timestamp() - 86_400, NOW.timestamp() - 86_400))


async def wait_until_idle(pilot: Any) -> None:
    """Wait until no worker, no request and no job is running."""
    app = pilot.app
    idle_count = 0
    async with asyncio.timeout(TIMEOUT_S):
        while idle_count < 3:
            await pilot.pause()
            session = app.session
            is_busy = session.connection is None or session.connection.log.in_flight
            is_busy = is_busy or any(worker.is_running for worker in app.workers)
            is_busy = is_busy or (session.running is not None and session.running.active)
            idle_count = 0 if is_busy else idle_count + 1
            await asyncio.sleep(0)


async def draw_scene(name: str, keys: tuple[str, ...]) -> str:
    """Return the SVG of one scene."""
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui.shell.app import Console
    from dyntui.tui.shell.console_state import ConsoleState

    app = Console(ConsoleState(demo=SandboxOptions(users=500, seed=1, now="2026-03-01T12:00:00Z")))
    async with app.run_test(size=SIZE) as pilot:
        await wait_until_idle(pilot)
        for key in keys:
            await pilot.press(key_of(key))
            await wait_until_idle(pilot)
        return app.export_screenshot(title=f"dyntui: {name}")


def key_of(name: str) -> str:
    """Return the key of an action by its id; a key unchanged."""
    from dyntui.tui.kit.action_registry import ACTIONS
    from dyntui.tui.shell.all_actions import ALL_ACTIONS

    assert ALL_ACTIONS  # registers all actions
    return ACTIONS[name].keys[0] if name in ACTIONS else name


def stop_clock() -> None:
    """Make this process show the time NOW, jobs a fixed id and no latency, so that each run draws the same."""
    from dyntui.tui.shell.console_state import Latency

    Latency.record = lambda self, ms: None  # type: ignore[method-assign]
    import dyntui.core.times

    vars(dyntui.core.times)["datetime"] = StoppedClock
    import dyntui.services.imports.jobs
    import dyntui.store.journal

    vars(dyntui.store.journal)["now_ms"] = lambda: int(NOW.timestamp() * 1000)
    # The clock of requests goes on by 12 ms each time that it is read.
    ticks = count(0, 0.012)
    timer = SimpleNamespace(perf_counter=lambda: next(ticks), monotonic=monotonic)
    vars(import_module("dyntui.api.transport"))["time"] = timer
    # plotext places the dates below a chart in the order of a set, which differs between runs.
    vars(import_module("plotext._utility"))["no_duplicates"] = lambda data: list(dict.fromkeys(data))
    vars(dyntui.services.imports.jobs)["secrets"] = SimpleNamespace(token_hex=lambda size: "7f3a9c"[: 2 * size])


def main() -> None:
    """Write the SVG files of all scenes, or of those named in the arguments."""
    names = sys.argv[1:] or list(SCENES)
    for variable in ("NO_COLOR", "DYNTUI_PLAIN", "SSH_CONNECTION", "SSH_TTY", "TMUX", "STY"):
        os.environ.pop(variable, None)
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}  # otherwise the theme for 16 colors is used
    stop_clock()
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        # The thread of the wizard may still write its draft after the console ended.
        with tempfile.TemporaryDirectory(prefix="dyntui-shots-", ignore_cleanup_errors=True) as home:
            os.environ |= {"DYNTUI_HOME": f"{home}/dyntui", "HOME": home}
            folder = Path(home) / "exports"
            folder.mkdir()
            write_people_csv(folder)
            os.chdir(folder)
            svg = asyncio.run(draw_scene(name, SCENES[name]))
            # Remove the web font, which a viewer would load from the network.
            svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg).replace("Fira Code", "DejaVu Sans Mono")
            (FOLDER / f"{name}.svg").write_text(svg)
        print(f"screenshots/{name}.svg")


if __name__ == "__main__":
    main()
