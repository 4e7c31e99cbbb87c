"""A child process that uses the system's keyring, because waiting for an unlock may block forever.

`python -m dyntui.config.keyring_worker` reads one JSON request from standard input and writes one JSON object. Tokens
are only sent through these pipes, never in arguments. `dyntui.config.keyring_store` starts it.
"""

from __future__ import annotations

import json
import secrets
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

__all__ = ["ALLOWED", "handle_request", "main"]

ALLOWED = {
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Locker",
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet",
    "keyring.backends.libsecret.Keyring": "libsecret",
}
"""Backends of the operating system or the desktop that encrypt secrets. No other backend is used."""

_NO_BACKENDS = (
    "keyring.backends.fail.Keyring",
    "keyring.backends.null.Keyring",
    "keyring.backends.chainer.ChainerBackend",
)


class KeyringUnusable(Exception):
    """The keyring cannot be used; the text says why."""


def _name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _choose() -> KeyringBackend:
    from keyring import core
    from keyring.backend import get_all_keyring

    configured = core.load_env() or core.load_config()
    if configured is not None:
        if _name(configured) not in ALLOWED:
            raise KeyringUnusable(f"the configured keyring backend {_name(configured)} is not supported")
        return configured
    found = get_all_keyring()
    usable = [backend for backend in found if _name(backend) in ALLOWED]
    if usable:
        return max(usable, key=lambda backend: (backend.priority, _name(backend)))
    others = sorted(_name(backend) for backend in found if _name(backend) not in _NO_BACKENDS)
    if others:
        raise KeyringUnusable(f"no supported keyring backend, only {', '.join(others)}")
    raise KeyringUnusable("no keyring service is available")


def _delete(backend: KeyringBackend, service: str, user: str) -> bool:
    if backend.get_password(service, user) is None:
        return False
    backend.delete_password(service, user)
    return True


def _store(backend: KeyringBackend, service: str, user: str, secret: str) -> None:
    backend.set_password(service, user, secret)
    if backend.get_password(service, user) != secret:
        raise KeyringUnusable("it did not return a test secret")


def handle_request(request: dict[str, str]) -> dict[str, object]:
    """Handle a request: probe, get, set or delete."""
    backend = None
    try:
        backend = _choose()
        service, user = request["service"], request.get("user", "")
        value: object = None
        match request["do"]:
            case "probe":
                user = f"probe {secrets.token_hex(8)}"
                _store(backend, service, user, secrets.token_hex(16))
                backend.delete_password(service, user)
                if backend.get_password(service, user) is not None:
                    raise KeyringUnusable("it did not delete a test secret")
            case "get":
                value = backend.get_password(service, user)
            case "set":
                _store(backend, service, user, request["secret"])
            case "delete":
                value = _delete(backend, service, user)
            case other:
                raise KeyringUnusable(f"unknown request {other!r}")
    except KeyringUnusable as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 - backends raise anything; the parent reports it
        reason = f"{type(error).__name__}: {error}"
    else:
        return {"ok": True, "backend": ALLOWED[_name(backend)], "value": value}
    return {"ok": False, "backend": ALLOWED[_name(backend)] if backend else "", "reason": reason}


def main() -> None:
    """Read one request and write one response."""
    request = json.loads(sys.stdin.buffer.read())
    out, sys.stdout = sys.stdout, sys.stderr  # output of a backend must not mix with the response
    json.dump(handle_request(request), out)
    out.flush()


if __name__ == "__main__":
    main()
