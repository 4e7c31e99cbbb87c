"""Actions of the users list and the user screen."""

from __future__ import annotations

from dyntui.tui.kit.action_registry import READ, Action, register
from dyntui.tui.shell.record_actions import declared_action

__all__ = ["USERS_ACTIONS"]

USERS_ACTIONS = register(
    declared_action("users.new", "users.create", rank=16),
    declared_action("users.delete", "users.delete", rank=17, disabled_reason="users_disabled_reason"),
    declared_action("users.revoke_sessions", "users.revoke-sessions", disabled_reason="users_disabled_reason"),
    declared_action("users.revoke_all_sessions", "users.revoke-all-sessions"),
    declared_action("users.metadata", "users.set-metadata", disabled_reason="users_disabled_reason"),
    declared_action("users.allowlist", "users.add-to-allowlist", disabled_reason="users_disabled_reason"),
    Action("users.export", ("x",), "export", "Export the marked users, the filtered users or all users to a new file.", READ),
    Action("user.access", ("w",), "access", "Check whether the user can sign in, and which allowlists match.", READ, 16),
    declared_action("user.edit", "users.edit", rank=14, disabled_reason="details_disabled_reason"),
    declared_action("user.metadata", "users.set-metadata", rank=17, disabled_reason="details_disabled_reason"),
    Action("user.editor", ("E",), "metadata in editor", "Edit the metadata in your own editor ($EDITOR)."),
    declared_action("user.revoke_session", "sessions.revoke", rank=11),
    declared_action("user.revoke_sessions", "users.revoke-sessions"),
    declared_action("user.remove_devices", "users.remove-mfa-devices"),
    declared_action("user.reset_mfa", "users.reset-mfa", disabled_reason="details_disabled_reason"),
    declared_action("user.reveal", "users.reveal-social-token", rank=11),
    declared_action("user.pregenerate", "wallets.pregenerate", disabled_reason="details_disabled_reason"),
    declared_action("user.link", "wallets.link", disabled_reason="details_disabled_reason"),
    declared_action("user.recover", "users.recover-wallets", disabled_reason="details_disabled_reason"),
    declared_action("user.delete", "users.delete", rank=18, disabled_reason="details_disabled_reason"),
)  # fmt: skip
