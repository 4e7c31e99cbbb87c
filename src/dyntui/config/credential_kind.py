"""The places that may hold a token."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["CredentialKind"]


class CredentialKind(StrEnum):
    """The places that may hold a token."""

    KEYRING = "keyring"
    SESSION = "session"
    PASSPHRASE = "passphrase"
    FILE = "file"
    COMMAND = "command"
    ENVIRONMENT = "environment"
