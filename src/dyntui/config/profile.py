"""One environment as a person named it: the profile, without its token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dyntui.config.credential_kind import CredentialKind

if TYPE_CHECKING:
    pass

__all__ = ["Kind", "Profile"]


Kind = Literal["live", "sandbox"]


@dataclass(frozen=True, slots=True)
class Profile:
    """One environment at one address. confirmed_origin: an address outside the vendor's that a person has agreed to.

    keep_rows: a person has agreed that rows of this live environment may rest on this disk for a day. overridden: it is
    not in the file like this, options or environment variables name another place.
    """

    name: str
    base_url: str
    environment_id: str
    kind: Kind = "live"
    read_only: bool = False
    color: str = ""
    credential: CredentialKind = CredentialKind.KEYRING
    credential_command: str = ""
    ca_file: str = ""
    confirmed_origin: str = ""
    last_used: str = ""
    keep_rows: bool = False
    overridden: bool = False

    @property
    def confirmation_name(self) -> str:
        """What a person types to confirm a write here: the profile's name, which stands for the place it was stored
        with, or the environment's id where options or variables chose the place."""
        return self.environment_id if self.overridden else self.name
