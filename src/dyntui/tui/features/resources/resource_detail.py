"""One thing of any resource: its facts, what belongs to it, and the whole of it; with the record's actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from dyntui.resources import RESOURCES, ActionTarget, Column, Resource, ResourceAction, Scope
from dyntui.services.actions.write_types import WriteOutcome, WriteResults
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.search_tree import SearchTree
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.action_flow import ActionFlow, ActionFlowMixin
from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget
from dyntui.tui.shell.detail_screen import DetailScreen, Tab
from dyntui.tui.shell.record_classes import record_class

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["ResourceDetailScreen", "facts_of"]

_BELOW = (Column("title", "belongs to it", 26, grow=True, priority=0), Column("name", "its name", 20, priority=1))


def facts_of(record: Resource, document: Mapping[str, Any]) -> list[FieldLine]:
    """What the columns show first, then every other value, nested ones by their paths."""
    titles = {column.field: column.name for column in record.columns if column.field and "." not in column.field}
    facts = [FieldLine(record.singular, heading=True)]
    facts += [FieldLine(title, document.get(name)) for name, title in titles.items() if not _nested(document.get(name))]
    rest = {name: value for name, value in document.items() if name not in titles}
    plain = [(name, value) for name, value in rest.items() if not _nested(value)]
    if plain:
        facts.append(FieldLine("more", heading=True))
        facts += [FieldLine(str(name), value) for name, value in plain]
    for name, value in document.items():
        if _nested(value):
            facts.append(FieldLine(str(name), heading=True))
            facts += _inside(value)
    return facts


def _nested(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, list) and any(isinstance(each, (Mapping, list)) for each in value)


def _inside(value: Any, prefix: str = "") -> list[FieldLine]:
    parts = value.items() if isinstance(value, Mapping) else enumerate(value, 1)
    facts: list[FieldLine] = []
    for name, part in parts:
        whole = f"{prefix}{name}"
        facts += _inside(part, f"{whole}.") if _nested(part) and prefix.count(".") < 2 else [FieldLine(whole, part)]
    return facts


class ResourceDetailScreen(DetailScreen, ActionFlowMixin):
    """A row of a record, read again when there is an operation for it."""

    TABS: tuple[Tab, ...] = (Tab("facts", "FieldList"), Tab("raw", "Raw"))
    record: Resource

    def __init__(self, row: Mapping[str, Any], parent: str = "") -> None:
        super().__init__(str(row.get(self.record.key, "")), self.record.label_of(row))
        self.row = dict(row)
        self.parent_id = parent

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        assert target.record is not None
        console.visit(_class_for(target.record.name, cls)(target.row, target.parent))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return (self.record.plural, self.label or self.object_id)

    @property
    def below(self) -> list[Resource]:
        """The lists that belong to this thing."""
        return [
            record
            for record in RESOURCES.values()
            if record.parent_resource == self.record.name and record.scope in (Scope.PARENT, Scope.ORGANIZATION)
        ]

    def pane(self, tab: Tab) -> ComposeResult:
        if tab.name == "raw":
            yield SearchTree(id="raw", unfolded=2)
        elif self.below:
            with Horizontal(classes="two"):
                yield FieldList(id="facts")
                rows = [{"title": record.title, "name": record.name} for record in self.below]
                yield Table(_BELOW, StaticRows(rows, key="name"), id="below")
        else:
            yield FieldList(id="facts")

    async def fetch(self, client: Client) -> dict[str, Any]:
        from dyntui.services.actions.resource_actions import read_one

        if not self.record.detail and self.document is None:
            return self.row  # the list has just read it
        found = await read_one(client, self.record, self.object_id, parent=self.parent_id)
        # What the list said and the detail leaves out (the chain of a name service) is kept.
        return {**self.row, **found}

    def counts(self, document: dict[str, Any]) -> Sequence[int | None]:
        self.row = document
        self.label = self.record.label_of(document)
        return (None, None)

    def shown(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document without what must not be shown."""
        from dyntui.services.actions.resource_actions import mask_secrets

        return mask_secrets(self.record, document)

    def fill(self, tab: Tab, document: dict[str, Any]) -> None:
        if tab.name == "raw":
            self.query_one("#raw", JsonTree).show(self.shown(document))
        else:
            self.query_one("#facts", FieldList).show(facts_of(self.record, self.shown(document)))

    def openable(self, pane: Widget | None) -> bool:
        return self._leads_to(pane) is not None

    def _leads_to(self, pane: Widget | None) -> str | None:
        """The list, or the user, that the cursor is on."""
        if isinstance(pane, Table) and pane.row is not None:
            return str(pane.row.get("name") or "") or None
        fact = pane.current_field if isinstance(pane, FieldList) else None
        return "user" if fact is not None and fact.label in ("userId", "user") and fact.value else None

    def open_under_cursor(self, pane: Widget | None) -> None:
        name = self._leads_to(pane)
        if name == "user":
            assert isinstance(pane, FieldList)
            assert pane.current_field is not None
            user_id = str(pane.current_field.value)
            self.console.open_route("user", RouteTarget(row_id=user_id, label=user_id))
        elif name is not None:
            self.console.open_list(RESOURCES[name], self.object_id, self.label)

    # Actions

    def disabled_reason(self, actions: tuple[ResourceAction, ...]) -> str | None:
        """Why none of these can be done now."""
        if actions[0].target is ActionTarget.LIST:
            return "This is done in the list."
        reasons = [each.disabled_reason(self.row) if each.disabled_reason is not None else None for each in actions]
        return None if None in reasons else reasons[0]

    def act(self, actions: tuple[ResourceAction, ...], key: str) -> None:
        """Do the one of these that fits."""
        fitting = [each for each in actions if each.disabled_reason is None or each.disabled_reason(self.row) is None]
        self.begin(self.record, fitting[0], [self.row], self.parent_id, key)

    def after(self, plan: ActionFlow, results: WriteResults) -> None:
        if results.items[0].outcome is WriteOutcome.DONE and plan.action.name == "delete":
            self.call_later(self.console.action_back)


@cache
def _class_for(name: str, base: type[ResourceDetailScreen]) -> type[ResourceDetailScreen]:
    record = RESOURCES[name]
    return record_class(name, base, "DetailScreen", NOUN=record.singular, RESOURCE=name, record=record)
