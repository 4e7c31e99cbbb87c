"""Webhooks."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from dyntui.api.models.common import Model

__all__ = ["Webhook"]


class Webhook(Model):
    webhook_id: str = ""
    url: str = ""
    events: list[str] = Field(default_factory=list)
    is_enabled: bool = False
    enabled_at: datetime | None = None
    updated_at: datetime | None = None
