"""The keyring is asked in a child process: allowed ones only, never longer than the limit, tokens by pipe alone.

A stand-in for the `secretstorage` package plays the desktop's service, so that keyring's own SecretService backend
runs unchanged; test_config_keyring_real.py has the real service.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.families import slow_except

from dyntui.config import keyring_store
from dyntui.config.credentials import CredentialError, CredentialKind, find_token, keyring_available, store_for
from dyntui.config.profile import Profile

TOKEN = "dyn_" + "Canary1" * 8
PROD = Profile("prod", "https://app.dynamic.xyz/api/v0", "3f2a1b4c-0000-4000-8000-00000000000a")

SERVICE = """
import json, os, pathlib, sys, threading
__version_tuple__ = (3, 5)
FILE = pathlib.Path(os.environ["FAKE_SERVICE"])
MODE = os.environ.get("FAKE_MODE", "")
print("a backend that prints")  # must not spoil the answer

class Connection:
    def close(self): pass

def dbus_init():
    with FILE.with_suffix(".calls").open("a") as calls:
        calls.write(json.dumps([sys.argv, dict(os.environ)]) + "\\n")
    return Connection()

def check_service_availability(connection):
    if MODE == "hang-early":
        threading.Event().wait()
    return MODE != "absent"

def load():
    return json.loads(FILE.read_text()) if FILE.exists() else {}

class Item:
    def __init__(self, key): self.key = key
    def is_locked(self): return False
    def get_secret(self): return load()[self.key].encode()
    def delete(self):
        kept = load(); del kept[self.key]
        FILE.write_text(json.dumps(kept))

class Collection:
    connection = Connection()
    def is_locked(self): return MODE == "locked"
    def unlock(self): threading.Event().wait()
    def search_items(self, attributes):
        key = attributes["service"] + "|" + attributes["username"]
        return [Item(key)] if key in load() else []
    def create_item(self, label, attributes, secret, replace):
        if MODE == "dies":
            os._exit(9)
        if MODE == "fails":
            raise RuntimeError("cannot keep " + secret + " \\x1b[31m")
        kept = load()
        kept[attributes["service"] + "|" + attributes["username"]] = "other" if MODE == "forgets" else secret
        FILE.write_text(json.dumps(kept))

def get_default_collection(connection):
    return Collection()
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "secretstorage").mkdir()
    (modules / "secretstorage" / "__init__.py").write_text("from secretstorage.exceptions import *\n" + SERVICE)
    (modules / "secretstorage" / "exceptions.py").write_text("class SecretStorageException(Exception): pass\n")
    monkeypatch.setenv("PYTHONPATH", str(modules))
    monkeypatch.setenv("FAKE_SERVICE", str(tmp_path / "service.json"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.SecretService.Keyring")
    return tmp_path / "service.json"


def test_the_probe_sets_gets_and_deletes_an_entry(service: Path) -> None:
    probe = keyring_available(30)
    assert (probe.ok, probe.backend, probe.reason) == (True, "Secret Service", "")
    assert service.read_text() == "{}"


def test_a_token_is_stored_loaded_and_deleted(service: Path) -> None:
    store = store_for(CredentialKind.KEYRING)
    assert store.get(PROD) is None
    assert store.delete(PROD) is False
    store.set(PROD, TOKEN)
    found = find_token(PROD, environ={})
    assert (found.token, found.source, found.where) == (TOKEN, CredentialKind.KEYRING, "Secret Service")
    assert store.get(replace(PROD, base_url="https://app.dynamicauth.com/api/v0")) is None
    assert store.get(replace(PROD, name="other")) is None
    assert store.delete(PROD) is True
    assert store.get(PROD) is None


def test_the_token_is_in_no_argument_variable_or_other_file(
    service: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    store_for(CredentialKind.KEYRING).set(PROD, TOKEN)
    calls = service.with_suffix(".calls").read_text()
    assert "keyring_worker" in calls
    assert TOKEN not in calls
    holding = [file for file in tmp_path.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]
    assert holding == [service]
    assert not home.exists()


@pytest.mark.parametrize("mode", slow_except(["locked", "hang-early"], "locked"))
def test_a_blocking_keyring_is_canceled_after_the_timeout(
    service: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("FAKE_MODE", mode)
    start = time.monotonic()
    probe = keyring_available(1.0)
    assert time.monotonic() - start < 3
    assert not probe.ok
    assert "within 1 s" in probe.reason
    monkeypatch.setattr(keyring_store, "CALL_LIMIT", 0.3)
    for act in (
        lambda: find_token(PROD, environ={}),
        lambda: store_for(CredentialKind.KEYRING).set(PROD, TOKEN),
        lambda: store_for(CredentialKind.KEYRING).delete(PROD),
    ):
        with pytest.raises(CredentialError, match=r"did not respond within 0\.3 s") as caught:
            act()
        assert "session, passphrase, file" in caught.value.hint


@pytest.mark.parametrize(
    ("mode", "reason"),
    slow_except(
        [
            ("absent", "neither running nor activatable"),
            ("fails", "cannot keep <token> ␛"),
            ("forgets", "did not return a test secret"),
            ("dies", "ended without a response (status 9)"),
        ],
        ("fails", "cannot keep <token> ␛"),
        ("dies", "ended without a response (status 9)"),
    ),
)
def test_a_failing_keyring_is_reported_with_its_reason_and_without_the_token(
    service: Path, monkeypatch: pytest.MonkeyPatch, mode: str, reason: str
) -> None:
    monkeypatch.setenv("FAKE_MODE", mode)
    with pytest.raises(CredentialError) as caught:
        store_for(CredentialKind.KEYRING).set(PROD, TOKEN)
    assert reason in caught.value.message
    assert TOKEN not in str(caught.value)
    assert not keyring_available(30).ok


def foreign(modules: Path, priority: float = 9) -> str:
    """A backend as keyrings.alt has them, announced to keyring by an entry point."""
    modules.mkdir(exist_ok=True)
    (modules / "plain_rings.py").write_text(
        f"""from keyring.backend import KeyringBackend
class Plaintext(KeyringBackend):
    priority = {priority}
    def get_password(self, service, username): return None
    def set_password(self, service, username, password): raise SystemExit("a token reached it")
    def delete_password(self, service, username): pass
"""
    )
    info = modules / "plain_rings-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plain-rings\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[keyring.backends]\nplain = plain_rings\n")
    return "plain_rings.Plaintext"


def test_a_backend_that_is_not_allowed_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = foreign(tmp_path / "modules")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "modules"))
    probe = keyring_available(30)
    assert not probe.ok
    assert f"only {name}" in probe.reason
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    probe = keyring_available(30)
    assert not probe.ok
    assert f"keyring backend {name} is not supported" in probe.reason


def test_an_allowed_backend_is_used_despite_one_with_a_higher_priority(
    service: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign(tmp_path / "modules")
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    assert keyring_available(30).backend == "Secret Service"


def test_a_missing_keyring_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    probe = keyring_available(30)
    assert not probe.ok
    assert "keyring.backends.fail.Keyring" in probe.reason


def test_a_keyring_package_in_the_current_folder_is_not_imported(
    service: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "downloads"
    trap.mkdir()
    for name in ("keyring.py", "json.py", "secrets.py"):
        (trap / name).write_text("raise SystemExit('trapped')")
    monkeypatch.chdir(trap)
    assert keyring_available(30).ok


def test_a_missing_interpreter_is_reported_without_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", os.devnull)
    probe = keyring_available(30)
    assert not probe.ok
    assert "did not start" in probe.reason
