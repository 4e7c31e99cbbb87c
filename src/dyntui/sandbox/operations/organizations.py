"""Organizations: address, billing, single sign-on, MFA settings, custom networks."""

from __future__ import annotations

import re

from dyntui.api.catalog import catalog
from dyntui.sandbox.document_resource import DocumentResource
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import Reply, bad_request, invalid, not_found
from dyntui.sandbox.store import Document
from dyntui.sandbox.user_record import format_time

_MAX_ORGANIZATIONS = 10
_HTTP = re.compile(r"https?://\S+\Z")


def find_organization(call: OperationCall) -> Document:
    """Return the organization of the path. Raises RequestRefused (404)."""
    return call.find("organizations", "Organization", call.path["organizationId"])


def _refuse_name(call: OperationCall, name: str, own: str = "") -> None:
    if any(each["name"] == name and each["id"] != own for each in call.sandbox.store.all("organizations")):
        raise invalid("organization_name_already_exists", "An organization with this name already exists")


def _serialize_organization(organization: Document) -> Document:
    names = catalog().schemas["OrganizationResponseOrganization"]["properties"]
    return {"organization": {name: value for name, value in organization.items() if name in names}}


@operation("getOrganizationsForMember")
def list_organizations(call: OperationCall) -> Document:
    return {"organizations": call.sandbox.store.all("organizations")}


@operation("getOrganizationById")
def get_organization(call: OperationCall) -> Document:
    return find_organization(call)


@operation("createOrganization")
def create_organization(call: OperationCall) -> Reply:
    store = call.sandbox.store
    _refuse_name(call, call.body["name"])
    if len(store.all("organizations")) >= _MAX_ORGANIZATIONS:
        raise invalid("too_many_organizations_for_user", "The maximum number of organizations is reached")
    fields = {name: call.body[name] for name in ("name", "description", "websiteUrl") if name in call.body}
    made = {"id": call.new_id("organizations"), **fields, "role": "owner"}
    store.put("organizations", made)
    return Reply(201, _serialize_organization(made))


@operation("updateOrganizationById")
def update_organization(call: OperationCall) -> Document:
    found = find_organization(call)
    _refuse_name(call, call.body["name"], found["id"])
    found |= {name: call.body[name] for name in ("name", "description", "websiteUrl") if name in call.body}
    call.sandbox.store.put("organizations", found)
    return _serialize_organization(found)


@operation("updateOrganizationAddressById")
def update_address(call: OperationCall) -> Document:
    found = find_organization(call)
    found["address"] = {**found.get("address", {}), **call.body}
    call.sandbox.store.put("organizations", found)
    return _serialize_organization(found)


def _load_billing(call: OperationCall) -> Document:
    id = find_organization(call)["id"]
    found = call.sandbox.store.get("billing", id)
    if found is not None:
        return found
    return {"id": id, "hasPaymentMethod": False, "planType": "free", "inTrial": False, "scope": [], "version": "v2"}


def _save_billing(call: OperationCall, billing: Document) -> Document:
    call.sandbox.store.put("billing", billing)
    return _serialize_subscription(billing)


def _serialize_subscription(billing: Document) -> Document:
    return {name: value for name, value in billing.items() if name != "id"}


@operation("getBillingSubscriptionByOrganization")
def get_billing(call: OperationCall) -> Document:
    return _serialize_subscription(_load_billing(call))


@operation("applyCouponForSubscription")
def apply_coupon(call: OperationCall) -> Document:
    billing = _load_billing(call)
    coupons = billing.get("coupons", [])
    if call.body["coupon"] in [each["coupon"] for each in coupons]:
        raise invalid("duplicate_exists", "This coupon is applied already")
    return _save_billing(call, {**billing, "coupons": [*coupons, {"coupon": call.body["coupon"]}]})


@operation("upgradeSubscriptionForOrganization")
def upgrade_plan(call: OperationCall) -> Document:
    return _save_billing(call, {**_load_billing(call), "planType": "advanced", "inTrial": False})


def _sso_fields(call: OperationCall, body: Document) -> Document:
    fields = {name: value for name, value in body.items() if name != "clientSecret"}
    if "clientSecret" in body:
        fields["maskedClientSecret"] = "•" * 8 + body["clientSecret"][-4:]
    return {**fields, "updatedAt": format_time(call.now)}


def _make_sso(call: OperationCall, body: Document) -> Document:
    if call.sandbox.store.all("ssoProviders", call.path["organizationId"]):
        raise invalid("duplicate_exists", "The organization has single sign-on already")
    fixed = {"organizationId": call.path["organizationId"], "enforceOnlySSO": False, "createdAt": format_time(call.now)}
    return {**fixed, **_sso_fields(call, body), "redirectUrl": "https://app.dynamic.example/sso/callback"}


SSO = DocumentResource(
    "ssoProviders",
    "SSO provider",
    parent="organizationId",
    parent_kind="organizations",
    make=_make_sso,
    change=lambda call, doc, body: {**doc, **_sso_fields(call, body)},
)
SSO.serve("createSsoProvider", "updateSsoProvider", "deleteSsoProvider")


@operation("getSsoProviderForOrganization")
def get_sso(call: OperationCall) -> Document:
    found = call.sandbox.store.all("ssoProviders", find_organization(call)["id"])
    if not found:
        raise not_found("SSO provider")
    return found[0]


@operation("getOrganizationMfaSettings")
def list_mfa_settings(call: OperationCall) -> Document:
    id = find_organization(call)["id"]
    types = catalog().schemas["MFADeviceType"]["enum"]
    return {"mfaSettings": [_load_mfa_setting(call, id, each) for each in types]}


def _load_mfa_setting(call: OperationCall, organization: str, device: str) -> Document:
    setting = call.sandbox.store.get("mfaSettings", f"{organization} {device}") or {}
    return {"mfaDeviceType": device, "enabledAt": setting.get("enabledAt")}


@operation("enableMfaDeviceForOrganization", "disableMfaDeviceForOrganization")
def set_mfa_setting(call: OperationCall) -> Document:
    id, device = find_organization(call)["id"], call.path["mfaDeviceType"]
    if device not in catalog().schemas["MFADeviceType"]["enum"]:
        raise bad_request("params/mfaDeviceType must be one of totp, passkey, email")
    on = call.operation.id == "enableMfaDeviceForOrganization"
    before = _load_mfa_setting(call, id, device)["enabledAt"]
    setting = {"id": f"{id} {device}", "enabledAt": (before or format_time(call.now)) if on else None}
    call.sandbox.store.put("mfaSettings", setting, id)
    return _load_mfa_setting(call, id, device)


def _check_network(call: OperationCall, doc: Document) -> None:
    for name in ("rpcUrl", "blockExplorerUrl", "iconUrl", "nativeCurrencyIconUrl"):
        if not _HTTP.match(doc[name]):
            raise bad_request(f"body/{name} must match format 'uri'")


DocumentResource(
    "customNetworks",
    "Custom network",
    path="networkId",
    parent="organizationId",
    parent_kind="organizations",
    unique=("chainId",),
    check=_check_network,
).serve("getCustomNetworks", "createCustomNetwork", "getCustomNetwork", "updateCustomNetwork", "deleteCustomNetwork")
