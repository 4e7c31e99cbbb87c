"""Where a column can go: the fields of a user and of an allowlist entry, and the names people give them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dyntui.core.errors import Usage

__all__ = [
    "CHAINS",
    "ENTRY_FIELDS",
    "FIRST_ITEMS",
    "FULL_NAME",
    "OAUTH_PROVIDERS",
    "SIGN_IN_PROVIDERS",
    "USER_FIELDS",
    "WALLET_PROVIDERS",
    "Field",
    "Kind",
    "MappingKind",
    "field_for",
    "field_names",
    "split_path",
]

MappingKind = Literal["users", "allowlist"]
Kind = Literal[
    "name", "username", "email", "phone", "country", "boolean", "date", "text", "choice", "address", "object", "array",
    "strings", "fullname", "any", "domain", "fid",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field a column can go to. name: the dot path in the body; transforms: what a new mapping applies."""

    name: str
    kind: Kind
    title: str
    transforms: tuple[str, ...] = ("trim",)
    choices: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Open sets: the API of tomorrow may know more.
CHAINS = _words("ETH EVM FLOW SOL ALGO STARK COSMOS BTC ECLIPSE SUI SPARK TRON APTOS TON STELLAR ALEO TEMPO MIDNIGHT")
WALLET_PROVIDERS = _words(
    "browserExtension custodialService walletConnect qrCode deepLink embeddedWallet smartContractWallet"
)
SIGN_IN_PROVIDERS = _words(
    "apple bitbucket coinbasesocial discord epicgames facebook farcaster github gitlab google instagram linkedin "
    "microsoft twitch twitter telegram spotify tiktok line steam shopify kraken okta"
)
OAUTH_PROVIDERS = SIGN_IN_PROVIDERS + _words(
    "emailOnly magicLink blocto banxa coinbaseOnramp cryptoDotCom dynamic alchemy zerodev turnkey coinbaseWaas sms "
    "zksync blockaid passkey sendgrid resend"
)
ADDRESS_TYPES = ("ordinals", "payment", "cosmos", "evm")

FULL_NAME = "firstName+lastName"
_PHONE = ("trim", "phone")
_ALIAS_WALLETS = {
    "btc": "Bitcoin",
    "kda": "Kadena",
    "ltc": "Litecoin",
    "ckb": "Nervos",
    "kas": "Kaspa",
    "doge": "Dogecoin",
}

USER_FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("email", "email", "E-mail"),
        Field("emailVerifiedAt", "date", "E-mail verified at", ("trim", "verified")),
        Field("firstName", "name", "First name"),
        Field("lastName", "name", "Last name"),
        Field(FULL_NAME, "fullname", "Full name, split in two", ("trim", "split")),
        Field("alias", "name", "Alias"),
        Field("username", "username", "Username"),
        Field("phoneNumber", "phone", "Phone number", _PHONE),
        Field("country", "country", "Country", ("trim", "country")),
        Field("jobTitle", "name", "Job title"),
        Field("team", "name", "Team"),
        Field("tShirtSize", "name", "T-shirt size"),
        Field("policiesConsent", "boolean", "Consent to policies", ("trim", "boolean")),
        Field("emailNotification", "boolean", "E-mail notifications", ("trim", "boolean")),
        Field("discordNotification", "boolean", "Discord notifications", ("trim", "boolean")),
        Field("newsletterNotification", "boolean", "Newsletter", ("trim", "boolean")),
        Field(
            "mfaBackupCodeAcknowledgement", "choice", "MFA backup codes", ("trim", "choice"), ("pending", "complete")
        ),
        *(Field(f"{key}Wallet", "text", f"{chain} wallet") for key, chain in _ALIAS_WALLETS.items()),
        Field("metadata", "object", "Metadata (whole object)", ("json",)),
        Field("wallets", "array", "Wallets (whole list)", ("json", "wallets")),
        Field("oauthAccounts", "array", "Social accounts (whole list)", ("json", "accounts")),
    )
}

