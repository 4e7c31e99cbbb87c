"""API tokens. The raw one is in the answer to its creation, and never again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field, SecretStr

from dyntui.api.models.common import Model

__all__ = ["CreatedToken", "Token"]


class Token(Model):
    """A token as the list shows it; checksum is the last six characters of the raw token."""

    id: str = ""
    checksum: str = ""
    note: str | None = None
    scopes: list[str] = Field(default_factory=list)
    created_by: dict[str, Any] = Field(default_factory=dict)
    created_at: datetime | None = None
    project_environment_id: str = ""


class CreatedToken(Token):
    """A token just made, with the raw value."""

    raw_token: SecretStr = SecretStr("")
    active: bool | None = None
