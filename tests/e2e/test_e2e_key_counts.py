"""How many keys support work needs in a real terminal, from the screen where it starts. Typed text does not count."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.terminal import Terminal, clean_environ
from tests.e2e.test_e2e_import import environ, list_users

pytestmark = pytest.mark.slow

Serve = Callable[..., Any]
EXACT_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


class _Counted:
    """Presses the keys of one piece of work; text that is typed does not count."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.count = 0

    def press(self, key: str, then: str | Callable[[str], bool]) -> str:
        """Press a key and wait until the screen shows `then`."""
        self.count += 1
        self._terminal.press(key)
        return self._terminal.wait(then)

    def type(self, text: str) -> None:
        """Type a text into the field that has the focus."""
        self._terminal.press(text)
        self._terminal.wait(text)


def _jump(terminal: Terminal, place: str, then: str | Callable[[str], bool]) -> None:
    terminal.press(":")
    terminal.wait("a full name")
    terminal.press(place)
    terminal.wait(place)
    terminal.press("enter")
    terminal.wait(then)


def test_support_work_needs_few_keys(serve: Serve, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serve(users=60) as sandbox, Terminal(env=environ(sandbox, home), columns=120, rows=40) as terminal:
        users = list_users(sandbox, home)
        user = next(each for each in users if each["wallets"] and each["username"] and each["email"])
        name = f"{user['firstName']} {user['lastName']}"
        terminal.wait("1 of 60")
        for text in (user["email"], f"user {user['wallets'][0]['publicKey']}", user["username"], name):
            keys = _Counted(terminal)
            keys.press(":", "a full name")
            keys.type(text)
            keys.press("enter", lambda screen: f"users › {user['email']}"[:40] in screen and "PROFILE" in screen)
            assert keys.count <= 2, text
            terminal.press("esc")
            terminal.wait("of 60")

        _jump(terminal, "2", "2 of 60")  # the user of the first row has no sessions
        keys = _Counted(terminal)
        keys.press("enter", "PROFILE")
        keys.press("4", "STARTED")
        keys.press("T", lambda screen: EXACT_TIME.search(screen.split("STARTED")[-1]) is not None)
        assert keys.count <= 3

        _jump(terminal, "webhooks", "ENABLED AT")
        keys = _Counted(terminal)
        keys.press("enter", "LATENCY")
        keys.press(",", "Redeliver")
        keys.press("y", "redelivered")
        assert keys.count <= 4

        _jump(terminal, "users", "1 of 60")
        terminal.press("space")
        terminal.wait("1 marked")
        _jump(terminal, "50", "50 of 60")
        terminal.press("M")
        terminal.wait("50 marked")
        keys = _Counted(terminal)
        keys.press("A", "Add 50 Users to Allowlist")
        keys.type("launch")
        keys.press("enter", "Add 50 users")
        keys.press("y", "50 users added to Launch party")
        assert keys.count <= 3


def test_a_wrong_token_is_replaced_with_few_keys(serve: Serve, tmp_path: Path) -> None:
    with serve(users=3) as sandbox:
        env = {**clean_environ(), "DYNTUI_HOME": str(tmp_path)}
        options = ("--base-url", sandbox.url, "--environment-id", sandbox.environment_id, "--kind", "sandbox")
        command = [sys.executable, "-m", "dyntui", "env", "add", "box", *options]
        subprocess.run(
            [*command, "--credential", "file", "--token-stdin", "--offline"],
            env=env, input="dyn_" + "Wrong1" * 9, text=True, check=True, capture_output=True,
        )  # fmt: skip
        with Terminal(env=env, columns=120, rows=40) as terminal:
            terminal.wait("not authorized")
            keys = _Counted(terminal)
            keys.press("\x05", "API token")  # ctrl+e
            terminal.press(sandbox.token)
            keys.press("\x13", "1 of 3")  # ctrl+s
            assert keys.count <= 3
