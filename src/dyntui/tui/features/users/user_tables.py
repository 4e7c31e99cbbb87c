"""What a user's document has in it, as facts and rows: each row carries what to copy and which wallet it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dyntui.resources import Column
from dyntui.resources.cell_formats import age, yes_no
from dyntui.tui.kit.widgets.field_list import FieldLine

__all__ = ["CHECKS", "CREDENTIALS", "MFA", "RELATED", "SESSIONS", "SOCIAL", "WALLETS"]
__all__ += ["access_facts", "check_rows", "mfa_rows", "social_rows"]
__all__ += ["credential_rows", "facts_of", "related_rows", "session_rows", "wallet_rows"]

Row = dict[str, Any]

RELATED = (
    Column("kind", "sign-in and more", 16, priority=0),
    Column("what", "who or what", 24, grow=True, priority=0),
    Column("note", "", 12, priority=1),
)
CREDENTIALS = (
    Column("format", "kind", 12, priority=0),
    Column("copy", "identifies by", 30, grow=True, priority=0),
    Column("provider", "provider", 16, priority=3),
    Column("signInEnabled", "sign-in", 7, format=yes_no, priority=1),
    Column("verifiedAt", "verified", 12, format=age, priority=2),
    Column("lastSelectedAt", "last used", 12, format=age, priority=4),
)
WALLETS = (
    Column("chain", "chain", 8, priority=0),
    Column("copy", "address", 44, grow=True, priority=0),
    Column("name", "wallet", 16, priority=2),
    Column("provider", "provider", 17, priority=3),
    Column("lastSelectedAt", "last used", 12, format=age, priority=4),
)
SESSIONS = (
    Column("createdAt", "began", 12, format=age, priority=0),
    Column("state", "state", 18, priority=0),
    Column("ipAddress", "address", 16, priority=2),
    Column("userAgent", "with", 30, grow=True, priority=3),
)

SOCIAL = (
    Column("provider", "provider", 14, priority=0),
    Column("copy", "account", 30, grow=True, priority=0),
    Column("id", "id", 36, priority=2),
)
MFA = (
    Column("type", "kind", 10, priority=0),
    Column("alias", "name", 20, grow=True, priority=0),
    Column("verified", "verified", 8, format=yes_no, priority=1),
    Column("default", "default", 7, format=yes_no, priority=2),
    Column("createdAt", "added", 12, format=age, priority=3),
)
CHECKS = (
    Column("result", "result", 12, priority=0),
    Column("copy", "address", 44, grow=True, priority=0),
    Column("createdAt", "checked", 12, format=age, priority=1),
)

_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "person",
        (
            ("firstName", "first name"),
            ("lastName", "last name"),
            ("email", "e-mail"),
            ("phoneNumber", "phone"),
            ("username", "username"),
            ("alias", "alias"),
            ("country", "country"),
            ("jobTitle", "job"),
            ("team", "team"),
        ),
    ),
    (
        "activity",
        (
            ("lastVisit", "last visit"),
            ("firstVisit", "first visit"),
            ("createdAt", "created"),
            ("updatedAt", "updated"),
        ),
    ),
    (
        "access",
        (
            ("lists", "on lists"),
            ("scope", "scope"),
            ("missingFields", "missing fields"),
            ("policiesConsent", "policies consent"),
            ("newUser", "new user"),
        ),
    ),
)
_LABELS = {
    "walletPublicKey": "wallet address",
    "lastVerifiedCredentialId": "last credential",
    "tShirtSize": "t-shirt size",
    "btcWallet": "Bitcoin address",
}
_ELSEWHERE = frozenset({"metadata", "id", "projectEnvironmentId", "verifiedCredentials", "wallets", "sessions"})
_ELSEWHERE |= {"oauthAccounts", "mfaDevices", "chainalysisChecks"}


def facts_of(user: Mapping[str, Any]) -> list[FieldLine]:
    """Everything that is one value, grouped; what this version does not know comes last, when it says something."""
    facts: list[FieldLine] = []
    named = set(_ELSEWHERE)
    for title, fields in _GROUPS:
        facts.append(FieldLine(title, heading=True))
        for key, label in fields:
            named.add(key)
            facts.append(FieldLine(label, user.get(key)))
    metadata = user.get("metadata")
    if isinstance(metadata, dict) and metadata:
        facts.append(FieldLine("metadata", heading=True))
        facts += [FieldLine(str(key), value) for key, value in metadata.items()]
    facts.append(FieldLine("more", heading=True))
    facts.append(FieldLine("id", user.get("id")))
    rest = ((_LABELS.get(str(key), str(key)), value) for key, value in user.items() if key not in named)
    facts += [FieldLine(key, value) for key, value in rest if value not in (None, "", [], {})]
    return facts


def _list(user: Mapping[str, Any], key: str) -> list[Row]:
    value = user.get(key)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def credential_rows(user: Mapping[str, Any]) -> list[Row]:
    """Credentials, with what they identify by."""
    return [
        {
            **row,
            "copy": _first(row, "email", "address", "oauth_username", "public_identifier", "phoneNumber"),
            "provider": _first(row, "oauth_provider", "wallet_name", "chain"),
            "wallet": row.get("id") if row.get("format") == "blockchain" else None,
        }
        for row in _list(user, "verifiedCredentials")
    ]


def wallet_rows(user: Mapping[str, Any]) -> list[Row]:
    """Wallets."""
    return [{**row, "copy": row.get("publicKey"), "wallet": row.get("id")} for row in _list(user, "wallets")]


def session_rows(user: Mapping[str, Any]) -> list[Row]:
    """Sessions, the latest first."""
    rows = sorted(_list(user, "sessions"), key=lambda row: str(row.get("createdAt", "")), reverse=True)
    return [{**row, "copy": row.get("id"), "state": "revoked" if row.get("revokedAt") else "active"} for row in rows]


def social_rows(user: Mapping[str, Any]) -> list[Row]:
    """Social accounts."""
    return [{**row, "copy": _first(row, "accountUsername", "accountId", "id")} for row in _list(user, "oauthAccounts")]


def mfa_rows(user: Mapping[str, Any]) -> list[Row]:
    """MFA devices."""
    return [{**row, "copy": row.get("id")} for row in _list(user, "mfaDevices")]


def check_rows(user: Mapping[str, Any]) -> list[Row]:
    """Checks of wallet addresses."""
    return [{**row, "copy": row.get("walletPublicKey")} for row in _list(user, "chainalysisChecks")]


def access_facts(user: Mapping[str, Any]) -> list[FieldLine]:
    """Why this user gets in or not, as the user's document says; `A` asks the lists themselves."""
    facts = [FieldLine("lists that matched", heading=True)]
    facts += _numbered(user.get("lists"))
    facts.append(FieldLine("fields still missing", heading=True))
    facts += _numbered(user.get("missingFields"))
    facts += [FieldLine("scope", heading=True), FieldLine("scope", user.get("scope") or None)]
    return facts


