"""Read a source file and turn its rows into request bodies, problems and natural keys; write reports.

Uses neither network nor database. Called by `services.imports`, the command `dyntui import` and the import wizard.
"""

from dyntui.importer.allowlist import AllowlistMapper, make_mapper, pasted_source, validate_entry
from dyntui.importer.failed_rows import FailedRowsWriter, failed_rows_suffix
from dyntui.importer.mapper import MappedRow, Mapper
from dyntui.importer.mapping import ColumnMap, Mapping, MissingChoice, parse_assignment, parse_column_map
from dyntui.importer.mapping_inference import propose_mapping
from dyntui.importer.natural_keys import describe_key, entry_keys, field_of_key, natural_keys
from dyntui.importer.problems import CODES, Problem, has_errors
from dyntui.importer.report import (
    Report,
    RowOutcome,
    write_id_map,
    write_report_csv,
    write_report_html,
    write_report_json,
)
from dyntui.importer.source import Source, open_source
from dyntui.importer.source_types import (
    REPORT_COLUMNS,
    SourceChanged,
    SourceError,
    SourceInfo,
    SourceRow,
    UnknownEncoding,
)
from dyntui.importer.user_validation import validate_user

__all__ = [
    "CODES",
    "REPORT_COLUMNS",
    "AllowlistMapper",
    "ColumnMap",
    "FailedRowsWriter",
    "MappedRow",
    "Mapper",
    "Mapping",
    "MissingChoice",
    "Problem",
    "Report",
    "RowOutcome",
    "Source",
    "SourceChanged",
    "SourceError",
    "SourceInfo",
    "SourceRow",
    "UnknownEncoding",
    "describe_key",
    "entry_keys",
    "failed_rows_suffix",
    "field_of_key",
    "has_errors",
    "make_mapper",
    "natural_keys",
    "open_source",
    "parse_assignment",
    "parse_column_map",
    "pasted_source",
    "propose_mapping",
    "validate_entry",
    "validate_user",
    "write_id_map",
    "write_report_csv",
    "write_report_html",
    "write_report_json",
]
