"""The external editor gets ctrl+c; dyntui goes on."""

from __future__ import annotations

import os
import shlex

import pytest

from dyntui.services.editor import edit


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_in_the_editor_does_not_end_dyntui(monkeypatch: pytest.MonkeyPatch) -> None:
    script = 'kill -INT $PPID; echo changed > "$1"'
    monkeypatch.setenv("VISUAL", shlex.join(["sh", "-c", script, "sh"]))
    assert edit("before") == "changed\n"
