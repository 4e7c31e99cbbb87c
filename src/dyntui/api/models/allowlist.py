"""Allowlists and their entries."""

from __future__ import annotations

from datetime import datetime

from dyntui.api.models.common import Model

__all__ = ["IDENTIFIERS", "Allowlist", "AllowlistEntry"]

IDENTIFIERS = (
    "email",
    "emailDomain",
    "walletPublicKey",
    "phoneNumber",
    "discordUsername",
    "twitterUsername",
    "farcasterUsername",
    "farcasterFid",
    "externalUserId",
)
"""The fields of an entry that identify users. An entry has exactly one of them."""


class Allowlist(Model):
    """An allowlist."""

    id: str = ""
    name: str = ""
    outcome: str = ""
    """`siteAccess` (others may not sign in), `scope` (its users get `scope`) or `block` (its users may not sign in)."""
    scope: str | None = None
    enabled_at: datetime | None = None
    project_environment_id: str = ""

    @property
    def enabled(self) -> bool:
        return self.enabled_at is not None


class AllowlistEntry(Model):
    """An entry of an allowlist: an identifier and an alias."""

    id: str = ""
    allow_list_id: str = ""
    alias: str | None = None
    email: str | None = None
    email_domain: str | None = None
    wallet_public_key: str | None = None
    phone_number: str | None = None
    discord_username: str | None = None
    twitter_username: str | None = None
    farcaster_username: str | None = None
    farcaster_fid: int | None = None
    external_user_id: str | None = None

    @property
    def identifier(self) -> tuple[str, str]:
        """The kind of identifier and its value; ("", "") when there is none."""
        document = self.wire()
        return next(((kind, str(document[kind])) for kind in IDENTIFIERS if document.get(kind) is not None), ("", ""))
