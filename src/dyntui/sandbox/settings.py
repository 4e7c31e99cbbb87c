"""The default ProjectSettings of an environment."""

from __future__ import annotations

from dyntui.sandbox.store import Document

__all__ = ["SOCIAL", "default_settings"]

SOCIAL = ("google", "discord", "twitter", "github", "telegram", "farcaster", "apple")


def _network(id: int, name: str, enabled: bool = True) -> Document:
    return {
        "networkId": id,
        "chainName": name,
        "enabled": enabled,
        "rpcUrl": f"https://rpc.example.com/{id}",
        "type": "default",
    }


def _field(name: str, position: int, *, required: bool = False, enabled: bool = True, unique: bool = False) -> Document:
    return {
        "name": name,
        "required": required,
        "enabled": enabled,
        "unique": unique,
        "verify": name == "email",
        "type": "standard",
        "label": name,
        "position": position,
    }


def default_settings(environment: str) -> Document:
    """Return the settings of an environment (`sandbox` or `live`), without the parts that are stored separately."""
    return {
        "environmentName": environment,
        "chains": [
            {
                "name": "evm",
                "enabled": True,
                "networks": [_network(1, "Ethereum"), _network(8453, "Base"), _network(137, "Polygon", False)],
            },
            {"name": "solana", "enabled": True, "networks": [_network(101, "Solana")]},
            {"name": "bitcoin", "enabled": True, "networks": [_network(1, "Bitcoin")]},
            {"name": "cosmos", "enabled": False, "networks": []},
        ],
        "kyc": [
            _field("email", 0, required=True, unique=True),
            _field("firstName", 1),
            _field("lastName", 2),
            _field("username", 3, unique=True),
            _field("phoneNumber", 4, enabled=False),
            _field("country", 5),
        ],
        "design": {
            "modal": {
                "theme": "light",
                "view": "email-and-wallets",
                "radius": 16,
                "primaryColor": "#4779FF",
                "border": "none",
            },
            "button": {
                "background": "#4779FF",
                "fontColor": "#FFFFFF",
                "radius": 12,
                "paddingHeight": 12,
                "paddingWidth": 16,
            },
            "widget": {
                "theme": "light",
                "radius": 16,
                "border": "none",
                "textColor": "#1B1F2A",
                "backgroundColor": "#FFFFFF",
            },
        },
        "general": {
            "displayName": "Northwind",
            "supportEmail": "support@northwind.example",
            "supportText": None,
            "appLogo": "https://northwind.example/logo.svg",
            "collectUserDataWelcomeHeader": None,
            "collectUserDataWelcomeMessage": None,
            "skipOptionalKYCFieldDuringOnboarding": True,
            "emailCompanyName": "Northwind Labs",
        },
        "privacy": {"collectIp": True},
        "sdk": {
            "emailSignIn": {"signInProvider": "dynamic"},
            "socialSignIn": {
                "signInProvider": "dynamic",
                "providers": [{"provider": name, "enabled": name != "apple"} for name in SOCIAL],
            },
            "multiWallet": True,
            "confirmWalletTransfers": True,
            "embeddedWallets": {
                "automaticEmbeddedWalletCreation": True,
                "showEmbeddedWalletActionsUI": True,
                "emailRecoveryEnabled": True,
                "chainConfigurations": [
                    {"name": "EVM", "enabled": True, "primary": True},
                    {"name": "SOL", "enabled": True, "primary": False},
                    {"name": "SUI", "enabled": True, "primary": False},
                    {"name": "BTC", "enabled": True, "primary": False},
                    {"name": "TON", "enabled": False, "primary": False},
                ],
                "defaultWalletVersion": "V3",
                "promptForKeyExport": False,
            },
            "waas": {
                "passcodeRequired": False,
                "onSignUp": {"promptBackupOptions": False, "promptClientShareExport": False},
                "backupOptions": ["dynamic", "googleDrive"],
            },
            "preventOrphanedAccounts": True,
            "blockEmailSubaddresses": False,
        },
        "security": {
            "jwtDuration": {"amount": 2, "unit": "hours"},
            "mfa": {"enabled": True, "required": False},
            "hCaptcha": {"enabled": False, "siteKey": "", "secretKey": ""},
        },
    }
