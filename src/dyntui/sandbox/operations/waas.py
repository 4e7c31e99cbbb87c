"""Embedded wallets: policies, delegated access, backups of key shares. The sandbox makes no keys."""

from __future__ import annotations

import base64
import hashlib
import hmac

import orjson

from dyntui.core.json_types import as_object
from dyntui.sandbox.delegation import DEFAULT_ALGORITHM, make_key
from dyntui.sandbox.document_resource import admin_event
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.users import find_owner
from dyntui.sandbox.replies import Reply, RequestRefused, bad_request, forbidden, invalid, not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import Record, format_time, live_wallets, unique_keys

_HOUR_S = 3600


@operation("verifyApiKey")
def verify_key(call: OperationCall) -> Document:
    return {"environmentId": call.path["environmentId"], "verified": True}


@operation("authenticateWaas")
def authenticate(call: OperationCall) -> Document:
    """Return well-formed JWTs, signed with a secret of the sandbox. They give no access."""
    now = call.now // 1000
    claims = {
        "sub": call.token["id"],
        "environment_id": call.path["environmentId"],
        "scope": "waas",
        "iat": now,
        "exp": now + _HOUR_S,
    }
    return {
        "message": "Authenticated",
        "encodedJwts": {
            "jwt": _encode_jwt(call, claims),
            "minifiedJwt": _encode_jwt(call, {"sub": claims["sub"], "exp": claims["exp"]}),
        },
    }


def _encode_jwt(call: OperationCall, claims: Document) -> str:
    parts = [_encode_base64(orjson.dumps(each)) for each in ({"alg": "HS256", "typ": "JWT"}, claims)]
    text = ".".join(parts)
    signature = hmac.new(call.sandbox.ids.digest("jwt secret", 32), text.encode(), hashlib.sha256).digest()
    return f"{text}.{_encode_base64(signature)}"


def _encode_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _load_policy(call: OperationCall) -> Document:
    return call.find("waasPolicies", "Policy", call.path["environmentId"])


def _save_policy(call: OperationCall, policy: Document, action: str) -> Document:
    policy["updatedAt"] = format_time(call.now)
    call.sandbox.store.put("waasPolicies", policy, id=call.path["environmentId"])
    admin_event(call, "waasPolicy", action, policy)
    return {**policy, "message": f"Policy {action}"}


@operation("getWaasPolicy")
def get_policy(call: OperationCall) -> Document:
    return _load_policy(call)


@operation("createWaasPolicy")
def create_policy(call: OperationCall) -> Reply:
    """Add rules to the policy, which the first request creates."""
    id = call.path["environmentId"]
    policy = call.sandbox.store.get("waasPolicies", id) or {
        "policyId": call.new_id("waasPolicies"),
        "projectEnvironmentId": id,
        "createdAt": format_time(call.now),
        "policyContent": [],
    }
    names = {rule["name"] for rule in policy["policyContent"]}
    for rule in call.body["rulesToAdd"]:
        if rule["name"] in names:
            raise invalid("duplicate_exists", f"A rule with the name {rule['name']} exists already")
        names.add(rule["name"])
        policy["policyContent"].append({**rule, "ruleId": call.new_id("waasRules")})
    return Reply(201, _save_policy(call, policy, "created"))


@operation("updateWaasPolicy")
def update_policy(call: OperationCall) -> Document:
    policy = _load_policy(call)
    at = {rule["ruleId"]: number for number, rule in enumerate(policy["policyContent"])}
    for rule in call.body["rulesToUpdate"]:
        number = at.get(rule.get("ruleId", ""))
        if number is None:
            raise not_found("Rule")
        policy["policyContent"][number] = rule
    return _save_policy(call, policy, "updated")


@operation("deleteWaasPolicy")
def delete_rules(call: OperationCall) -> Document:
    policy, removed = _load_policy(call), set(call.body["ruleIdsToDelete"])
    if removed - {rule["ruleId"] for rule in policy["policyContent"]}:
        raise not_found("Rule")
    policy["policyContent"] = [rule for rule in policy["policyContent"] if rule["ruleId"] not in removed]
    return _save_policy(call, policy, "deleted")


def _list_keys(call: OperationCall) -> list[Document]:
    return call.sandbox.store.all("delegationKeys", call.path["environmentId"])


@operation("getDelegatedAccessEncryptionPublicKeys")
def list_keys(call: OperationCall) -> Document:
    keys = _list_keys(call)
    active = next((key for key in reversed(keys) if key["status"] == "active"), None)
    out: Document = {"key": active, "message": "Found" if active else "No active key"}
    if call.query.get("includeAll"):
        out["keys"] = keys
    return out


@operation("getDelegatedAccessEncryptionPublicKeyById")
def get_key(call: OperationCall) -> Document:
    key = call.find("delegationKeys", "Key", call.path["keyId"], call.path["environmentId"])
    return {"key": key, "message": "Found"}


