"""The profile of an environment: base URL, environment id and options, without the token."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

__all__ = ["CredentialKind", "Kind", "Profile"]


class CredentialKind(StrEnum):
    KEYRING = "keyring"
    SESSION = "session"
    PASSPHRASE = "passphrase"
    FILE = "file"
    COMMAND = "command"
    ENVIRONMENT = "environment"


Kind = Literal["live", "sandbox"]
"""The environment kind. It decides how much confirmation an action needs."""


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
    """PEM file with CA certificates to trust; "" for those of the system."""
    confirmed_origin: str = ""
    """The confirmed origin of a base URL that is not the vendor's."""
    last_used: str = ""
    """RFC 3339 time of the last use, "" for never."""
    keep_rows: bool | None = None
    """Whether rows of this live environment may be cached on disk for a day; None: not decided, which is no."""
    overridden: bool = False
    """Whether options or environment variables replace the stored base URL or environment id."""
    environment_id_source: str = ""
    """The option or environment variable that the environment id is from; "" for the saved profile."""

    @property
    def stores_rows(self) -> bool:
        """Whether rows, and what they contain, may be stored on disk."""
        return self.kind == "sandbox" or bool(self.keep_rows)

    @property
    def keeps_ids(self) -> bool:
        """Whether the ids of opened users may be stored on disk: unless the row cache was forbidden."""
        return self.stores_rows or self.keep_rows is None

    @property
    def environment_phrase(self) -> str:
        """The environment in a sentence: "the environment of acme", "the environment in DYNTUI_ENVIRONMENT_ID"."""
        source = self.environment_id_source
        return f"the environment in {source}" if source else f"the environment of {self.name}"

    @property
    def confirmation_name(self) -> str:
        """The text that confirms a destructive action: the profile name, or the environment id if options or variables
        replace the saved base URL or environment id."""
        return self.environment_id if self.overridden else self.name
