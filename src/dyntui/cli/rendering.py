"""Print results in the format of the output options: tables and text for people, and data for programs.

A list is a document with `items`, `total` and `next` in every format that has documents. All commands print their
results with the methods of CliContext, which use this module.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dyntui.cli.output import (
    JsonText,
    make_exporter,
    print_document,
    print_json,
    print_lines,
    print_results,
    print_styled,
    print_values,
)
from dyntui.cli.streams import is_plain, terminal_width
from dyntui.core.json_types import Row

if TYPE_CHECKING:
    from datetime import datetime

    from dyntui.cli.output_options import OutputOptions
    from dyntui.resources.resource import Column
    from dyntui.services.exports import Exporter
    from dyntui.services.field_names import FieldNames

__all__ = ["ItemPrinter", "print_data", "print_object"]


class ItemPrinter:
    """Prints the items of a list: each as it arrives where the format allows it, otherwise all at the end."""

    def __init__(
        self,
        options: OutputOptions,
        columns: Sequence[Column] = (),
        names: FieldNames | None = None,
        on_printed: Callable[[], None] = lambda: None,
        shown: Callable[[Row], Row] | None = None,
        on_end: Callable[[], None] = lambda: None,
    ) -> None:
        """columns: of tables, CSV and TSV; all fields when they are empty. names: the fields that the items can have.

        on_printed: called after each item that is printed before the end. shown: returns an item as it may be printed.
        on_end: called after the end.
        """
        self._options = options
        self._columns = columns
        self._names = names
        self._on_printed = on_printed
        self._shown = shown
        self._on_end = on_end
        self._format = "tsv" if options.prints_text and not sys.stdout.isatty() else options.format
        self._is_streamed = options.is_streamed or self._format == "tsv"
        self._items: list[Row] = []
        self._exporter: Exporter | None = None
        self.count = 0
        """How many items were added."""

    def add(self, item: Row) -> None:
        """Print an item, or keep it for the end."""
        self.count += 1
        item = item if self._shown is None else self._shown(item)
        if not self._is_streamed or not self._can_check_first():
            self._items.append(item)
            return
        if self.count == 1:
            self._check([item])
        self._print(item)
        self._on_printed()

    def end(self, total: int | None = None, next: int | None = None, **extra: object) -> None:
        """Print what is not printed yet.

        total: how many items the list has; by default those that were added, if there is no rest. next: the number of
        the first item that is left out; None when there is no rest. extra: further fields of the document.
        """
        self._print_end(total, next, extra)
        self._on_end()

    def _print_end(self, total: int | None, next: int | None, extra: Mapping[str, object]) -> None:
        options = self._options
        total = self.count if total is None and next is None else total
        if self._is_streamed:
            if len(self._items) == self.count:  # no item was printed, and so none was checked
                self._check(self._items)
            for item in self._items:
                self._print(item)
            if not options.template and not options.jq:
                self._export().end()
            return
        self._check(self._items)
        if options.prints_text:
            if self._items:
                self._print_table()
            return
        from dyntui.services.field_names import select_fields

        items = [select_fields(item, options.fields) for item in self._items]
        _print_document(options, {"items": items, "total": total, "next": next, **extra})

    def _can_check_first(self) -> bool:
        """Whether the first item can be printed before the others: its columns and the requested fields are known."""
        has_columns = bool(self._columns or self._options.fields) or self._format in ("ndjson", "")
        return has_columns and (self._names is not None or not self._options.names_fields)

    def _check(self, items: Sequence[Row]) -> None:
        """Raise UsageError when a field was requested that the items cannot have."""
        from dyntui.services.field_names import FieldNames

        if fields := _named_fields(self._options):
            (self._names or FieldNames({column.field for column in self._columns if column.field})).check(fields, items)

    def _print(self, item: Row) -> None:
        """Print one item of a format without a document."""
        if self._options.template or self._options.jq:
            _print_document(self._options, item)
        elif self._format == "ndjson":
            self._export().row(item)
        else:
            columns = self._shown_columns()
            self._export().row({column.field or column.name: column.value(item) for column in columns})

    def _export(self) -> Exporter:
        if self._exporter is None:
            from dyntui.services.exports import ExportFormat

            names = [column.field or column.name for column in self._shown_columns()]
            self._exporter = make_exporter(ExportFormat(self._format), names, self._options.fields)
        return self._exporter

    def _print_table(self) -> None:
        from dyntui.cli.tables import named_lines, table_lines
        from dyntui.core.times import now

        columns = self._shown_columns()
        if is_plain():
            print_lines(*named_lines(columns, self._items, now()))
        elif columns:
            print_styled(table_lines(columns, self._items, terminal_width(), now()))

    def _shown_columns(self) -> Sequence[Column]:
        from dyntui.resources.resource import Column
        from dyntui.services.field_names import field_columns, value_at

        if self._options.fields or not self._columns:
            names = self._options.fields or field_columns(self._items)
            return [Column(name, pick=partial(value_at, path=name), format=_nested_text) for name in names]
        return self._columns


def print_object(options: OutputOptions, document: object, names: FieldNames | None = None) -> None:
    """Print one object: as lines of dot path and value, or as data."""

    selected = _selected(options, document, names)
    if not options.prints_text:
        _print_document(options, selected)
        return
    if not sys.stdout.isatty():
        _export_object(options, selected)
        return
    from dyntui.cli.tables import object_lines
    from dyntui.services.exports import cell_text

    fields = [(name, cell_text(value)) for name, value in _flatten(selected)]
    if is_plain():
        print_lines(*(f"{name}: {text}" for name, text in fields))
    else:
        print_styled(object_lines(fields))


def print_data(options: OutputOptions, document: object, names: FieldNames | None = None) -> None:
    """Print a result that is no list as data, in the selected format."""
    _print_document(options, _selected(options, document, names))


def _selected(options: OutputOptions, document: object, names: FieldNames | None) -> object:
    """Return the document with the requested fields only. Raises UsageError for one that it cannot have."""
    from dyntui.services.field_names import FieldNames, select_fields

    if fields := _named_fields(options):
        (names or FieldNames()).check(fields, [document])
    return select_fields(document, options.fields)


def _named_fields(options: OutputOptions) -> Sequence[str]:
    if options.template:
        from dyntui.cli.expressions import parse_template

        return (*options.fields, *parse_template(options.template))
    return options.fields


def _print_document(options: OutputOptions, document: object) -> None:
    if options.template:
        from dyntui.cli.expressions import fill_template

        print_values(fill_template(options.template, document))
    elif options.jq:
        from dyntui.cli.expressions import run_jq

        indented = sys.stdout.isatty()
        results = run_jq(options.jq, document)
        print_results([each if isinstance(each, str) else JsonText(_json(each, indented=indented)) for each in results])
    elif options.format == "yaml":
        from dyntui.core.yaml_text import dump_yaml

        print_document(dump_yaml(document).removesuffix("\n"))
    elif options.format in ("json", "ndjson"):
        print_json(_json(document, indented=options.format == "json"))
    else:
        _export_object(options, document)


def _json(document: object, *, indented: bool) -> str:
    return json.dumps(
        document,
        ensure_ascii=False,
        indent=2 if indented else None,
        default=str,
        separators=None if indented else (",", ":"),
    )


def _export_object(options: OutputOptions, document: object) -> None:
    """Print an object as CSV or TSV with the columns `field` and `value`."""
    from dyntui.services.exports import ExportFormat

    exporter = make_exporter(ExportFormat("tsv" if options.prints_text else options.format), ("field", "value"))
    for name, value in _flatten(document):
        exporter.row({"field": name, "value": value})
    exporter.end()


def _nested_text(value: object, now: datetime) -> str:
    """Format a value that can be a list or an object."""
    from dyntui.resources.cell_formats import text
    from dyntui.services.exports import cell_text

    if isinstance(value, list) and not any(isinstance(part, (list, dict)) for part in value):
        return text(", ".join(map(cell_text, value)), now)
    return text(cell_text(value) if isinstance(value, (list, dict)) else value, now)


def _flatten(value: object, prefix: str = "") -> Iterator[tuple[str, str | int | float | bool]]:
    """Iterate over the values of a JSON document as pairs of dot path and value. Empty values are left out."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from _flatten(part, f"{prefix}.{key}" if prefix else key)
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from _flatten(part, f"{prefix}.{index}")
    elif value not in (None, "", [], {}):
        yield prefix, value if isinstance(value, (str, int, float, bool)) else str(value)
