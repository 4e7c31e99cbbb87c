"""A custom hostname with the DNS records that have to be set for it: each can be copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal

from dyntui.resources import Column
from dyntui.tui.features.resources.resource_detail import ResourceDetailScreen, facts_of
from dyntui.tui.kit.widgets.field_list import FieldList
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.search_tree import SearchTree
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.detail_screen import Tab

__all__ = ["HostnameScreen"]

_RECORDS = (
    Column("dnsRecordType", "kind", 6, priority=0),
    Column("name", "name", 34, grow=True, priority=0),
    Column("value", "value", 40, grow=True, priority=0),
    Column("verificationType", "proves", 12, priority=1),
)


class HostnameScreen(ResourceDetailScreen):
    """`y` copies the value of the record under the cursor; `v` in the list shows all of it."""

    TABS = (Tab("facts", "Hostname"), Tab("dns", "DNS records"), Tab("raw", "Raw"))

    def pane(self, tab: Tab) -> ComposeResult:
        match tab.name:
            case "facts":
                with Horizontal(classes="two"):
                    yield FieldList(id="facts")
                    yield Table(_RECORDS, StaticRows(is_loaded=False), empty=_none, id="dns-beside")
            case "dns":
                yield Table(_RECORDS, StaticRows(is_loaded=False), empty=_none, id="dns-whole")
            case _:
                yield SearchTree(id="raw", unfolded=3)

    def counts(self, document: dict[str, Any]) -> tuple[int | None, ...]:
        super().counts(document)
        return (None, len(self._rows(document)), None)

    def _rows(self, document: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = document.get("verificationRecords")
        rows = found if isinstance(found, list) else []
        return [{**row, "copy": row.get("value")} for row in rows if isinstance(row, dict)]

    def fill(self, tab: Tab, document: dict[str, Any]) -> None:
        if tab.name == "raw":
            self.query_one("#raw", JsonTree).show(document)
            return
        if tab.name == "facts":
            counted = {**document, "verificationRecords": len(self._rows(document))}
            self.query_one("#facts", FieldList).show(facts_of(self.record, counted))
        table = self.query_one("#dns-beside" if tab.name == "facts" else "#dns-whole", Table)
        assert isinstance(table.view, StaticRows)
        table.view.set_rows(self._rows(document))
        table.view_changed()


def _none() -> str:
    return "No DNS record has to be set."
