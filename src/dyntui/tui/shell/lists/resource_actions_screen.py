"""The list of any resource, with the actions of its record: keys, menu and marks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Scope
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.shell.action_flow import ActionFlow, ActionFlowMixin
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["ResourceActionsScreen"]


class ResourceActionsScreen(ResourceScreen, ActionFlowMixin):
    """A list whose actions come from the record. Made by `shell.routes.list_screen`, which adds its keys."""

    @property
    def base_breadcrumbs(self) -> tuple[str, ...]:
        parent = (RESOURCES[self.record.parent_resource].plural, self.parent_label) if self.parent_label else ()
        return (*parent, self.record.plural)

    def connected(self, connection: Connection) -> None:
        from dyntui.resources.tokens import TOKENS, USER_TOKENS, own_token_column

        if self.record in (TOKENS, USER_TOKENS):
            self.default_columns = (own_token_column(connection.token_hint), *self.record.columns)
        if self.record.scope is Scope.ORGANIZATION and not self.parent_id:
            self._find_parent(connection)
        else:
            super().connected(connection)

    def _find_parent(self, connection: Connection) -> None:
        """Find the organization of the environment, which the list belongs to, then load the list."""
        from dyntui.services.actions.resource_actions import resolve_parent

        def on_found(parent: str) -> None:
            self.parent_id = parent
            ResourceScreen.connected(self, connection)

        failed = partial(self._parent_failed, connection, on_found)
        self.run_worker_then(partial(resolve_parent, connection.client, self.record), on_found, failed)

    def _parent_failed(self, connection: Connection, on_found: Callable[[str], object], error: DyntuiError) -> None:
        from dyntui.services.actions.organization_choice import AmbiguousOrganization, choose_organization

        self.not_connected(error)
        if not isinstance(error, AmbiguousOrganization):
            self.record_reachability(error)
            return

        def on_chosen(organization_id: str) -> None:
            choose_organization(connection.client, organization_id)
            on_found(organization_id)

        from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog

        choices = [
            Choice(str(row.get("id")), str(row.get("name") or row.get("id")), note=str(row.get("id")))
            for row in error.organizations
        ]
        self.console.ask_then(SelectDialog("Choose an Organization", choices), on_chosen)

    # Actions

    def disabled_reason(self, actions: tuple[ResourceAction, ...]) -> str | None:
        """Return why none of these actions is available; None when one is."""
        if actions[0].target is ActionTarget.LIST:
            return None
        marks = self.table.marks
        rows = self.rows_of([min(marks)]) if marks else [self.table.row]  # called often, so only one row is looked up
        if rows[0] is None:
            return "There is no row under the cursor."
        if actions[0].single_row and len(marks) > 1:
            return f"This works on one row at a time. Press {key_of('table.unmark')} to remove the marks."
        return self.reason_for(actions, rows[0])

    def act(self, actions: tuple[ResourceAction, ...], key: str) -> None:
        """Start the action that is available for the first row, on the marked rows or the row under the cursor."""
        rows = self.marked if actions[0].target is ActionTarget.ROWS else []
        available = [action for action in actions if not rows or self.reason_for([action], rows[0]) is None]
        self.begin(self.record, (available or actions)[0], rows, self.parent_id, key)

    def after(self, plan: ActionFlow, results: WriteResults) -> None:
        self.update_marks(results)
