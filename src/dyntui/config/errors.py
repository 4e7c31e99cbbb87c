"""What can be wrong with files a person edits and with places that keep tokens."""

from __future__ import annotations

from dyntui.core.errors import NotAuthorized, UsageError

__all__ = ["ConfigError", "CredentialError"]


class ConfigError(UsageError):
    """A configuration file does not say what it should; it was left as it is."""


class CredentialError(NotAuthorized):
    """The chosen place for a token did not do what was asked; no other place was tried instead."""
