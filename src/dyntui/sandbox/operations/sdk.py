"""End-user operations that apps call before sign-in. `unsupported_operations` explains why others are refused."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from dyntui.sandbox.balances import NATIVE
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.environments import find_environment, rsa_modulus, serialize_environment
from dyntui.sandbox.operations.global_wallets import SETTINGS
from dyntui.sandbox.operations.settings import provider_urls
from dyntui.sandbox.operations.visits import serialize_visitor
from dyntui.sandbox.replies import Reply, bad_request, invalid, not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_rules import is_email

_SECRET = frozenset({"clientSecret", "secretKey"})
_FAMILIES: Mapping[str, str] = {"evm": "EVM", "solana": "SOL", "bitcoin": "BTC", "sui": "SUI", "ton": "TON"}


@operation("getHealthcheck")
def get_health(call: OperationCall) -> Document:
    return {"status": "healthy"}


@operation("getNonce")
def create_nonce(call: OperationCall) -> Document:
    return {"nonce": call.new_id("nonces").replace("-", "")}


@operation("getJwksByEnvironmentId", "getJwksJsonByEnvironmentId")
def list_keys(call: OperationCall) -> Document:
    number = base64.urlsafe_b64encode(rsa_modulus(call)).decode().rstrip("=")
    return {
        "keys": [
            {"kid": call.sandbox.ids.uuid("key"), "alg": "RS256", "kty": "RSA", "use": "sig", "e": "AQAB", "n": number}
        ]
    }


@operation("getEnvironmentSettings")
def get_public_settings(call: OperationCall) -> object:
    """Return the settings without secrets."""
    return _without_secrets(serialize_environment(call, find_environment(call))["settings"])


def _without_secrets(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_secrets(item) for name, item in value.items() if name not in _SECRET}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


@operation("getNetworksConfigurationByEnvId")
def list_networks(call: OperationCall) -> list[Document]:
    chains = find_environment(call)["settings"]["chains"]
    return [
        {
            "chainName": chain["name"],
            "networks": [_serialize_network(chain["name"], each) for each in chain.get("networks", ())],
        }
        for chain in chains
        if chain["enabled"]
    ]


def _serialize_network(chain: str, network: Document) -> Document:
    name, symbol, decimals = NATIVE.get(_FAMILIES.get(chain, ""), ("Coin", "COIN", 18))
    id = str(network["networkId"])
    return {
        "name": network["chainName"],
        "shortName": network["chainName"],
        "chain": chain,
        "chainId": id,
        "networkId": id,
        "isTestnet": False,
        "iconUrls": [],
        "nativeCurrency": {"name": name, "symbol": symbol, "decimals": decimals},
        "rpcUrls": [network["rpcUrl"]] if "rpcUrl" in network else [],
        "blockExplorerUrls": [],
    }


@operation("getGlobalWalletsSettings")
def get_global_wallet(call: OperationCall) -> Document:
    return SETTINGS.respond(call, SETTINGS.find(call))


@operation("getDelegatedAccessEncryptionPublicKey")
def get_delegation_key(call: OperationCall) -> Document:
    for key in call.sandbox.store.all("delegationKeys", call.path["environmentId"]):
        if key["status"] == "active":
            return {"key": key, "message": "Found"}
    raise not_found("Key")


@operation("getEmailProvider")
def get_email_provider(call: OperationCall) -> Document:
    return {"emailProvider": "dynamic"}


@operation("checkSsoProvider")
def find_sso_provider(call: OperationCall) -> Document:
    domain = call.body["email"].rpartition("@")[2].lower()
    for organization in call.sandbox.store.all("organizations"):
        for each in call.sandbox.store.all("ssoProviders", organization["id"]):
            if each["emailDomain"].lower() == domain:
                return {
                    "type": "sso",
                    "provider": each["provider"],
                    "id": each["id"],
                    "ssoAuthUrl": each["redirectUrl"],
                }
    return {"type": "otp"}


@operation("getUserFieldsCheck")
def check_field(call: OperationCall) -> Document:
    filter = call.query.get("filter", {})
    field, value = filter.get("field"), filter.get("value")
    if field is None or value is None:
        raise bad_request("query/filter must have field and value")
    key = {"email": "e:", "username": "u:"}.get(field)
    is_taken = bool(key and call.sandbox.store.owners([key + value.casefold()]))
    return {"field": field, "value": value, "available": not is_taken}


@operation("createVisit")
def create_visit(call: OperationCall) -> None:
    """Record the connection of a wallet. The first one of an address makes a visitor."""
    visitor = {
        "id": call.new_id("visitors"),
        **{name: call.body[name] for name in ("address", "chain", "walletName", "provider")},
        "at": call.now,
    }
    if call.sandbox.visitors.add(visitor):
        call.emit("visit.created", serialize_visitor(call.sandbox.environment_id, visitor))


@operation("prefetch", "publishEvent", "logDynamicSdkSettings")
def accept_telemetry(call: OperationCall) -> None:
    """Accept telemetry without effect."""


@operation("createEmailVerification", "retryEmailVerification")
def verify_email(call: OperationCall) -> Document:
    """Start a verification. No email is sent."""
    if not is_email(call.body["email"]):
        raise invalid("invalid_email", "The email is not valid", {"email": call.body["email"]})
    return {"verificationUUID": _find_or_create_verification(call), "email": call.body["email"]}


@operation("createSmsVerification", "retrySmsVerification")
def verify_phone(call: OperationCall) -> Document:
    """Start a verification. No text message is sent."""
    number = {name: call.body[name] for name in ("phoneNumber", "phoneCountryCode", "isoCountryCode")}
    if not number["phoneNumber"].isdigit():
        raise invalid("invalid_phone", "The phone number must consist of digits")
    return {"verificationUUID": _find_or_create_verification(call), **number}


def _find_or_create_verification(call: OperationCall) -> str:
    """Return the id of the verification in the body, or of a new one."""
    id = call.body.get("verificationUUID")
    if id is None:
        id = call.new_id("verifications")
        call.sandbox.store.put("verifications", {"id": id, "createdAt": call.now})
    elif call.sandbox.store.get("verifications", id) is None:
        raise invalid("invalid_verification", "The verification does not exist")
    return str(id)


@operation("oauthLoginUrl")
def get_login_url(call: OperationCall) -> Document:
    return {"url": _make_authorization_url(call)}


@operation("oauthLogin")
def redirect_to_login(call: OperationCall) -> Reply:
    return Reply(302, b"", {"location": _make_authorization_url(call), "content-type": "text/plain"})


def _make_authorization_url(call: OperationCall) -> str:
    environment, provider = call.path["environmentId"], call.path["providerType"]
    configured = (each for each in call.sandbox.store.all("providers", environment) if each["provider"] == provider)
    found = next((each for each in configured if each["enabledAt"]), None)
    urls = provider_urls(environment, provider)
    if found is None or not urls:
        raise invalid("provider_not_available", f"{provider} is not enabled")
    return f"{urls['authorizationUrl']}?client_id={found.get('clientId', '')}&redirect_uri={urls['redirectUrl']}"


@operation("initAuth")
def init_auth(call: OperationCall) -> None:
    _make_authorization_url(call)


@operation("scanUrl")
def scan_url(call: OperationCall) -> Document:
    """Return that it is unknown whether the site is malicious."""
    return {"isMalicious": None}


@operation("getSupportedOnramps", "getSupportedOfframps")
def list_ramps(call: OperationCall) -> Document:
    """Return the enabled providers that sell or buy coins."""
    name = "onramps" if call.operation.id == "getSupportedOnramps" else "offramps"
    found = [
        {
            "provider": each["provider"],
            "name": each["provider"],
            "iconUrl": f"https://icons.example/{each['provider']}.svg",
            "url": f"https://{each['provider'].lower()}.example/{name}",
        }
        for each in call.sandbox.store.all("providers", call.path["environmentId"])
        if each["provider"] in ("banxa", "coinbaseOnramp", "cryptoDotCom") and each["enabledAt"]
    ]
    return {name: found}
