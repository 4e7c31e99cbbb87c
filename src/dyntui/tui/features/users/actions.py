"""Actions of the users list and the user screen."""

from __future__ import annotations

from dyntui.resources.sessions import SESSIONS
from dyntui.resources.users import USERS, WALLETS
from dyntui.tui.kit.action_registry import READ, Action, register
from dyntui.tui.shell.declared_actions import declared_action

__all__ = ["USERS_ACTIONS"]

USERS_ACTIONS = register(
    declared_action("users.new", USERS, "create", rank=16),
    declared_action("users.delete", USERS, "delete", rank=17, disabled_reason="users_disabled_reason"),
    declared_action("users.revoke_sessions", USERS, "revoke-sessions", disabled_reason="users_disabled_reason"),
    declared_action("users.revoke_all_sessions", USERS, "revoke-all-sessions"),
    declared_action("users.metadata", USERS, "set-metadata", disabled_reason="users_disabled_reason"),
    declared_action("users.allowlist", USERS, "add-to-allowlist", disabled_reason="users_disabled_reason"),
    Action("users.export", ("x",), "export", "Export the marked users, the filtered users or all users to a new file.", READ),
    Action("user.access", ("w",), "access", "Check whether the user can sign in, and which allowlists match.", READ, 16),
    declared_action("user.edit", USERS, "edit", rank=14, disabled_reason="details_disabled_reason"),
    declared_action("user.metadata", USERS, "set-metadata", rank=17, disabled_reason="details_disabled_reason"),
    Action("user.editor", ("E",), "metadata in editor", "Edit the metadata in your own editor ($EDITOR)."),
    declared_action("user.revoke_session", SESSIONS, "revoke", rank=11),
    declared_action("user.revoke_sessions", USERS, "revoke-sessions"),
    declared_action("user.remove_devices", USERS, "remove-mfa-devices"),
    declared_action("user.reset_mfa", USERS, "reset-mfa", disabled_reason="details_disabled_reason"),
    declared_action("user.reveal", USERS, "reveal-social-token", rank=11),
    declared_action("user.pregenerate", WALLETS, "pregenerate", disabled_reason="details_disabled_reason"),
    declared_action("user.link", WALLETS, "link", disabled_reason="details_disabled_reason"),
    declared_action("user.recover", USERS, "recover-wallets", disabled_reason="details_disabled_reason"),
    declared_action("user.delete", USERS, "delete", rank=18, disabled_reason="details_disabled_reason"),
)  # fmt: skip
