"""What every place for a token can do, whichever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from dyntui.config.credential_kind import CredentialKind
from dyntui.config.urls import origin_text

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["AskPassphrase", "CredentialStore", "entry", "tilde"]

AskPassphrase = Callable[[str], str]
"""Asks a person, without showing what is typed: the prompt -> the passphrase; empty to give up."""


class CredentialStore(ABC):
    """A place for tokens, one entry for each profile and origin: a profile with another address finds nothing."""

    kind: ClassVar[CredentialKind]

    @abstractmethod
    def describe(self, profile: Profile | None = None) -> str:
        """The place as a person knows it: `macOS Keychain`, `plain file ~/…/prod-1f2e.token, 0600`."""

    @abstractmethod
    def get(self, profile: Profile) -> str | None:
        """The token; None when there is none. CredentialError when the place does not answer."""

    @abstractmethod
    def set(self, profile: Profile, token: str) -> None:
        """Keep a token, or raise; never keep it anywhere else."""

    @abstractmethod
    def delete(self, profile: Profile) -> bool:
        """Delete the token; whether there was one."""


def entry(profile: Profile) -> str:
    """The name of a token's entry: it belongs to a profile and to the origin it may be sent to."""
    return f"{profile.name} {origin_text(profile.base_url)}"


def tilde(path: Path) -> str:
    """`path` as people write it, the home folder as `~`."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)
