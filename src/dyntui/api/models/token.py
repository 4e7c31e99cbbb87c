"""API tokens. Only the response to the creation of a token contains its value."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from dyntui.api.models.common import Model

__all__ = ["Token"]


class Token(Model):
    """A token as the list shows it."""

    SCHEMAS: ClassVar = ("Token",)

    id: str = ""
    checksum: str = ""
    """The last six characters of the token."""
    note: str | None = None
    scopes: list[str] = Field(default_factory=list)
    created_at: datetime | None = None
    project_environment_id: str | None = None
