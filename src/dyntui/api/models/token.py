"""API tokens. Only the response to the creation of a token contains its raw value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field, SecretStr

from dyntui.api.models.common import Model

__all__ = ["CreatedToken", "Token"]


class Token(Model):
    """A token without its raw value. checksum: the last six characters of the raw token."""

    id: str = ""
    checksum: str = ""
    note: str | None = None
    scopes: list[str] = Field(default_factory=list)
    created_by: dict[str, Any] = Field(default_factory=dict)
    created_at: datetime | None = None
    project_environment_id: str = ""


class CreatedToken(Token):
    """A new token with its raw value."""

    raw_token: SecretStr = SecretStr("")
    active: bool | None = None
