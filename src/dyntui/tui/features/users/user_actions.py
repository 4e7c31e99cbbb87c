"""What can be done to the user that is shown: each through the door for writes, then read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from dyntui.core.text import safe, shorten
from dyntui.resources import RESOURCES
from dyntui.services.actions.user_actions import (
    DELETE_USER,
    RECOVER_WALLETS,
    REMOVE_MFA_DEVICES,
    RESET_MFA,
    REVEAL_SOCIAL_TOKEN,
    REVOKE_SESSION,
    REVOKE_SESSIONS,
    user_target,
)
from dyntui.services.actions.write_types import Target, WriteAction, WriteOutcome, WriteResults
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.console_app import RouteTarget
from dyntui.tui.shell.sibling_navigation import SiblingScreen

__all__ = ["UserActionsMixin"]


class UserActionsMixin(SiblingScreen):
    """The actions of the user screen."""

    NAME: ClassVar = "users"

    def parts(self, key: str) -> Sequence[Mapping[str, Any]]:
        """What hangs on the user under `key` of the document."""
        value = self.document.get(key) if self.document else None
        return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []

    @property
    def target(self) -> Target:
        """The user, by the name a person knows."""
        return user_target({**(self.document or {}), "id": self.object_id})

    # Reasons

    def details_disabled_reason(self) -> str | None:
        return None if self.document is not None else "The user is not read yet."

    def revoke_session_disabled_reason(self) -> str | None:
        row = self._row_of("sessions")
        if row is None:
            return "Go to a session on the Sessions tab first."
        return "This session is revoked already." if row.get("revokedAt") else None

    def revoke_sessions_disabled_reason(self) -> str | None:
        active = any(not row.get("revokedAt") for row in self.parts("sessions"))
        return self.details_disabled_reason() or (None if active else "This user has no active session.")

    def remove_devices_disabled_reason(self) -> str | None:
        return self.details_disabled_reason() or (None if self.parts("mfaDevices") else "This user has no MFA devices.")

    def reveal_disabled_reason(self) -> str | None:
        return None if self._row_of("social") is not None else "Go to an account on the Social tab first."

    def _row_of(self, name: str) -> Mapping[str, Any] | None:
        """The row under the cursor of the table `name`, when that is in front."""
        if self.TABS[self.tab].name != name:
            return None
        return next((table.row for table in self.query(f"#{name}").results(Table)), None)

    # Actions

    def _do(self, action: WriteAction, key: str, *, verb: str, lines: Sequence[str] = ()) -> None:
        run_action(self.console, action, [self.target], verb=verb, opening_key=key, summary_lines=lines)

    def action_edit(self) -> None:
        if self.TABS[self.tab].name == "metadata":
            self._edit_metadata("e", own=False)
            return
        from dyntui.tui.features.users.edit_profile import ask_profile

        ask_profile(self.console, self.object_id, "e")

    def editor_disabled_reason(self) -> str | None:
        from dyntui.services.editor import editor

        return self.details_disabled_reason() or (
            None if editor() else "EDITOR is not set; e on the Metadata tab edits it here."
        )

    def action_editor(self) -> None:
        self._edit_metadata("E", own=True)

    def _edit_metadata(self, key: str, *, own: bool) -> None:
        from dyntui.tui.features.users.edit_metadata import edit_metadata

        edit_metadata(self.console, self.object_id, key, own=own)

    def action_metadata(self) -> None:
        from dyntui.tui.features.users.edit_profile import ask_metadata

        ask_metadata(self.console, self.object_id, "m")

    def action_revoke_session(self) -> None:
        row = self._row_of("sessions")
        assert row is not None
        device = shorten(safe(str(row.get("userAgent") or "")), 40)
        label = " · ".join(text for text in (str(row.get("ipAddress") or ""), device) if text)
        target = Target(str(row.get("id")), label or str(row.get("id")))
        run_action(self.console, REVOKE_SESSION, [target], verb="Revoke", opening_key="x")

    def action_revoke_sessions(self) -> None:
        self._do(REVOKE_SESSIONS, "X", verb="Revoke all")

    def action_remove_devices(self) -> None:
        self._do(REMOVE_MFA_DEVICES, "D", verb="Remove devices")

    def action_reset_mfa(self) -> None:
        self._do(RESET_MFA, "f", verb="Reset MFA")

    def action_recover(self) -> None:
        self._do(RECOVER_WALLETS, "u", verb="Recover")

    def action_pregenerate(self) -> None:
        user = self.document or {}
        email = str(user.get("email") or "")
        self.console.open_route("pregenerate", RouteTarget(row_id=self.object_id, row={"email": email}))

    # To take along

    def copy_as_disabled_reason(self) -> str | None:
        return None if self.document is not None or self.known else self.details_disabled_reason()

    def action_copy_as(self) -> None:
        from dyntui.tui.shell.copy_menu import open_copy_menu

        open_copy_menu(self.console, RESOURCES[self.NAME], [self.document or self.known])

    def action_open_dashboard(self) -> None:
        from dyntui.tui.shell.copy_menu import show_dashboard_link

        show_dashboard_link(
            self.console, self.object_id, str((self.document or self.known).get("email") or self.object_id)
        )

    def action_link(self) -> None:
        from dyntui.tui.features.users.link_wallet import ask_link

        ask_link(self.console, self.target)

    def action_reveal(self) -> None:
        from dyntui.tui.kit.dialogs.secret_dialog import SecretDialog

        row = self._row_of("social")
        assert row is not None
        label = f"{row.get('provider')} {row.get('copy')}"

        def revealed(results: WriteResults) -> None:
            item = results.items[0]
            token = item.value.get("accessToken") if isinstance(item.value, dict) else None
            if item.outcome is WriteOutcome.DONE and token:
                self.console.ask(SecretDialog(f"access token of {label}", str(token)))

        target = Target(str(row.get("id")), label)
        run_action(self.console, REVEAL_SOCIAL_TOKEN, [target], verb="Reveal", opening_key="t", done=revealed)

    def action_delete(self) -> None:
        record = RESOURCES[self.NAME]
        lines = [f"id {self.object_id}"]
        for key, word in (("wallets", "wallet"), ("sessions", "session"), ("oauthAccounts", "social account")):
            if count := len(self.parts(key)):
                lines.append(f"{count:,} {word}{'s' if count != 1 else ''}")
        title = record.label_of(self.document or {}) or self.object_id
        run_action(
            self.console,
            DELETE_USER,
            [self.target],
            verb="Delete",
            opening_key="d",
            summary_lines=[title, *lines],
            done=self._gone,
        )

    def _gone(self, results: WriteResults) -> None:
        done = results.items[0].outcome is WriteOutcome.DONE
        if done and self.console.shown is self and self.console.back_disabled_reason() is None:
            self.console.call_later(self.console.action_back)
