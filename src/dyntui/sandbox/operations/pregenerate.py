"""Pre-generated embedded wallets, made before the first sign-in of a user.

The name of Solana is SVM in waas/create, and SOL in the two older operations (docs/vendor-api.md#wallets).
"""

from __future__ import annotations

from collections.abc import Sequence

from dyntui.sandbox.addresses import ADDRESS
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.users import serialize_user
from dyntui.sandbox.replies import Reply, bad_request, invalid, not_found
from dyntui.sandbox.serializers import serialize_wallet
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import Record, live_wallets, unique_keys
from dyntui.sandbox.user_rules import add_oauth, add_wallet, check_row, new_record

_WAAS_CHAINS = {"SOL": "SVM"}
_PLAIN_CHAINS = {"SVM": "SOL"}


@operation("createWaasWallet")
def create_waas(call: OperationCall) -> Reply:
    chains = [_PLAIN_CHAINS.get(chain, chain) for chain in call.body["chains"]]
    return _pregenerate(call, _identified_row(call.body), chains, "V3")


@operation("createEmbeddedWallet")
def create_embedded(call: OperationCall) -> Reply:
    chains = call.body.get("chains") or ([call.body["chain"]] if "chain" in call.body else ["EVM"])
    return _pregenerate(call, _identified_row(call.body), chains, "V2")


@operation("createEmbeddedWalletFromFarcaster")
def create_from_farcaster(call: OperationCall) -> Reply:
    account = {"provider": "farcaster", "accountId": str(call.body["fid"])}
    row = {"email": call.body["email"], "oauthAccounts": [account]}
    return _pregenerate(call, row, call.body["chains"], "V2")


def _identified_row(body: Document) -> Document:
    """Return a row with the identifier of the body, which may be the additional field `id` or `externalUserId`."""
    identifier, kind = body["identifier"], body["type"]
    if not identifier:
        raise bad_request("body/identifier must NOT have fewer than 1 characters")
    if kind == "phoneNumber":
        code = body.get("smsCountryCode")
        if code is None:
            raise invalid("invalid_phone", "A phone number needs smsCountryCode")
        return {"phoneNumber": f"+{code['phoneCountryCode'].removeprefix('+')}{identifier}"}
    if kind in ("socialUsername", "socialAccountId"):
        provider = body.get("socialProvider")
        if provider is None:
            raise bad_request("body must have required property 'socialProvider'")
        name = "username" if kind == "socialUsername" else "accountId"
        return {"oauthAccounts": [{"provider": provider, "accountId": identifier, name: identifier}]}
    return {kind: identifier}


def _pregenerate(call: OperationCall, identity: Document, chains: Sequence[str], version: str) -> Reply:
    if not chains:
        raise bad_request("body/chains must NOT have fewer than 1 items")
    _refuse_chains(call, chains)
    position, record = _find_user(call, identity) or (0, {})
    is_new = not record
    if is_new:
        position, record = _new_user(call, identity)
    before = [] if is_new else unique_keys(record)
    linked = not is_new and _link_social_accounts(call, identity, position, record)
    existing_chains = {each["chain"] for each in live_wallets(record) if each["provider"] == "embeddedWallet"}
    wallets = [
        _add_embedded_wallet(call, record, position, chain, version)
        for chain in dict.fromkeys(chains)
        if chain not in existing_chains
    ]
    if is_new:
        call.sandbox.users.add([(position, record, unique_keys(record))])
    elif wallets or linked:
        record["updatedAt"] = call.now
        call.sandbox.users.save([(position, record, before)])
    user = serialize_user(call, record, position)
    if is_new:
        call.emit("user.created", user)
    for wallet in wallets:
        call.emit("wallet.created", {**serialize_wallet(wallet), "userId": record["id"]})
    return Reply(201 if wallets else 200, {"user": user})


