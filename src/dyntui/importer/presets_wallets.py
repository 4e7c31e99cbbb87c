"""Presets for Dynamic and for wallet products: Privy, Magic, Web3Auth."""

from __future__ import annotations

from dyntui.importer.preset_types import (
    ACCOUNTS,
    VERIFIED_HINT,
    WALLETS,
    Preset,
    basic_fields,
    signature,
    to_metadata,
)

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
        {
            "verifiedCredentials[format=blockchain]": ("wallets", WALLETS),
            "verifiedCredentials[format=oauth]": ("oauthAccounts", ACCOUNTS),
        },
        hints={"walletPublicKey": "taken from verifiedCredentials", "wallet": "", "chain": ""},
        export="`dyntui users export users.ndjson`, an export of the dashboard as JSON, or a response of the API",
        transferred="profile fields, wallets, social accounts",
        left_out="embedded wallets, sessions and MFA devices: they belong to the other environment",
        samples=("dynamic.json",),
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
        export="`dyntui users export users.csv`",
        transferred="the exported fields",
        left_out="the former id, unless you map it to metadata",
        samples=("dyntui-users.csv",),
    ),
    Preset(
        "privy",
        "Privy (users of the REST API or the server SDK, JSON)",
        (signature("linked_accounts"),),
        {
            **basic_fields(email="linked_accounts[type=email].address", phone="linked_accounts[type=phone].number"),
            "linked_accounts[type=wallet|smart_wallet]": ("wallets", WALLETS),
            "linked_accounts[type=*_oauth|farcaster|telegram]": ("oauthAccounts", ACCOUNTS),
        },
        hints={
            "id": to_metadata("privyId"),
            "custom_metadata": to_metadata(),
            "linked_accounts": "split into the fields below",
        },
        export="`GET https://api.privy.io/v1/users` with app id and secret, or `getUsers()` of the server SDK",
        transferred="email, phone, external wallets, social accounts",
        left_out="embedded and smart wallets and passkeys: their keys stay at Privy; ids of custom authentication",
        samples=("privy.json",),
    ),
    Preset(
        "magic",
        "Magic (user metadata of the Admin SDK)",
        (signature("issuer publicAddress", some="email phoneNumber oauthProvider wallets"),),
        basic_fields(email="email", phone="phoneNumber"),
        hints={
            "issuer": to_metadata("magicIssuer"),
            "publicAddress": _stays_with("Magic"),
            "wallets": _stays_with("Magic"),
            "oauthProvider": _account_unknown("Magic"),
            "username": "map to username if people sign in with it",
        },
        export="`magic.users.getMetadataByIssuer(issuer)` of the Admin SDK for each user that your database knows",
        transferred="email, phone",
        left_out="wallets: their keys stay at Magic; social accounts: their ids are not exported",
        samples=("magic.json",),
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
        basic_fields(email="email", full="name"),
        hints={
            "verifierId": to_metadata("web3authId"),
            "userId": to_metadata("web3authId"),
            "isMfaEnabled": "is not imported: people set up MFA again",
            "profileImage": to_metadata("profileImage"),
            "typeOfLogin": _account_unknown("Web3Auth"),
            "authConnection": _account_unknown("Web3Auth"),
            "emailVerified": VERIFIED_HINT,
        },
        export="the results of `getUserInfo()` that your application saved: Web3Auth has no list of users",
        transferred="email, name",
        left_out=(
            "wallets: their keys stay with Web3Auth; social accounts: their ids are not exported; tokens; "
            "rows with a `dappShare`, which is a seed phrase: delete it first"
        ),
        samples=("web3auth.json",),
    ),
)
