"""Make screenshots/*.svg from the running console, on a sandbox that stands still. `make screenshots` runs it."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Self

FOLDER = Path(__file__).parent.parent / "screenshots"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SIZE = (110, 32)
LIMIT = 20.0

SCENES: dict[str, tuple[str, ...]] = {
    "users": (),
    "help": ("question_mark",),
    "user": ("enter",),
    "user-wallets": ("enter", "3"),
    "jump": ("colon",),
    "allowlists": ("colon", *"allowlists", "enter"),
    "environments": ("colon", *"environments", "enter"),
    "jobs": ("colon", *"jobs", "enter"),
    "import-source": ("i",),
}
"""Scene -> the keys that lead there from the users list."""


class Still(datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(NOW.timestamp(), tz)


async def settled(pilot: Any) -> None:
    """Wait until no worker runs and no request is in flight."""
    app = pilot.app
    calm = 0
    async with asyncio.timeout(LIMIT):
        while calm < 3:
            await pilot.pause()
            session = app.session
            busy = session.connection is None or session.connection.log.in_flight
            busy = busy or any(worker.is_running for worker in app.workers)
            calm = 0 if busy else calm + 1
            await asyncio.sleep(0)


async def draw(name: str, keys: tuple[str, ...]) -> str:
    """The SVG of one scene."""
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui.app import Console
    from dyntui.tui.session import Session

    app = Console(Session(demo=SandboxOptions(users=500, seed=1, now="2026-03-01T12:00:00Z")))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        return app.export_screenshot(title=f"dyntui: {name}")


def main() -> None:
    wanted = sys.argv[1:] or list(SCENES)
    for variable in ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "TMUX", "STY"):
        os.environ.pop(variable, None)
    import dyntui.core.time

    vars(dyntui.core.time)["datetime"] = Still
    FOLDER.mkdir(exist_ok=True)
    for name in wanted:
        with tempfile.TemporaryDirectory(prefix="dyntui-shots-") as home:
            os.environ["DYNTUI_HOME"] = home
            drawn = asyncio.run(draw(name, SCENES[name]))
            # Without the font from the network that the picture would load where it is shown.
            drawn = re.sub(r"@font-face\s*\{[^}]*\}", "", drawn).replace("Fira Code", "DejaVu Sans Mono")
            (FOLDER / f"{name}.svg").write_text(drawn)
        print(f"screenshots/{name}.svg")


if __name__ == "__main__":
    main()