def _link_social_accounts(call: OperationCall, identity: Document, position: int, record: Record) -> bool:
    """Add the social accounts of the request to a user found by email. Returns whether one was added."""
    if "email" not in identity or not identity.get("oauthAccounts"):
        return False
    known = {(each["provider"], each["accountId"]) for each in record["oauth"]}
    new = [each for each in identity["oauthAccounts"] if (each["provider"], each["accountId"]) not in known]
    for each in new:
        add_oauth(record, each, position, call.sandbox.ids)
    return bool(new)


def _refuse_chains(call: OperationCall, chains: Sequence[str]) -> None:
    environment = call.sandbox.store.get("environments", call.path["environmentId"]) or {}
    settings = environment.get("settings", {}).get("sdk", {}).get("embeddedWallets", {})
    configured = settings.get("chainConfigurations")
    enabled = {each["name"] for each in configured or () if each["enabled"]}
    if configured is not None and (missing := [chain for chain in chains if chain not in enabled]):
        code = "invalid_embedded_wallet_chains_configuration"
        raise invalid(code, f"Embedded wallets are not enabled for {', '.join(missing)}")


def _find_user(call: OperationCall, identity: Document) -> tuple[int, Record] | None:
    """Return the position and record of the user with an identifier of the request; None when there is none."""
    users, store = call.sandbox.users, call.sandbox.store
    if "id" in identity:
        position = users.position_of(identity["id"])
        if position is None:
            raise not_found("User")
    else:
        owners = set(store.owners(_row_keys(identity)).values())
        if len(owners) > 1:
            raise invalid("social_account_already_exists", "This social account is linked to another user")
        position = owners.pop() if owners else _find_user_by_username(call, identity)
    record = None if position is None else users.load(position)
    return None if position is None or record is None else (position, record)


def _row_keys(identity: Document) -> list[str]:
    external = identity.get("externalUserId", "")
    return unique_keys(
        {"profile": identity, "wallets": [], "oauth": identity.get("oauthAccounts", []), "externalUserId": external}
    )


def _find_user_by_username(call: OperationCall, identity: Document) -> int | None:
    """Return the position of the user with a social username, which is no unique key."""
    for account in identity.get("oauthAccounts", ()):
        if name := account.get("username"):
            return call.sandbox.users.find_by_social_username(account["provider"], name)
    return None


def _new_user(call: OperationCall, identity: Document) -> tuple[int, Record]:
    row = {name: value for name, value in identity.items() if name != "externalUserId"}
    if row:
        check_row(row, call.sandbox.flags)
    position = call.sandbox.users.next_position()
    record = new_record(row, position, call.sandbox.ids, call.now)
    if "externalUserId" in identity:
        record["externalUserId"] = identity["externalUserId"]
    return position, record


def _add_embedded_wallet(call: OperationCall, record: Record, position: int, chain: str, version: str) -> Document:
    ids = call.sandbox.ids
    number = len(record["wallets"])
    waas = version == "V3"
    body = {
        "chain": chain,
        "publicWalletAddress": ADDRESS[chain](ids.digest(f"embedded wallet {number} of {position}", 32)),
        "walletName": f"dynamicwaas{_WAAS_CHAINS.get(chain, chain).lower()}" if waas else "turnkeyhd",
        "walletProvider": "embeddedWallet",
    }
    made = add_wallet(record, body, position, ids, call.now)
    made["properties"] = {"version": version, "claimed": False, "source": "dynamic"}
    if waas:
        made["waas"] = {
            "accountAddress": made["address"],
            "chainName": _WAAS_CHAINS.get(chain, chain),
            "walletId": ids.child(position, f"waas wallet {number}"),
            "thresholdSignatureScheme": "TWO_OF_TWO",
            "derivationPath": "m/44/501/0/0" if chain == "SOL" else "m/44/60/0/0/0",
            "keyShares": [
                {
                    "id": ids.uuid(f"key share 1 of wallet {number} of {position}"),
                    "backupLocation": "dynamic",
                    "passwordEncrypted": False,
                }
            ],
        }
    else:
        made["properties"]["turnkeyHDWalletId"] = ids.uuid(f"turnkey wallet {number} of {position}")
    return made