_NESTED: dict[str, Field] = {
    field.name: field
    for field in (
        Field("wallets.N.publicWalletAddress", "address", "Wallet address"),
        Field("wallets.N.chain", "choice", "Wallet chain", ("trim", "choice"), CHAINS),
        Field("wallets.N.walletName", "name", "Wallet name"),
        Field("wallets.N.walletProvider", "choice", "Wallet provider", ("trim", "choice"), WALLET_PROVIDERS),
        Field("wallets.N.additionalWalletAddresses", "array", "Additional addresses", ("json",)),
        Field("wallets.N.additionalWalletAddresses.N.address", "text", "Additional address"),
        Field("wallets.N.additionalWalletAddresses.N.publicKey", "text", "Its public key"),
        Field("wallets.N.additionalWalletAddresses.N.type", "choice", "Its type", ("trim", "choice"), ADDRESS_TYPES),
        Field("oauthAccounts.N.provider", "choice", "Social provider", ("trim", "choice"), OAUTH_PROVIDERS),
        Field("oauthAccounts.N.accountId", "text", "Social account id"),
        Field("oauthAccounts.N.username", "name", "Social username"),
        Field("oauthAccounts.N.displayName", "name", "Social display name"),
        Field("oauthAccounts.N.emails", "strings", "Social e-mails", ("list",)),
        Field("oauthAccounts.N.emails.N", "text", "Social e-mail"),
        Field("oauthAccounts.N.photos", "strings", "Social photos", ("list",)),
        Field("oauthAccounts.N.photos.N", "text", "Social photo"),
        Field("oauthAccounts.N.profile", "object", "Social profile", ("json",)),
    )
}

FIRST_ITEMS = tuple(name.replace(".N", ".0") for name in _NESTED)
"""The dot paths of the first wallet and the first social account."""

ENTRY_FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("walletPublicKey", "address", "Wallet address"),
        Field("email", "email", "E-mail"),
        Field("emailDomain", "domain", "E-mail domain"),
        Field("phoneNumber", "phone", "Phone number", _PHONE),
        Field("discordUsername", "text", "Discord username"),
        Field("twitterUsername", "text", "Twitter username"),
        Field("farcasterUsername", "text", "Farcaster username"),
        Field("farcasterFid", "fid", "Farcaster id"),
        Field("externalUserId", "text", "External user id"),
        Field("alias", "name", "Alias"),
        Field("identifier", "any", "Identifier of any kind (told from the text)"),
    )
}

_INDEX = re.compile(r"\d{1,3}")


def split_path(path: str) -> tuple[str | int, ...]:
    """`wallets.0.chain` as its steps: ("wallets", 0, "chain"). Below metadata every step is a name."""
    steps = path.split(".")
    if steps[0] == "metadata":
        return tuple(steps)
    return tuple(int(step) if _INDEX.fullmatch(step) else step for step in steps)


def field_for(name: str, kind: MappingKind = "users") -> Field:
    """The field of that name or dot path; Usage, naming what was probably meant, when there is none."""
    fields = USER_FIELDS if kind == "users" else ENTRY_FIELDS
    if name in fields:
        return fields[name]
    if kind == "users":
        first, _, rest = name.partition(".")
        if first == "metadata" and rest and all(rest.split(".")):
            return Field(name, "any", f"Metadata: {rest}", ())
        general = ".".join("N" if _INDEX.fullmatch(step) else step for step in name.split("."))
        if (nested := _NESTED.get(general)) is not None:
            return Field(name, nested.kind, nested.title, nested.transforms, nested.choices)
    close = difflib.get_close_matches(name, [*fields, *(_NESTED if kind == "users" else ())], n=1)
    hint = f"Did you mean {close[0]}? " if close else ""
    known = ", ".join(list(fields)[:8])
    raise Usage(
        f"{name!r} is no field of {'a user' if kind == 'users' else 'an entry'}.", hint=f"{hint}Fields: {known}, ..."
    )


def field_names(kind: MappingKind = "users", custom: Sequence[str] = ()) -> tuple[str, ...]:
    """Every target a mapping screen offers, custom fields of the environment last."""
    if kind == "allowlist":
        return tuple(ENTRY_FIELDS)
    return (*USER_FIELDS, *FIRST_ITEMS, *(f"metadata.{key}" for key in custom))
