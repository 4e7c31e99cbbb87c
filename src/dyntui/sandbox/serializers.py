"""Makes the users, wallets and sessions of the API from stored records.

The casing is that of the API: verifiedCredentials mix camelCase and snake_case.
"""

from __future__ import annotations

from collections.abc import Callable

from dyntui.core.json_types import Row
from dyntui.sandbox.addresses import chain_namespace
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import PROFILE, Record, format_time, live_wallets

__all__ = ["Serializer", "serialize_wallet", "serialize_wallet_detail", "with_text_times"]
Access = Callable[[Record], tuple[list[str], str]]

_NULLS: Document = {**dict.fromkeys(PROFILE), "metadata": {}}
_PHONE_CODES = {"+1": "US", "+33": "FR", "+44": "GB", "+49": "DE", "+81": "JP", "+55": "BR", "+91": "IN", "+61": "AU"}


class Serializer:
    """Makes the users of the API. `match_access` returns the allowlists and the access scopes of a record."""

    def __init__(self, ids: Ids, environment_id: str, match_access: Access) -> None:
        self._ids = ids
        self._environment_id = environment_id
        self._match_access = match_access

    def user(self, record: Record, position: int, *, nulls: bool, sessions: bool, alone: bool = False) -> Document:
        """Return a user.

        `nulls`: include empty profile fields as null. `alone`: as GET of one user shows it, with previous_users.
        """
        profile = record["profile"]
        empty = _NULLS if nulls else {}
        out: Document = {"id": record["id"], "projectEnvironmentId": self._environment_id, **empty, **profile}
        wallets = live_wallets(record)
        credentials = self._credentials(record, position, wallets, alone)
        out["verifiedCredentials"] = credentials
        if credentials:
            out["lastVerifiedCredentialId"] = credentials[0]["id"]
        if wallets:
            out["walletPublicKey"] = wallets[0]["address"]
            out["wallet"] = wallets[0]["name"]
            out["chain"] = wallets[0]["chain"]
        if record["firstVisit"] is not None:
            out["firstVisit"] = format_time(record["firstVisit"])
        if record["lastVisit"] is not None:
            out["lastVisit"] = format_time(record["lastVisit"])
        out["newUser"] = record["lastVisit"] is None
        out["lists"], out["scope"] = self._match_access(record)
        out["missingFields"] = []
        out["createdAt"] = format_time(record["createdAt"])
        out["updatedAt"] = format_time(record["updatedAt"])
        out["wallets"] = [serialize_wallet(each) for each in wallets]
        out["oauthAccounts"] = [
            {
                "id": each["id"],
                "provider": each["provider"],
                "accountUsername": each.get("username") or each["accountId"],
            }
            for each in record["oauth"]
        ]
        out["mfaDevices"] = [with_text_times(each) for each in record.get("mfa", ())]
        out["chainalysisChecks"] = [with_text_times(each) for each in record.get("checks", ())]
        if sessions:
            out["sessions"] = [with_text_times(each) for each in record.get("sessions", ())]
        return out

    def _credentials(self, record: Record, position: int, wallets: list[Document], alone: bool) -> list[Document]:
        profile = record["profile"]
        out: list[Document] = []
        if email := profile.get("email"):
            verified = record.get("emailVerifiedAt")
            each: Document = {
                "id": self._ids.child(position, "email credential"),
                "format": "email",
                "email": email,
                "public_identifier": email,
                "signInEnabled": verified is not None,
            }
            if verified is not None:
                each["verifiedAt"] = verified
            out.append(each)
        for item in wallets:
            out.append(_wallet_credential(item))
        for account in record["oauth"]:
            out.append(
                {
                    "id": account["id"],
                    "format": "oauth",
                    "public_identifier": account.get("username") or account["accountId"],
                    "oauth_provider": account["provider"],
                    "oauth_username": account.get("username") or "",
                    "oauth_display_name": account.get("displayName"),
                    "oauth_account_id": account["accountId"],
                    "oauth_account_photos": account.get("photos") or [],
                    "oauth_emails": account.get("emails") or [],
                    "oauth_metadata": account.get("profile") or {},
                    "signInEnabled": True,
                }
            )
        if (phone := profile.get("phoneNumber")) and (
            code := next((c for c in _PHONE_CODES if phone.startswith(c)), None)
        ):
            out.append(
                {
                    "id": self._ids.child(position, "phone credential"),
                    "format": "phoneNumber",
                    "phoneNumber": phone.removeprefix(code),
                    "phoneCountryCode": code.removeprefix("+"),
                    "isoCountryCode": _PHONE_CODES[code],
                    "public_identifier": phone,
                    "signInEnabled": True,
                }
            )
        if external := record.get("externalUserId"):
            out.append(
                {
                    "id": self._ids.child(position, "external credential"),
                    "format": "externalUser",
                    "public_identifier": external,
                    "signInEnabled": True,
                }
            )
        if alone and out:
            out[0]["previous_users"] = record.get("previousUsers", [])
        return out


