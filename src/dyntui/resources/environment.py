"""Configuration of the environment: settings, origins, custom fields, providers, SDK views, statistics."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.core.json_types import Row, as_list, as_objects
from dyntui.core.text import json_text, shorten
from dyntui.resources.action import (
    ActionTarget,
    ResourceAction,
    create_action,
    delete_action,
    disable_action,
    edit_action,
    enable_action,
)
from dyntui.resources.cell_formats import item_count, thousands, yes_no
from dyntui.resources.columns import enabled_column, id_column, label_from, time_column
from dyntui.resources.configuration import WHOLE_ELEMENT, Configuration
from dyntui.resources.resource import Column, ListOperation, Resource, Shape
from dyntui.resources.undo import created_again, irreversible, restored, undone_by, undone_by_deletion

__all__ = ["RECORDS"]


def _invalid_jwt(response: Row) -> str:
    """Return why a JWT is not valid; "" when it is."""
    if response.get("valid") is True:
        return ""
    return "; ".join(map(json_text, as_list(response.get("errors")))) or "The server gives no reason."


SETTINGS = Resource(
    name="settings",
    description="Sign-in, chains, security and appearance, as a tree",
    also_changes=("providers", "exchanges", "sdk-views", "custom-fields", "chainalysis"),
    aliases=("set",),
    singular="environment",
    list=ListOperation("getEnvironmentById", shape=Shape.ONE),
    columns=(
        Column("settings.environmentName", "kind", 10, priority=0),
        Column("settings.general.displayName", "name", 24, grow=True, priority=0),
        Column("settings.chains", "chains", 7, right=True, format=item_count, priority=2),
        Column("settings.security.jwtDuration.amount", "JWT", 6, right=True, format=thousands, priority=3),
        Column("sdkVersion", "SDK", 10, priority=3),
        time_column("updatedAt", "updated", priority=1, former_titles=("changed",)),
    ),
    route="settings",
    secrets=("settings.security.hCaptcha.secretKey",),
    empty="The server returned no settings.",
    configuration=Configuration(
        values_path="settings",
        read_only=("environmentName", "customFields", "providers", "exchanges", "networks", "sdk.views"),
        secret=("security.hCaptcha.secretKey",),
        differs=("security.hCaptcha.siteKey", "sdk.walletConnect.projectId", "sdk.walletConnect.walletProjectId"),
        defaults={"security.hCaptcha.siteKey": ""},
        cannot={"create": "Every environment has settings."},
        list_keys={
            "chains": "name",
            "chains.networks": "networkId",
            "kyc": "name",
            "sdk.socialSignIn.providers": "provider",
            "sdk.exchangeOptions": "exchange",
            "sdk.embeddedWallets.chainConfigurations": "name",
            "sdk.disabledWalletConnectors": WHOLE_ELEMENT,
            "security.mfa.methods": "type",
            "security.mfa.actions": "action",
        },
    ),
    cached=False,
    label=label_from("id"),
    actions=(
        edit_action("updateProjectSettings", "Edit the setting.", command="settings set", fields=(), noun="setting",
            typed_in_live=True, question="Change", past="changed", undo=restored(),
            warning="The API accepts only all settings at once. The others are sent as they were just read."),
    ),
)  # fmt: skip

STATISTICS = Resource(
    name="statistics",
    description="Totals of visitors and users, and of last month",
    aliases=("stats",),
    key="name",
    list=ListOperation("getVisitorsCountByEnvironmentId", shape=Shape.NAMED),
    columns=(
        Column("name", "group", 12, grow=True, priority=0, former_titles=("who",)),
        Column("count", "all", 12, right=True, format=thousands, priority=0),
        Column("uniquePastMonth", "past month", 12, right=True, format=thousands, priority=1),
    ),
    empty="The server returned no statistics.",
    not_configuration="It is data of running apps, not configuration.",
    cached=False,
)

KEYS = Resource(
    name="keys",
    description="The public key that verifies your users' JWTs",
    title="Public Key",
    singular="key",
    list=ListOperation("getKeysForEnvironment", "key", shape=Shape.ONE),
    columns=(
        Column("id", "id", 36, priority=0),
        Column("publicKey", "public key (base64 of PEM)", 40, grow=True, priority=1),
    ),
    route="detail",
    empty="The environment has no public key.",
    not_configuration="Dynamic makes the key of each environment.",
    label=lambda row: str(row.get("id") or shorten(str(row.get("encodedJwt") or ""), 12)),
    actions=(
        ResourceAction("verify-jwt", "checkExternalJwt", "Check whether a JWT of your own sign-in is valid for this environment.", "verify JWT", key="V",
            target=ActionTarget.LIST, effect=Effect.READ, fields=("encodedJwt",), noun="JWT", question="Verify the", past="valid", problem=_invalid_jwt),
    ),
)  # fmt: skip

ORIGINS = Resource(
    name="origins",
    identified_by=("origin",),
    description="Sites that may use the SDK (CORS)",
    also_changes=("settings",),
    aliases=("origin", "cors"),
    list=ListOperation("getOrigins", "origins"),
    columns=(
        Column("origin", "origin", 40, grow=True, priority=0),
        time_column("createdAt", "added", priority=1),
        id_column(priority=2),
    ),
    empty="There are no origins, so any site may use this environment id. Press {origins.create} to add one.",
    configuration=Configuration(identity=("origin",)),
    actions=(
        create_action("addOrigin", "Add an origin: scheme and host without a path. One leading *. stands for any subdomain.", fields=("origin",), undo=undone_by_deletion()),
        delete_action("deleteOriginById", "Delete the origin.", undo=created_again(), warning="Users can no longer sign in on pages of a deleted origin."),
    ),
)  # fmt: skip

DEEPLINKS = Resource(
    name="deeplinks",
    identified_by=("url",),
    description="URLs that mobile apps may be opened with",
    also_changes=("settings",),
    aliases=("deeplink", "deeplink-urls"),
    title="Deeplink URLs",
    list=ListOperation("getDeeplinkUrls", "deeplinkUrls"),
    columns=(
        Column("url", "URL", 40, grow=True, priority=0),
        time_column("createdAt", "added", priority=1),
        id_column(priority=2),
    ),
    empty="There are no deeplink URLs. Press {deeplinks.create} to add one, such as myapp://",
    configuration=Configuration(identity=("url",)),
    actions=(
        create_action("addDeeplinkUrl", "Add the URL of an app. The scheme may be a custom one.", fields=("url",), undo=undone_by_deletion()),
        delete_action("deleteDeeplinkUrlById", "Delete the deeplink URL.", undo=created_again(), warning="Users can no longer sign in to apps with a deleted URL."),
    ),
)  # fmt: skip

HOSTNAMES = Resource(
    name="hostnames",
    identified_by=("hostname",),
    description="Your own domains for Dynamic, and their DNS state",
    also_changes=("settings",),
    aliases=("hostname", "custom-hostnames", "dns"),
    title="Custom Hostnames",
    list=ListOperation("getCustomHostnames", "customHostnames"),
    columns=(
        Column("hostname", "hostname", 30, grow=True, priority=0),
        Column("status", "status", 8, priority=0),
        Column("usage", "usage", 12, priority=1, former_titles=("for",)),
        Column("verificationRecords", "DNS records", 11, right=True, format=item_count, priority=2),
        Column("errors", "errors", 24, grow=True, priority=3),
    ),
    route="hostname",
    empty="There are no custom hostnames. Press {hostnames.create} to add one, then {list.open} to see the DNS records to set.",
    configuration=Configuration(identity=("hostname",), read_only=("status", "verificationRecords", "errors")),
    actions=(
        create_action("createCustomHostname", "Add a custom hostname.", undo=undone_by_deletion()),
        delete_action("deleteCustomHostname", "Delete the custom hostname.", undo=created_again(note="creates it again, with another id, and its DNS records are checked again"), warning="Sessions that use cookies of a deleted hostname end."),
    ),
)  # fmt: skip

CUSTOM_FIELDS = Resource(
    name="custom-fields",
    identified_by=("name", "key"),
    description="Fields that new users fill in",
    also_changes=("settings",),
    aliases=("fields",),
    list=ListOperation("getCustomFieldsForEnvironment"),
    columns=(
        Column("position", "position", 8, right=True, format=thousands, priority=3, former_titles=("no",)),
        Column("name", "name", 22, grow=True, priority=0),
        Column("key", "key", 18, priority=1),
        Column("fieldType", "type", 9, priority=0, former_titles=("kind",)),
        Column("required", "required", 8, format=yes_no, priority=1),
        Column("enabled", "enabled", 7, format=yes_no, priority=0, former_titles=("on",)),
        Column("validationRules.unique", "unique", 6, format=yes_no, priority=2),
    ),
    detail="getCustomFieldById",
    empty="There are no custom fields. Press {custom-fields.create} to create one.",
    configuration=Configuration(identity=("name",), read_only=("key",), defaults={"validationRules.unique": False}),
    label=label_from("name"),
    actions=(
        create_action("createCustomFieldForEnvironment", "Create a custom field, which users fill in at sign-in.", undo=undone_by_deletion()),
        edit_action("updateCustomFieldById", "Edit the custom field.", undo=restored(), replaces_all=True),
        delete_action("deleteCustomFieldById", "Delete the custom field.", undo=created_again(), warning="Values that users entered remain in their metadata."),
    ),
)  # fmt: skip

PROVIDERS = Resource(
    name="providers",
    identified_by=("provider",),
    description="Social and other sign-in providers, client ids",
    also_changes=("settings",),
    aliases=("provider",),
    list=ListOperation("getEnvironmentProviders", "providers"),
    columns=(
        Column("provider", "provider", 18, grow=True, priority=0),
        enabled_column(),
        Column("clientId", "client id", 24, grow=True, priority=2),
        Column("scopes", "scopes", 24, priority=3),
        id_column(priority=1),
    ),
    detail="getProvider",
    cached=False,
    secrets=("clientSecret",),
    empty="There are no providers. Press {providers.create} to add one.",
    configuration=Configuration(
        identity=("provider",),
        enabled_field="enabledAt",
        read_only=("authorizationUrl", "redirectUrl", "baseAuthUrl", "termsAcceptedByUser", "salt", "createNewAccounts"),
        secret=("clientSecret",),
        differs=("clientId", "providerProjectId", "accountSid", "twilioNumber"),
    ),
    actions=(
        create_action("createProvider", "Add a provider: social, email, SMS or on-ramp.",
            fields=("provider", "clientId", "clientSecret", "scopes", "providerProjectId", "appleKeyId", "appleTeamId",
                "shopifyStore", "accountSid", "twilioNumber", "useDynamicCredentials"), undo=undone_by_deletion()),
        edit_action("updateProvider", "Edit the credentials and scopes of the provider.", undo=restored(),
            fields=("clientId", "clientSecret", "scopes", "providerProjectId", "appleKeyId", "appleTeamId",
                "shopifyStore", "domain", "accountSid", "twilioNumber", "useDynamicCredentials"),
            warning="The new credentials are used for the next sign-in."),
        enable_action("enableProvider", "Enable the provider.", undo=undone_by("disable")),
        disable_action("disableProvider", "Disable the provider.", undo=undone_by("enable"), typed_in_live=True, warning="Users cannot sign in with a disabled provider."),
        delete_action("deleteProvider", "Delete the provider and its credentials.", undo=irreversible("Its client secret is not saved."), warning="Users can no longer sign in with a deleted provider."),
    ),
)  # fmt: skip

PROVIDER_URLS = Resource(
    name="provider-urls",
    description="Redirect URLs to register at sign-in providers",
    title="Provider URLs",
    key="provider",
    list=ListOperation("getEnvironmentProviderUrls", "providerUrls"),
    columns=(
        Column("provider", "provider", 14, priority=0),
        Column(
            "redirectUrl",
            "redirect URL to register",
            40,
            grow=True,
            priority=0,
            former_titles=("redirect URL to register there",),
        ),
        Column("scopes", "scopes", 24, priority=2),
        Column("authorizationUrl", "authorization URL", 30, priority=3),
    ),
    route="detail",
    empty="The server returned no URLs.",
    not_configuration="Dynamic decides the URLs; they cannot be set.",
)

EXCHANGES = Resource(
    name="exchanges",
    identified_by=("exchange",),
    description="Coinbase and other exchanges: sign-in, on-ramp",
    also_changes=("settings",),
    aliases=("exchange",),
    list=ListOperation("getEnvironmentExchanges", "exchanges"),
    columns=(
        Column("exchange", "exchange", 14, grow=True, priority=0),
        enabled_column(),
        Column("socialProvider", "sign-in", 16, priority=2),
        Column("onRampProvider", "on-ramp", 16, priority=2),
        id_column(priority=1),
    ),
    detail="getExchange",
    empty="There are no exchanges. Press {exchanges.create} to add one.",
    configuration=Configuration(
        identity=("exchange",),
        enabled_field="enabledAt",
        depends_on=("providers",),
        references={"socialProvider": "providers", "onRampProvider": "providers"},
    ),
    actions=(
        create_action("createExchange", "Add an exchange from which users can fund wallets.", undo=undone_by_deletion()),
        enable_action("enableExchange", "Enable the exchange.", undo=undone_by("disable")),
        disable_action("disableExchange", "Disable the exchange.", undo=undone_by("enable"), typed_in_live=True),
        delete_action("deleteExchange", "Delete the exchange.", undo=created_again(then=("enable", "enabledAt"))),
    ),
)  # fmt: skip

SDK_VIEWS = Resource(
    name="sdk-views",
    description="Order of the sections in the sign-in dialog",
    also_changes=("settings",),
    aliases=("views",),
    title="SDK Views",
    key="type",
    list=ListOperation("getSdkViews", "sdkViews"),
    columns=(
        Column("type", "view", 12, grow=True, priority=0),
        Column("sections", "sections", 8, right=True, format=item_count, priority=0),
        Column(title="section order", width=44, priority=1, former_titles=("in order",),
            pick=lambda row: ", ".join(str(section.get("type")) for section in as_objects(row.get("sections")))),
    ),
    detail="getSdkView",
    empty="There are no SDK views; the sign-in window uses the defaults.",
    configuration=Configuration(
        identity=("type",),
        cannot={"create": "The API has no operation that creates a view.", "delete": "The API has no operation that deletes a view."},
    ),
    actions=(
        edit_action("updateSdkView", "Edit the sections of the view and their order.", undo=restored(), replaces_all=True, fields=("sections",), typed_in_live=True),
    ),
)  # fmt: skip


TEST_ACCOUNT = Resource(
    name="test-account",
    description="Fixed email, phone and code for app reviews",
    also_changes=("settings",),
    key="code",
    list=ListOperation("getTestAccount", shape=Shape.ONE, missing_is_empty=True),
    columns=(
        Column("email", "email", 34, grow=True, priority=0),
        Column("phone", "phone", 16, priority=1),
        Column("code", "code", 8, priority=0),
    ),
    route="detail",
    cached=False,
    empty="There is no test account. Press {test-account.create} to create one: an email address and a code that always work.",
    not_configuration="Dynamic generates its email and code, and the code is a secret.",
    label=label_from("email", "phone"),
    actions=(
        create_action("createTestAccount", "Create a test account.", undo=undone_by_deletion(), typed_in_live=True, fields=()),
        delete_action("deleteTestAccount", "Delete the test account.", undo=irreversible("A new test account gets another email and another code.")),
    ),
)  # fmt: skip

CHAIN_TOKENS = Resource(
    name="chain-tokens",
    description="Tokens of each chain, with their networks",
    singular="token",
    key="symbol",
    list=ListOperation("getAllTokensByChain", per_value=("chainName", ("EVM", "SOL"))),
    columns=(
        Column("chainName", "chain", 6, priority=0),
        Column("symbol", "symbol", 10, priority=0),
        Column("name", "name", 26, grow=True, priority=0),
        Column("tokenAddresses", "networks", 8, right=True, format=item_count, priority=1),
    ),
    route="detail",
    empty="The server returned no tokens.",
    not_configuration="Dynamic decides which tokens are known.",
    label=label_from("symbol"),
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
