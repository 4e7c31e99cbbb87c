"""Pydantic models of API objects. Import them in functions, because pydantic is slow to import."""

from dyntui.api.models.allowlist import Allowlist, AllowlistEntry
from dyntui.api.models.common import Model
from dyntui.api.models.credential import VerifiedCredential
from dyntui.api.models.environment import Environment
from dyntui.api.models.session import Session
from dyntui.api.models.token import CreatedToken, Token
from dyntui.api.models.user import BulkFailure, BulkResult, ChainalysisCheck, MfaDevice, OAuthAccount, User
from dyntui.api.models.wallet import KeyShare, WaasWallet, Wallet, WalletAddress

__all__ = ["Allowlist", "AllowlistEntry", "BulkFailure", "BulkResult", "ChainalysisCheck", "CreatedToken"]
__all__ += ["Environment", "KeyShare", "MfaDevice", "Model", "OAuthAccount", "Session", "Token", "User"]
__all__ += ["VerifiedCredential", "WaasWallet", "Wallet", "WalletAddress"]
