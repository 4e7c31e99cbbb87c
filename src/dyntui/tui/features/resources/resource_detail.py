"""The screen of one object of any resource: its fields, related lists, JSON, and the actions of the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from dyntui.core.json_types import Row, as_list
from dyntui.core.text import spaced_words
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Column, Resource, Scope
from dyntui.services.actions.write_types import WriteOutcome, WriteResults
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.action_flow import ActionFlow, ActionFlowMixin
from dyntui.tui.shell.console_app import ConsoleApp
from dyntui.tui.shell.detail_screen import DetailScreen, Tab
from dyntui.tui.shell.lists.cached_names import cached_name
from dyntui.tui.shell.record_classes import record_class
from dyntui.tui.shell.route_target import RouteTarget

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["ResourceDetailScreen"]

_CHILD_COLUMNS = (
    Column("title", "related resources", 26, grow=True, priority=0),
    Column("name", "name", 20, priority=1),
)
_USER_LABELS = ("userId", "user")
"""The labels of fields with the id of a user."""
_USER_ID = "user id"
"""The label of such a field below the name of the user."""
_MAX_DEPTH = 3
"""Levels of nested values that get lines of their own; deeper ones are shown as JSON."""


def _field_lines(record: Resource, document: Row) -> list[FieldLine]:
    """Return an object as lines: the fields of the list columns, the other fields, and nested values by path."""
    titles = {column.field: column.name for column in record.columns if column.field and "." not in column.field}
    lines = [FieldLine(record.singular, heading=True)]
    lines += [
        FieldLine(title, document.get(name)) for name, title in titles.items() if not _is_nested(document.get(name))
    ]
    other = [(name, value) for name, value in document.items() if name not in titles and not _is_nested(value)]
    if other:
        lines.append(FieldLine("other fields", heading=True))
        lines += [FieldLine(str(name), value) for name, value in other]
    for name, value in document.items():
        if _is_nested(value):
            lines.append(FieldLine(spaced_words(str(name)), heading=True))
            lines += _nested_lines(value)
    return lines


def _is_nested(value: object) -> bool:
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, list) and any(isinstance(part, (Mapping, list)) for part in value)


def _nested_lines(value: object, path: tuple[str, ...] = ()) -> list[FieldLine]:
    parts = value.items() if isinstance(value, Mapping) else enumerate(as_list(value), 1)
    lines: list[FieldLine] = []
    for name, part in parts:
        part_path = (*path, str(name))
        if _is_nested(part) and len(part_path) < _MAX_DEPTH:
            lines += _nested_lines(part, part_path)
        else:
            lines.append(FieldLine(".".join(part_path), part))
    return lines


class ResourceDetailScreen(DetailScreen, ActionFlowMixin):
    """One object of any resource. `_class_for` makes a subclass with the record and the keys of its actions."""

    RAW_LEVELS = 2

    def __init__(self, row: Row, parent: str = "") -> None:
        """row: the object as the list shows it. parent: the id of the object that it belongs to, or ""."""
        super().__init__(str(row.get(self.record.key, "")), self.record.label_of(row))
        self.row: Row = row
        self.parent_id = parent
        self._user_id: str | None = None
        """The id of the user that a field names; None when none does."""

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        assert target.record is not None
        console.visit(_class_for(target.record.name, cls)(target.row, target.parent))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return (self.record.plural, self.label or self.object_id)

    @property
    def child_resources(self) -> list[Resource]:
        """The resources that belong to this object, such as the members of an organization."""
        return [
            record
            for record in RESOURCES.values()
            if record.parent_resource == self.record.name and record.scope in (Scope.PARENT, Scope.ORGANIZATION)
        ]

    def pane(self, tab: Tab) -> ComposeResult:
        children = [{"title": record.title, "name": record.name} for record in self.child_resources]
        if tab.name == "raw" or not children:
            yield from super().pane(tab)
            return
        with Horizontal(classes="two"):
            yield from super().pane(tab)
            yield Table(_CHILD_COLUMNS, StaticRows(children, key="name"), id="children")

    async def read(self, connection: Connection) -> Row:
        from dyntui.services.actions.resource_actions import read_one

        if not self.record.detail and self.document is None:
            return self.row  # the list was just read
        document = await read_one(connection.client, self.record, self.object_id, parent=self.parent_id)
        # The list has fields that the detail operation omits, such as the chain of a name service.
        return {**self.row, **document}

    def document_loaded(self, document: Row) -> None:
        self.row = document
        self.label = self.record.label_of(document)

    def field_lines(self, document: Row) -> list[FieldLine]:
        lines: list[FieldLine] = []
        for line in _field_lines(self.record, document):
            if line.label in _USER_LABELS and isinstance(line.value, str):
                owner = cached_name(self.console.session.rows, "users", line.value)
                lines += [FieldLine("user", owner), replace(line, label=_USER_ID)] if owner else [line]
                self._user_id = line.value
            else:
                lines.append(line)
        return lines

    def fill(self, tab: Tab, document: Row) -> None:
        from dyntui.services.actions.resource_actions import mask_fields

        super().fill(tab, mask_fields(self.record, document))

    def openable(self, pane: Widget | None) -> bool:
        return self._child_under_cursor(pane) is not None or self._user_under_cursor(pane) is not None

    def _child_under_cursor(self, pane: Widget | None) -> str | None:
        if isinstance(pane, Table) and pane.row is not None:
            name = str(pane.row.get("name") or "")
            return name if name in RESOURCES else None
        return None

    def _user_under_cursor(self, pane: Widget | None) -> str | None:
        field = pane.current_field if isinstance(pane, FieldList) else None
        return self._user_id if field is not None and field.label in (*_USER_LABELS, _USER_ID) and field.value else None

    def open_under_cursor(self, pane: Widget | None) -> None:
        if (user_id := self._user_under_cursor(pane)) is not None:
            self.console.open_route("user", RouteTarget(row_id=user_id, label=user_id))
        elif (name := self._child_under_cursor(pane)) is not None:
            self.console.open_list(RESOURCES[name], self.object_id, self.label)

    # Actions

    def disabled_reason(self, actions: tuple[ResourceAction, ...]) -> str | None:
        """Return why none of these actions is possible; None when one is. Called by the methods of record_class."""
        if actions[0].target is ActionTarget.LIST:
            return "This action is only available in the list."
        return self.reason_for(actions, self.row)

    def act(self, actions: tuple[ResourceAction, ...], key: str) -> None:
        """Start the first of these actions that is possible. key: the key that was pressed."""
        possible = [action for action in actions if self.reason_for([action], self.row) is None]
        self.begin(self.record, possible[0], [self.row], self.parent_id, key)

    def after(self, plan: ActionFlow, results: WriteResults) -> None:
        if results.items[0].outcome is WriteOutcome.DONE and plan.action.name == "delete":
            self.call_later(self.console.action_back)


@cache
def _class_for(name: str, base: type[ResourceDetailScreen]) -> type[ResourceDetailScreen]:
    return record_class(name, base, "DetailScreen", record=RESOURCES[name])
