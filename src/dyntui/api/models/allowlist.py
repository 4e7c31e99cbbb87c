"""Allowlists and gates."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from dyntui.api.models.common import Model, Objects, OpenEnum

__all__ = ["AccessOutcome", "Allowlist", "Gate", "GateRule", "GateRuleFilter", "TokenAddress"]


class AccessOutcome(OpenEnum):
    """What an allowlist or a gate does."""

    SCOPE = "scope"
    """Its users get an access scope."""
    SITE_ACCESS = "siteAccess"
    """Others may not sign in."""
    BLOCK = "block"
    """Its users may not sign in."""


class Allowlist(Model):
    id: str = ""
    name: str = ""
    outcome: AccessOutcome | None = None
    scope: str | None = None
    enabled_at: datetime | None = None


class TokenAddress(Model):
    """The contract of a token or NFT."""

    network_id: int = 0
    contract_address: str = ""


class GateRuleFilter(Model):
    """Which tokens of the contract count, and how many are needed."""

    token_id: str | None = None
    amount: float | None = None


class GateRule(Model):
    """A token or NFT that a wallet must hold."""

    type: str = ""
    address: TokenAddress = Field(default_factory=TokenAddress)
    filter: GateRuleFilter | None = None
    chain: str | None = None


class Gate(Model):
    """A gate. A wallet must meet all of its rules."""

    id: str = ""
    name: str = ""
    outcome: AccessOutcome = AccessOutcome("")
    scope: str | None = None
    enabled_at: datetime | None = None
    rules: Objects[GateRule] = Field(default_factory=list)
