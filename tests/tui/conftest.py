"""The console in tests: its own home, a clock that stands still, requests that all take 2 ms, no keyring."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
from tests.tui.fast_textual import parse_rules_once, wait_until_handled
from tests.tui.import_support import messy
from textual._styles_cache import StylesCache
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from dyntui.core.times import TimeFormat, time_display

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class _Frozen(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return NOW.astimezone(tz)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Nothing of this machine shows; returns the home folder."""
    from dyntui.api.request_log import RequestLog
    from dyntui.config.keyring_store import KeyringProbe

    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.001)  # of 0.02 s after each key: most of a test's time
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.00025)  # CPU seconds in it of an app that waits
    monkeypatch.setattr(Pilot, "_wait_for_screen", wait_until_handled)
    monkeypatch.setattr(Stylesheet, "_parse_rules", parse_rules_once)
    for name in (
        "NO_COLOR",
        "SSH_CONNECTION",
        "SSH_TTY",
        "TMUX",
        "STY",
        "VISUAL",
        "EDITOR",
        "DYNTUI_TOKEN",
        "DYNAMIC_TOKEN",
        "DYN_CLI_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    home = tmp_path / "home"
    monkeypatch.setenv("DYNTUI_HOME", str(home))
    monkeypatch.setattr("dyntui.core.times.datetime", _Frozen)
    monkeypatch.setattr(time_display, "format", TimeFormat.RELATIVE)  # restored after the test
    finished = RequestLog.finished

    def two_ms(self: RequestLog, method: str, operation: str, status: int, ms: float, *rest: Any, **more: Any) -> None:
        finished(self, method, operation, status, 2.0, *rest, **more)

    monkeypatch.setattr(RequestLog, "finished", two_ms)
    monkeypatch.setattr(
        "dyntui.config.credentials.keyring_available",
        lambda *_: KeyringProbe(ok=False, reason="no keyring service is available"),
    )
    # Keys are also drawn at random: ctrl+z would stop the test run with all processes of its group.
    monkeypatch.setattr("dyntui.tui.shell.terminal_actions.has_job_control", lambda: False)
    yield home
    # It keeps the rendered lines of the last fifty apps alive, and the garbage collector looks through them.
    StylesCache.get_inner_outer.cache_clear()


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to import, in the folder that the wizard shows."""
    folder = tmp_path / "files"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return messy(folder / "people.csv")