def _wallet_credential(item: Document) -> Document:
    out: Document = {
        "id": item["id"],
        "format": "blockchain",
        "address": item["address"],
        "chain": chain_namespace(item["chain"]),
        "public_identifier": item["address"],
        "wallet_name": item["name"],
        "wallet_provider": item["provider"],
        "wallet_properties": wallet_properties(item),
        "wallet_additional_addresses": item["additional"],
        "name_service": item.get("nameService", {}),
        "embedded_wallet_id": item["waas"]["walletId"] if "waas" in item else None,
        "signInEnabled": True,
    }
    if item["lastSelectedAt"] is not None:
        out["lastSelectedAt"] = format_time(item["lastSelectedAt"])
    return out


def wallet_properties(item: Document) -> Document:
    """Return the WalletProperties. Those of embedded wallets list the key shares, without the secrets."""
    out: Document = dict(item.get("properties") or {})
    if waas := item.get("waas"):
        out |= {
            "keyShares": waas["keyShares"],
            "thresholdSignatureScheme": waas["thresholdSignatureScheme"],
            "derivationPath": waas["derivationPath"],
        }
    return out


def serialize_wallet(item: Document) -> Document:
    """Return a wallet as user lists and single reads show it."""
    selected = item["lastSelectedAt"]
    return {
        "id": item["id"],
        "name": item["name"],
        "chain": item["chain"],
        "publicKey": item["address"],
        "provider": item["provider"],
        "properties": wallet_properties(item),
        "lastSelectedAt": None if selected is None else format_time(selected),
    }


def serialize_wallet_detail(item: Document, record: Record, environment_id: str) -> Document:
    """Return a wallet as the list of the environment shows it."""
    out: Document = {
        "id": item["id"],
        "userId": record["id"],
        "name": item["name"],
        "chain": item["chain"],
        "publicKey": item["address"],
        "lowerPublicKey": item["address"].lower(),
        "walletBookName": item["name"],
        "provider": item["provider"],
        "walletAdditionalAddresses": item["additional"],
        "lastSelectedAt": None if item["lastSelectedAt"] is None else format_time(item["lastSelectedAt"]),
        "updatedAt": format_time(item["updatedAt"]),
        "createdAt": format_time(item["createdAt"]),
        "deletedAt": None if item["deletedAt"] is None else format_time(item["deletedAt"]),
        "signInEnabled": True,
        "projectEnvironmentId": environment_id,
        "entryPointVersion": None,
        "kernelVersion": None,
        "ecdsaProviderType": None,
        "hardwareWallet": None,
        "delegatedAccessWalletApiKeys": item.get("delegated", []),
    }
    if record.get("deletedAt") is not None:
        out["deletedUserId"] = record["id"]
    if waas := item.get("waas"):
        out["waasWallet"] = waas
    return out


_TIME_NAMES = frozenset({"createdAt", "verifiedAt", "revokedAt"})


def with_text_times(item: Row) -> Document:
    """Return a session, MFA device or check as the API shows it: with its times as text."""
    return {
        name: format_time(value) if name in _TIME_NAMES and isinstance(value, int) else value
        for name, value in item.items()
    }
