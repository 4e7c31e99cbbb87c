"""The global wallet, its access control, domains and connections; records for `dyntui.resources.RESOURCES`."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import ALL, ActionTarget, ResourceAction
from dyntui.resources.cell_formats import age, enabled_since, item_count, short_id
from dyntui.resources.environment import disable_disabled_reason, enable_disabled_reason
from dyntui.resources.resource import Column, Filter, ListOperation, Paging, Resource, Shape

__all__ = ["RECORDS"]

GLOBAL_WALLET = Resource(
    name="global-wallet",
    also_changes=("global-wallet-access", "global-wallet-connections", "settings"),
    aliases=("global",),
    title="Global Wallet",
    singular="global wallet",
    group="GlobalWallets",
    list=ListOperation("getGlobalWalletSettings", shape=Shape.ONE, missing_is_empty=True),
    columns=(
        Column("walletName", "name", 24, grow=True, priority=0),
        Column("enabledAt", "enabled", 18, format=enabled_since, priority=0, former_titles=("on",)),
        Column("popupPageTitle", "title", 20, priority=2),
        Column("customMenuLinks", "links", 6, right=True, format=item_count, priority=3),
        Column("id", "id", 11, format=short_id, priority=1),
    ),
    route="detail",
    empty="There is no global wallet. Press n to create one.",
    label=lambda row: str(row.get("walletName") or ""),
    actions=(
        ResourceAction("create", "createGlobalWalletSettings", "Create the global wallet.", "new", target=ActionTarget.LIST, key="n",
            fields=ALL),
        ResourceAction("edit", "updateGlobalWalletSettings", "Edit the appearance and the links of the global wallet.", key="e", single_row=True,
            fields=ALL),
        ResourceAction("enable", "enableGlobalWallet", "Enable the global wallet, so that other apps can connect to it.", disabled_reason=enable_disabled_reason, typed_in_live=True),
        ResourceAction("disable", "disableGlobalWallet", "Disable the global wallet, so that no app can connect to it.", effect=Effect.DESTRUCTIVE,
            disabled_reason=disable_disabled_reason, warning="Connected apps are disconnected."),
    ),
)  # fmt: skip

GLOBAL_ACCESS = Resource(
    name="global-wallet-access",
    also_changes=("global-wallet",),
    title="Global Wallet Access",
    singular="access control",
    group="GlobalWalletAccessControl",
    list=ListOperation("getGlobalWalletAccessControlList", shape=Shape.ONE, missing_is_empty=True),
    columns=(
        Column("type", "type", 8, priority=0, former_titles=("list",)),
        Column("enabledAt", "enabled", 18, format=enabled_since, priority=0, former_titles=("on",)),
        Column("domains", "domains", 8, right=True, format=item_count, priority=0),
        Column("id", "id", 36, grow=True, priority=1),
    ),
    route="global-wallet-domains",
    empty="Every app may connect. Press n to create an allow list or a block list.",
    label=lambda row: str(row.get("type") or ""),
    actions=(
        ResourceAction("create", "createGlobalWalletAccessControl", "Create the list of domains that may connect (allow) or may not (block).", "new",
            target=ActionTarget.LIST, key="n", fields=ALL),
        ResourceAction("edit", "updateGlobalWalletAccessControl", "Change the list to allow or to block.", key="e", single_row=True,
            replaces_all=True, fields=ALL, typed_in_live=True),
        ResourceAction("enable", "enableGlobalWalletAccessControl", "Enable the list.", disabled_reason=enable_disabled_reason, typed_in_live=True,
            warning="With an allow list, only its domains can connect."),
        ResourceAction("disable", "disableGlobalWalletAccessControl", "Disable the list, so that every app can connect.", effect=Effect.DESTRUCTIVE,
            disabled_reason=disable_disabled_reason, warning="The list no longer applies."),
    ),
)  # fmt: skip

GLOBAL_DOMAINS = Resource(
    name="global-wallet-domains",
    also_changes=("global-wallet",),
    title="Global Wallet Domains",
    singular="domain",
    group="GlobalWalletAccessControl",
    list=ListOperation("getGlobalWalletAccessControlList", "domains", missing_is_empty=True),
    columns=(
        Column("domain", "domain", 34, grow=True, priority=0),
        Column("createdAt", "added", 12, format=age, priority=1),
        Column("id", "id", 11, format=short_id, priority=2),
    ),
    empty="The list has no domains. Press n to add one.",
    label=lambda row: str(row.get("domain") or ""),
    actions=(
        ResourceAction("create", "addGlobalWalletAccessControlDomain", "Add a domain to the list.", "new", target=ActionTarget.LIST,
            key="n", fields=ALL),
        ResourceAction("delete", "deleteGlobalWalletAccessControlDomainById", "Remove the domain from the list.", key="d",
            effect=Effect.DESTRUCTIVE),
    ),
)  # fmt: skip

GLOBAL_CONNECTIONS = Resource(
    name="global-wallet-connections",
    aliases=("connections",),
    title="Global Wallet Connections",
    singular="connection",
    group="GlobalWalletConnections",
    list=ListOperation("getGlobalWalletConnections", paging=Paging.OFFSET),
    filter=Filter("userId"),
    columns=(
        Column("appUrl", "app", 30, grow=True, priority=0),
        Column("status", "status", 13, priority=0),
        Column("userId", "user", 11, format=short_id, priority=1),
        Column("createdAt", "connected", 12, format=age, priority=1),
        Column("expiresAt", "expires", 12, format=age, priority=2),
    ),
    route="detail",
    empty="No apps are connected to the global wallet.",
    label=lambda row: str(row.get("appUrl") or ""),
)

RECORDS = (GLOBAL_WALLET, GLOBAL_ACCESS, GLOBAL_DOMAINS, GLOBAL_CONNECTIONS)
