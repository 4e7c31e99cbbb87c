"""State of the whole process is changed for as long as documented, and restored."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from dyntui.core import process_state


@pytest.mark.parametrize("block", [process_state.without_garbage_collection, process_state.permanent_objects])
def test_garbage_collection_is_restored_as_it_was_before_the_block(
    block: Callable[[], AbstractContextManager[None]],
) -> None:
    with block():
        assert not gc.isenabled()
        with block():
            pass
        assert not gc.isenabled(), "an inner block must not turn it on"
    assert gc.isenabled()


def test_permanent_objects_are_not_collected() -> None:
    before = gc.get_freeze_count()
    try:
        with process_state.permanent_objects():
            made = [[number] for number in range(1000)]
        assert len(made) == 1000
        assert gc.get_freeze_count() >= before + 1000
    finally:
        gc.unfreeze()


def test_a_blocked_import_fails_in_the_block_only() -> None:
    sys.modules.pop("colorsys", None)
    with process_state.block_import("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")
    assert importlib.import_module("colorsys")


def test_files_created_under_the_private_umask_are_private(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with pytest.raises(ZeroDivisionError), process_state.private_umask():
            (tmp_path / "inside").write_text("")
            _ = 1 / 0
        (tmp_path / "after").write_text("")
    finally:
        os.umask(before)
    assert (tmp_path / "inside").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "after").stat().st_mode & 0o777 == 0o644


def test_the_switch_interval_is_not_increased() -> None:
    before = sys.getswitchinterval()
    try:
        process_state.shorten_switch_interval(before / 2)
        process_state.shorten_switch_interval(before * 2)
        assert sys.getswitchinterval() == pytest.approx(before / 2)
    finally:
        sys.setswitchinterval(before)


def test_the_thread_crash_hook_is_called_and_removed() -> None:
    crashes: list[type[BaseException]] = []
    process_state.install_thread_crash_hook(lambda args: crashes.append(args.exc_type))
    try:
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
    finally:
        process_state.remove_thread_crash_hook()
    assert crashes == [ZeroDivisionError]
    assert threading.excepthook is threading.__excepthook__
