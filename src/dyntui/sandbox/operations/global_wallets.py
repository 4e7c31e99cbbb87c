"""The global wallet of the environment: settings, access control and connections."""

from __future__ import annotations

import re

from dyntui.sandbox.document_resource import DocumentResource
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import bad_request
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

_DOMAIN = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?\Z")


def _environment(call: OperationCall) -> str:
    return call.path["environmentId"]


def _check_settings(call: OperationCall, doc: Document) -> None:
    for name in ("walletIconUrl", "customCssUrl", "termsOfServiceUrl", "privacyPolicyUrl"):
        if (url := doc.get(name)) and not url.startswith(("https://", "http://localhost")):
            raise bad_request(f"body/{name} must match format 'uri'")


SETTINGS = DocumentResource(
    "globalWallets",
    "Global wallet",
    disabled_at_first=True,
    check=_check_settings,
    locate=_environment,
)
SETTINGS.serve(
    "getGlobalWalletSettings",
    "createGlobalWalletSettings",
    "updateGlobalWalletSettings",
    "enableGlobalWallet",
    "disableGlobalWallet",
)


ACCESS = DocumentResource(
    "globalWalletAccess",
    "Access control of the global wallet",
    resource="globalWalletAccessControl",
    fields=("type",),
    disabled_at_first=True,
    make=lambda call, body: {"projectEnvironmentId": _environment(call), **body},
    show=lambda call, doc: {**doc, "domains": call.sandbox.store.all("globalWalletDomains", _environment(call))},
    locate=_environment,
)
ACCESS.serve(
    "getGlobalWalletAccessControlList",
    "createGlobalWalletAccessControl",
    "updateGlobalWalletAccessControl",
    "enableGlobalWalletAccessControl",
    "disableGlobalWalletAccessControl",
)


def _make_domain(call: OperationCall, body: Document) -> Document:
    ACCESS.find(call)
    return {"domain": body["domain"].lower(), "createdAt": format_time(call.now)}


def _check_domain(call: OperationCall, doc: Document) -> None:
    if not _DOMAIN.match(doc["domain"]):
        raise bad_request("body/domain must match format 'hostname'")


DocumentResource(
    "globalWalletDomains",
    "Domain",
    path="globalWalletAccessControlDomainId",
    unique=("domain",),
    make=_make_domain,
    check=_check_domain,
).serve("addGlobalWalletAccessControlDomain", "deleteGlobalWalletAccessControlDomainById")


@operation("getGlobalWalletConnections")
def list_connections(call: OperationCall) -> list[Document]:
    user, status = call.query.get("userId"), call.query.get("status")
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 20)
    found = [
        each
        for each in call.sandbox.store.all("globalWalletConnections", _environment(call))
        if user in (None, each["userId"]) and status in (None, each["status"])
    ]
    return found[offset : offset + limit]
