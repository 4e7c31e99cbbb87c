"""Every action of the console, in the order of docs/keys.md.

A feature adds its actions to the registry when its screen is imported. Importing this module adds all of them: the app
does so to check keymap.toml, and `scripts/make_docs.py` to write docs/keys.md.
"""

from __future__ import annotations

from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.features.analytics.actions import ANALYTICS_ACTIONS
from dyntui.tui.features.api_console.actions import API_CONSOLE_ACTIONS
from dyntui.tui.features.audit.actions import AUDIT_ACTIONS
from dyntui.tui.features.configuration.actions import CONFIGURATION_ACTIONS
from dyntui.tui.features.environments.actions import ENVIRONMENTS_ACTIONS
from dyntui.tui.features.events.actions import EVENTS_ACTIONS
from dyntui.tui.features.exports.actions import EXPORTS_ACTIONS
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.resources.actions import RESOURCES_ACTIONS
from dyntui.tui.features.session_log.actions import SESSION_LOG_ACTIONS
from dyntui.tui.features.users.actions import USERS_ACTIONS
from dyntui.tui.features.wallets.actions import WALLETS_ACTIONS
from dyntui.tui.features.webhooks.actions import WEBHOOKS_ACTIONS
from dyntui.tui.kit.action_registry import Action
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.record_actions import RECORD_ACTIONS

__all__ = ["ALL_ACTIONS"]

ALL_ACTIONS: tuple[Action, ...] = (
    *SHELL_ACTIONS,
    *KIT_ACTIONS,
    *ACCESS_ACTIONS,
    *ANALYTICS_ACTIONS,
    *API_CONSOLE_ACTIONS,
    *AUDIT_ACTIONS,
    *CONFIGURATION_ACTIONS,
    *ENVIRONMENTS_ACTIONS,
    *EVENTS_ACTIONS,
    *EXPORTS_ACTIONS,
    *IMPORTS_ACTIONS,
    *RESOURCES_ACTIONS,
    *SESSION_LOG_ACTIONS,
    *USERS_ACTIONS,
    *WALLETS_ACTIONS,
    *WEBHOOKS_ACTIONS,
    *RECORD_ACTIONS,
)
