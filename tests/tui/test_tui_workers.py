"""Workers that are canceled before they start leave no coroutine; late results update no screen that is closed."""

from __future__ import annotations

import ast
import asyncio
import gc
import warnings
from pathlib import Path

import pytest
from tests.tui.import_support import open_wizard, wizard_of
from tests.tui.tui_support import SIZE, SMALL, demo, settled

import dyntui
from dyntui.services.imports.wizard_service import WizardService
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.lists.resource_screen import ResourceScreen


async def test_replaced_work_of_the_wizard_is_awaited() -> None:
    async with demo(users=3).run_test(size=SIZE) as pilot:
        await settled(pilot)
        await open_wizard(pilot)
        wizard = wizard_of(pilot)
        done: list[object] = []
        gc.collect()  # what other tests left
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for number in range(5):

                def work(service: WizardService, number: int = number) -> int:
                    return number

                wizard.submit(work, done.append, latest="look")
            await settled(pilot)
            gc.collect()
        assert done == [4]


def test_workers_are_functions_and_not_coroutines() -> None:
    """`run_worker(work())` warns when the worker is canceled before it starts; `run_worker(work)` does not."""
    source = Path(dyntui.__file__).parent / "tui"
    starters = {"run_worker", "start_worker", "run_read_worker", "run_worker_then", "run_write_worker"}
    found = []
    for file in source.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
            if isinstance(node, ast.Call) and name in starters:
                calls = [part for part in node.args if isinstance(part, ast.Call)]
                found += [f"{file.name}:{part.lineno}" for part in calls if ast.unparse(part.func) not in _MAKERS]
    assert found == []


_MAKERS = {"partial", "cast"}


async def test_no_screen_is_updated_while_the_console_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo(3)
    close_all = Console._close_all

    async def close_with_a_late_response(self: Console) -> None:
        screen = console.screen
        assert isinstance(screen, ResourceScreen)
        await screen.table.remove()  # the widgets of a screen are closed before the screen
        handled = asyncio.Event()
        screen.post_message(ResourceScreen.ViewChanged())
        screen.call_later(handled.set)
        async with asyncio.timeout(30):
            await handled.wait()
        closed.append(screen)
        await close_all(self)

    closed: list[ResourceScreen] = []
    monkeypatch.setattr(Console, "_close_all", close_with_a_late_response)
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
    assert closed
