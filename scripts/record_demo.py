"""Record screenshots/demo.cast and demo.svg: the console in a real terminal, on a sandbox with a stopped clock.

`make cast` runs it. Keys and times are those of SCRIPT, not of the machine, so that each run records the same. A step
whose text does not come ends the recording with an error.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from scripts import cast_svg, screenshots
from tests.tui.pty_support import Pty

from dyntui.tui.kit.action_registry import key_label

ROOT = Path(__file__).parent.parent
COLUMNS, LINES = 110, 30
CHILD = f"""
    import sys
    sys.path.insert(0, {str(ROOT)!r})
    from scripts import screenshots
    screenshots.stop_clock()
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui import run
    raise SystemExit(run(None, demo=SandboxOptions(users=500, seed=1, now="2026-03-01T12:00:00Z")))
"""
TYPING_S = 0.11
"""Seconds between the characters of a typed text."""
_REQUESTS = re.compile(
    r"\x1b\[6n|\x1b\[\?20(?:26|48)\$p|\x1b\[[<>][0-9;]*u|\x1b\[2[23];2t|\x1b\]2;[^\x1b]*\x1b\\"
    r"|\x1b\[\?(?:100[0-6]|101[56]|2004|2026|2048)[hl]"
)
"""What a player must not answer, and what has no meaning in one: modes of input, the window title."""


class Step(NamedTuple):
    """One step of the demo."""

    keys: str
    """What is typed, or the id of the action whose key is pressed."""
    expected: str
    """The text that is on the screen afterwards."""
    seconds: float
    """How long the result is shown."""
    caption: str = ""
    """What the step does; "" for that of the step before."""


ENTER, ESC = "\r", "\x1b"
SCRIPT = (
    Step("", "of 500 · just now", 1.8, "Users of an environment"),
    Step("/freja", "loaded row", 0.5, "/ filters"),
    Step(ENTER, "› /freja", 1.2),
    Step(ENTER, "just now · user", 1.6, "enter opens: profile, credentials, wallets, sessions"),
    Step("3", "EVM", 1.4),
    Step(ESC + ESC, "of 500 · just now", 0.6, "esc goes back"),
    Step(":webh", "webhooks", 0.7, ": jumps anywhere"),
    Step(ENTER, "1 of 2 · just now", 0.9),
    Step(ENTER, "delivered", 1.8, "Deliveries of a webhook"),
    Step("app.import", "people.csv", 1.4, "i imports users from a file"),
    Step(ENTER, "▸Parse", 1.4, "The format is detected"),
    Step("wizard.next", "▸Map", 1.2, "Columns are mapped to fields"),
    Step("map.verified", "Are these email addresses verified?", 1.0),
    Step(ENTER, "not verified", 0.6),
    Step("wizard.next", "8 with problems", 1.8, "Problems are fixed before anything is sent"),
    Step("wizard.next", "▸Check", 0.9, "Rows are compared with the server"),
    Step(ENTER, "192 rows checked", 1.4),
    Step("wizard.next", "192 of 200 to send", 1.4, "The plan says what will be sent"),
    Step(ENTER, "cancel", 0.9),
    Step("y", "paused: sent the first 10 rows", 1.8, "The first rows are sent as a test"),
    Step(ENTER, "192 of 200 imported", 2.6, "Every row ends with a known result"),
)


class Recording(NamedTuple):
    """What was recorded."""

    events: list[tuple[float, str]]
    """Time in seconds and output."""
    frames: list[cast_svg.Frame]
    """The screens."""


def _typed(keys: str) -> str:
    """Return what is typed in a step."""
    key = screenshots.key_of(keys)
    return key if key == keys else key_label(key)


def record(home: Path) -> Recording:
    """Run the console in a terminal and return what it shows for SCRIPT. home: a folder with `exports/people.csv`."""
    os.chdir(home / "exports")
    terminal = Pty(CHILD, home / "dyntui", columns=COLUMNS, lines=LINES, HOME=str(home), COLORTERM="truecolor")
    events: list[tuple[float, str]] = []
    frames: list[cast_svg.Frame] = []
    time_s, caption, start = 0.0, "", 0
    try:
        for step in SCRIPT:
            caption = step.caption or caption
            typed = _typed(step.keys)
            for number, character in enumerate(typed or [""], 1):
                terminal.child.send(character)
                if number >= len(typed):
                    terminal.wait(step.expected)
                terminal.quiet()
                output = _REQUESTS.sub("", terminal.raw[start:].decode())
                start = len(terminal.raw)
                events.append((round(time_s, 2), output))
                frames.append(cast_svg.Frame(time_s, caption, terminal.emulator.cells()))
                time_s += TYPING_S
            time_s += step.seconds - TYPING_S
    finally:
        terminal.child.close(force=True)
    events.append((round(time_s, 2), ""))
    return Recording(events, frames)


def main() -> None:
    """Record the demo, and write the cast and the SVG."""
    with tempfile.TemporaryDirectory(prefix="dyntui-demo-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "exports").mkdir()
        screenshots.write_people_csv(home / "exports")
        recording = record(home)
    end_s = recording.events[-1][0]
    header = {"version": 2, "width": COLUMNS, "height": LINES, "title": "dyntui", "env": {"TERM": "xterm-256color"}}
    lines = [json.dumps(header), *(json.dumps([time_s, "o", output]) for time_s, output in recording.events)]
    cast, svg = screenshots.FOLDER / "demo.cast", screenshots.FOLDER / "demo.svg"
    cast.write_text("\n".join(lines) + "\n")
    svg.write_text(cast_svg.animated_svg(recording.frames, end_s, "A demo of dyntui"))
    for path in (cast, svg):
        print(f"screenshots/{path.name}: {path.stat().st_size:,} bytes, {end_s:.1f} s")


if __name__ == "__main__":
    main()
