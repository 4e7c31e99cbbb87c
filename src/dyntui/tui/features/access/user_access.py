"""The access screen of a user: whether the user may sign in, and the allowlists with their matching entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row, as_object
from dyntui.resources.allowlists import ALLOWLIST_ENTRIES, IDENTIFIER_TITLES
from dyntui.resources.cell_formats import yes_no
from dyntui.resources.resource import Column
from dyntui.services.access.access_policy import AccessPolicy, find_policy, name_of, read_access
from dyntui.services.access.check import AccessAnswer, AccessMatch, check_user
from dyntui.services.access.drafts import entry_label
from dyntui.services.access.entries import add_entries, entry_target, removal_target, remove_entries
from dyntui.services.access.user_identifiers import entries_for
from dyntui.tui.features.access.access_check import show_access_answer
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.read_screen import ObjectScreen
from dyntui.tui.shell.table_screen import ReadTableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["UserAccessScreen"]


_Access = tuple[AccessPolicy, Row, AccessAnswer]


class UserAccessScreen(ReadTableScreen[_Access], ObjectScreen[_Access]):
    """All allowlists with the entries that match one user."""

    BINDINGS = bindings(ACCESS_ACTIONS, "user-access")
    shown_resources = frozenset({"users", "allowlists", "allowlist-entries", "gates"})
    COLUMNS = (
        Column("name", "allowlist", 16, grow=True, priority=0),
        Column("outcome", "outcome", 10, priority=0),
        Column("is_enabled", "enabled", 7, format=yes_no, priority=0),
        Column("matching", "matching entry", 30, grow=True, priority=0),
        Column("alias", "alias", 14, priority=2),
    )
    KEY = "key"
    EMPTY = "This environment has no allowlists."
    HAS_SUMMARY = True

    access: AccessPolicy | None = None
    user: Row = {}
    answer: AccessAnswer | None = None

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("users", self.label or self.object_id, "access")

    async def read(self, connection: Connection) -> _Access:
        user = await connection.client.users.get_raw(self.object_id)
        access = await read_access(connection.client)
        return access, user, await check_user(connection.client, user, access=access)

    def show_result(self, result: _Access) -> None:
        self.access, self.user, self.answer = access, _, answer = result
        self.set_rows(_rows(access, answer.matches))
        scopes = f"Access scopes: {', '.join(answer.scopes)}." if answer.scopes else "No access scopes."
        self.show_summary(answer.summary, scopes)

    def status(self) -> Sequence[Piece]:
        return self.position() if self.answer is not None else [("loading", "")]

    # Why an action is not available

    def add_disabled_reason(self) -> str | None:
        return self.selection_disabled_reason() or (
            None if self._missing_entries() else "This allowlist already has all identifiers of the user."
        )

    def removal_disabled_reason(self) -> str | None:
        row = self.table.row
        return None if row is not None and row.get("entry") else "The user is not on this allowlist."

    def explain_disabled_reason(self) -> str | None:
        return None if self.answer is not None else "The access check is still loading."

    def _missing_entries(self) -> list[Row]:
        """Return the identifiers of the user that are not yet on the current allowlist, as entries."""
        row, answer = self.table.row, self.answer
        if row is None or answer is None:
            return []
        existing = {
            entry_label(match.entry).casefold() for match in answer.matches if match.allowlist.get("id") == row["id"]
        }
        entries = [entry for entry in entries_for(self.user) if "emailDomain" not in entry]
        return [entry for entry in entries if entry_label(entry).casefold() not in existing]

    # Actions

    def action_add(self) -> None:
        row = self._allowlist
        entries = self._missing_entries()
        choices = [
            Choice(str(index), entry_label(entry), note=IDENTIFIER_TITLES.get(next(iter(entry)), ""))
            for index, entry in enumerate(entries)
        ]

        def on_choice(index: str) -> None:
            entry = {**entries[int(index)], **self._alias()}
            run_action(self.console, add_entries(row), [entry_target(entry)], opening_key="n")

        self.console.ask_then(SelectDialog(f"Identifier to Add to {name_of(row)}", choices), on_choice)

    def _alias(self) -> dict[str, str]:
        """Return the name of the user as the alias of an entry; {} without a name."""
        name = " ".join(str(self.user[key]) for key in ("firstName", "lastName") if self.user.get(key))
        return {"alias": name[:255]} if name else {}

    @property
    def _allowlist(self) -> Row:
        assert self.access is not None
        return dict(find_policy(self.access.lists, str(self.table.selected_row["id"])))

    def action_remove(self) -> None:
        target = removal_target(as_object(self.table.selected_row["entry"]))
        run_action(self.console, remove_entries(self._allowlist), [target], opening_key="d")

    def action_explain(self) -> None:
        assert self.answer is not None
        show_access_answer(self.console, self.answer)

    def action_open(self) -> None:
        row = self.table.selected_row
        self.console.open_list(ALLOWLIST_ENTRIES, str(row["id"]), str(row["name"]))


def _rows(access: AccessPolicy, matches: Sequence[AccessMatch]) -> list[Row]:
    """Return one row for each allowlist and matching entry. An allowlist without a match has one row."""
    rows: list[Row] = []
    for allowlist in access.lists:
        entries: list[Row | None] = [
            match.entry for match in matches if match.allowlist.get("id") == allowlist.get("id")
        ]
        for entry in entries or [None]:
            rows.append(
                {
                    "key": f"{allowlist.get('id')} {entry.get('id') if entry else ''}",
                    "id": allowlist.get("id"),
                    "name": name_of(allowlist),
                    "outcome": allowlist.get("outcome"),
                    "is_enabled": allowlist.get("enabledAt") is not None,
                    "matching": entry_label(entry) if entry else None,
                    "alias": entry.get("alias") if entry else None,
                    "entry": entry,
                }
            )
    return rows
