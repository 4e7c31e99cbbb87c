"""Presets for Dynamic and for wallet products: Privy, Magic, Web3Auth."""

from __future__ import annotations

from dyntui.importer.preset_types import PHONE, TRIM, VERIFIED_HINT, Preset, signature

__all__ = ["WALLET_PRESETS"]

_KEY_STAYS = "is not imported: the key of the wallet stays with {vendor}"

WALLET_PRESETS: tuple[Preset, ...] = (
    Preset(
        "dynamic",
        "Dynamic (own exports and API responses)",
        (signature("projectEnvironmentId"),),
        {
            "verifiedCredentials[format=blockchain]": ("wallets", ("wallets",)),
            "verifiedCredentials[format=oauth]": ("oauthAccounts", ("accounts",)),
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
        tuple(
            signature(f"id =createdAt {pair}")
            for pair in ("email firstName", "email username", "email lastName", "username firstName", "email country")
        ),
        {},
        hints={
            "id": "map to metadata.formerId to keep it",
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
            f"{column}[type={kind}]{path}": (target, transforms)
            for column in ("linked_accounts", "linkedAccounts")
            for kind, path, target, transforms in (
                ("email", ".address", "email", TRIM),
                ("phone", ".number", "phoneNumber", PHONE),
                ("wallet|smart_wallet", "", "wallets", ("wallets",)),
                ("*_oauth|farcaster|telegram", "", "oauthAccounts", ("accounts",)),
            )
        },
        hints={
            "id": "map to metadata.privyId to keep it",
            "custom_metadata": "map to metadata to import it",
            "linked_accounts": "split into the fields below",
            "linkedAccounts": "split into the fields below",
        },
        export="`GET https://auth.privy.io/api/v1/users` with app id and secret, or `getUsers()` of the server SDK",
        transferred="email, phone, external wallets, social accounts",
        left_out="embedded wallets and passkeys: their keys stay at Privy",
        samples=("privy.json",),
    ),
    Preset(
        "magic",
        "Magic (user metadata of the Admin SDK)",
        (
            signature("issuer publicAddress email"),
            signature("issuer public_address email"),
            signature("issuer publicAddress phoneNumber"),
        ),
        {
            "email": ("email", TRIM),
            "phoneNumber": ("phoneNumber", PHONE),
            "phone_number": ("phoneNumber", PHONE),
        },
        hints={
            "issuer": "map to metadata.magicIssuer to keep it",
            "publicAddress": _KEY_STAYS.format(vendor="Magic"),
            "public_address": _KEY_STAYS.format(vendor="Magic"),
            "wallets": _KEY_STAYS.format(vendor="Magic"),
            "oauthProvider": "is not imported: Magic does not export the id of the social account",
            "oauth_provider": "is not imported: Magic does not export the id of the social account",
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
        {"email": ("email", TRIM), "name": ("firstName+lastName", ("trim", "not_email", "split"))},
        hints={
            "verifierId": "map to metadata.web3authId to keep it",
            "userId": "map to metadata.web3authId to keep it",
            "isMfaEnabled": "is not imported: people set up MFA again",
            "profileImage": "map to metadata.profileImage to keep it",
            "typeOfLogin": "is not imported: Web3Auth does not export the id of the social account",
            "authConnection": "is not imported: Web3Auth does not export the id of the social account",
            "emailVerified": VERIFIED_HINT,
        },
        export="the results of `getUserInfo()` that your application saved: Web3Auth has no list of users",
        transferred="email, name",
        left_out="wallets: their keys stay with Web3Auth; social accounts: their ids are not exported; tokens",
        samples=("web3auth.json",),
    ),
)
