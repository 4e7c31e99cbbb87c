"""Sessions: they come inside the user object, or one by one; there is no list of them."""

from __future__ import annotations

from datetime import datetime

from dyntui.api.models.common import Model

__all__ = ["Session"]


class Session(Model):
    """A sign-in of a user; live while revoked_at is None."""

    id: str = ""
    created_at: datetime | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    revoked_at: datetime | None = None
