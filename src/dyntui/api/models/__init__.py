"""Typed views of the objects of the API: one module for each group. Importing this package loads pydantic."""

from dyntui.api.models.allowlist import Allowlist, Gate
from dyntui.api.models.export import Export
from dyntui.api.models.session import Session
from dyntui.api.models.user import User
from dyntui.api.models.wallet import Wallet
from dyntui.api.models.webhook import Webhook

__all__ = ["Allowlist", "Export", "Gate", "Session", "User", "Wallet", "Webhook"]
