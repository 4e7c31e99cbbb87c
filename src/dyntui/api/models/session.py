"""Sessions. They are part of the user; the API has no list of them."""

from __future__ import annotations

from datetime import datetime

from dyntui.api.models.common import Model

__all__ = ["Session"]


class Session(Model):
    """A sign-in of a user."""

    id: str = ""
    created_at: datetime | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    revoked_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether the session was not revoked, also when the time of it cannot be read."""
        return not self.raw.get("revokedAt")
