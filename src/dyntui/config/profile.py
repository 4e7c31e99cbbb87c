"""The profile of an environment: its address and options, without its token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dyntui.config.credential_kind import CredentialKind

__all__ = ["Kind", "Profile"]


Kind = Literal["live", "sandbox"]


@dataclass(frozen=True, slots=True)
class Profile:
    """One environment at one base URL."""

    name: str
    base_url: str
    environment_id: str
    kind: Kind = "live"
    read_only: bool = False
    """Whether every write is refused."""
    color: str = ""
    """The color of the profile in the console: a name or #rrggbb."""
    credential: CredentialKind = CredentialKind.KEYRING
    """Where the token is stored."""
    credential_command: str = ""
    """The command that prints the token, for CredentialKind.COMMAND."""
    ca_file: str = ""
    """Certificates to trust instead of the system's; "" for the system's."""
    confirmed_origin: str = ""
    """The origin outside the vendor's that a person has confirmed."""
    last_used: str = ""
    """RFC 3339 time of the last use, "" for never."""
    keep_rows: bool = False
    """Whether a person agreed to cache rows of this live environment on this disk for a day."""
    overridden: bool = False
    """Whether options or environment variables replace the stored base URL or environment id."""

    @property
    def confirmation_name(self) -> str:
        """What a person types to confirm a write here: the profile's name, which stands for the place it was stored
        with, or the environment's id where options or variables chose the place."""
        return self.environment_id if self.overridden else self.name
