"""What the screens of allowlists and of gates share: their actions, and the fields of their forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from dyntui.api.models import Allowlist, Gate
from dyntui.core.json_types import Row
from dyntui.services.access.access_policy import is_enabled, name_of
from dyntui.services.access.actions import access_target
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Target, WriteResults
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.widgets.summary_text import SummaryText
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["AllowlistActionsMixin", "PolicyActionsMixin", "policy_inputs"]


def policy_inputs(policy: Allowlist | Gate, outcomes: Mapping[str, str], scope_help: str) -> tuple[FormInput, ...]:
    """Return the fields that the forms of allowlists and gates share. outcomes: name -> meaning."""
    options = {name: f"{name}: {meaning}" for name, meaning in outcomes.items()}
    return (
        FormInput("name", "name", policy.name),
        FormInput("outcome", "outcome", policy.outcome or "siteAccess", options),
        FormInput("scope", "scope", policy.scope or "", help=scope_help),
    )


class PolicyActionsMixin(ConsoleScreen):
    """The actions on an allowlist or a gate. A subclass with all of them gives the members that are not implemented."""

    POLICIES: ClassVar[str]
    """The name of the resource: `allowlists` or `gates`."""

    @property
    def policy(self) -> Row:
        """The allowlist or gate that the actions are for."""
        raise NotImplementedError

    def policy_form(self, title: str, row: Row) -> FormDialog:
        """Return the form to create or edit a policy. row: its current values; {} for a new one."""
        raise NotImplementedError

    def changed_fields(self, row: Row, values: Values) -> Row:
        """Return the fields that the form changed."""
        raise NotImplementedError

    @property
    def _policy_noun(self) -> str:
        return self.POLICIES.removesuffix("s").title()

    def action_new(self) -> None:
        form = self.policy_form(f"New {self._policy_noun}", {})

        def on_submit(values: Values) -> None:
            target = Target("", values["name"], {"fields": self.changed_fields({}, values)})
            run_action(self.console, write_action(f"{self.POLICIES}.create"), [target], form=form)

        self.console.open_form(form, on_submit)

    def action_edit(self) -> None:
        row = self.policy
        form = self.policy_form(f"Edit {self._policy_noun} {name_of(row)}", row)

        def on_submit(values: Values) -> None:
            if fields := self.changed_fields(row, values):
                target = access_target(row, fields=fields)
                run_action(self.console, write_action(f"{self.POLICIES}.edit"), [target], form=form)
            else:
                form.finish()
                self.console.notify("No changes to save.")

        self.console.open_form(form, on_submit)

    def action_toggle_enabled(self) -> None:
        row = self.policy
        action = write_action(f"{self.POLICIES}.{'disable' if is_enabled(row) else 'enable'}")
        run_action(self.console, action, [access_target(row)], opening_key="t")

    def action_delete(self) -> None:
        action = write_action(f"{self.POLICIES}.delete")
        run_action(self.console, action, [access_target(self.policy)], opening_key="d", done=self.on_deleted)

    def on_deleted(self, results: WriteResults) -> None:
        """Called with the results of `action_delete`."""

    def action_check(self) -> None:
        from dyntui.tui.features.access.access_check import ask_access_check

        ask_access_check(self.console)


class AllowlistActionsMixin(PolicyActionsMixin):
    """The summary and the actions that the list of allowlists and the list of entries share."""

    POLICIES = "allowlists"

    def body(self) -> ComposeResult:
        with Vertical():
            yield SummaryText()
            yield from super().body()

    def action_compare(self) -> None:
        from dyntui.tui.features.access.compare_screen import ask_comparison

        ask_comparison(self.console, self.policy)

    def action_export(self) -> None:
        from dyntui.tui.features.access.import_export import ask_export

        ask_export(self.console, self.policy)

    def action_import(self) -> None:
        row = self.policy
        self.console.open_route("import", RouteTarget(parent=str(row.get("id")), parent_label=name_of(row)))
