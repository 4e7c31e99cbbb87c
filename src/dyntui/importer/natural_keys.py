"""Natural keys: the values by which two rows, or a row and an object at the server, are the same.

The journal stores the keys of each row; duplicates in a file, the pre-check and recovery compare them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dyntui.importer.phones import normal_phone
from dyntui.importer.vendor_formats import CHAIN_WORDS

__all__ = ["describe_key", "entry_keys", "field_of_key", "natural_keys", "wallet_key"]

_HEX = re.compile(r"0[xX][0-9a-fA-F]+")
_EVM = frozenset({"ETH", "EVM", "TEMPO"})
_LEFT_ZEROS = frozenset({"SUI", "APTOS", "STARK"})
_BECH32 = re.compile(r"[A-Za-z]{2,20}1[02-9ac-hj-np-zAC-HJ-NP-Z]{6,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def wallet_key(chain: str, address: str) -> str:
    """Return the key of a wallet, `wallet:EVM:0x…`. ETH and EVM are one family; hex and bech32 are in lower case.

    chain: as the API names it, or the namespace that verified credentials have, such as `eip155`.
    """
    chain = _CONTROL.sub("", chain.strip())
    chain = CHAIN_WORDS.get(chain.casefold(), chain.upper())
    address = _CONTROL.sub("", address.strip())
    family = "EVM" if chain in _EVM else chain
    if _HEX.fullmatch(address):
        digits = address[2:].lower()
        address = "0x" + ((digits.lstrip("0") or "0") if family in _LEFT_ZEROS else digits)
    elif _BECH32.fullmatch(address) and (address.islower() or address.isupper()):
        address = address.lower()
    return f"wallet:{family}:{address}"


def natural_keys(user: Mapping[str, object]) -> tuple[str, ...]:
    """Return every natural key of a user body or API user, the identifying one first."""
    keys: list[str] = []
    email = user.get("email")
    if email and isinstance(email, str):
        keys.append(
            "email:" + (email if email.isascii() and email.islower() else _CONTROL.sub("", email.strip().casefold()))
        )
    phone = user.get("phoneNumber")
    if phone and isinstance(phone, str):
        keys.append("phone:" + _CONTROL.sub("", normal_phone(phone)))
    username = user.get("username")
    if username and isinstance(username, str):
        keys.append("username:" + (username.strip() if username.isprintable() else _CONTROL.sub("", username.strip())))
    distinct = len(keys)  # only wallets and accounts can be listed twice
    if wallets := user.get("wallets"):
        keys += _wallets(wallets)
    if accounts := user.get("oauthAccounts"):
        keys += _accounts(accounts)
    if (user_id := user.get("id")) and isinstance(user_id, str):
        keys.append("id:" + _CONTROL.sub("", user_id.strip().casefold()))
    return tuple(keys) if len(keys) == distinct else tuple(dict.fromkeys(keys))


def _wallets(wallets: object) -> Iterable[str]:
    for wallet in wallets if isinstance(wallets, list) else ():
        if isinstance(wallet, Mapping):
            address = wallet.get("publicWalletAddress") or wallet.get("publicKey")
            if address and isinstance(address, str):
                yield wallet_key(str(wallet.get("chain") or ""), address)


def _accounts(accounts: object) -> Iterable[str]:
    for account in accounts if isinstance(accounts, list) else ():
        if isinstance(account, Mapping) and account.get("provider") and account.get("accountId"):
            provider, number = str(account["provider"]).strip().casefold(), str(account["accountId"]).strip()
            yield _CONTROL.sub("", f"oauth:{provider}:{number}")


_ENTRY_KEYS = ("discordUsername", "twitterUsername", "farcasterUsername", "farcasterFid", "externalUserId")


def entry_keys(entry: Mapping[str, object]) -> tuple[str, ...]:
    """Return the key of an allowlist entry: `entry:email:ada@example.com`, `entry:walletPublicKey:0x…`."""
    keys: list[str] = []
    if isinstance(email := entry.get("email"), str) and email:
        keys.append("entry:email:" + email.strip().casefold())
    if isinstance(domain := entry.get("emailDomain"), str) and domain:
        keys.append("entry:emailDomain:" + re.sub(r"^https?://|/.*$", "", domain.strip().casefold()))
    if isinstance(phone := entry.get("phoneNumber"), str) and phone:
        keys.append("entry:phoneNumber:" + normal_phone(phone))
    if isinstance(address := entry.get("walletPublicKey"), str) and address:
        keys.append("entry:walletPublicKey:" + wallet_key("", address).removeprefix("wallet::"))
    for name in _ENTRY_KEYS:
        if (value := entry.get(name)) not in (None, ""):
            text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
            keys.append(f"entry:{name}:{text.casefold() if name.endswith('Username') else text}")
    return tuple(_CONTROL.sub("", key) for key in keys)


_FIELDS = {"phone": "phoneNumber", "wallet": "wallets", "oauth": "oauthAccounts"}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def field_of_key(key: str) -> str:
    """Return the API field that a natural key comes from: `phoneNumber`, `wallets`, `externalUserId`."""
    kind = key.removeprefix("entry:").partition(":")[0]
    return _FIELDS.get(kind, kind)


def describe_key(key: str) -> str:
    """Return a natural key for people: `phone +4915…`, `EVM wallet 0x…`, `github account 123`."""
    kind, _, value = key.removeprefix("entry:").partition(":")
    part, _, rest = value.partition(":")
    if kind == "wallet" and rest:
        return f"{part} wallet {rest}".strip()
    if kind == "oauth" and rest:
        return f"{part} account {rest}"
    words = _CAPITAL.sub(" ", kind).lower() if key.startswith("entry:") else kind
    return f"{words} {value}"
