"""The ProjectSettings of an environment, as the API shows and updates them. For `operations.environments`.

The settings contain providers, exchanges, custom fields, SDK views and the name of the environment. These have
operations of their own: an update of the settings ignores them.
"""

from __future__ import annotations

from dyntui.sandbox.behavior_flags import BehaviorFlags
from dyntui.sandbox.store import Document, Store

__all__ = ["show_settings", "update_settings"]
_SEPARATE_FIELDS = ("environmentName", "providers", "exchanges", "customFields", "networks")


def show_settings(store: Store, flags: BehaviorFlags, environment: Document, own: bool) -> Document:
    """Return the settings of an environment. `own`: whether it is the environment with the users."""
    settings: Document = environment["settings"]
    id = environment["id"]
    views = [{"type": each["type"], "sections": each["sections"]} for each in store.all("sdkViews", id)]
    return {
        **settings,
        "environmentName": flags["environment-name"] if own else settings["environmentName"],
        "customFields": [_custom_field(each) for each in store.all("customFields", id)],
        "providers": store.all("providers", id),
        "exchanges": store.all("exchanges", id),
        "sdk": {**settings["sdk"], "views": views},
    }


def _custom_field(field: Document) -> Document:
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


def update_settings(settings: Document, body: Document, *, merge: bool) -> Document:
    """Return the settings after an update. With `merge` the settings that the body omits stay."""
    separate = {name: settings[name] for name in _SEPARATE_FIELDS if name in settings}
    updates = {name: value for name, value in body.items() if name not in _SEPARATE_FIELDS}
    return {**(_merge(settings, updates) if merge else updates), **separate}


def _merge(old: Document, new: Document) -> Document:
    out = dict(old)
    for name, value in new.items():
        before = out.get(name)
        out[name] = _merge(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return out
