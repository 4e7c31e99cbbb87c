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


def provider_urls(environment_id: str, provider: str) -> Document:
    """Return the sign-in URLs of a provider; an empty object for one without sign-in."""
    if provider not in _OAUTH_SCOPES:
        return {}
    return {
        "authorizationUrl": f"https://accounts.{provider}.example/oauth2/authorize",
        "redirectUrl": f"https://app.dynamic.example/api/v0/sdk/{environment_id}/providers/{provider}/redirect",
    }


def _check_provider(call: OperationCall, doc: Document) -> None:
    if (url := doc.get("keyExportUrl")) and not url.startswith("https://"):
        raise invalid("invalid_key_export_url", "The URL for key export must be https")


DocumentResource(
    "providers",
    "Provider",
    fields=catalog().schemas["Provider"]["properties"],  # the other fields of a request are write-only
    unique=("provider",),
    disabled_at_first=True,
    make=lambda call, body: {**provider_urls(call.path["environmentId"], body["provider"]), **body},
    check=_check_provider,
).serve(
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
    """Refuse an enabled exchange whose provider is not enabled."""
    if doc["enabledAt"] is None:
        return
    environment = call.path.get("environmentId") or call.sandbox.store.parent("exchanges", doc["id"]) or ""
    enabled = {each["provider"] for each in call.sandbox.store.all("providers", environment) if each["enabledAt"]}
    required = {doc[name] for name in ("socialProvider", "onRampProvider") if name in doc}
    if missing := required - enabled:
        raise invalid("exchange_cannot_be_enabled", f"These providers are not enabled: {', '.join(sorted(missing))}")


DocumentResource(
    "exchanges",
    "Exchange",
    unique=("exchange",),
    disabled_at_first=True,
    check=_check_exchange,
).serve(
    "getEnvironmentExchanges", "createExchange", "getExchange", "deleteExchange", "enableExchange", "disableExchange"
)

DocumentResource(
    "sdkViews",
    "SDK view",
    change=lambda call, doc, body: {**doc, "sections": body.get("sections", [])},
    show=lambda call, doc: {"type": doc["type"], "sections": doc["sections"]},
    locate=lambda call: f"{call.path['environmentId']} {call.path['sdkViewType']}",
).serve("getSdkViews", "getSdkView", "updateSdkView")
