"""API tokens in the store: environment tokens, and personal tokens, which have access to organizations too."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

if TYPE_CHECKING:
    from dyntui.sandbox.state import SandboxState

__all__ = ["PERSONAL_TOKENS", "public_token", "store_token"]

PERSONAL_TOKENS = "person"
"""The parent of personal tokens in the store."""


def store_token(
    sandbox: SandboxState, name: str, note: str, scopes: list[str], creator: Row, at_ms: int, *, parent: str = ""
) -> tuple[Document, str]:
    """Store a new token. Returns it as lists show it, and its secret, of which only a hash is stored.

    name: what the id and the secret are made from. parent: PERSONAL_TOKENS for a personal token.
    """
    raw = sandbox.ids.token(name)
    token: Document = {
        "id": sandbox.ids.uuid(f"token {name}"),
        "checksum": raw[-6:],
        "createdBy": dict(creator),
        "createdAt": format_time(at_ms),
        "note": note,
        "projectEnvironmentId": sandbox.environment_id,
        "projectEnvironment": {"id": sandbox.environment_id},
        "scopes": scopes,
    }
    stored = {**token, "hash": sha256(raw.encode()).hexdigest(), "person": bool(parent)}
    sandbox.store.put("tokens", stored, parent)
    return token, raw


def public_token(token: Row) -> Document:
    """Return a stored token as the API shows it."""
    return {name: value for name, value in token.items() if name not in ("hash", "person")}
