"""The global wallet, its access control, domains and connections; records for `all_resources.RESOURCES`."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.action import create_action, delete_action, disable_action, edit_action, enable_action
from dyntui.resources.cell_formats import item_count, short_id
from dyntui.resources.columns import enabled_column, id_column, time_column
from dyntui.resources.configuration import Configuration
from dyntui.resources.resource import Column, Filter, ListOperation, Paging, Resource, Shape
from dyntui.resources.undo import created_again, irreversible, restored, undone_by, undone_by_deletion

__all__ = ["RECORDS"]

GLOBAL_WALLET = Resource(
    name="global-wallet",
    description="Name, icon and links of your global wallet",
    also_changes=("global-wallet-access", "global-wallet-connections", "settings"),
    aliases=("global",),
    list=ListOperation("getGlobalWalletSettings", shape=Shape.ONE, missing_is_empty=True),
    columns=(
        Column("walletName", "name", 24, grow=True, priority=0),
        enabled_column(),
        Column("popupPageTitle", "title", 20, priority=2),
        Column("customMenuLinks", "links", 6, right=True, format=item_count, priority=3),
        id_column(priority=1),
    ),
    route="detail",
    empty="There is no global wallet. Press {global-wallet.create} to create one.",
    configuration=Configuration(
        enabled_field="enabledAt",
        defaults={"customMenuLinks": []},
        cannot={"delete": "The API has no operation that deletes the global wallet."},
    ),
    actions=(
        create_action("createGlobalWalletSettings", "Create the global wallet.", undo=irreversible("The API cannot delete a global wallet. Disable it.")),
        edit_action("updateGlobalWalletSettings", "Edit the appearance and the links of the global wallet.", undo=restored()),
        enable_action("enableGlobalWallet", "Enable the global wallet, so that other apps can connect to it.", undo=undone_by("disable"), typed_in_live=True),
        disable_action("disableGlobalWallet", "Disable the global wallet, so that no app can connect to it.", undo=undone_by("enable"), effect=Effect.DESTRUCTIVE, warning="Connected apps are disconnected."),
    ),
)  # fmt: skip

GLOBAL_ACCESS = Resource(
    name="global-wallet-access",
    description="Which sites may use your global wallet",
    also_changes=("global-wallet",),
    singular="access control",
    list=ListOperation("getGlobalWalletAccessControlList", shape=Shape.ONE, missing_is_empty=True),
    columns=(
        Column("type", "type", 8, priority=0, former_titles=("list",)),
        enabled_column(),
        Column("domains", "domains", 8, right=True, format=item_count, priority=0),
        Column("id", "id", 36, grow=True, priority=1),
    ),
    route="global-wallet-domains",
    empty="Every app may connect. Press {global-wallet-access.create} to create an allow list or a block list.",
    configuration=Configuration(
        enabled_field="enabledAt",
        depends_on=("global-wallet",),
        read_only=("domains",),
        cannot={"delete": "The API has no operation that deletes the access control."},
    ),
    actions=(
        create_action("createGlobalWalletAccessControl", "Create the list of domains that may connect (allow) or may not (block).", undo=irreversible("The API cannot delete the list. Disable it.")),
        edit_action("updateGlobalWalletAccessControl", "Change the list to allow or to block.", undo=restored(), replaces_all=True, typed_in_live=True),
        enable_action("enableGlobalWalletAccessControl", "Enable the list.", undo=undone_by("disable"), typed_in_live=True, warning="With an allow list, only its domains can connect."),
        disable_action("disableGlobalWalletAccessControl", "Disable the list, so that every app can connect.", undo=undone_by("enable"), effect=Effect.DESTRUCTIVE, warning="The list no longer applies."),
    ),
)  # fmt: skip

GLOBAL_DOMAINS = Resource(
    name="global-wallet-domains",
    identified_by=("domain",),
    description="Domains on the global wallet's access list",
    also_changes=("global-wallet",),
    singular="domain",
    list=ListOperation("getGlobalWalletAccessControlList", "domains", missing_is_empty=True),
    columns=(
        Column("domain", "domain", 34, grow=True, priority=0),
        time_column("createdAt", "added", priority=1),
        id_column(priority=2),
    ),
    empty="The list has no domains. Press {global-wallet-domains.create} to add one.",
    configuration=Configuration(identity=("domain",), depends_on=("global-wallet-access",)),
    actions=(
        create_action("addGlobalWalletAccessControlDomain", "Add a domain to the list.", undo=undone_by_deletion()),
        delete_action("deleteGlobalWalletAccessControlDomainById", "Remove the domain from the list.", undo=created_again()),
    ),
)  # fmt: skip

GLOBAL_CONNECTIONS = Resource(
    name="global-wallet-connections",
    description="Apps that users connected to the global wallet",
    aliases=("connections",),
    singular="connection",
    list=ListOperation("getGlobalWalletConnections", paging=Paging.OFFSET, equal=("status",)),
    filter=Filter("userId"),
    columns=(
        Column("appUrl", "app", 30, grow=True, priority=0),
        Column("status", "status", 13, priority=0),
        Column("userId", "user", 24, grow=True, format=short_id, names="users", priority=1),
        time_column("createdAt", "connected", priority=1),
        time_column("expiresAt", "expires", priority=2),
    ),
    route="detail",
    empty="No apps are connected to the global wallet.",
    not_configuration="Connections are made by users.",
)

RECORDS = (GLOBAL_WALLET, GLOBAL_ACCESS, GLOBAL_DOMAINS, GLOBAL_CONNECTIONS)
