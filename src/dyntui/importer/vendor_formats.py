"""Convert wallets and social accounts of other systems to the form of the API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dyntui.core.json_types import as_object
from dyntui.importer.fields import SIGN_IN_PROVIDERS, WALLET_PROVIDERS
from dyntui.importer.problems import Problem
from dyntui.importer.source_types import normalize_name

__all__ = ["CHAIN_WORDS", "reshape_accounts", "reshape_wallets", "social_provider"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CHAIN_WORDS = {
    "ethereum": "EVM",
    "evm": "EVM",
    "eip155": "EVM",
    "eth": "ETH",
    "polygon": "EVM",
    "base": "EVM",
    "arbitrum": "EVM",
    "optimism": "EVM",
    "solana": "SOL",
    "svm": "SOL",
    "bitcoin": "BTC",
    "bip122": "BTC",
    "bitcoin-segwit": "BTC",
    "bitcoin-taproot": "BTC",
    "starknet": "STARK",
    "algorand": "ALGO",
    "movement": "APTOS",
    **dict.fromkeys(("matic", "bsc", "bnb", "binance", "avax", "avalanche", "mainnet"), "EVM"),
}
"""Chains of the API by the words of other systems, in lower case."""

_PROVIDERS = {name.casefold(): name for name in WALLET_PROVIDERS} | {
    "injected": "browserExtension",
    "coinbasewallet": "browserExtension",
    "solanaadapter": "browserExtension",
    "phantom": "browserExtension",
    "walletconnectv2": "walletConnect",
}
_ADDRESS_NAMES = _words("publicwalletaddress publickey address web3wallet walletaddress cryptowalletaddress")
_EMBEDDED = frozenset({"privy", "embedded"})

# Identities that are the account itself or a wallet, not a social account.
_NOT_SOCIAL = frozenset(
    _words(
        "auth0 password phone email sms emaillink emailpassword passwordless username anonymous custom firebase web3"
    )
)
# Sign-in through a directory of an organization; such an account has no counterpart at Dynamic.
_ENTERPRISE = frozenset(_words("saml samlp oidc adfs ad ldap enterprise sso"))
_SOCIAL = {normalize_name(name): name for name in SIGN_IN_PROVIDERS} | {
    "googleoauth2": "google",
    "windowslive": "microsoft",
    "x": "twitter",
    "xtwitter": "twitter",
    "waad": "microsoft",
    "signinwithapple": "apple",
    "googleworkspaces": "google",
    "linkedinoidc": "linkedin",
    "azure": "microsoft",
    "azuread": "microsoft",
}


def _find(item: Mapping[str, object], *names: str) -> object:
    """Return the value of the first of these names that the object has, in any spelling."""
    for name in names:
        for key, value in item.items():
            if value not in (None, "", []) and normalize_name(str(key)) == name:
                return value
    return None


def _objects(value: object) -> list[Mapping[str, object]]:
    """Return the objects of a list, or the only object."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def reshape_wallets(value: object, name: str, problems: list[Problem]) -> object:
    """Return wallets as CreateWalletRequest. A text, or a text in a list, is one address or several.

    Embedded wallets of another vendor, and items without an address, are left out with a problem.
    """
    wallets: list[dict[str, object]] = []
    for item in _wallet_items(value):
        address = _find(item, *_ADDRESS_NAMES)
        if address is None:
            message = "A wallet without an address is left out."
            problems.append(Problem("warning", "value_left_out", name, message))
            continue
        client, connector = _find(item, "walletclienttype", "walletclient"), _find(item, "connectortype")
        owner = next((str(each) for each in (client, connector) if each in _EMBEDDED), None)
        if item.get("type") == "smart_wallet":
            owner = "the account of another vendor"
        if owner is not None:
            message = f"{address} is embedded in {owner}. Its key stays there, so it is not imported."
            problems.append(Problem("info", "wallet_embedded_left_out", name, message))
            continue
        wallets.append(_wallet(item, str(address), client, connector))
    return wallets or None


_ADDRESS_END = re.compile(r"[\s,;|]+")


def _wallet_items(value: object) -> Iterator[Mapping[str, object]]:
    """Yield an object for each wallet of a text, a list, an object, or an object with an address for each chain."""
    if isinstance(value, str):
        yield from ({"address": address} for address in _ADDRESS_END.split(value) if address)
    elif isinstance(value, list):
        for item in value:
            yield from _wallet_items(item)
    elif isinstance(value, Mapping):
        if value and all(str(key).lower() in CHAIN_WORDS and isinstance(each, str) for key, each in value.items()):
            yield from ({"address": each, "chain": key} for key, each in value.items())
        else:
            yield _flat_wallet(value)
    else:
        yield {}


def social_provider(text: str) -> str:
    """Return the provider of a social account in the spelling of the API; an unknown one unchanged."""
    bare = normalize_name(text.removeprefix("oauth_").removesuffix("_oauth").removesuffix(".com"))
    return _SOCIAL.get(bare, text)


