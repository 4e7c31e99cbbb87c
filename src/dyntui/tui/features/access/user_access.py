"""The access screen of a user: the lists with an entry for the user, and whether the user has access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from dyntui.resources import ALLOWLIST_ENTRIES, Column
from dyntui.resources.allowlists import IDENTIFIER_TITLES
from dyntui.resources.cell_formats import enabled_since
from dyntui.services.access.access_policy import AccessPolicy, find_policy, name_of, read_access
from dyntui.services.access.check import AccessAnswer, AccessMatch, check_user
from dyntui.services.access.drafts import entry_label
from dyntui.services.access.entries import add_entries, entry_target, new_job, removal_target, remove_entries
from dyntui.services.access.user_identifiers import entries_for
from dyntui.tui.features.access.access_check import show_answer
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.summary_text import SummaryText
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.action_runner import run_action, run_read_worker
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["UserAccessScreen"]

_COLUMNS = (
    Column("name", "list", 16, grow=True, priority=0),
    Column("outcome", "outcome", 10, priority=0),
    Column("enabledAt", "enabled", 15, format=enabled_since, priority=0),
    Column("by", "matched by", 26, grow=True, priority=0),
    Column("alias", "alias", 14, priority=2),
)


class UserAccessScreen(TableScreen):
    """All allowlists, with the entries that match one user."""

    BINDINGS = bindings(ACCESS_ACTIONS, "person")

    class Found(Message):
        """Lists, gates and entries were read."""

        def __init__(self, access: AccessPolicy, user: dict[str, Any], answer: AccessAnswer, change_count: int) -> None:
            super().__init__()
            self.change_count = change_count
            self.access = access
            self.user = user
            self.answer = answer

    def __init__(self, user_id: str, label: str) -> None:
        super().__init__()
        self.user_id = user_id
        self.label = label
        self.access: AccessPolicy | None = None
        self.user: dict[str, Any] = {}
        self.answer: AccessAnswer | None = None

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.visit(cls(target.row_id, target.label))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("users", self.label or self.user_id, "access")

    def body(self) -> ComposeResult:
        with Vertical():
            yield SummaryText()
            view = StaticRows(key="key", is_loaded=False)
            yield Table(_COLUMNS, view, empty=lambda: "This environment has no allowlists.", id="list")

    def connected(self, connection: Connection) -> None:
        self.load()

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({"users", "allowlists", "allowlist-entries", "gates"})

    def reload(self) -> None:
        self.load()

    def load(self) -> None:
        """Load the user and the lists."""
        connection = self.console.session.connection
        if connection is None:
            return
        seen = self.change_count

        def found(event: UserAccessScreen.Found) -> None:
            self.post_message(event)

        async def work() -> UserAccessScreen.Found:
            document = await connection.client.users.get_raw(self.user_id)
            user = document.get("user", document) if isinstance(document, dict) else {}
            access = await read_access(connection.client)
            return self.Found(access, user, await check_user(connection.client, user, access=access), seen)

        run_read_worker(self.console, work(), found)

    @on(Found)
    def _on_found(self, event: Found) -> None:
        self.mark_up_to_date(event.change_count)
        self.access, self.user, self.answer = event.access, event.user, event.answer
        self.set_rows(_rows(event.access, event.answer.matches))
        scopes = f"Scopes: {' '.join(event.answer.scopes)}." if event.answer.scopes else "No scopes from lists."
        self.query_one(SummaryText).set_lines([event.answer.summary, scopes])
        self.refresh_status()

    def status(self) -> Sequence[Piece]:
        if self.answer is None:
            return [("loading", "")]
        return self.position()

    # Reasons

    def selection_disabled_reason(self) -> str | None:
        return None if self.table.row is not None else "No list is selected."

    def add_disabled_reason(self) -> str | None:
        if reason := self.selection_disabled_reason():
            return reason
        return None if self._free() else "This list already has every identifier of the user, or the user has none."

    def removal_disabled_reason(self) -> str | None:
        row = self.table.row
        return None if row is not None and row.get("entry") else "This user is not on this list."

    def explain_disabled_reason(self) -> str | None:
        return None if self.answer is not None else "The access of the user is still loading."

    def _free(self) -> list[dict[str, Any]]:
        """Return the identifiers of the user that are not yet on the selected list, as entries."""
        row, answer = self.table.row, self.answer
        if row is None or answer is None:
            return []
        there = {
            entry_label(match.entry).casefold() for match in answer.matches if match.allowlist.get("id") == row["id"]
        }
        found = [entry for entry in entries_for(self.user) if "emailDomain" not in entry]
        return [entry for entry in found if entry_label(entry).casefold() not in there]

    # Actions

    def action_add(self) -> None:
        row = self._list
        free = self._free()
        choices = [
            Choice(str(place), entry_label(entry), note=IDENTIFIER_TITLES.get(next(iter(entry)), ""))
            for place, entry in enumerate(free)
        ]

        def picked(place: str | None) -> None:
            if place is not None:
                entry = {**free[int(place)], **self._alias()}
                action = add_entries(row, job=new_job())
                run_action(self.console, action, [entry_target(entry)], verb="Add", opening_key="n")

        self.console.ask(SelectDialog(f"Add to {name_of(row)}: choose an identifier", choices), picked)

    def _alias(self) -> dict[str, str]:
        name = " ".join(str(self.user[key]) for key in ("firstName", "lastName") if self.user.get(key))
        return {"alias": name[:255]} if name else {}

    @property
    def _list(self) -> dict[str, Any]:
        row = self.table.row
        assert row is not None
        assert self.access is not None
        return dict(find_policy(self.access.lists, str(row["id"])))

    def action_remove(self) -> None:
        row = self.table.row
        assert row is not None
        action = remove_entries(self._list, job=new_job())
        run_action(self.console, action, [removal_target(row["entry"])], verb="Remove", opening_key="d")

    def action_why(self) -> None:
        assert self.answer is not None
        show_answer(self.console, self.answer)

    def action_open(self) -> None:
        row = self.table.row
        assert row is not None
        self.console.open_list(ALLOWLIST_ENTRIES, str(row["id"]), str(row["name"]))

    def action_refresh(self) -> None:
        self.load()


def _rows(access: AccessPolicy, matches: Sequence[AccessMatch]) -> list[dict[str, Any]]:
    """Return one row for each list and matching entry; a list without a match has one row."""
    rows: list[dict[str, Any]] = []
    for allowlist in access.lists:
        own = [match for match in matches if match.allowlist.get("id") == allowlist.get("id")]
        found: list[Mapping[str, Any] | None] = [match.entry for match in own]
        for entry in found or [None]:
            rows.append(
                {
                    "key": f"{allowlist.get('id')} {entry.get('id') if entry else ''}",
                    "id": allowlist.get("id"),
                    "name": name_of(allowlist),
                    "outcome": allowlist.get("outcome"),
                    "enabledAt": allowlist.get("enabledAt"),
                    "by": entry_label(entry) if entry else None,
                    "alias": entry.get("alias") if entry else None,
                    "entry": entry,
                }
            )
    return rows
