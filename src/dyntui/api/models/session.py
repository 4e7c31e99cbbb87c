"""Sessions. The API returns them in the user, or one by id; it has no list of sessions."""

from __future__ import annotations

from datetime import datetime

from dyntui.api.models.common import Model

__all__ = ["Session"]


class Session(Model):
    """A session of a user; active while revoked_at is None."""

    id: str = ""
    created_at: datetime | None = None
    ip_address: str | None = None
    user_agent: str | None = None
    revoked_at: datetime | None = None