@operation("createDelegatedCredentials")
def create_key(call: OperationCall) -> Reply:
    """Create the active key, and revoke the previous one."""
    store, environment, now = call.sandbox.store, call.path["environmentId"], format_time(call.now)
    algorithm = call.body.get("alg", DEFAULT_ALGORITHM)
    if algorithm not in ("RSA-OAEP-256", DEFAULT_ALGORITHM):
        raise bad_request("body/alg must be equal to one of the allowed values")
    for key in _list_keys(call):
        if key["status"] == "active":
            store.put("delegationKeys", {**key, "status": "revoked", "revokedAt": now, "updatedAt": now})
    public, type = call.body["publicKey"], call.body.get("type", "external")
    made = make_key(call.new_id("delegationKeys"), environment, public, call.now, algorithm, type)
    store.put("delegationKeys", made, environment)
    admin_event(call, "delegationKey", "created", made)
    shown = {name: made[name] for name in ("kid", "alg", "type", "createdAt", "updatedAt")}
    return Reply(201, {"publicKey": public, **shown})


def find_wallet(call: OperationCall, id: str) -> tuple[int, Record, Document]:
    """Return the wallet with an id or WaaS wallet id, with the position and record of its user.

    Raises RequestRefused (404).
    """
    position, record = find_owner(call, id, "Wallet")
    for wallet in live_wallets(record):
        if record.get("deletedAt") is None and "waas" in wallet and id in (wallet["id"], wallet["waas"]["walletId"]):
            return position, record, wallet
    raise not_found("Wallet")


def _find_delegated_wallet(call: OperationCall, id: str) -> tuple[int, Record, Document]:
    position, record, wallet = find_wallet(call, id)
    if not wallet.get("delegated"):
        raise forbidden("access to this wallet is not delegated")
    return position, record, wallet


def _revoke_delegation(call: OperationCall, id: str) -> None:
    position, record, wallet = _find_delegated_wallet(call, id)
    del wallet["delegated"]
    wallet["updatedAt"] = call.now
    call.sandbox.users.save([(position, record, unique_keys(record))])
    call.emit("wallet.delegation.revoked", {"walletId": wallet["id"], "userId": record["id"], "chain": wallet["chain"]})


@operation("deleteDelegatedAccess")
def delete_delegated(call: OperationCall) -> None:
    _revoke_delegation(call, call.path["walletId"])


@operation("revokeDelegatedAccess")
def revoke_delegated(call: OperationCall) -> Document:
    results: list[Document] = []
    for id in call.body["walletIds"]:
        try:
            _revoke_delegation(call, id)
            results.append({"walletId": id, "success": True})
        except RequestRefused as refusal:
            results.append({"walletId": id, "success": False, "error": as_object(refusal.reply.body)["error"]})
    succeeded = sum(each["success"] for each in results)
    return {"results": results, "total": len(results), "succeeded": succeeded, "failed": len(results) - succeeded}


@operation("delegatedSignMessage")
def sign_message(call: OperationCall) -> Document:
    """Return the room for a signature. The sandbox does not sign."""
    _, _, wallet = _find_delegated_wallet(call, call.path["walletId"])
    room = call.body.get("roomId") or call.new_id("rooms")
    return {
        "roomId": room,
        "serverKeygenIds": [share["id"] for share in wallet["waas"]["keyShares"]],
        "walletId": wallet["waas"]["walletId"],
    }


@operation("getWaasWalletByWalletId")
def get_wallet(call: OperationCall) -> Document:
    return {"wallet": find_wallet(call, call.path["walletId"])[2]["waas"]}


@operation("backupKeySharesToLocationsForPregen")
def back_up_key_shares(call: OperationCall) -> Document:
    """Record the locations of backups. There are no key shares to back up."""
    position, record, wallet = find_wallet(call, call.path["walletId"])
    if record["id"] != call.body["userId"]:
        raise not_found("Wallet")
    shares = wallet["waas"]["keyShares"]
    out: list[Document] = []
    for location in call.body["locations"]:
        if any(share["backupLocation"] == location["location"] for share in shares):
            raise invalid("key_share_already_backed_up", f"A backup at {location['location']} exists already")
        external = location.get("externalKeyShareId") or call.new_id("externalKeyShares")
        share = {
            "id": call.new_id("keyShares"),
            "backupLocation": location["location"],
            "passwordEncrypted": False,
            "externalKeyShareId": external,
        }
        shares.append(share)
        out.append({"location": location["location"], "keyShareId": share["id"], "externalKeyShareId": external})
    record["updatedAt"] = wallet["updatedAt"] = call.now
    call.sandbox.users.save([(position, record, unique_keys(record))])
    return {"message": "Backed up", "walletId": wallet["waas"]["walletId"], "locationsWithKeyShares": out}
