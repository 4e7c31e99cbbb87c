"""Actions of the users list and the user screen.

`UsersScreen` and `UserActionsMixin` bind them. The action `SCOPE.NAME` runs the method `action_NAME`.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["USERS_ACTIONS"]

_READ = Effect.READ

USERS_ACTIONS = register(
    {
        "users": "Users",
        "user": "User",
    },
    Action("users.new", ("n",), "new", "Create a user.", rank=16),
    Action("users.delete", ("d",), "delete", "Delete the marked users or the current one permanently.", Effect.DESTRUCTIVE, 17,
        disabled_reason="users_disabled_reason"),
    Action("users.revoke_sessions", ("X",), "revoke sessions", "Revoke all sessions of the marked users or the current one.",
        Effect.DESTRUCTIVE, disabled_reason="users_disabled_reason"),
    Action("users.metadata", ("m",), "set metadata", "Set one metadata field of the marked users or the current one.",
        disabled_reason="users_disabled_reason"),
    Action("users.allowlist", ("A",), "add to allowlist", "Add the marked users or the current one to an allowlist.",
        disabled_reason="users_disabled_reason"),
    Action("users.export", ("E",), "export", "Export the marked users, the filtered users or all users to a new file.", _READ),
    Action("user.access", ("A",), "access", "Check whether the user can sign in, and which allowlists match.", _READ, 16),
    Action("user.edit", ("e",), "edit", "Edit the profile; on the Metadata tab, the metadata. The email cannot be changed.",
        rank=14, disabled_reason="details_disabled_reason"),
    Action("user.metadata", ("m",), "set metadata", "Set one metadata field.", rank=17, disabled_reason="details_disabled_reason"),
    Action("user.editor", ("E",), "metadata in editor", "Edit the metadata in your own editor ($EDITOR).",
        disabled_reason="editor_disabled_reason"),
    Action("user.revoke_session", ("x",), "revoke session", "Revoke the session under the cursor.", Effect.DESTRUCTIVE, 11,
        disabled_reason="revoke_session_disabled_reason"),
    Action("user.revoke_sessions", ("X",), "revoke all sessions", "Revoke all sessions of the user.", Effect.DESTRUCTIVE,
        disabled_reason="revoke_sessions_disabled_reason"),
    Action("user.remove_devices", ("D",), "remove MFA devices", "Remove all MFA devices of the user.", Effect.DESTRUCTIVE,
        disabled_reason="remove_devices_disabled_reason"),
    Action("user.reset_mfa", ("f",), "reset MFA", "Reset the MFA methods of the user.", Effect.DESTRUCTIVE, disabled_reason="details_disabled_reason"),
    Action("user.reveal", ("t",), "reveal token", "Show the access token of the social account under the cursor one time.",
        _READ, 11, disabled_reason="reveal_disabled_reason"),
    Action("user.pregenerate", ("P",), "pre-generate wallets", "Create embedded wallets that the user gets at the next sign-in.",
        disabled_reason="details_disabled_reason"),
    Action("user.link", ("w",), "link wallet", "Link an external wallet.", disabled_reason="details_disabled_reason"),
    Action("user.recover", ("u",), "recover wallets", "Recover the deleted wallets of the user.", disabled_reason="details_disabled_reason"),
    Action("user.delete", ("d",), "delete", "Delete the user permanently.", Effect.DESTRUCTIVE, 18,
        disabled_reason="details_disabled_reason"),
)  # fmt: skip