def _numbered(value: Any) -> list[FieldLine]:
    parts = value if isinstance(value, list) else []
    named = [part.get("name") or part.get("id") or part if isinstance(part, dict) else part for part in parts]
    return [FieldLine(f"{number}", part) for number, part in enumerate(named, 1)] or [FieldLine("none")]


def related_rows(user: Mapping[str, Any]) -> list[Row]:
    """All that hangs on the user, in brief."""
    rows: list[Row] = []
    for row in credential_rows(user):
        kind = (
            _first(row, "oauth_provider", "chain")
            if row.get("format") in ("oauth", "blockchain")
            else row.get("format")
        )
        note = "verified" if row.get("verifiedAt") else "sign-in" if row.get("signInEnabled") else ""
        rows.append({"kind": kind, "what": row["copy"], "copy": row["copy"], "note": note, "wallet": row["wallet"]})
    for row in _list(user, "mfaDevices"):
        rows.append({"kind": "MFA", "what": row.get("type"), "copy": row.get("id"), "note": row.get("alias")})
    for row in _list(user, "chainalysisChecks"):
        address = row.get("walletPublicKey")
        rows.append({"kind": "check", "what": address, "copy": address, "note": row.get("result")})
    return rows


def _first(row: Mapping[str, Any], *keys: str) -> Any:
    return next((row[key] for key in keys if row.get(key)), None)
