"""The screen of a custom hostname with the DNS records that have to be set for it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from dyntui.core.json_types import Row, as_objects
from dyntui.resources import Column
from dyntui.tui.features.resources.resource_detail import ResourceDetailScreen, field_lines
from dyntui.tui.kit.widgets.field_list import FieldList
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.search_tree import SearchTree
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.detail_screen import Tab

__all__ = ["HostnameScreen"]

_COLUMNS = (
    Column("dnsRecordType", "type", 6, priority=0),
    Column("name", "name", 34, grow=True, priority=0),
    Column("value", "value", 40, grow=True, priority=0),
    Column("verificationType", "verifies", 12, priority=1),
)


class HostnameScreen(ResourceDetailScreen):
    """One custom hostname; `y` copies the value of the DNS record under the cursor."""

    TABS = (Tab("details", "Hostname"), Tab("dns", "DNS Records"), Tab("raw", "Raw"))

    def pane(self, tab: Tab) -> ComposeResult:
        match tab.name:
            case "details":
                with Horizontal(classes="two"):
                    yield FieldList(id="details")
                    yield Table(_COLUMNS, StaticRows(is_loaded=False), empty=_empty, id="dns-overview")
            case "dns":
                yield Table(_COLUMNS, StaticRows(is_loaded=False), empty=_empty, id="dns-records")
            case _:
                yield SearchTree(id="raw", unfolded=3)

    def counts(self, document: Row) -> tuple[int | None, ...]:
        super().counts(document)
        return (None, len(_dns_records(document)), None)

    def fill(self, tab: Tab, document: Row) -> None:
        if tab.name == "raw":
            self.query_one("#raw", JsonTree).show(document)
            return
        records = _dns_records(document)
        if tab.name == "details":
            document = {**document, "verificationRecords": len(records)}
            self.query_one("#details", FieldList).show(field_lines(self.record, document))
        self.query_one("#dns-overview" if tab.name == "details" else "#dns-records", Table).set_rows(records)


def _dns_records(document: Row) -> list[Row]:
    """Return the DNS records as table rows; `copy` is the value that `y` copies."""
    records = as_objects(document.get("verificationRecords"))
    return [{**record, "copy": record.get("value")} for record in records]


def _empty() -> str:
    return "There are no DNS records to set."
