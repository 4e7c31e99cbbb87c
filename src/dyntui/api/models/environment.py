"""Environments. Each project has two, live and sandbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from dyntui.api.models.common import Model

__all__ = ["Environment"]


class Environment(Model):
    """One environment with its settings."""

    id: str = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None
    sdk_version: str | None = None

    @property
    def name(self) -> str:
        """The display name in the settings, or ""."""
        general = self.settings.get("general")
        name = general.get("displayName") if isinstance(general, dict) else None
        return name if isinstance(name, str) else ""
