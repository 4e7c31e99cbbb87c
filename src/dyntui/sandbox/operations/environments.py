"""The environment: settings, public key, numbers of users and visitors."""

from __future__ import annotations

import base64

from dyntui.sandbox.document_resource import admin_event
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import not_found
from dyntui.sandbox.store import Document

_SEPARATE_FIELDS = ("environmentName", "providers", "exchanges", "customFields", "networks")
"""Settings that have operations of their own; an update of the settings ignores them."""
_MONTH_MS = 30 * 86_400_000
_RSA_HEAD = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f003082010a0282010100")
_RSA_TAIL = bytes.fromhex("0203010001")


def find_environment(call: OperationCall) -> Document:
    """Return the stored environment of the path. Raises RequestRefused (404)."""
    return call.find("environments", "Environment", call.path["environmentId"])


def serialize_environment(call: OperationCall, environment: Document) -> Document:
    """Return an environment with its complete settings."""
    id, settings, store = environment["id"], environment["settings"], call.sandbox.store
    is_own = id == call.sandbox.environment_id
    views = [{"type": each["type"], "sections": each["sections"]} for each in store.all("sdkViews", id)]
    complete = {
        **settings,
        "environmentName": call.sandbox.flags["environment-name"] if is_own else settings["environmentName"],
        "customFields": [_serialize_custom_field(each) for each in store.all("customFields", id)],
        "providers": store.all("providers", id),
        "exchanges": store.all("exchanges", id),
        "sdk": {**settings["sdk"], "views": views},
    }
    return {**environment, "settings": complete}


def _serialize_custom_field(field: Document) -> Document:
    rules = field.get("validationRules") or {}
    return {
        "name": field["key"],
        "label": field["name"],
        "required": field["required"],
        "enabled": field["enabled"],
        "unique": bool(rules.get("unique")),
        "verify": False,
        "type": "custom",
        "validationType": field["fieldType"],
        "validationRules": rules,
        "position": field["position"],
    }


@operation("getEnvironmentById")
def get_environment(call: OperationCall) -> Document:
    return serialize_environment(call, find_environment(call))


@operation("updateProjectSettings")
def update_settings(call: OperationCall) -> Document:
    environment = find_environment(call)
    before = environment["settings"]
    separate = {name: before[name] for name in _SEPARATE_FIELDS if name in before}
    settings = {name: value for name, value in (call.body or before).items() if name not in _SEPARATE_FIELDS}
    if call.sandbox.flags["settings-put"] == "merge":
        settings = _merge(before, settings)
    environment["settings"] = {**settings, **separate}
    call.sandbox.store.put("environments", environment)
    admin_event(call, "environment", "updated", {"id": environment["id"]})
    shown: Document = serialize_environment(call, environment)["settings"]
    return shown


def _merge(old: Document, new: Document) -> Document:
    out = dict(old)
    for name, value in new.items():
        before = out.get(name)
        out[name] = _merge(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return out


@operation("getEnvironmentsByProjectId")
def get_environments(call: OperationCall) -> Document:
    found = call.sandbox.store.all("environments", call.path["projectId"])
    if not found:
        raise not_found("Project")
    return {"environments": {each["settings"]["environmentName"]: serialize_environment(call, each) for each in found}}


@operation("getKeysForEnvironment")
def get_keys(call: OperationCall) -> Document:
    body = base64.encodebytes(_RSA_HEAD + rsa_modulus(call) + _RSA_TAIL).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n"
    return {"key": {"id": call.sandbox.ids.uuid("key"), "publicKey": base64.b64encode(pem.encode()).decode()}}


def rsa_modulus(call: OperationCall) -> bytes:
    """Return the modulus of the RSA key of the environment. No private key exists; the sandbox signs nothing."""
    return call.sandbox.ids.digest("key 1", 64) * 4


@operation("getVisitorsCountByEnvironmentId")
def statistics(call: OperationCall) -> Document:
    store, since = call.sandbox.store, call.now - _MONTH_MS
    recent = store.db.execute("SELECT count(*) FROM people WHERE deleted = 0 AND visited >= ?", (since,)).fetchone()[0]
    visitors = call.sandbox.visitors.all()
    return {
        "users": {"count": call.sandbox.users.count(), "uniquePastMonth": recent},
        "visitors": {
            "count": len(visitors),
            "uniquePastMonth": sum(each["at"] >= since for each in visitors),
        },
    }
