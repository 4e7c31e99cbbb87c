"""Wallets of the environment and of users: list, read, link, soft-delete, recover."""

from __future__ import annotations

from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.users import find_owner, find_user, load_user
from dyntui.sandbox.replies import Reply, invalid, not_found
from dyntui.sandbox.serializers import serialize_wallet, serialize_wallet_detail
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import Record, live_wallets, unique_keys
from dyntui.sandbox.user_rules import add_wallet, refuse_duplicates

_EMBEDDED = frozenset({"embeddedWallet", "smartContractWallet"})


@operation("getWalletsByEnvironmentId")
def list_wallets(call: OperationCall) -> Document:
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 50)
    owners = call.sandbox.users.wallet_owners()
    if call.sandbox.flags.on("deleted-wallets-listed"):
        total, found = len(owners), _page(call, offset, limit)
    else:
        found = [each for each in _page(call, 0, len(owners)) if each[1]["deletedAt"] is None]
        total, found = len(found), found[offset : offset + limit]
    environment = call.sandbox.environment_id
    return {
        "wallets": [serialize_wallet_detail(item, record, environment) for record, item in found],
        "count": total,
        "limit": limit,
        "offset": offset,
    }


def _page(call: OperationCall, offset: int, limit: int) -> list[tuple[Record, Document]]:
    owners = call.sandbox.users.wallet_owners()
    positions = owners[offset : offset + limit]
    if not positions:
        return []
    records = call.sandbox.users.load_many(sorted(set(positions)))
    number = 0  # index of the wallet in those of its user
    while number < offset and owners[offset - number - 1] == positions[0]:
        number += 1
    out: list[tuple[Record, Document]] = []
    for i, position in enumerate(positions):
        number = number if i == 0 else number + 1 if positions[i - 1] == position else 0
        out.append((records[position], records[position]["wallets"][number]))
    return out


@operation("getWalletsByUserId", "getWalletsByUserIdLegacy")
def list_user_wallets(call: OperationCall) -> Document:
    _, record = find_user(call)
    wallets = [serialize_wallet(item) for item in live_wallets(record)]
    return {"count": len(wallets), "wallets": wallets}


@operation("createWallet", "createWalletLegacy")
def create_wallet(call: OperationCall) -> Reply:
    position, record = find_user(call)
    if any(item["provider"] in _EMBEDDED for item in live_wallets(record)):
        raise invalid("linked_embedded_wallet", "The user has an embedded wallet; an external wallet cannot be linked")
    before = unique_keys(record)
    item = add_wallet(record, call.body, position, call.sandbox.ids, call.now)
    keys = unique_keys(record)
    refuse_duplicates(record, keys, call.sandbox.store.owners(keys), position)
    record["updatedAt"] = call.now
    call.sandbox.users.save([(position, record, before)])
    call.emit("wallet.linked", {**serialize_wallet(item), "userId": record["id"]})
    return Reply(201, serialize_wallet(item))


def _find_wallet(call: OperationCall) -> tuple[int, Record, Document]:
    position, record = find_owner(call, call.path["walletId"], "Wallet")
    for item in live_wallets(record):
        if item["id"] == call.path["walletId"]:
            return position, record, item
    raise not_found("Wallet")


@operation("getWalletById", "getWalletByIdLegacy")
def get_wallet(call: OperationCall) -> Document:
    return serialize_wallet(_find_wallet(call)[2])


@operation("deleteWalletById", "deleteWalletByIdLegacy")
def delete_wallet(call: OperationCall) -> None:
    position, record, item = _find_wallet(call)
    before = unique_keys(record)
    item["deletedAt"] = item["updatedAt"] = record["updatedAt"] = call.now
    call.sandbox.users.save([(position, record, before)])
    call.emit("wallet.deleted", {**serialize_wallet(item), "userId": record["id"]})


@operation("recoverDeletedWalletsWithEnvironment")
def recover_wallets(call: OperationCall) -> Document:
    position, record = load_user(call, call.sandbox.users.position_of((call.body or {}).get("userId", "")))
    before = unique_keys(record)
    recovered = 0
    for item in record["wallets"]:
        if item["deletedAt"] is None:
            continue
        deleted, item["deletedAt"] = item["deletedAt"], None
        keys = unique_keys(record)
        owners = call.sandbox.store.owners(keys).values()
        if any(owner != position for owner in owners) or len(set(keys)) < len(keys):
            item["deletedAt"] = deleted  # another user has linked the address since
            continue
        item["updatedAt"] = call.now
        recovered += 1
    call.sandbox.users.save([(position, record, before)])
    return {
        "data": {"wallets": recovered, "additionalAddresses": 0, "turnkeyHDWallets": 0},
        "message": "Wallets recovered",
    }


@operation("getActiveEmbeddedWalletVersionsForEnvironment")
def list_embedded_versions(call: OperationCall) -> list[str]:
    return ["V2", "V3"]
