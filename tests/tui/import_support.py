"""What the tests of the import wizard share: files to import, and going from step to step by keys."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.tui.tui_support import console_of, fill, lines_of, press, settled, text_of, until
from textual.pilot import Pilot

from dyntui.tui.features.imports.wizard import WizardScreen
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.shell.app import Console

HOSTILE = "[@click=app.quit]Bob[/] [/x] \x1b]0;x\x07"
SHOWN = "[@click=app.quit]Bob[/] [/x] ␛]0;x␇"
WHEN = datetime(2026, 2, 27, 9, 30, tzinfo=UTC).timestamp()

_FIRST = ("Ada", "Grace", "Łukasz", "Зоя", "José", "Zoë", "Ünal", "Søren")
_LAST = ("Lovelace", "Hopper", "Nowak", "Иванова", "García", "Müller", "Öztürk", "Kierkegaard")


def messy(path: Path, rows: int = 60) -> Path:
    """A CSV as people send it: BOM, semicolons, CRLF, bad and repeated e-mails, ragged rows, names beyond ASCII.

    Of 60 rows 8 have a problem: 3 bad e-mails, 2 repeats, a country, a phone, surplus cells. One more is too short.
    """
    lines = ["E-Mail;First Name;Nachname;Country;Phone;Plan"]
    for n in range(rows):
        lines.append(f"person{n}@example.com;{_FIRST[n % 8]};{_LAST[n % 7]};{('GB', 'US', 'Germany')[n % 3]};;free")
    for n in (4, 24, 44):
        lines[n + 1] = lines[n + 1].replace("@", "@@")
    for n in (11, 31):
        lines[n + 1] = lines[n + 1].replace(f"person{n}@", f"person{n - 1}@")
    lines[8] = lines[8].replace(";US;", ";Atlantis;")
    lines[16] = lines[16].replace(";;free", ";12;free")
    lines[20] += ";surplus;more"
    lines[51] = "short@example.com;Short"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode())
    os.utime(path, (WHEN, WHEN))
    return path


def hostile(path: Path) -> Path:
    """A CSV with a hostile name in every place: header, cells, an e-mail that is refused."""
    path.write_text(
        f'email,"{HOSTILE}",first name,country\n'
        f'ada@example.com,x,"{HOSTILE}",GB\n'
        f'"{HOSTILE}",y,Eve,"{HOSTILE}"\n'
        f'eve@example.com,"{HOSTILE}",Eve,US\n'
    )
    os.utime(path, (WHEN, WHEN))
    return path


def wizard_of(pilot: Pilot[Any]) -> WizardScreen:
    """The wizard that is shown."""
    screen = next(screen for screen in reversed(pilot.app.screen_stack) if isinstance(screen, WizardScreen))
    assert isinstance(screen, WizardScreen)
    return screen


def step_of(pilot: Pilot[Any]) -> WizardStep:
    """The step that is shown."""
    step = wizard_of(pilot).step
    assert step is not None
    return step


async def open_wizard(pilot: Pilot[Any]) -> None:
    """Open the wizard."""
    await settled(pilot)
    await press(pilot, "i")


async def open_file(pilot: Pilot[Any], path: Path) -> None:
    """Open the wizard and a file by its path."""
    await open_wizard(pilot)
    await press(pilot, "slash")
    await fill(pilot, str(path))
    await settled(pilot)


async def go_to(pilot: Pilot[Any], path: Path, step: str) -> None:
    """Open the wizard on a file and go on to a step, with what has to be chosen on the way; nothing is sent."""
    await open_file(pilot, path)
    while step != step_of(pilot).NAME:
        if step_of(pilot).NAME == "map" and wizard_of(pilot).draft.kind == "users":
            await press(pilot, "t", "enter")
        elif step_of(pilot).NAME == "check":
            await press(pilot, "enter")
        before = step_of(pilot).NAME
        await press(pilot, "right_square_bracket")
        assert before != step_of(pilot).NAME, text_of(console_of(pilot))


async def send_first(pilot: Pilot[Any]) -> None:
    """From the plan: confirm, and wait until the first rows are sent."""
    await press(pilot, "enter", "y")
    await job_at_rest(pilot)


async def job_at_rest(pilot: Pilot[Any]) -> None:
    """Wait until the job that runs has stopped, and the screen says so."""
    console = console_of(pilot)
    await until(pilot, lambda: console.session.running is not None and not console.session.running.active)
    await settled(pilot)


def bottom(console: Console) -> str:
    return lines_of(console)[-1]


def step_bar(console: Console) -> str:
    return lines_of(console)[1]
