"""The base class of the users screen. It is a module of its own so that `bulk_actions` can import it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Target

__all__ = ["UserListScreen"]


class UserListScreen(ResourceScreen):
    """A list of users with the targets of its actions."""

    @property
    def targets(self) -> list[Target]:
        """The marked users in the order of the list, or the current one."""
        from dyntui.services.actions.user_actions import user_target

        table = self.table
        ids = table.marks or ({table.row_id} if table.row_id else set())
        positions = {row_id: table.view.index_of(row_id) for row_id in ids}
        ordered = sorted(ids, key=lambda row_id: (positions[row_id] is None, positions[row_id] or 0, row_id))
        return [user_target(row) for row in self.rows_of(ordered)]
