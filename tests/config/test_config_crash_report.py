"""What a crash leaves: a line, and a report that holds no secret and nothing a terminal would act on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dyntui.config import crash_report

_CRASHING = """
import sys
from dyntui.cli import root
from dyntui.core.redact import redactor
def broken():
    secret = token
    raise KeyError(f"{secret} of ada@example.com \\x1b]0;x\\x07")
token = sys.argv[1]
redactor.add(token)
root.main = broken
sys.argv = ["dyntui", "users"]
from dyntui.__main__ import main
main()
"""


def test_a_crash_of_the_command_line_prints_one_line_and_writes_a_redacted_report(tmp_path: Path) -> None:
    token = "dyn_" + "Canary1" * 8
    done = subprocess.run(
        [sys.executable, "-c", _CRASHING, token],
        env={**os.environ, "DYNTUI_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("dyntui stopped because of an internal error (KeyError). Report, without secrets: ")
    written = Path(line.rsplit(": ", 1)[1])
    assert written.parent == tmp_path / "state" / "crashes"
    assert written.stat().st_mode & 0o777 == 0o600
    text = written.read_text()
    assert "KeyError" in text and "<token> of <email>" in text
    for secret in ("Canary1", "ada@example.com", "\x1b"):
        assert secret not in text + line


def test_a_crash_report_that_cannot_be_written_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(crash_report, "write_report", full)
    assert "No report could be written: [Errno 28] No space left on device" in crash_report.report_crash(
        ValueError("x")
    )
