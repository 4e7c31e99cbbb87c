"""Creates the organization, project, environments, tokens, custom fields and allowlists of a new sandbox."""

from __future__ import annotations

from hashlib import sha256

from dyntui.core.json_types import Row
from dyntui.sandbox.access_lists import entry_identifiers
from dyntui.sandbox.ids import Ids
from dyntui.sandbox.settings import default_settings
from dyntui.sandbox.store import Document, Store
from dyntui.sandbox.token_scopes import ALL_SCOPES
from dyntui.sandbox.user_record import format_time
from dyntui.sandbox.user_repository import UserRepository

__all__ = ["PERSONAL_TOKENS", "create_environment", "public_token", "store_token"]
PERSONAL_TOKENS = "person"
"""The parent of personal tokens in the store."""
_DAY_MS = 86_400_000


def create_environment(
    store: Store, ids: Ids, users: UserRepository, newest_ms: int, scopes: tuple[str, ...] | None
) -> None:
    """Create the documents.

    newest_ms: when the last sample user signed up, in ms since 1970. scopes: those of the main token; None for all.
    """
    environment, live = ids.uuid("environment"), ids.uuid("live environment")
    organization, project = ids.uuid("organization"), ids.uuid("project")
    store.put(
        "organizations",
        {
            "id": organization,
            "name": "Northwind Labs",
            "description": "Wallet sign-in for the Northwind apps",
            "websiteUrl": "https://northwind.example",
            "address": {"addressLine1": "1 Sample Street", "city": "Lisbon", "postalCode": "1000-001", "country": "PT"},
            "role": "owner",
        },
    )
    store.put("projects", {"id": project, "name": "Northwind", "organizationId": organization}, organization)
    for id, name in ((live, "live"), (environment, "sandbox")):
        store.put(
            "environments",
            {
                "id": id,
                "settings": default_settings(name),
                "createdAt": format_time(newest_ms - 420 * _DAY_MS),
                "updatedAt": format_time(newest_ms - 12 * _DAY_MS),
                "sdkVersion": "WalletKit/4.31.0",
            },
            project,
        )
    member = {
        "id": ids.uuid("member"),
        "alias": "Robin",
        "firstName": "Robin",
        "lastName": "Vega",
        "email": "robin@northwind.example",
    }
    store_token(
        store,
        ids,
        "main",
        "Console",
        list(ALL_SCOPES if scopes is None else scopes),
        environment,
        member,
        newest_ms - 40 * _DAY_MS,
    )
    reading = [scope for scope in ALL_SCOPES if scope.endswith(".read")]
    store_token(store, ids, "reports", "Weekly report", reading, environment, member, newest_ms - 200 * _DAY_MS)
    _create_custom_fields(store, ids, environment)
    _create_allowlists(store, ids, users, environment, newest_ms)


def store_token(
    store: Store,
    ids: Ids,
    name: str,
    note: str,
    scopes: list[str],
    environment: str,
    creator: Row,
    at: int,
    *,
    parent: str = "",
) -> tuple[Document, str]:
    """Store a new API token. Returns it as lists show it, and its secret, of which only a hash is stored.

    `parent` is PERSONAL_TOKENS for a personal token, which has access to organizations too.
    """
    raw = ids.token(name)
    token: Document = {
        "id": ids.uuid(f"token {name}"),
        "checksum": raw[-6:],
        "createdBy": dict(creator),
        "createdAt": format_time(at),
        "note": note,
        "projectEnvironmentId": environment,
        "projectEnvironment": {"id": environment},
        "scopes": scopes,
    }
    store.put("tokens", {**token, "hash": sha256(raw.encode()).hexdigest(), "person": bool(parent)}, parent)
    return token, raw


def public_token(token: Row) -> Document:
    """Return a stored token as the API shows it."""
    return {name: value for name, value in token.items() if name not in ("hash", "person")}


def _create_custom_fields(store: Store, ids: Ids, environment: str) -> None:
    fields: tuple[tuple[str, str, str, Document], ...] = (
        (
            "plan",
            "Plan",
            "select",
            {"validOptions": [{"label": word.title(), "key": word} for word in ("free", "pro", "team")]},
        ),
        ("referrer", "How did you hear of us?", "text", {"unique": False}),
        ("newsletter", "Newsletter", "checkbox", {"checkboxText": "Send me the newsletter"}),
    )
    for position, (key, name, kind, rules) in enumerate(fields):
        store.put(
            "customFields",
            {
                "id": ids.uuid(f"custom field {key}"),
                "key": key,
                "name": name,
                "enabled": True,
                "required": False,
                "fieldType": kind,
                "validationRules": rules,
                "position": position,
            },
            environment,
        )


def _create_allowlists(store: Store, ids: Ids, users: UserRepository, environment: str, newest_ms: int) -> None:
    lists = (
        ("Beta testers", "scope", "beta early-access", True),
        ("Staff", "scope", "staff", True),
        ("Sanctioned wallets", "block", None, True),
        ("Launch party", "siteAccess", None, False),
    )
    for name, outcome, scope, enabled in lists:
        store.put(
            "allowlists",
            {
                "id": ids.uuid(f"allowlist {name}"),
                "name": name,
                "enabledAt": format_time(newest_ms - 30 * _DAY_MS) if enabled else None,
                "projectEnvironmentId": environment,
                "scope": scope,
                "outcome": outcome,
            },
            environment,
        )
    for number, (name, entry) in enumerate(_sample_entries(users)):
        parent = ids.uuid(f"allowlist {name}")
        doc = {"id": ids.uuid(f"allowlist entry {number}"), "allowListId": parent, **entry}
        store.put("allowlistEntries", doc, parent)
        store.claim((f"a:{parent}:{key}", 0) for key in entry_identifiers(doc))


def _sample_entries(users: UserRepository) -> list[tuple[str, Document]]:
    """Return list names and entries: some sample users by email and wallet, and one entry of each other kind."""
    records = list(users.load_many(range(1, 41)).values())
    out: list[tuple[str, Document]] = []
    for record in records:
        profile = record["profile"]
        if "email" in profile:
            out.append(("Beta testers", {"email": profile["email"], "alias": profile.get("firstName") or "Tester"}))
        if record["wallets"] and len(out) % 4 == 0:
            out.append(("Sanctioned wallets", {"walletPublicKey": record["wallets"][0]["address"]}))
    out += [
        ("Staff", {"emailDomain": "https://northwind.example", "alias": "Employees"}),
        ("Staff", {"phoneNumber": "+12025550100", "alias": "Front desk"}),
        ("Launch party", {"discordUsername": "northwind_fan", "alias": "Raffle"}),
        ("Launch party", {"twitterUsername": "northwind"}),
        ("Launch party", {"farcasterUsername": "northwind"}),
        ("Launch party", {"farcasterFid": 5650}),
        ("Launch party", {"externalUserId": "crm-00042", "alias": "Partner"}),
    ]
    return out
