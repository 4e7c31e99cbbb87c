"""Environments: a project has two, live and sandbox."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from dyntui.api.models.common import Model
from dyntui.core.json_types import Row

__all__ = ["Environment"]


class Environment(Model):
    """One environment with its settings."""

    SCHEMAS: ClassVar = ("ProjectEnvironment",)

    id: str = ""
    settings: Row = Field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None
