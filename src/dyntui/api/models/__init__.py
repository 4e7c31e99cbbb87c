"""Typed views of the objects of the API: one module for each group. Importing this package loads pydantic."""

from dyntui.api.models.allowlist import Allowlist, AllowlistEntry, Gate
from dyntui.api.models.environment import Environment
from dyntui.api.models.event import Event
from dyntui.api.models.export import Export
from dyntui.api.models.session import Session
from dyntui.api.models.token import Token
from dyntui.api.models.user import User
from dyntui.api.models.wallet import Wallet
from dyntui.api.models.webhook import Webhook

__all__ = ["Allowlist", "AllowlistEntry", "Environment", "Event", "Export", "Gate", "Session", "Token"]
__all__ += ["User", "Wallet", "Webhook"]
