"""Chainalysis, name services, the test account, tokens by chain, and external JWTs."""

from __future__ import annotations

import base64
import binascii
import re

import orjson

from dyntui.api.catalog import catalog
from dyntui.sandbox.addresses import chain_family
from dyntui.sandbox.balances import TOKENS
from dyntui.sandbox.document_resource import DocumentResource, admin_event
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import Reply, bad_request, not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+\Z")


@operation("getChainalysisByEnvironmentId")
def get_chainalysis(call: OperationCall) -> Document:
    return call.find("chainalysis", "Chainalysis configuration", call.path["environmentId"])


@operation("enableSanctionsApiByEnvironmentId", "disableSanctionsApiByEnvironmentId")
def set_sanctions(call: OperationCall) -> Document:
    on = call.operation.id == "enableSanctionsApiByEnvironmentId"
    config = {**get_chainalysis(call), "sanctionsApiEnabled": on, "updatedAt": format_time(call.now)}
    call.sandbox.store.put("chainalysis", config, id=call.path["environmentId"])
    admin_event(call, "chainalysis", "updated", config)
    return config


def _chain(call: OperationCall) -> str:
    name = chain_family(call.path["chainName"])
    if name not in catalog().schemas["ChainEnum"]["enum"]:
        raise not_found("Chain")
    return name


def _make_name_service(call: OperationCall, body: Document) -> Document:
    """Return a new name service. The signature is not verified."""
    if not _DOMAIN.match(body["domain"]) or not body["signature"]:
        raise bad_request("body/domain must be a domain, and body/signature the signed message")
    return {"address": body["address"], "domain": body["domain"]}


DocumentResource(
    "nameServices",
    "Name service",
    disabled_at_first=True,
    make=_make_name_service,
    locate=lambda call: f"{call.path['environmentId']} {_chain(call)}",
).serve("getNameService", "createNameService", "deleteNameService", "enableNameService", "disableNameService")


@operation("upsertWalletConnectProject")
def save_wallet_connect_project(call: OperationCall) -> Reply:
    """Create the WalletConnect project of the environment, or rename it: 201 for both, as the document says."""
    environment = call.path["environmentId"]
    known = call.sandbox.store.get("walletConnectProjects", environment)
    project = {"id": known["id"] if known else call.new_id("walletConnectProjects"), "name": call.body["name"]}
    call.sandbox.store.put("walletConnectProjects", project, id=environment)
    return Reply(201, project)


@operation("fetchNameServiceSigningMessage")
def create_signing_message(call: OperationCall) -> Document:
    body = call.body
    nonce = call.sandbox.ids.digest(f"nonce {body['address']} {body['domain']}", 8).hex()
    lines = (
        f"{body['domain']} wants you to sign in with your account:",
        body["address"],
        "",
        f"URI: {body['uri']}",
        f"Chain: {_chain(call)}",
        f"Nonce: {nonce}",
        f"Issued At: {format_time(call.now)}",
    )
    return {"unsignedMessage": "\n".join(lines)}


def _make_test_account(call: OperationCall, body: Document) -> Document:
    digest = call.sandbox.ids.digest(f"test account {call.sandbox.store.next_number('test accounts')}", 8)
    account = {
        "code": f"{int.from_bytes(digest[:4], 'big') % 1_000_000:06d}",
        "email": f"test.{digest[4:7].hex()}+dynamic_test@northwind.example",
    }
    if call.sandbox.flags["environment-name"] == "sandbox":  # no phone in live (docs/vendor-api.md#test-account)
        account["phone"] = f"+1202555{digest[7] % 100:04d}"
    return account


DocumentResource(
    "testAccounts",
    "Test account",
    make=_make_test_account,
    show=lambda call, doc: {name: value for name, value in doc.items() if name != "id"},
    locate=lambda call: call.path["environmentId"],
).serve("getTestAccount", "createTestAccount", "deleteTestAccount")


@operation("getAllTokensByChain")
def list_tokens(call: OperationCall) -> list[Document]:
    network = call.query.get("networkId")
    found = []
    for name, symbol, addresses in TOKENS.get(_chain(call), ()):
        networks = [
            {"networkId": id, "contractAddress": address} for id, address in addresses.items() if network in (None, id)
        ]
        if networks:
            found.append({"name": name, "symbol": symbol, "tokenAddresses": networks})
    return found


@operation("checkExternalJwt")
def check_jwt(call: OperationCall) -> Document:
    """Check the form and the claims of a JWT. The signature is not verified, because that needs a remote key."""
    environment = call.sandbox.store.get("environments", call.path["environmentId"]) or {}
    expected = environment.get("settings", {}).get("security", {}).get("externalAuth") or {}
    parts = [_decode_jwt_part(part) for part in call.body["encodedJwt"].split(".")[:2]]
    if len(parts) != 2 or None in parts or call.body["encodedJwt"].count(".") != 2:
        return {"valid": False, "errors": ["The token is not a JWT"]}
    head, claims = (part or {} for part in parts)
    errors = []
    if not str(head.get("alg", "none")).startswith(("RS", "ES", "PS", "Ed")):
        errors.append(f"The algorithm {head.get('alg')} is not accepted")
    if not claims.get("sub"):
        errors.append("The claim sub is missing")
    expires = claims.get("exp")
    if not isinstance(expires, (int, float)) or expires * 1000 <= call.now:
        errors.append("The token has expired")
    errors += [
        f"The claim {name} is not {expected[name]}"
        for name in ("iss", "aud")
        if expected.get(name) not in (None, claims.get(name))
    ]
    return {"valid": not errors, "errors": errors}


def _decode_jwt_part(part: str) -> Document | None:
    try:
        value = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error):
        return None
    return value if isinstance(value, dict) else None