def _flat_wallet(item: Mapping[str, object]) -> Mapping[str, object]:
    """Return the part of an object that has the address; Supabase has it in the claims of an identity."""
    details = as_object(item.get("identity_data"))
    return as_object(details.get("custom_claims")) or details or item


def _wallet(item: Mapping[str, object], address: str, client: object, connector: object) -> dict[str, object]:
    wallet: dict[str, object] = {"publicWalletAddress": address}
    if chain := _find(item, "chain", "chaintype", "blockchain", "cryptowallettype"):
        word = str(chain).partition(":")[0]  # CAIP-2, such as solana:mainnet
        wallet["chain"] = CHAIN_WORDS.get(word.casefold(), word.upper())
    strategy = _find(as_object(item.get("verification")), "strategy")
    if isinstance(strategy, str) and strategy.startswith("web3_"):
        wallet.setdefault("chain", "SOL" if "solana" in strategy else "EVM")
        client = client or strategy.split("_")[1]
        connector = connector or "injected"
    if label := _find(item, "walletname", "name") or client:
        wallet["walletName"] = str(label)
    if provider := _find(item, "walletprovider", "provider") or connector:
        wallet["walletProvider"] = _PROVIDERS.get(normalize_name(str(provider)), str(provider))
    more = _find(item, "additionalwalletaddresses", "walletadditionaladdresses")
    if isinstance(more, list):
        wallet["additionalWalletAddresses"] = more
    return wallet


def reshape_accounts(value: object, name: str, problems: list[Problem]) -> object:
    """Return social accounts as CreateUserOauthRequest; password and phone identities are left out."""
    if not isinstance(value, list | Mapping):
        return value
    accounts: list[dict[str, object]] = []
    for item in map(_flat_account, _objects(value)):
        if _is_enterprise(item):
            message = f"The sign-in through {_provider(item)} belongs to an organization, so it is not imported."
            problems.append(Problem("info", "account_left_out", name, message))
        elif account := _account(item):
            accounts.append(account)
    return accounts or None


_PROVIDER_NAMES = ("providername", "identityprovider", "providertype")


def _flat_account(item: Mapping[str, object]) -> Mapping[str, object]:
    """Return an account whose parts are nested as one object."""
    if isinstance(inner := item.get("identity_data"), Mapping):  # Supabase
        number = inner.get("provider_id") or inner.get("sub") or item.get("provider_id") or item.get("id")
        names = {"email": "email", "full_name": "displayName", "avatar_url": "photoUrl", "user_name": "username"}
        details = {names[key]: value for key, value in inner.items() if key in names and value}
        return {"provider": item.get("provider"), "accountId": number, **details}
    if isinstance(inner := item.get("thirdParty"), Mapping):  # SuperTokens
        return {"provider": inner.get("id"), "accountId": inner.get("userId"), "email": item.get("email")}
    if "thirdPartyUserId" in item:  # SuperTokens, bulk import
        return {
            "provider": item.get("thirdPartyId"),
            "accountId": item["thirdPartyUserId"],
            "email": item.get("email"),
        }
    return item


def _provider(item: Mapping[str, object]) -> str:
    return str(_find(item, "oauthprovider", "provider", "providerid", *_PROVIDER_NAMES, "type", "connection") or "")


def _is_enterprise(item: Mapping[str, object]) -> bool:
    """Return whether an identity is one of an organization, such as SAML, by its provider or the type of it."""
    kinds = (_provider(item), str(item.get("providerType") or ""))
    return any(normalize_name(kind.partition("-")[0]) in _ENTERPRISE for kind in kinds)


def _account(item: Mapping[str, object]) -> dict[str, object] | None:
    word = _provider(item)
    bare = normalize_name(word.removeprefix("oauth_").removesuffix("_oauth").removesuffix(".com"))
    if bare in _NOT_SOCIAL or item.get("isSocial") is False:
        return None
    number = _find(item, "oauthaccountid", "accountid", "subject", "providersubject", "provideruserid", "rawid")
    number = number if number is not None else _find(item, "telegramuserid", "fid")
    number = number if number is not None else _find(item, "userid", "uid")
    account: dict[str, object] = {"provider": _SOCIAL.get(bare, word)}
    if number is not None:
        account["accountId"] = str(number)
    emails = _find(item, "oauthemails", "emails", "email", "emailaddress")
    if emails:
        account["emails"] = emails if isinstance(emails, list) else [str(emails)]
    if username := _find(item, "oauthusername", "username"):
        account["username"] = str(username)
    parts = [str(part) for part in (_find(item, "firstname"), _find(item, "lastname")) if part]
    if display := _find(item, "oauthdisplayname", "displayname", "name") or " ".join(parts):
        account["displayName"] = str(display)
    photos = _find(
        item, "oauthaccountphotos", "photos", "photourl", "profilepictureurl", "profilepicture", "avatarurl", "imageurl"
    )
    if photos:
        account["photos"] = photos if isinstance(photos, list) else [str(photos)]
    profile = _find(item, "profile", "profiledata", "oauthmetadata", "rawuserinfo")
    if isinstance(profile, Mapping) and profile:
        account["profile"] = dict(profile)
    return account
