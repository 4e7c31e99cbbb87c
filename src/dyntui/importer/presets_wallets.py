"""Presets for Dynamic and for wallet products: Privy, Magic, Web3Auth."""

from __future__ import annotations

from dyntui.importer.preset_types import VERIFIED_HINT, Preset, map_fields, signature, to_metadata

__all__ = ["WALLET_PRESETS"]


def _stays_with(vendor: str) -> str:
    return f"is not imported: the key of the wallet stays with {vendor}"


def _account_unknown(vendor: str) -> str:
    return f"is not imported: {vendor} does not export the id of the social account"


WALLET_PRESETS: tuple[Preset, ...] = (
    Preset(
        "dynamic",
        "Dynamic (own exports and API responses)",
        (signature("projectEnvironmentId"),),
        map_fields(wallets="verifiedCredentials[format=blockchain]", oauthAccounts="verifiedCredentials[format=oauth]"),
        hints={"walletPublicKey": "taken from verifiedCredentials", "wallet": "", "chain": ""},
    ),
    Preset(
        "dyntui",
        "dyntui (users exported as CSV or NDJSON)",
        (signature("id =createdAt", some="=walletPublicKey =newUser =lastVisit =wallets.0.publicWalletAddress"),),
        {},
        hints={
            "id": to_metadata("formerId"),
            "walletPublicKey": "map to wallets.0.publicWalletAddress, and set walletName and walletProvider",
            "chain": "map to wallets.0.chain together with walletPublicKey",
        },
    ),
    Preset(
        "privy",
        "Privy (users of the REST API or the server SDK, JSON)",
        (signature("linked_accounts"),),
        map_fields(
            email="linked_accounts[type=email].address",
            phoneNumber="linked_accounts[type=phone].number",
            wallets="linked_accounts[type=wallet|smart_wallet]",
            oauthAccounts="linked_accounts[type=*_oauth|farcaster|telegram]",
        ),
        hints={
            "id": to_metadata("privyId"),
            "custom_metadata": to_metadata(),
            "linked_accounts": "split into the fields below",
        },
    ),
    Preset(
        "magic",
        "Magic (user metadata of the Admin SDK)",
        (signature("issuer publicAddress", some="email phoneNumber oauthProvider wallets"),),
        map_fields(email="email", phoneNumber="phoneNumber"),
        hints={
            "issuer": to_metadata("magicIssuer"),
            "publicAddress": _stays_with("Magic"),
            "wallets": _stays_with("Magic"),
            "oauthProvider": _account_unknown("Magic"),
            "username": "map to username if people sign in with it",
        },
    ),
    Preset(
        "web3auth",
        "Web3Auth (user info of the SDK)",
        (
            signature("verifier verifierId typeOfLogin"),
            signature("aggregateVerifier verifierId"),
            signature("authConnectionId groupedAuthConnectionId"),
            signature("authConnectionId authConnection userId"),
        ),
        map_fields(email="email", full_name="name"),
        hints={
            "verifierId": to_metadata("web3authId"),
            "userId": to_metadata("web3authId"),
            "isMfaEnabled": "is not imported: people set up MFA again",
            "profileImage": to_metadata("profileImage"),
            "typeOfLogin": _account_unknown("Web3Auth"),
            "authConnection": _account_unknown("Web3Auth"),
            "emailVerified": VERIFIED_HINT,
        },
    ),
)
