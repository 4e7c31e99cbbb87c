"""Finds the allowlists that a user is on, and the access scopes that they add. `Serializer` is the caller."""

from __future__ import annotations

from collections import defaultdict

from dyntui.api.catalog import catalog
from dyntui.sandbox.store import Document, Store
from dyntui.sandbox.user_record import Record, fold_case, live_wallets

__all__ = ["IDENTIFIERS", "AccessLists", "entry_identifiers"]

IDENTIFIERS = tuple(name for name in catalog().schemas["PostAllowlistEntriesRequest"]["properties"] if name != "alias")
"""The fields of an entry that can match a user."""


def entry_identifiers(entry: Document) -> list[str]:
    """Return the identifiers of an entry in a comparable form; two entries of one allowlist share none."""
    out = []
    for name in IDENTIFIERS:
        value = entry.get(name)
        if value is not None and value != "":
            text = fold_case(str(value))
            out.append(f"{name}:{_domain(text) if name == 'emailDomain' else text}")
    return out


def _domain(text: str) -> str:
    """Return the domain of an entry; the vendor's example of an email domain is a URL."""
    return text.partition("://")[2].partition("/")[0] if "://" in text else text.removeprefix("@")


class AccessLists:
    """Finds the enabled allowlists of a user. Caches all entries until an allowlist or an entry changes."""

    def __init__(self, store: Store, environment_id: str) -> None:
        self._store = store
        self._environment_id = environment_id
        self._version = (-1, -1)
        self._lists: dict[str, Document] = {}
        self._entries: dict[str, set[str]] = {}

    def match_user(self, record: Record) -> tuple[list[str], str]:
        """Return the names of the allowlists of a user, and their access scopes separated by spaces."""
        self._refresh()
        entries = self._entries
        ids = {id for key in _user_identifiers(record) for id in entries.get(key, ())} if entries else set()
        if not ids:
            return [], ""
        lists = [each for id, each in self._lists.items() if id in ids]
        return [each["name"] for each in lists], " ".join(
            each["scope"] for each in lists if each.get("outcome") == "scope" and each.get("scope")
        )

    def _refresh(self) -> None:
        version = (self._store.kind_version("allowlists"), self._store.kind_version("allowlistEntries"))
        if version == self._version:
            return
        self._version = version
        lists = self._store.all("allowlists", self._environment_id)
        self._lists = {each["id"]: each for each in lists if each["enabledAt"]}
        entries: dict[str, set[str]] = defaultdict(set)
        for id in self._lists:
            for entry in self._store.all("allowlistEntries", id):
                for key in entry_identifiers(entry):
                    entries[key].add(id)
        self._entries = dict(entries)


def _user_identifiers(record: Record) -> list[str]:
    profile = record["profile"]
    out = (
        [f"walletPublicKey:{fold_case(wallet['address'])}" for wallet in live_wallets(record)]
        if record["wallets"]
        else []
    )
    if email := profile.get("email"):
        folded = fold_case(email)
        out += ("email:" + folded, "emailDomain:" + folded.rpartition("@")[2])
    if phone := profile.get("phoneNumber"):
        out.append(f"phoneNumber:{fold_case(phone)}")
    if external := record.get("externalUserId"):
        out.append(f"externalUserId:{fold_case(external)}")
    for account in record["oauth"]:
        provider = account["provider"]
        if provider in ("discord", "twitter", "farcaster") and account.get("username"):
            out.append(f"{provider}Username:{fold_case(account['username'])}")
        if provider == "farcaster":
            out.append(f"farcasterFid:{account['accountId']}")
    return out
