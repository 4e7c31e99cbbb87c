"""The names for people of the groups into which the vendor's client divides the operations."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["GROUP_TITLES", "group_title"]

GROUP_TITLES: Mapping[str, str] = {
    "Allowlists": "Allowlists",
    "Analytics": "Analytics",
    "Chainalysis": "Chainalysis",
    "Chains": "Chains",
    "CustomFields": "Custom fields",
    "CustomHostnames": "Custom hostnames",
    "CustomNetworks": "Custom networks",
    "DeeplinkUrls": "Deeplink URLs",
    "Environments": "Environments",
    "Events": "Events",
    "Exports": "Exports",
    "ExternalJwt": "External JWT",
    "Gates": "Gates",
    "GlobalWalletAccessControl": "Global wallet access",
    "GlobalWalletConnections": "Global wallet connections",
    "GlobalWallets": "Global wallets",
    "Invites": "Invitations",
    "Members": "Members",
    "Mfa": "MFA",
    "MfaSettings": "MFA settings",
    "NameServices": "Name services",
    "Organizations": "Organizations",
    "Origins": "Origins",
    "Projects": "Projects",
    "SDK": "SDK",
    "SDKViews": "SDK views",
    "Sessions": "Sessions",
    "Settings": "Settings",
    "TestAccount": "Test account",
    "Tokens": "API tokens",
    "UserApiTokens": "My API tokens",
    "Users": "Users",
    "Visits": "Visitors",
    "Waas": "Embedded wallets",
    "WalletConnect": "WalletConnect",
    "Wallets": "Wallets",
    "Webhooks": "Webhooks",
}
"""By the name in the catalog, which programs and JSON use."""

_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")


def group_title(name: str) -> str:
    """Return the name for people of a group. Of one that only a newer catalog has, the words are taken apart."""
    return GROUP_TITLES.get(name) or _WORD_START.sub(" ", name).capitalize()
