"""Errors of configuration files and credential stores."""

from __future__ import annotations

from dyntui.core.errors import NotAuthorized, UsageError

__all__ = ["ConfigError", "CredentialError"]


class ConfigError(UsageError):
    """A configuration file is invalid. It was not changed."""


class CredentialError(NotAuthorized):
    """A credential store failed. No other store was tried."""
