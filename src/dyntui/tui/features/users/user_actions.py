"""The actions of the user screen. Each write goes through the write gate; then the screen reads the user again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partialmethod
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.core.text import quantity, safe, shorten
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.user_actions import user_target
from dyntui.services.actions.write_types import Target
from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.route_target import RouteTarget
from dyntui.tui.shell.sibling_navigation import SiblingScreen

if TYPE_CHECKING:
    from dyntui.api.models import User

__all__ = ["UserActionsMixin"]


class UserActionsMixin(SiblingScreen):
    """The actions of the user screen, and why they are not available."""

    user: User | None = None
    """The user as it is loaded; None while it is loading."""

    def show(self, document: Row, at: datetime) -> None:
        from dyntui.api.models import User

        self.user = User.of(document)
        super().show(document, at)

    def clear(self) -> None:
        self.user = None
        super().clear()

    @property
    def target(self) -> Target:
        """The user as the target of an action."""
        return user_target({**(self.document or {}), "id": self.object_id})

    def _current_row(self, tab_name: str) -> Row | None:
        """Return the row under the cursor of the table on tab `tab_name`; None when the tab is not shown."""
        if self.TABS[self.tab].name != tab_name:
            return None
        return next((table.row for table in self.query(f"#{tab_name}").results(Table)), None)

    def _run(self, name: str, opening_key: str) -> None:
        """Run the action with this name in the audit log on the user."""
        run_action(self.console, write_action(name), [self.target], opening_key=opening_key)

    action_revoke_sessions = partialmethod(_run, "users.revoke-sessions", "X")
    action_remove_devices = partialmethod(_run, "users.remove-mfa-devices", "D")
    action_reset_mfa = partialmethod(_run, "users.reset-mfa", "f")
    action_recover = partialmethod(_run, "users.recover-wallets", "u")

    # Why an action is not available

    def details_disabled_reason(self) -> str | None:
        return None if self.user is not None else self.not_loaded_reason("The user")

    def revoke_session_disabled_reason(self) -> str | None:
        row = self._current_row("sessions")
        if row is None:
            return "Select a session on the Sessions tab first."
        return "The session is already revoked." if row.get("revokedAt") else None

    def revoke_sessions_disabled_reason(self) -> str | None:
        if self.user is None:
            return self.details_disabled_reason()
        is_active = "sessions" not in self.user.raw or any(session.is_active for session in self.user.sessions)
        return None if is_active else "This user has no active sessions."

    def remove_devices_disabled_reason(self) -> str | None:
        if self.user is None:
            return self.details_disabled_reason()
        return None if self.user.mfa_devices else "This user has no MFA devices."

    def reveal_disabled_reason(self) -> str | None:
        return None if self._current_row("social") is not None else "Select an account on the Social tab first."

    def editor_disabled_reason(self) -> str | None:
        from dyntui.services.editor import editor

        return self.details_disabled_reason() or (
            None
            if editor()
            else f"EDITOR is not set. Press {key_of('user.edit')} on the Metadata tab to edit it in dyntui."
        )

    # Profile and metadata

    def action_edit(self) -> None:
        if self.TABS[self.tab].name == "metadata":
            self._edit_metadata("e", use_external_editor=False)
            return
        from dyntui.tui.features.users.edit_profile import ask_profile

        ask_profile(self.console, self.object_id, "e")

    def _edit_metadata(self, opening_key: str, *, use_external_editor: bool) -> None:
        from dyntui.tui.features.users.edit_metadata import edit_metadata

        edit_metadata(self.console, self.object_id, opening_key, use_external_editor=use_external_editor)

    action_editor = partialmethod(_edit_metadata, "E", use_external_editor=True)

    def action_metadata(self) -> None:
        from dyntui.tui.features.users.edit_profile import ask_metadata_field

        ask_metadata_field(self.console, self.object_id, "m")

    # Sessions, MFA, social accounts

    def action_revoke_session(self) -> None:
        row = self._current_row("sessions")
        assert row is not None
        device = shorten(safe(str(row.get("userAgent") or "")), 40)
        label = " · ".join(text for text in (str(row.get("ipAddress") or ""), device) if text)
        target = self._owned(Target(str(row.get("id")), label or str(row.get("id"))))
        run_action(self.console, write_action("sessions.revoke"), [target], opening_key="minus")

    def action_reveal(self) -> None:
        row = self._current_row("social")
        assert row is not None
        target = self._owned(Target(str(row.get("id")), f"{row.get('provider')} {row.get('copy')}"))
        run_action(self.console, write_action("users.reveal-social-token"), [target], opening_key="K")

    def _owned(self, target: Target) -> Target:
        """Return the target with the user in its label."""
        from dyntui.services.actions.owner_lookup import with_owner

        return with_owner(target, self.document) if self.document is not None else target

    # Wallets

    def action_pregenerate(self) -> None:
        email = self.user.email if self.user is not None else ""
        self.console.open_route("pregenerate", RouteTarget(row_id=self.object_id, row={"email": email or ""}))

    def action_link(self) -> None:
        from dyntui.tui.features.users.link_wallet import ask_wallet

        ask_wallet(self.console, self.target)

    # Delete

    def action_delete(self) -> None:
        lines = [f"id {self.object_id}"]
        if (user := self.user) is not None:
            counts: dict[str, Sequence[object]] = {
                "wallet": user.wallets,
                "session": user.sessions,
                "social account": user.oauth_accounts,
            }
            lines += [quantity(len(found), noun) for noun, found in counts.items() if found]
        run_action(
            self.console,
            write_action("users.delete"),
            [self.target],
            opening_key="d",
            summary_lines=lines,
            done=self.leave_after_delete,
        )
