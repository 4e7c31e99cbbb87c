"""The fields of users and allowlist entries that a column can be mapped to, and their common names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dyntui.core.errors import UsageError

__all__ = [
    "ALTERNATIVE_WALLETS",
    "CHAINS",
    "ENTRY_FIELDS",
    "FIRST_ITEMS",
    "FULL_NAME",
    "OAUTH_PROVIDERS",
    "SIGN_IN_PROVIDERS",
    "USER_FIELDS",
    "WALLET_PROVIDERS",
    "ImportField",
    "Kind",
    "MappingKind",
    "field_for",
    "field_names",
    "split_path",
]

MappingKind = Literal["users", "allowlist"]
Kind = Literal[
    "name", "username", "email", "phone", "country", "boolean", "date", "text", "choice", "address", "object", "array",
    "strings", "fullname", "any", "domain", "fid", "alternative", "id", "twitter", "farcaster", "discord",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportField:
    """A field that a column can be mapped to."""

    name: str
    """The dot path in the body."""
    kind: Kind
    title: str
    transforms: tuple[str, ...] = ("trim",)
    """Transformations that a new mapping applies."""
    choices: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Open sets: the API may add values.
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
    "zksync blockaid passkey sendgrid resend gemini moonPay chainalysisAddressScreening trmWalletScreening"
)
ADDRESS_TYPES = ("ordinals", "payment", "cosmos", "evm", "ton", "stellar")

FULL_NAME = "firstName+lastName"
_PHONE = ("trim", "phone")
_WALLET_CHAINS = {
    "btc": "Bitcoin",
    "kda": "Kadena",
    "ltc": "Litecoin",
    "ckb": "Nervos",
    "kas": "Kaspa",
    "doge": "Dogecoin",
}

ALTERNATIVE_WALLETS = tuple(f"{key}Wallet" for key in _WALLET_CHAINS)
"""Fields for wallets of chains that `wallets` does not have."""

USER_FIELDS: dict[str, ImportField] = {
    field.name: field
    for field in (
        ImportField("id", "id", "User id (sent one by one)"),
        ImportField("email", "email", "Email"),
        ImportField("emailVerifiedAt", "date", "Email verified at", ("trim", "verified")),
        ImportField("firstName", "name", "First name"),
        ImportField("lastName", "name", "Last name"),
        ImportField(FULL_NAME, "fullname", "Full name, split in two", ("trim", "split")),
        ImportField("alias", "name", "Alias"),
        ImportField("username", "username", "Username"),
        ImportField("phoneNumber", "phone", "Phone number", _PHONE),
        ImportField("country", "country", "Country", ("trim", "country")),
        ImportField("jobTitle", "name", "Job title"),
        ImportField("team", "name", "Team"),
        ImportField("tShirtSize", "name", "T-shirt size"),
        ImportField("policiesConsent", "boolean", "Consent to policies", ("trim", "boolean")),
        ImportField("emailNotification", "boolean", "Email notifications", ("trim", "boolean")),
        ImportField("discordNotification", "boolean", "Discord notifications", ("trim", "boolean")),
        ImportField("newsletterNotification", "boolean", "Newsletter", ("trim", "boolean")),
        ImportField(
            "mfaBackupCodeAcknowledgement", "choice", "MFA backup codes", ("trim", "choice"), ("pending", "complete")
        ),
        *(ImportField(f"{key}Wallet", "alternative", f"{chain} wallet") for key, chain in _WALLET_CHAINS.items()),
        ImportField("metadata", "object", "Metadata (whole object)", ("json",)),
        ImportField("wallets", "array", "Wallets (whole list)", ("json", "wallets")),
        ImportField("oauthAccounts", "array", "Social accounts (whole list)", ("json", "accounts")),
    )
}

_NESTED: dict[str, ImportField] = {
    field.name: field
    for field in (
        ImportField("wallets.N.publicWalletAddress", "address", "Wallet address"),
        ImportField("wallets.N.chain", "choice", "Wallet chain", ("trim", "choice"), CHAINS),
        ImportField("wallets.N.walletName", "name", "Wallet name"),
        ImportField("wallets.N.walletProvider", "choice", "Wallet provider", ("trim", "choice"), WALLET_PROVIDERS),
        ImportField("wallets.N.additionalWalletAddresses", "array", "Additional addresses", ("json",)),
        ImportField("wallets.N.additionalWalletAddresses.N.address", "text", "Additional address"),
        ImportField("wallets.N.additionalWalletAddresses.N.publicKey", "text", "Its public key"),
        ImportField(
            "wallets.N.additionalWalletAddresses.N.type", "choice", "Its type", ("trim", "choice"), ADDRESS_TYPES
        ),
        ImportField("oauthAccounts.N.provider", "choice", "Social provider", ("trim", "choice"), OAUTH_PROVIDERS),
        ImportField("oauthAccounts.N.accountId", "name", "Social account id"),
        ImportField("oauthAccounts.N.username", "name", "Social username"),
        ImportField("oauthAccounts.N.displayName", "name", "Social display name"),
        ImportField("oauthAccounts.N.emails", "strings", "Social emails", ("list",)),
        ImportField("oauthAccounts.N.emails.N", "text", "Social email"),
        ImportField("oauthAccounts.N.photos", "strings", "Social photos", ("list",)),
        ImportField("oauthAccounts.N.photos.N", "text", "Social photo"),
        ImportField("oauthAccounts.N.profile", "object", "Social profile", ("json",)),
    )
}

FIRST_ITEMS = tuple(name.replace(".N", ".0") for name in _NESTED)
"""The dot paths of the first wallet and the first social account."""

ENTRY_FIELDS: dict[str, ImportField] = {
    field.name: field
    for field in (
        ImportField("walletPublicKey", "address", "Wallet address"),
        ImportField("email", "email", "Email"),
        ImportField("emailDomain", "domain", "Email domain"),
        ImportField("phoneNumber", "phone", "Phone number", _PHONE),
        ImportField("discordUsername", "discord", "Discord username"),
        ImportField("twitterUsername", "twitter", "Twitter username"),
        ImportField("farcasterUsername", "farcaster", "Farcaster username"),
        ImportField("farcasterFid", "fid", "Farcaster id"),
        ImportField("externalUserId", "name", "External user id"),
        ImportField("alias", "name", "Alias"),
        ImportField("identifier", "any", "Identifier of any kind (detected from the text)"),
    )
}

_INDEX = re.compile(r"\d{1,3}")


def split_path(path: str) -> tuple[str | int, ...]:
    """Split `wallets.0.chain` into ("wallets", 0, "chain"). Below metadata every part is a name."""
    steps = path.split(".")
    if steps[0] == "metadata":
        return tuple(steps)
    return tuple(int(step) if _INDEX.fullmatch(step) else step for step in steps)


def field_for(name: str, kind: MappingKind = "users") -> ImportField:
    """Return the field of a name or dot path. Raises UsageError with the most similar name when there is none."""
    fields = USER_FIELDS if kind == "users" else ENTRY_FIELDS
    if name in fields:
        return fields[name]
    if kind == "users":
        first, _, rest = name.partition(".")
        if first == "metadata" and rest and all(rest.split(".")):
            return ImportField(name, "any", f"Metadata: {rest}", ())
        general = ".".join("N" if _INDEX.fullmatch(step) else step for step in name.split("."))
        if (nested := _NESTED.get(general)) is not None:
            return ImportField(name, nested.kind, nested.title, nested.transforms, nested.choices)
    close = difflib.get_close_matches(name, [*fields, *(_NESTED if kind == "users" else ())], n=1)
    hint = f"Did you mean {close[0]}? " if close else ""
    known = ", ".join(list(fields)[:8])
    raise UsageError(
        f"{name!r} is not a field of {'a user' if kind == 'users' else 'an entry'}.", hint=f"{hint}Fields: {known}, ..."
    )


def field_names(kind: MappingKind = "users", custom: Sequence[str] = ()) -> tuple[str, ...]:
    """Return every field that a column can be mapped to, the custom fields of the environment last."""
    if kind == "allowlist":
        return tuple(ENTRY_FIELDS)
    return (*USER_FIELDS, *FIRST_ITEMS, *(f"metadata.{key}" for key in custom))
