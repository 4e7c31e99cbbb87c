"""What the environment is set to: where it may be used from, its fields, providers, views, statistics, settings."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import ALL, ActionTarget, ResourceAction
from dyntui.resources.cell_formats import age, enabled_since, item_count, short_id, thousands, yes_no
from dyntui.resources.resource import Column, ListOperation, Resource, Row, Shape

__all__ = ["RECORDS", "disable_disabled_reason", "enable_disabled_reason"]


def enable_disabled_reason(row: Row) -> str | None:
    """Why it cannot be enabled."""
    return "It is on already." if row.get("enabledAt") else None


def disable_disabled_reason(row: Row) -> str | None:
    """Why it cannot be disabled."""
    return None if row.get("enabledAt") else "It is off already."


def _enable_actions(
    noun: str, enable: str, disable: str, *, warning: str = ""
) -> tuple[ResourceAction, ResourceAction]:
    return (
        ResourceAction("enable", enable, f"Use this {noun}.", disabled_reason=enable_disabled_reason),
        ResourceAction(
            "disable",
            disable,
            f"Use this {noun} no more.",
            disabled_reason=disable_disabled_reason,
            warning=warning,
            typed_in_live=True,
        ),
    )


SETTINGS = Resource(
    name="settings",
    also_changes=("providers", "exchanges", "sdk-views", "custom-fields", "chainalysis"),
    aliases=("set",),
    title="Settings",
    singular="environment",
    group="Environments",
    list=ListOperation("getEnvironmentById", shape=Shape.ONE),
    columns=(
        Column("settings.environmentName", "kind", 10, priority=0),
        Column("settings.general.displayName", "name", 24, grow=True, priority=0),
        Column("settings.chains", "chains", 7, right=True, format=item_count, priority=2),
        Column("settings.security.jwtDuration.amount", "JWT", 6, right=True, format=thousands, priority=3),
        Column("sdkVersion", "SDK", 10, priority=3),
        Column("updatedAt", "changed", 12, format=age, priority=1),
    ),
    route="settings",
    empty="The server tells no settings.",
    cached=False,
    label=lambda row: str(row.get("id") or ""),
    extra_operations=("updateProjectSettings",),
)

STATISTICS = Resource(
    name="statistics",
    aliases=("stats",),
    title="Statistics",
    singular="count",
    group="Environments",
    key="name",
    list=ListOperation("getVisitorsCountByEnvironmentId", shape=Shape.NAMED),
    columns=(
        Column("name", "who", 12, grow=True, priority=0),
        Column("count", "all", 12, right=True, format=thousands, priority=0),
        Column("uniquePastMonth", "past month", 12, right=True, format=thousands, priority=1),
    ),
    empty="The server counts nobody.",
    cached=False,
    label=lambda row: str(row.get("name") or ""),
)

KEYS = Resource(
    name="keys",
    title="Public key",
    singular="key",
    group="Environments",
    list=ListOperation("getKeysForEnvironment", "key", shape=Shape.ONE),
    columns=(
        Column("id", "id", 36, priority=0),
        Column("publicKey", "public key (base64 of PEM)", 40, grow=True, priority=1),
    ),
    route="detail",
    empty="The environment has no key.",
)

ORIGINS = Resource(
    name="origins",
    also_changes=("settings",),
    aliases=("origin", "cors"),
    title="Origins",
    singular="origin",
    group="Origins",
    list=ListOperation("getOrigins", "origins"),
    columns=(
        Column("origin", "origin", 40, grow=True, priority=0),
        Column("createdAt", "added", 12, format=age, priority=1),
        Column("id", "id", 11, format=short_id, priority=2),
    ),
    empty="No origin is named: any site may use this environment id. n names one.",
    label=lambda row: str(row.get("origin") or ""),
    actions=(
        ResourceAction("create", "addOrigin", "Allow a scheme and host, without a path; one leading *. may stand for any.",
            "new", target=ActionTarget.LIST, key="n", fields=("origin",)),
        ResourceAction("delete", "deleteOriginById", "Allow it no more.", key="d", effect=Effect.DESTRUCTIVE,
            warning="Pages there can sign nobody in any more."),
    ),
)  # fmt: skip

DEEPLINKS = Resource(
    name="deeplinks",
    also_changes=("settings",),
    aliases=("deeplink", "deeplink-urls"),
    title="Deeplink URLs",
    singular="deeplink URL",
    group="DeeplinkUrls",
    list=ListOperation("getDeeplinkUrls", "deeplinkUrls"),
    columns=(
        Column("url", "URL", 40, grow=True, priority=0),
        Column("createdAt", "added", 12, format=age, priority=1),
        Column("id", "id", 11, format=short_id, priority=2),
    ),
    empty="No app may be returned to. n names one, like myapp://",
    label=lambda row: str(row.get("url") or ""),
    actions=(
        ResourceAction("create", "addDeeplinkUrl", "Allow an app's URL; its scheme may be its own.", "new", target=ActionTarget.LIST,
            key="n", fields=("url",)),
        ResourceAction("delete", "deleteDeeplinkUrlById", "Allow it no more.", key="d", effect=Effect.DESTRUCTIVE,
            warning="Apps there can sign nobody in any more."),
    ),
)  # fmt: skip

HOSTNAMES = Resource(
    name="hostnames",
    also_changes=("settings",),
    aliases=("hostname", "custom-hostnames", "dns"),
    title="Custom hostnames",
    singular="custom hostname",
    group="CustomHostnames",
    list=ListOperation("getCustomHostnames", "customHostnames"),
    columns=(
        Column("hostname", "hostname", 30, grow=True, priority=0),
        Column("status", "status", 8, priority=0),
        Column("usage", "for", 12, priority=1),
        Column("verificationRecords", "DNS records", 11, right=True, format=item_count, priority=2),
        Column("errors", "errors", 24, priority=3),
    ),
    route="hostname",
    empty="There is no hostname of your own. n adds one, enter then shows the DNS records to set.",
    label=lambda row: str(row.get("hostname") or ""),
    actions=(
        ResourceAction("create", "createCustomHostname", "Use a hostname of your own.", "new", target=ActionTarget.LIST, key="n",
            fields=ALL),
        ResourceAction("delete", "deleteCustomHostname", "Use it no more.", key="d", effect=Effect.DESTRUCTIVE,
            warning="Sessions by cookies of that host end."),
    ),
)  # fmt: skip

CUSTOM_FIELDS = Resource(
    name="custom-fields",
    also_changes=("settings",),
    aliases=("fields",),
    title="Custom fields",
    singular="custom field",
    group="CustomFields",
    list=ListOperation("getCustomFieldsForEnvironment"),
    columns=(
        Column("position", "no", 3, right=True, format=thousands, priority=3),
        Column("name", "name", 22, grow=True, priority=0),
        Column("key", "key", 18, priority=1),
        Column("fieldType", "kind", 9, priority=0),
        Column("required", "required", 8, format=yes_no, priority=1),
        Column("enable_disabled_reason", "on", 5, format=yes_no, priority=0),
        Column("validationRules.unique", "unique", 6, format=yes_no, priority=2),
    ),
    detail="getCustomFieldById",
    detail_path="customFieldId",
    route="detail",
    empty="No custom field is asked for. n makes one.",
    label=lambda row: str(row.get("name") or ""),
    actions=(
        ResourceAction("create", "createCustomFieldForEnvironment", "Ask for another field at sign-in.", "new", target=ActionTarget.LIST,
            key="n", fields=ALL),
        ResourceAction("edit", "updateCustomFieldById", "Change the field.", key="e", single_row=True, replaces_all=True, fields=ALL),
        ResourceAction("delete", "deleteCustomFieldById", "Ask for it no more.", key="d", effect=Effect.DESTRUCTIVE,
            warning="What people have filled in stays in their metadata."),
    ),
)  # fmt: skip

PROVIDERS = Resource(
    name="providers",
    also_changes=("settings",),
    aliases=("provider",),
    title="Providers",
    singular="provider",
    group="Settings",
    list=ListOperation("getEnvironmentProviders", "providers"),
    columns=(
        Column("provider", "provider", 18, grow=True, priority=0),
        Column("enabledAt", "on", 18, format=enabled_since, priority=0),
        Column("clientId", "client id", 24, priority=2),
        Column("scopes", "scopes", 24, priority=3),
        Column("id", "id", 11, format=short_id, priority=1),
    ),
    detail="getProvider",
    detail_path="providerId",
    route="detail",
    cached=False,
    secrets=("clientSecret",),
    empty="No provider is set up. n sets one up.",
    label=lambda row: str(row.get("provider") or ""),
    actions=(
        ResourceAction("create", "createProvider", "Set up a provider: social, e-mail, SMS, on-ramp.", "new", target=ActionTarget.LIST,
            key="n", fields=("provider", "clientId", "clientSecret", "scopes", "providerProjectId", "appleKeyId",
                "appleTeamId", "shopifyStore", "accountSid", "twilioNumber", "useDynamicCredentials")),
        ResourceAction("edit", "updateProvider", "Change its credentials and scopes.", key="e", single_row=True,
            fields=("clientId", "clientSecret", "scopes", "providerProjectId", "appleKeyId", "appleTeamId",
                "shopifyStore", "domain", "accountSid", "twilioNumber", "useDynamicCredentials"),
            warning="People sign in with the new credentials at once."),
        *_enable_actions("provider", "enableProvider", "disableProvider",
            warning="Nobody can sign in with it while it is off."),
        ResourceAction("delete", "deleteProvider", "Delete the provider and its credentials.", key="d",
            effect=Effect.DESTRUCTIVE, warning="Nobody can sign in with it any more."),
    ),
)  # fmt: skip

PROVIDER_URLS = Resource(
    name="provider-urls",
    title="URLs for providers",
    singular="provider URL",
    group="Settings",
    key="provider",
    list=ListOperation("getEnvironmentProviderUrls", "providerUrls"),
    columns=(
        Column("provider", "provider", 14, priority=0),
        Column("redirectUrl", "redirect URL to register there", 40, grow=True, priority=0),
        Column("scopes", "scopes", 24, priority=2),
        Column("authorizationUrl", "authorization URL", 30, priority=3),
    ),
    route="detail",
    empty="The server tells no URLs.",
    label=lambda row: str(row.get("provider") or ""),
)

EXCHANGES = Resource(
    name="exchanges",
    also_changes=("settings",),
    aliases=("exchange",),
    title="Exchanges",
    singular="exchange",
    group="Settings",
    list=ListOperation("getEnvironmentExchanges", "exchanges"),
    columns=(
        Column("exchange", "exchange", 14, grow=True, priority=0),
        Column("enabledAt", "on", 18, format=enabled_since, priority=0),
        Column("socialProvider", "sign-in", 16, priority=2),
        Column("onRampProvider", "on-ramp", 16, priority=2),
        Column("id", "id", 11, format=short_id, priority=1),
    ),
    detail="getExchange",
    detail_path="exchangeId",
    route="detail",
    empty="No exchange is set up. n sets one up.",
    label=lambda row: str(row.get("exchange") or ""),
    actions=(
        ResourceAction("create", "createExchange", "Let people fund wallets from an exchange.", "new", target=ActionTarget.LIST, key="n",
            fields=ALL),
        *_enable_actions("exchange", "enableExchange", "disableExchange"),
        ResourceAction("delete", "deleteExchange", "Delete it.", key="d", effect=Effect.DESTRUCTIVE),
    ),
)  # fmt: skip

SDK_VIEWS = Resource(
    name="sdk-views",
    also_changes=("settings",),
    aliases=("views",),
    title="SDK views",
    singular="SDK view",
    group="SDKViews",
    key="type",
    list=ListOperation("getSdkViews", "sdkViews"),
    columns=(
        Column("type", "view", 12, grow=True, priority=0),
        Column("sections", "sections", 8, right=True, format=item_count, priority=0),
        Column(title="in order", width=44, pick=lambda row: _sections(row), priority=1),
    ),
    detail="getSdkView",
    detail_path="sdkViewType",
    route="detail",
    empty="The sign-in window has no view of its own.",
    label=lambda row: str(row.get("type") or ""),
    actions=(
        ResourceAction("edit", "updateSdkView", "Change which sections it has, and their order.", key="e", single_row=True,
            replaces_all=True, fields=("sections",), typed_in_live=True),
    ),
)  # fmt: skip


def _sections(row: Row) -> str:
    found = row.get("sections")
    return ", ".join(str(each.get("type")) for each in found or () if isinstance(each, dict))


TEST_ACCOUNT = Resource(
    name="test-account",
    also_changes=("settings",),
    title="Test account",
    singular="test account",
    group="TestAccount",
    key="code",
    list=ListOperation("getTestAccount", shape=Shape.ONE, missing_is_empty=True),
    columns=(
        Column("email", "email", 34, grow=True, priority=0),
        Column("phone", "phone", 16, priority=1),
        Column("code", "code", 8, priority=0),
    ),
    route="detail",
    cached=False,
    empty="There is no test account. n makes one: an address and a code that always work.",
    label=lambda row: str(row.get("email") or row.get("phone") or ""),
    actions=(
        ResourceAction("create", "createTestAccount", "Make a test account.", "new", target=ActionTarget.LIST, key="n", typed_in_live=True),
        ResourceAction("delete", "deleteTestAccount", "Delete it.", key="d", effect=Effect.DESTRUCTIVE),
    ),
)  # fmt: skip

CHAIN_TOKENS = Resource(
    name="chain-tokens",
    title="Tokens of a chain",
    singular="token",
    group="Chains",
    key="symbol",
    list=ListOperation("getAllTokensByChain", per_value=("chainName", ("EVM", "SOL"))),
    columns=(
        Column("chainName", "chain", 6, priority=0),
        Column("symbol", "symbol", 10, priority=0),
        Column("name", "name", 26, grow=True, priority=0),
        Column("tokenAddresses", "networks", 8, right=True, format=item_count, priority=1),
    ),
    route="detail",
    empty="The server knows no tokens.",
    label=lambda row: str(row.get("symbol") or ""),
)

RECORDS = (
    SETTINGS,
    STATISTICS,
    KEYS,
    ORIGINS,
    DEEPLINKS,
    HOSTNAMES,
    CUSTOM_FIELDS,
    PROVIDERS,
    PROVIDER_URLS,
    EXCHANGES,
    SDK_VIEWS,
    TEST_ACCOUNT,
    CHAIN_TOKENS,
)
