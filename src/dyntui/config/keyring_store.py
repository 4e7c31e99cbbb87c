"""The keyring of the system, used through a child process with a time limit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dyntui.config.credential_store import CredentialStore, stored_name
from dyntui.config.errors import CredentialError
from dyntui.config.profile import CredentialKind
from dyntui.config.tokens import without_token_variables
from dyntui.core.json_types import as_text
from dyntui.core.redact import redact
from dyntui.core.text import safe

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["CALL_LIMIT", "PROBE_LIMIT", "SERVICE", "KeyringCredentialStore", "KeyringProbe", "keyring_available"]

SERVICE = "dyntui"
PROBE_LIMIT = 3.0
CALL_LIMIT = 20.0
"""Time limit of a real call in seconds, long enough to unlock the keyring."""

OTHER_STORES_HINT = "Choose another store (session, passphrase, file, command), or set DYNTUI_TOKEN."


@dataclass(frozen=True, slots=True)
class KeyringProbe:
    """The result of a test of the keyring."""

    ok: bool
    """Whether it stores, returns and deletes a secret."""
    backend: str = ""
    """The name of the keyring."""
    reason: str = ""
    """Why it cannot be used."""


def keyring_available(timeout: float = PROBE_LIMIT) -> KeyringProbe:
    """Test the keyring: store, read and delete a random value."""
    reply = _call({"do": "probe"}, timeout)
    return KeyringProbe(
        ok=reply["ok"] is True, backend=as_text(reply.get("backend")), reason=as_text(reply.get("reason"))
    )


class KeyringCredentialStore(CredentialStore):
    """Stores tokens in the keyring of the operating system or the desktop."""

    kind = CredentialKind.KEYRING

    def __init__(self) -> None:
        self._backend = {"darwin": "macOS Keychain", "win32": "Windows Credential Locker"}.get(sys.platform, "")

    def describe(self, profile: Profile | None = None) -> str:
        return self._backend or "system keyring"

    def get(self, profile: Profile) -> str | None:
        value = self._ask({"do": "get", "user": stored_name(profile)})
        return value if isinstance(value, str) and value else None

    def set(self, profile: Profile, token: str) -> None:
        self._ask({"do": "set", "user": stored_name(profile), "secret": token})

    def delete(self, profile: Profile) -> bool:
        return bool(self._ask({"do": "delete", "user": stored_name(profile)}))

    def _ask(self, request: dict[str, str]) -> object:
        reply = _call(request, CALL_LIMIT)
        self._backend = as_text(reply.get("backend")) or self._backend
        if not reply["ok"]:
            raise CredentialError(f"The {self.describe()} cannot be used: {reply['reason']}.", hint=OTHER_STORES_HINT)
        return reply.get("value")


def _call(request: dict[str, str], limit: float) -> dict[str, object]:
    # -P: a module in the current folder must not replace that of the keyring.
    command = [sys.executable, "-P", "-m", "dyntui.config.keyring_worker"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps({"service": SERVICE, **request}).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=without_token_variables(os.environ),
            timeout=limit,
            check=False,
        )
        reply: dict[str, object] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {
            "ok": False,
            "reason": f"it did not respond within {limit:g} s; it may be locked",
        }
    except OSError as error:
        return {"ok": False, "reason": f"its helper process did not start ({error.strerror})"}
    except ValueError:
        return {"ok": False, "reason": f"its helper process ended without a response (status {done.returncode})"}
    if "reason" in reply:
        reply["reason"] = safe(redact(as_text(reply["reason"])), 300).rstrip(".")
    return reply
