"""Credential stores in files: encrypted with a passphrase, or as plain text that only the owner can read (0600)."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from dyntui.config.credential_store import AskPassphrase, CredentialStore, stored_name, tilde
from dyntui.config.errors import CredentialError
from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, private_dir, read_private, remove_private
from dyntui.config.profile import CredentialKind
from dyntui.core.file_version import check_version
from dyntui.core.json_types import as_text
from dyntui.core.strict_json import parse_json

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["MIN_PASSPHRASE", "FileCredentialStore", "PassphraseCredentialStore"]

MIN_PASSPHRASE = 8
_LIMIT = 64 * 1024
_VERSION = 1
_COST, _BLOCK, _PARALLEL = 2**17, 8, 1
_MAX_MEMORY = 1 << 30
_MAX_PARALLEL = 16


def _file(profile: Profile, suffix: str) -> Path:
    # The digest distinguishes names that differ only in letter case or origin.
    digest = hashlib.sha256(stored_name(profile).encode()).hexdigest()[:12]
    return paths().credentials_dir / f"{re.sub(r'[^A-Za-z0-9-]', '_', profile.name)[:40]}-{digest}.{suffix}"


def _read(profile: Profile, suffix: str) -> dict[str, object] | None:
    path = _file(profile, suffix)
    if not path.parent.exists():
        return None
    private_dir(path.parent)
    try:
        data = read_private(path, _LIMIT)
    except FileNotFoundError:
        return None
    try:
        value = parse_json(data)
    except ValueError:
        value = None
    check_version(
        value,
        tilde(path),
        _VERSION,
        error=CredentialError,
        hint="Use that version of dyntui, or store the token again: dyntui auth login",
    )
    if not isinstance(value, dict) or value.get("version") != _VERSION:
        raise CredentialError(
            f"{tilde(path)} is not a token file.",
            hint="Remove it, then run: dyntui auth login",
        )
    return value if value.get("entry") == stored_name(profile) else None


def _write(path: Path, value: dict[str, object]) -> None:
    private_dir(path.parent)
    atomic_write(path, json.dumps({"version": _VERSION, **value}).encode() + b"\n")


class FileCredentialStore(CredentialStore):
    """Stores tokens as plain text in files that only the owner can read."""

    kind = CredentialKind.FILE

    def describe(self, profile: Profile | None = None) -> str:
        return f"plain file {tilde(_file(profile, 'token') if profile else paths().credentials_dir)}, 0600"

    def get(self, profile: Profile) -> str | None:
        return as_text((_read(profile, "token") or {}).get("token")) or None

    def set(self, profile: Profile, token: str) -> None:
        _write(_file(profile, "token"), {"entry": stored_name(profile), "token": token})

    def delete(self, profile: Profile) -> bool:
        return remove_private(_file(profile, "token"))


class PassphraseCredentialStore(CredentialStore):
    """Stores tokens in files encrypted with scrypt and AES-256-GCM. Asks for the passphrase once per process."""

    kind = CredentialKind.PASSPHRASE
    _opened: ClassVar[dict[str, str]] = {}  # decrypted tokens by file content, for the whole process

    def __init__(self, ask: AskPassphrase | None = None) -> None:
        self._ask = ask

    def describe(self, profile: Profile | None = None) -> str:
        return f"passphrase-encrypted file {tilde(_file(profile, 'sealed') if profile else paths().credentials_dir)}"

    def get(self, profile: Profile) -> str | None:
        value = _read(profile, "sealed")
        if value is None:
            return None
        sealed = json.dumps(value, sort_keys=True)
        if sealed not in self._opened:
            passphrase = self._passphrase(f"Passphrase for the token of {profile.name}")
            self._opened[sealed] = _decrypt(value, passphrase)
        return self._opened[sealed]

    def set(self, profile: Profile, token: str) -> None:
        passphrase = self._passphrase(f"New passphrase for the token of {profile.name}")
        if len(passphrase) < MIN_PASSPHRASE:
            raise CredentialError(
                f"The passphrase has fewer than {MIN_PASSPHRASE} characters.", hint="Nothing was stored. Try again."
            )
        if self._passphrase("Repeat the passphrase") != passphrase:
            raise CredentialError("The two passphrases differ.", hint="Nothing was stored. Try again.")
        _write(_file(profile, "sealed"), _encrypt(stored_name(profile), token, passphrase))

    def delete(self, profile: Profile) -> bool:
        self._opened.clear()
        return remove_private(_file(profile, "sealed"))

    def _passphrase(self, purpose: str) -> str:
        if self._ask is None:
            raise CredentialError(
                "The token is encrypted with a passphrase, and there is no terminal to enter it.",
                hint="Run dyntui in a terminal, or set DYNTUI_TOKEN.",
            )
        passphrase = self._ask(purpose)
        if not passphrase:
            raise CredentialError("No passphrase entered.", hint="Try again, or set DYNTUI_TOKEN.")
        return passphrase


def _key(passphrase: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    scrypt = Scrypt(salt=salt, length=32, n=cost, r=block, p=parallel)
    return scrypt.derive(passphrase.encode("utf-8", "surrogateescape"))


def _header(value: dict[str, object]) -> bytes:
    """Return the parts that are not secret; they are authenticated together with the token."""
    return json.dumps([_VERSION, "scrypt-aes256gcm", *(value[name] for name in ("entry", "n", "r", "p"))]).encode()


def _encrypt(name: str, token: str, passphrase: str) -> dict[str, object]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    value: dict[str, object] = {"seal": "scrypt-aes256gcm", "entry": name, "n": _COST, "r": _BLOCK, "p": _PARALLEL}
    sealed = AESGCM(_key(passphrase, salt, _COST, _BLOCK, _PARALLEL)).encrypt(nonce, token.encode(), _header(value))
    parts = {"salt": salt, "nonce": nonce, "sealed": sealed}
    return value | {part: base64.b64encode(data).decode() for part, data in parts.items()}


def _scrypt_parameters(value: dict[str, object]) -> tuple[int, int, int]:
    """Return the scrypt parameters n, r and p of a token file.

    Raises ValueError for invalid or too expensive parameters, because the file may have been manipulated.
    """
    numbers = [number for name in ("n", "r", "p") if type(number := value[name]) is int and number > 0]
    if len(numbers) != 3:
        raise ValueError("its scrypt parameters are not positive integers")
    cost, block, parallel = numbers
    # RFC 7914, 6: n is a power of two, greater than 1 and less than 2^(128 * r / 8).
    if cost < 2 or cost & (cost - 1) or cost.bit_length() > 16 * block:
        raise ValueError("invalid scrypt parameters")
    if 128 * cost * block > _MAX_MEMORY or parallel > _MAX_PARALLEL:
        raise ValueError("scrypt parameters that are too large")
    return cost, block, parallel


def _decrypt(value: dict[str, object], passphrase: str) -> str:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        cost, block, parallel = _scrypt_parameters(value)
        salt, nonce, sealed = (
            base64.b64decode(as_text(value[name]), validate=True) for name in ("salt", "nonce", "sealed")
        )
        return AESGCM(_key(passphrase, salt, cost, block, parallel)).decrypt(nonce, sealed, _header(value)).decode()
    except InvalidTag as error:
        raise CredentialError("The passphrase does not decrypt the token file.", hint="Try again.") from error
    except MemoryError as error:
        raise CredentialError(
            "There is not enough memory to decrypt the token file.", hint="Close other programs and try again."
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise CredentialError(
            f"The encrypted token file is damaged ({error}).", hint="Store the token again: dyntui auth login"
        ) from error
