"""The real Secret Service: Debian's gnome-keyring on a session bus of its own, unlocked, locked, and never answering.

Run by `make test-all`; needs `apt-get install gnome-keyring dbus`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon")
MISSING = [program for program in PROGRAMS if shutil.which(program) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (Debian: gnome-keyring, dbus)"),
]

TOKEN = "dyn_" + "Canary1" * 8

START = f"""
import json, subprocess, sys, time
import secretstorage
from dyntui.config.credentials import CredentialError, CredentialKind, find_token, keyring_available, store_for
from dyntui.config.profile import Profile

TOKEN = {TOKEN!r}
PROD = Profile("prod", "https://app.dynamic.xyz/api/v0", "3f2a1b4c-0000-4000-8000-00000000000a")
STORE = store_for(CredentialKind.KEYRING)
unlock = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
subprocess.run(unlock, input=b"pw", check=True, capture_output=True)

def answer(**values):
    print("ANSWER " + json.dumps(values))

def lock():
    collection = secretstorage.get_default_collection(secretstorage.dbus_init())
    collection.lock()
    assert collection.is_locked()
"""

# A prompter that takes the request and never asks anybody: as over SSH with a desktop session nobody looks at.
SILENT_PROMPTER = """
import threading
from jeepney import HeaderFields, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection

bus = open_dbus_connection(bus="SESSION")
asked = threading.Event()

def serve():
    while True:
        message = bus.receive()
        if message.header.fields.get(HeaderFields.member) == "BeginPrompting":
            bus.send(new_method_return(message))
            asked.set()

reply = bus.send_and_get_reply(message_bus.RequestName("org.gnome.keyring.SystemPrompter"))
assert reply.body == (1,), reply.body
threading.Thread(target=serve, daemon=True).start()
"""


def in_session(tmp_path: Path, code: str) -> dict[str, Any]:
    """Run `code` on a fresh session bus with a fresh, unlocked keyring; what it answered."""
    for name in ("data", "run", "home"):
        (tmp_path / name).mkdir(mode=0o700)
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DBUS_", "DISPLAY", "WAYLAND"))},
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "HOME": str(tmp_path / "home"),
        "DYNTUI_HOME": str(tmp_path / "dyntui"),
    }
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", START + code],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(lines[-1].removeprefix("ANSWER "))
    return answer


def test_an_unlocked_keyring_stores_the_token_and_no_file_contains_it(tmp_path: Path) -> None:
    answer = in_session(
        tmp_path,
        """
probe = keyring_available(30)
items = [item.get_label() for item in secretstorage.get_default_collection(secretstorage.dbus_init()).get_all_items()]
STORE.set(PROD, TOKEN)
found = find_token(PROD, environ={})
deleted = STORE.delete(PROD)
answer(ok=probe.ok, backend=probe.backend, reason=probe.reason, left=items,
       same=found.token == TOKEN, where=found.where, deleted=deleted, after=STORE.get(PROD))
""",
    )
    assert answer == {
        "ok": True,
        "backend": "Secret Service",
        "reason": "",
        "left": [],
        "same": True,
        "where": "Secret Service",
        "deleted": True,
        "after": None,
    }
    assert (tmp_path / "data" / "keyrings").is_dir()
    holding = [file for file in tmp_path.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]
    assert holding == []


def test_a_token_is_loaded_by_another_process(tmp_path: Path) -> None:
    answer = in_session(
        tmp_path,
        """
STORE.set(PROD, TOKEN)
other = subprocess.run([sys.executable, "-c", '''
from dyntui.config.credentials import find_token
from dyntui.config.profile import Profile
print(find_token(Profile("prod", "https://app.dynamic.xyz/api/v0", "x"), environ={}).hint)
'''], capture_output=True, text=True, check=True)
answer(hint=other.stdout.strip())
""",
    )
    assert answer == {"hint": "dyn_…" + TOKEN[-6:]}


def test_a_locked_keyring_without_a_prompt_is_refused(tmp_path: Path) -> None:
    answer = in_session(
        tmp_path,
        """
lock()
probe = keyring_available()
answer(ok=probe.ok, reason=probe.reason)
""",
    )
    assert answer["ok"] is False
    assert "unlock" in answer["reason"]


def test_an_unlock_prompt_without_an_answer_is_canceled_after_the_timeout(tmp_path: Path) -> None:
    answer = in_session(
        tmp_path,
        SILENT_PROMPTER
        + """
from dyntui.config import keyrings
keyrings.CALL_LIMIT = 2.0
STORE.set(PROD, TOKEN)
lock()
start = time.monotonic()
probe = keyring_available()
took = time.monotonic() - start
start = time.monotonic()
try:
    find_token(PROD, environ={})
    said = ""
except CredentialError as error:
    said = error.message
answer(asked=asked.is_set(), ok=probe.ok, reason=probe.reason, took=took, said=said, took_get=time.monotonic() - start)
""",
    )
    assert answer["asked"] is True, "the prompter was never asked, so nothing blocked"
    assert answer["ok"] is False
    assert "did not respond within 3 s" in answer["reason"]
    assert 3.0 <= answer["took"] < 6
    assert "did not respond within 2 s" in answer["said"]
    assert 2.0 <= answer["took_get"] < 5
