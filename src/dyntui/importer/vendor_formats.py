"""Convert wallets and social accounts of other systems to the form of the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dyntui.core.json_types import as_object
from dyntui.importer.fields import SIGN_IN_PROVIDERS, WALLET_PROVIDERS
from dyntui.importer.problems import Problem
from dyntui.importer.source_types import normalize_name

__all__ = ["CHAIN_WORDS", "reshape_accounts", "reshape_wallets"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CHAIN_WORDS = {"ethereum": "EVM", "evm": "EVM", "eth": "ETH", "polygon": "EVM", "base": "EVM", "arbitrum": "EVM"}
CHAIN_WORDS |= {
    "optimism": "EVM",
    "eip155": "EVM",
    "solana": "SOL",
    "svm": "SOL",
    "bitcoin": "BTC",
    "starknet": "STARK",
}
CHAIN_WORDS |= {"algorand": "ALGO", "bitcoin-segwit": "BTC", "bitcoin-taproot": "BTC", "movement": "APTOS"}

_PROVIDERS = {name.casefold(): name for name in WALLET_PROVIDERS}
_PROVIDERS |= {
    "injected": "browserExtension",
    "coinbasewallet": "browserExtension",
    "solanaadapter": "browserExtension",
}
_PROVIDERS |= {"walletconnectv2": "walletConnect", "phantom": "browserExtension"}
_ADDRESS_NAMES = _words("publicwalletaddress publickey address web3wallet walletaddress cryptowalletaddress")
_EMBEDDED = frozenset({"privy", "embedded"})

# Names of identities that are the account itself, not a social account.
_NOT_SOCIAL = frozenset(
    _words("auth0 password phone email sms emaillink emailpassword passwordless username anonymous custom firebase")
)
_SOCIAL = {normalize_name(name): name for name in SIGN_IN_PROVIDERS}
_SOCIAL |= {
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


def _objects(value: Iterable[object]) -> Iterable[Mapping[str, object]]:
    return (item for item in value if isinstance(item, Mapping))


def reshape_wallets(value: object, name: str, problems: list[Problem]) -> object:
    """Return wallets as CreateWalletRequest; embedded wallets of another vendor are left out with a problem."""
    if not isinstance(value, list):
        return value
    wallets: list[dict[str, object]] = []
    for item in _objects(value):
        address = _find(
            item, "publicwalletaddress", "publickey", "address", "web3wallet", "walletaddress", "cryptowalletaddress"
        )
        if address is None:
            continue
        client, connector = _find(item, "walletclienttype", "walletclient"), _find(item, "connectortype")
        if client in _EMBEDDED or connector in _EMBEDDED:
            message = f"{address} is embedded in {client or connector}. Its key stays there, so it is not imported."
            problems.append(Problem("info", "wallet_embedded_left_out", name, message))
            continue
        wallets.append(_wallet(item, str(address), client, connector))
    return wallets or None


def _wallet(item: Mapping[str, object], address: str, client: object, connector: object) -> dict[str, object]:
    wallet: dict[str, object] = {"publicWalletAddress": address}
    if chain := _find(item, "chain", "chaintype", "blockchain", "cryptowallettype"):
        wallet["chain"] = CHAIN_WORDS.get(str(chain).casefold(), str(chain).upper())
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
    if not isinstance(value, list):
        return value
    accounts = [account for item in _objects(value) if (account := _account(item))]
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
    return item


def _account(item: Mapping[str, object]) -> dict[str, object] | None:
    item = _flat_account(item)
    word = str(_find(item, "oauthprovider", "provider", "providerid", *_PROVIDER_NAMES, "type", "connection") or "")
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
