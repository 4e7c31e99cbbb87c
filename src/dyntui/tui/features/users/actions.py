"""Actions of the users list and of one user.

Each is done by the method `action_NAME` of the class that binds its scope.
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
    Action("users.delete", ("d",), "delete", "Delete the marked users, or this one, for good.", Effect.DESTRUCTIVE, 17,
        disabled_reason="users_disabled_reason"),
    Action("users.revoke_sessions", ("X",), "revoke sessions", "Sign the marked users, or this one, out everywhere.",
        Effect.DESTRUCTIVE, disabled_reason="users_disabled_reason"),
    Action("users.metadata", ("m",), "set metadata", "Set one field of the metadata of the marked users, or of this one.",
        disabled_reason="users_disabled_reason"),
    Action("users.allowlist", ("A",), "add to allowlist", "Put the marked users, or this one, on an allowlist.",
        disabled_reason="users_disabled_reason"),
    Action("users.export", ("E",), "export", "Write the marked users, those of the filter or all to a new file.", _READ),
    Action("user.access", ("A",), "access", "On which lists this user is, and whether they get in.", _READ, 16),
    Action("user.edit", ("e",), "edit", "Change the profile, on the Metadata tab the metadata; never the e-mail.",
        rank=14, disabled_reason="details_disabled_reason"),
    Action("user.metadata", ("m",), "set metadata", "Set one field of the metadata.", rank=17, disabled_reason="details_disabled_reason"),
    Action("user.editor", ("E",), "metadata in editor", "Change the metadata in your own editor.",
        disabled_reason="editor_disabled_reason"),
    Action("user.revoke_session", ("x",), "revoke session", "Sign the device under the cursor out.", Effect.DESTRUCTIVE, 11,
        disabled_reason="revoke_session_disabled_reason"),
    Action("user.revoke_sessions", ("X",), "revoke all sessions", "Revoke all sessions of the user.", Effect.DESTRUCTIVE,
        disabled_reason="revoke_sessions_disabled_reason"),
    Action("user.remove_devices", ("D",), "remove MFA devices", "Remove all MFA devices of the user.", Effect.DESTRUCTIVE,
        disabled_reason="remove_devices_disabled_reason"),
    Action("user.reset_mfa", ("f",), "reset MFA", "Reset the MFA methods of the user.", Effect.DESTRUCTIVE, disabled_reason="details_disabled_reason"),
    Action("user.reveal", ("t",), "reveal token", "Show the access token of the social account under the cursor, once.",
        _READ, 11, disabled_reason="reveal_disabled_reason"),
    Action("user.pregenerate", ("P",), "pre-generate wallets", "Make embedded wallets that the user claims by signing in.",
        disabled_reason="details_disabled_reason"),
    Action("user.link", ("w",), "link wallet", "Link an external wallet.", disabled_reason="details_disabled_reason"),
    Action("user.recover", ("u",), "recover wallets", "Restore the deleted wallets of the user.", disabled_reason="details_disabled_reason"),
    Action("user.delete", ("d",), "delete", "Delete the user permanently.", Effect.DESTRUCTIVE, 18,
        disabled_reason="details_disabled_reason"),
)  # fmt: skip
