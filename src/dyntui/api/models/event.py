"""Events of the environment."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from dyntui.api.models.common import Model
from dyntui.core.json_types import Row

__all__ = ["Event"]


class Event(Model):
    """Something that happened in the environment, such as `user.created`."""

    SCHEMAS: ClassVar = ("Event",)

    event_id: str = ""
    environment_id: str = ""
    event_name: str = ""
    event_action: str | None = None
    resource_type: str | None = None
    timestamp: datetime | None = None
    data: Row = Field(default_factory=dict)
    context: Row = Field(default_factory=dict)
