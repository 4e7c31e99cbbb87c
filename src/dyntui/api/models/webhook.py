"""Webhooks, and the deliveries of their messages."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from dyntui.api.models.common import Model
from dyntui.core.json_types import Row

__all__ = ["Webhook", "WebhookMessage"]


class Webhook(Model):
    """A webhook."""

    SCHEMAS: ClassVar = ("Webhook",)

    webhook_id: str = ""
    url: str = ""
    events: list[str] = Field(default_factory=list)
    is_enabled: bool = False
    enabled_at: datetime | None = None
    updated_at: datetime | None = None


class WebhookMessage(Model):
    """A delivery of a message: each attempt is an object of its own with the same message id."""

    SCHEMAS: ClassVar = ("WebhookMessage",)

    delivery_id: str = ""
    event_id: str = ""
    message_id: str = ""
    webhook_id: str = ""
    status: str = ""
    delivery_attempt: int = 0
    delivered_at: datetime | None = None
    message_created_at: datetime | None = None
    event_created_at: datetime | None = None
    request: Row = Field(default_factory=dict)
    response: Row = Field(default_factory=dict)
