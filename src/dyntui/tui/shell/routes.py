"""The route table: which screen opens for a name, a row or a list.

The app opens them, so that features never import each other.

To add a bespoke screen, give its class an `open` method when the default of `ConsoleScreen` is not enough, and add
one line to ROUTES (opened by name or by a record's `open`) or to LIST_SCREENS (the list of a record).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.resources.resource import Resource
from dyntui.resources.users import USERS
from dyntui.tui.shell.declared_actions import CUSTOM_SCREEN_RECORDS
from dyntui.tui.shell.route_target import RouteTarget

if TYPE_CHECKING:
    from dyntui.tui.shell.base_screen import ConsoleScreen
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.console_state import ConsoleState
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen

__all__ = [
    "LIST_SCREENS",
    "ROUTES",
    "environments_class",
    "first_screen",
    "list_screen",
    "open_named",
    "open_route",
    "open_row",
]

_FEATURES = "dyntui.tui.features"

ROUTES: Mapping[str, str] = {
    "analytics": f"{_FEATURES}.analytics.analytics_screen:AnalyticsScreen.open",
    "api-operations": f"{_FEATURES}.api_console.api_operations:ApiOperationsScreen.open",
    "api-request": f"{_FEATURES}.api_console.api_request:ApiRequestScreen.open",
    "audit": f"{_FEATURES}.audit.audit_screen:AuditScreen.open",
    "compare": f"{_FEATURES}.configuration.compare_screen:open_comparison",
    "environments": f"{_FEATURES}.environments.environments_screen:EnvironmentsScreen.open",
    "event": f"{_FEATURES}.events.event_screen:EventScreen.open",
    "event-tail": f"{_FEATURES}.events.event_tail:EventTailScreen.open",
    "export": f"{_FEATURES}.resources.resource_detail:ResourceDetailScreen.open",
    "gate": f"{_FEATURES}.access.gates_screen:GateScreen.open",
    "hostname": f"{_FEATURES}.resources.hostname_screen:HostnameScreen.open",
    "import": f"{_FEATURES}.imports.wizard:WizardScreen.open",
    "jobs": f"{_FEATURES}.imports.jobs_screen:JobsScreen.open",
    "message": f"{_FEATURES}.webhooks.webhook_message:WebhookMessageScreen.open",
    "notifications": f"{_FEATURES}.session_log.log_screens:NotificationsScreen.open",
    "pregenerate": f"{_FEATURES}.wallets.pregenerate:open_pregenerate",
    "request-log": f"{_FEATURES}.session_log.log_screens:RequestLogScreen.open",
    "resource-index": f"{_FEATURES}.resources.resource_index:ResourceIndexScreen.open",
    "settings": f"{_FEATURES}.resources.settings_screen:SettingsScreen.open",
    "setup": f"{_FEATURES}.environments.setup_screen:SetupScreen.open",
    "detail": f"{_FEATURES}.resources.resource_detail:ResourceDetailScreen.open",
    "user": f"{_FEATURES}.users.user_screen:UserScreen.open",
    "user-access": f"{_FEATURES}.access.user_access:UserAccessScreen.open",
    "wallet": f"{_FEATURES}.wallets.wallet_screen:WalletScreen.open",
    "webhook": f"{_FEATURES}.webhooks.webhook_messages:WebhookMessagesScreen.open",
}
"""Route name -> what opens it, as `module:name`: called with the app and a RouteTarget."""

LIST_SCREENS: Mapping[str, str] = {
    "allowlist-entries": f"{_FEATURES}.access.entries_screen:EntriesScreen",
    "allowlists": f"{_FEATURES}.access.allowlists_screen:AllowlistsScreen",
    "exports": f"{_FEATURES}.exports.exports_screen:ExportsScreen",
    "gates": f"{_FEATURES}.access.gates_screen:GatesScreen",
    "users": f"{_FEATURES}.users.users_screen:UsersScreen",
    "wallets": f"{_FEATURES}.wallets.wallets_screen:WalletsScreen",
    "webhook-messages": f"{_FEATURES}.webhooks.webhook_messages:WebhookMessagesScreen",
}
"""Record name -> the class of its list, as `module:name`; every other record has the generic list."""

_ROUTES_OF_RECORDS = {"analytics": "analytics", "events": "event-tail", "settings": "settings"}
"""Record name -> the route that opens instead of a list when the record is requested by name."""


def open_route(console: ConsoleApp, name: str, target: RouteTarget | None = None) -> None:
    """Open the route `name` for `target`."""
    opener: Callable[[ConsoleApp, RouteTarget], None] = resolve_name(ROUTES[name])
    opener(console, target or RouteTarget())


@cache
def _list_class(name: str) -> type[ResourceScreen]:
    if name in CUSTOM_SCREEN_RECORDS:
        custom: type[ResourceScreen] = resolve_name(LIST_SCREENS[name])
        return custom  # without the code of record actions and their dialogs: the users are the first screen
    from dyntui.tui.shell.lists.resource_actions_screen import ResourceActionsScreen
    from dyntui.tui.shell.record_classes import record_class

    base: type[ResourceScreen] = resolve_name(LIST_SCREENS[name]) if name in LIST_SCREENS else ResourceActionsScreen
    return record_class(name, base, "Screen") if issubclass(base, ResourceActionsScreen) else base


def list_screen(record: Resource, *, parent: str = "", parent_label: str = "", filter_text: str = "") -> ResourceScreen:
    """Make the list screen of `record`, with the keys of its actions."""
    made = _list_class(record.name)
    return made(record, parent=parent, parent_label=parent_label, filter_text=filter_text)


def open_named(console: ConsoleApp, record: Resource, filter_text: str = "") -> None:
    """Open the screen for a resource that was requested by name."""
    if record.name in _ROUTES_OF_RECORDS:
        open_route(console, _ROUTES_OF_RECORDS[record.name], RouteTarget(record, filter_text=filter_text))
    else:
        console.visit(list_screen(record, filter_text=filter_text))


def open_row(console: ConsoleApp, record: Resource, row: Row, parent: str = "") -> bool:
    """Open a row of `record`: its screen, or the list that belongs to it. False when it has neither."""
    from dyntui.resources.all_resources import RESOURCES

    row_id, label = str(row.get(record.key, "")), record.label_of(row)
    if record.route in ROUTES:
        open_route(console, record.route, RouteTarget(record, row_id, label, row, parent))
    elif record.route in RESOURCES:
        below = RESOURCES[record.route]
        console.visit(list_screen(below, parent=row_id, parent_label=label) if below.parent else list_screen(below))
    else:
        return False
    return True


def environments_class() -> Callable[..., ConsoleScreen]:
    """Return the class of the screen of all environments. select: the name of the profile under the cursor."""
    found: Callable[..., ConsoleScreen] = resolve_name(ROUTES["environments"].removesuffix(".open"))
    return found


def first_screen(state: ConsoleState) -> ConsoleScreen:
    """Make the first screen of the console: the users of the environment, or the first-run setup."""
    if state.has_environment:
        return list_screen(USERS)
    setup: type[ConsoleScreen] = resolve_name(f"{_FEATURES}.environments.setup_screen:SetupScreen")
    return setup()
