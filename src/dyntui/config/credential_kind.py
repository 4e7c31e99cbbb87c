"""The kinds of credential stores."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["CredentialKind"]


class CredentialKind(StrEnum):
    """A kind of credential store."""

    KEYRING = "keyring"
    SESSION = "session"
    PASSPHRASE = "passphrase"
    FILE = "file"
    COMMAND = "command"
    ENVIRONMENT = "environment"
