"""The interface of credential stores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from dyntui.config.profile import CredentialKind
from dyntui.config.urls import origin_text

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["AskPassphrase", "CredentialStore", "stored_name", "tilde"]

AskPassphrase = Callable[[str], str]
"""Asks for a passphrase without echo: from the prompt to the passphrase, "" when the user gives up."""


class CredentialStore(ABC):
    """Stores tokens, one for each profile and origin. A profile with another origin does not find the token."""

    kind: ClassVar[CredentialKind]

    @abstractmethod
    def describe(self, profile: Profile | None = None) -> str:
        """Return the store as text for people: `macOS Keychain`, `plain file ~/…/prod-1f2e.token, 0600`."""

    @abstractmethod
    def get(self, profile: Profile) -> str | None:
        """Return the token, or None. Raises CredentialError when the store cannot be read."""

    @abstractmethod
    def set(self, profile: Profile, token: str) -> None:
        """Store a token. Raises CredentialError."""

    @abstractmethod
    def delete(self, profile: Profile) -> bool:
        """Delete the token. Returns whether there was one."""


def stored_name(profile: Profile) -> str:
    """Return the name of the stored token of a profile: profile name and origin."""
    return f"{profile.name} {origin_text(profile.base_url)}"


def tilde(path: Path) -> str:
    """Return a path with the home folder as `~`."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)
