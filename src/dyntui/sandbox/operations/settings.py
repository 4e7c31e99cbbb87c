"""Sign-in providers, exchanges and SDK views of the environment."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.api.catalog import catalog
from dyntui.sandbox.document_resource import DocumentResource
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import invalid
from dyntui.sandbox.store import Document

_OAUTH_SCOPES: Mapping[str, str] = {
    "google": "openid profile email",
    "discord": "identify email",
    "github": "read:user user:email",
    "twitter": "tweet.read users.read",
    "apple": "name email",
    "facebook": "email public_profile",
    "linkedin": "openid profile email",
    "microsoft": "User.Read",
    "twitch": "user:read:email",
}


def _known_fields(body: Document) -> Document:
    """Return the fields of a request that a provider shows; the others are write-only."""
    shown = catalog().schemas["Provider"]["properties"]
    return {name: value for name, value in body.items() if name in shown}


def _make_provider(call: OperationCall, body: Document) -> Document:
    return {**provider_urls(call.path["environmentId"], body["provider"]), **_known_fields(body), "enabledAt": None}


def provider_urls(environment_id: str, provider: str) -> Document:
    """Return the sign-in URLs of a provider; an empty object for one without sign-in."""
    if provider not in _OAUTH_SCOPES:
        return {}
    return {
        "authorizationUrl": f"https://accounts.{provider}.example/oauth2/authorize",
        "redirectUrl": f"https://app.dynamic.example/api/v0/sdk/{environment_id}/providers/{provider}/redirect",
    }


def _check_provider(call: OperationCall, doc: Document) -> None:
    if any(each["provider"] == doc["provider"] for each in PROVIDERS.siblings(call, doc)):
        raise invalid("duplicate_exists", f"The provider {doc['provider']} is configured already")
    if (url := doc.get("keyExportUrl")) and not url.startswith("https://"):
        raise invalid("invalid_key_export_url", "The URL for key export must be https")


PROVIDERS = DocumentResource(
    "providers",
    "Provider",
    list_as="providers",
    resource="provider",
    make=_make_provider,
    change=lambda call, doc, body: {**doc, **_known_fields(body)},
    check=_check_provider,
)
PROVIDERS.serve(
    "getEnvironmentProviders",
    "createProvider",
    "getProvider",
    "updateProvider",
    "deleteProvider",
    "enableProvider",
    "disableProvider",
)


@operation("getEnvironmentProviderUrls")
def list_provider_urls(call: OperationCall) -> Document:
    urls = (
        {"provider": provider, **provider_urls(call.path["environmentId"], provider), "scopes": scopes}
        for provider, scopes in _OAUTH_SCOPES.items()
    )
    return {"providerUrls": list(urls)}


def _check_exchange(call: OperationCall, doc: Document) -> None:
    """Refuse a duplicate, and an enabled exchange whose provider is not enabled."""
    if any(each["exchange"] == doc["exchange"] for each in EXCHANGES.siblings(call, doc)):
        raise invalid("duplicate_exists", f"The exchange {doc['exchange']} is configured already")
    if doc["enabledAt"] is None:
        return
    environment = call.path.get("environmentId") or call.sandbox.store.parent("exchanges", doc["id"]) or ""
    enabled = {each["provider"] for each in call.sandbox.store.all("providers", environment) if each["enabledAt"]}
    required = {doc[name] for name in ("socialProvider", "onRampProvider") if name in doc}
    if missing := required - enabled:
        raise invalid("exchange_cannot_be_enabled", f"These providers are not enabled: {', '.join(sorted(missing))}")


EXCHANGES = DocumentResource(
    "exchanges",
    "Exchange",
    list_as="exchanges",
    resource="exchange",
    make=lambda call, body: {**body, "enabledAt": None},
    check=_check_exchange,
)
EXCHANGES.serve(
    "getEnvironmentExchanges", "createExchange", "getExchange", "deleteExchange", "enableExchange", "disableExchange"
)

VIEWS = DocumentResource(
    "sdkViews",
    "SDK view",
    list_as="sdkViews",
    resource="sdkView",
    change=lambda call, doc, body: {**doc, "sections": body.get("sections", [])},
    show=lambda call, doc: {"type": doc["type"], "sections": doc["sections"]},
    locate=lambda call: f"{call.path['environmentId']} {call.path['sdkViewType']}",
)
VIEWS.serve("getSdkViews", "getSdkView", "updateSdkView")
