"""Make screenshots/*.svg from the running console, on a sandbox that stands still. `make screenshots` runs it."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

FOLDER = Path(__file__).parent.parent / "screenshots"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SIZE = (110, 32)
LIMIT = 20.0

# The steps of an import of `people`, which is in the folder that the wizard shows.
OPENED = ("enter",)
REVIEWED = (*OPENED, "right_square_bracket", "v", "enter", "right_square_bracket")
CHECKED = (*REVIEWED, "right_square_bracket", "enter")
PLANNED = (*CHECKED, "right_square_bracket")

SCENES: dict[str, tuple[str, ...]] = {
    "users": (),
    "help": ("question_mark",),
    "user": ("enter",),
    "user-wallets": ("enter", "3"),
    "jump": ("colon",),
    "allowlists": ("colon", *"allowlists", "enter"),
    "environments": ("colon", *"environments", "enter"),
    "jobs": ("i", *PLANNED, "enter", "y", "colon", *"jobs", "enter"),
    "import-source": ("i",),
    "import-parse": ("i", *OPENED),
    "import-map": ("i", *OPENED, "right_square_bracket", "v", "enter"),
    "import-verified": ("i", *OPENED, "right_square_bracket", "v"),
    "import-review": ("i", *REVIEWED, "v"),
    "import-fix": ("i", *REVIEWED, "f"),
    "import-check": ("i", *CHECKED),
    "import-plan": ("i", *PLANNED),
    "import-run": ("i", *PLANNED, "enter", "y"),
    "import-finish": ("i", *PLANNED, "A", "y"),
}
"""Scene -> the keys that lead there from the users list."""


class Still(datetime):
    """A clock that stands."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(NOW.timestamp(), tz)


def people(folder: Path) -> None:
    """A file as people send it: semicolons, repeats, bad addresses, names beyond ASCII."""
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


async def settled(pilot: Any) -> None:
    """Wait until no worker runs, no request is in flight, and no job is at work."""
    app = pilot.app
    calm = 0
    async with asyncio.timeout(LIMIT):
        while calm < 3:
            await pilot.pause()
            session = app.session
            busy = session.connection is None or session.connection.log.in_flight
            busy = busy or any(worker.is_running for worker in app.workers)
            busy = busy or (session.running is not None and session.running.active)
            calm = 0 if busy else calm + 1
            await asyncio.sleep(0)


async def draw(name: str, keys: tuple[str, ...]) -> str:
    """The SVG of one scene."""
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui.shell.app import Console
    from dyntui.tui.shell.console_state import ConsoleState

    app = Console(ConsoleState(demo=SandboxOptions(users=500, seed=1, now="2026-03-01T12:00:00Z")))
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
    import dyntui.core.times

    vars(dyntui.core.times)["datetime"] = Still
    import dyntui.services.imports.jobs
    import dyntui.store.journal

    vars(dyntui.store.journal)["now_ms"] = lambda: int(NOW.timestamp() * 1000)
    vars(dyntui.services.imports.jobs)["secrets"] = SimpleNamespace(token_hex=lambda size: "7f3a9c"[: 2 * size])
    FOLDER.mkdir(exist_ok=True)
    for name in wanted:
        # The wizard's clerk may still be writing its draft when the console is gone.
        with tempfile.TemporaryDirectory(prefix="dyntui-shots-", ignore_cleanup_errors=True) as home:
            os.environ |= {"DYNTUI_HOME": f"{home}/dyntui", "HOME": home}
            folder = Path(home) / "exports"
            folder.mkdir()
            people(folder)
            os.chdir(folder)
            drawn = asyncio.run(draw(name, SCENES[name]))
            # Without the font from the network that the picture would load where it is shown.
            drawn = re.sub(r"@font-face\s*\{[^}]*\}", "", drawn).replace("Fira Code", "DejaVu Sans Mono")
            (FOLDER / f"{name}.svg").write_text(drawn)
        print(f"screenshots/{name}.svg")


if __name__ == "__main__":
    main()
