"""A worker that is canceled before it starts leaves no coroutine that nobody awaits."""

from __future__ import annotations

import ast
import gc
import warnings
from pathlib import Path

from tests.tui.import_support import open_wizard, wizard_of
from tests.tui.tui_support import SIZE, demo, settled

import dyntui
from dyntui.services.imports.wizard_service import WizardService


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
