"""The screen of a custom hostname with the DNS records that have to be set for it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from dyntui.core.json_types import Row, as_objects
from dyntui.resources.resource import Column
from dyntui.tui.features.resources.resource_detail import ResourceDetailScreen
from dyntui.tui.kit.widgets.field_list import FieldLine
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
    RAW_LEVELS = 3

    def pane(self, tab: Tab) -> ComposeResult:
        match tab.name:
            case "details":
                with Horizontal(classes="two"):
                    yield from super().pane(tab)
                    yield Table(_COLUMNS, StaticRows(is_loaded=False), empty=_empty, id="dns-overview")
            case "dns":
                yield Table(_COLUMNS, StaticRows(is_loaded=False), empty=_empty, id="dns-records")
            case _:
                yield from super().pane(tab)

    def counts(self, document: Row) -> tuple[int | None, ...]:
        return (None, len(_dns_records(document)), None)

    def fill(self, tab: Tab, document: Row) -> None:
        if tab.name != "dns":
            super().fill(tab, document)
        if tab.name != "raw":
            table = self.query_one("#dns-overview" if tab.name == "details" else "#dns-records", Table)
            table.set_rows(_dns_records(document))

    def field_lines(self, document: Row) -> list[FieldLine]:
        return super().field_lines({**document, "verificationRecords": len(_dns_records(document))})


def _dns_records(document: Row) -> list[Row]:
    """Return the DNS records as table rows; `copy` is the value that `y` copies."""
    records = as_objects(document.get("verificationRecords"))
    return [{**record, "copy": record.get("value")} for record in records]


def _empty() -> str:
    return "There are no DNS records to set."
