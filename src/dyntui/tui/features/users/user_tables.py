"""The columns, rows and fields of the user screen, made from the document of a user.

In each row, `copy` is the value to copy and `wallet` the id of the wallet that Enter opens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row, as_list
from dyntui.core.text import spaced_words
from dyntui.resources.cell_formats import time, yes_no
from dyntui.resources.resource import Column
from dyntui.services.metadata import metadata_of
from dyntui.services.web_links import chain_name
from dyntui.tui.kit.widgets.field_list import FieldLine

if TYPE_CHECKING:
    from dyntui.api.models import Session, User

__all__ = [
    "LINKED",
    "USER_TABLES",
    "UserTable",
    "access_lines",
    "credential_rows",
    "linked_rows",
    "profile_lines",
    "session_rows",
]

LINKED = (
    Column("type", "type", 16, priority=0),
    Column("identifier", "identifier", 24, grow=True, priority=0),
    Column("detail", "detail", 12, priority=1),
)
_CREDENTIALS = (
    Column("format", "type", 12, priority=0),
    Column("copy", "identifier", 30, grow=True, priority=0),
    Column("provider", "provider", 16, priority=3),
    Column("signInEnabled", "sign-in", 7, format=yes_no, priority=1),
    Column("verifiedAt", "verified", 12, format=time, priority=2),
    Column("lastSelectedAt", "last used", 12, format=time, priority=4),
)
_WALLETS = (
    Column("chain", "chain", 8, priority=0),
    Column("copy", "address", 44, grow=True, priority=0),
    Column("name", "wallet", 16, priority=2),
    Column("provider", "provider", 17, priority=3),
    Column("lastSelectedAt", "last used", 12, format=time, priority=4),
)
_SESSIONS = (
    Column("createdAt", "started", 12, format=time, priority=0),
    Column("status", "status", 18, priority=0),
    Column("ipAddress", "IP address", 16, priority=2),
    Column("userAgent", "device", 30, grow=True, priority=3),
)

_SOCIAL = (
    Column("provider", "provider", 14, priority=0),
    Column("copy", "account", 30, grow=True, priority=0),
    Column("id", "id", 36, priority=2),
)
_MFA = (
    Column("type", "type", 10, priority=0),
    Column("alias", "name", 20, grow=True, priority=0),
    Column("verified", "verified", 8, format=yes_no, priority=1),
    Column("default", "default", 7, format=yes_no, priority=2),
    Column("createdAt", "added", 12, format=time, priority=3),
)
_CHECKS = (
    Column("result", "result", 12, priority=0),
    Column("copy", "address", 44, grow=True, priority=0),
    Column("createdAt", "checked", 12, format=time, priority=1),
)

_GROUPS = {
    "profile": ("firstName", "lastName", "email", "phoneNumber", "username", "alias", "country", "jobTitle", "team"),
    "activity": ("lastVisit", "firstVisit", "createdAt", "updatedAt"),
    "access": ("lists", "scope", "missingFields", "policiesConsent", "newUser"),
}
"""Heading -> its fields."""
_LABELS = {
    "walletPublicKey": "wallet address",
    "lastVerifiedCredentialId": "last credential",
    "tShirtSize": "t-shirt size",
    "btcWallet": "Bitcoin address",
    "createdAt": "created",
    "updatedAt": "updated",
    "lists": "allowlists",
}
_SHOWN_ELSEWHERE = frozenset({"metadata", "id", "projectEnvironmentId", "verifiedCredentials", "wallets", "sessions"})
_SHOWN_ELSEWHERE |= {"oauthAccounts", "mfaDevices", "chainalysisChecks"}
"""The fields that have a tab or a place of their own."""


def profile_lines(user: Row) -> list[FieldLine]:
    """Return the fields of a user in groups. Fields that dyntui does not know come last, if they have a value."""
    lines: list[FieldLine] = []
    shown = set(_SHOWN_ELSEWHERE)
    for title, fields in _GROUPS.items():
        lines.append(FieldLine(title, heading=True))
        lines += [FieldLine(_LABELS.get(key) or spaced_words(key), user.get(key)) for key in fields]
        shown.update(fields)
    if metadata := metadata_of(user):
        lines.append(FieldLine("metadata", heading=True))
        lines += [FieldLine(str(key), value) for key, value in metadata.items()]
    lines.append(FieldLine("other fields", heading=True))
    lines.append(FieldLine("id", user.get("id")))
    other = ((_LABELS.get(str(key), str(key)), value) for key, value in user.items() if key not in shown)
    lines += [FieldLine(key, value) for key, value in other if value not in (None, "", [], {})]
    return lines


def credential_rows(user: User) -> list[Row]:
    """Return the verified credentials with the value that identifies the user."""
    return [
        {
            **credential.raw,
            "copy": credential.identifier,
            "provider": credential.provider,
            "wallet": credential.id if credential.format == "blockchain" else None,
        }
        for credential in user.verified_credentials
    ]


def _wallet_rows(user: User) -> list[Row]:
    return [{**wallet.raw, "copy": wallet.public_key, "wallet": wallet.id} for wallet in user.wallets]


def session_rows(user: User) -> list[Row]:
    """Return the sessions, the latest first."""

    def started_at(session: Session) -> float:
        return session.created_at.timestamp() if session.created_at is not None else 0.0

    return [
        {**session.raw, "copy": session.id, "status": "active" if session.is_active else "revoked"}
        for session in sorted(user.sessions, key=started_at, reverse=True)
    ]


def _social_rows(user: User) -> list[Row]:
    return [
        {**account.raw, "copy": account.account_username or account.raw.get("accountId") or account.id}
        for account in user.oauth_accounts
    ]


def _mfa_rows(user: User) -> list[Row]:
    return [{**device.raw, "copy": device.id} for device in user.mfa_devices]


def _check_rows(user: User) -> list[Row]:
    """Return the Chainalysis checks of the wallet addresses."""
    return [{**check.raw, "copy": check.wallet_public_key} for check in user.chainalysis_checks]


@dataclass(frozen=True, slots=True)
class UserTable:
    """The table of a tab of the user screen."""

    columns: Sequence[Column]
    rows: Callable[[User], list[Row]]
    """Returns its rows."""
    empty: str
    """The text of a table without rows."""


USER_TABLES = {
    "credentials": UserTable(_CREDENTIALS, credential_rows, "This user has no credentials."),
    "wallets": UserTable(_WALLETS, _wallet_rows, "This user has no wallets."),
    "sessions": UserTable(_SESSIONS, session_rows, "This user has no sessions."),
    "social": UserTable(_SOCIAL, _social_rows, "This user has no social accounts."),
    "mfa": UserTable(_MFA, _mfa_rows, "This user has no MFA devices."),
    "checks": UserTable(_CHECKS, _check_rows, "No address of this user was screened."),
}
"""Tab name -> its table."""


def access_lines(user: User) -> list[FieldLine]:
    """Return what the document says about access: matching allowlists, missing fields, scope."""
    lines = [FieldLine("matching allowlists", heading=True)]
    lines += _numbered_lines(user.raw.get("lists"))
    lines.append(FieldLine("missing fields", heading=True))
    lines += _numbered_lines(user.raw.get("missingFields"))
    lines += [FieldLine("access scope", heading=True), FieldLine("", user.scope or None)]
    return lines


def _numbered_lines(value: object) -> list[FieldLine]:
    names = [item.get("name") or item.get("id") or item if isinstance(item, dict) else item for item in as_list(value)]
    return [FieldLine(f"{number}", name) for number, name in enumerate(names, 1)] or [FieldLine("")]


def linked_rows(user: User) -> list[Row]:
    """Return the credentials, MFA devices and address checks of a user, one short row each."""
    rows: list[Row] = []
    for credential in user.verified_credentials:
        is_wallet = credential.format == "blockchain"
        rows.append(
            {
                "type": (credential.oauth_provider or chain_name(credential.chain))
                if is_wallet or credential.format == "oauth"
                else credential.format,
                "identifier": credential.identifier,
                "copy": credential.identifier,
                "detail": "verified" if credential.verified_at else "can sign in" if credential.sign_in_enabled else "",
                "wallet": credential.id if is_wallet else None,
            }
        )
    for device in user.mfa_devices:
        rows.append({"type": "MFA", "identifier": device.type, "copy": device.id, "detail": device.alias})
    for check in user.chainalysis_checks:
        address = check.wallet_public_key
        rows.append({"type": "check", "identifier": address, "copy": address, "detail": check.result})
    return rows
