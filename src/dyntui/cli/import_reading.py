"""How an import reads and maps its file: the options of the command line, the source and the mapping made with them."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.shared_options import combine_options
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.cli.context import CliContext
    from dyntui.importer import Mapping, Source
    from dyntui.importer.fields import MappingKind

__all__ = ["ReadingOptions", "make_mapping", "open_file", "print_mapping", "reading_options", "user_options"]

_LOOKUP_FILE = re.compile(r"lookup:@((?:\\\||[^|])+)")


reading_options = combine_options(
    click.option("--mapping", "mapping_name", metavar="NAME|FILE", help="Use a saved mapping, or a mapping file."),
    click.option(
        "--map", "maps", multiple=True, metavar="COLUMN=FIELD", help="Map a column to a field; COLUMN= leaves it out."
    ),
    click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="Value for all rows that have none."),
    click.option("--save-mapping", metavar="NAME", help="Save the mapping for files with the same columns."),
    click.option(
        "--accept-suggestions", is_flag=True, help="Change values to what their problems suggest; the plan counts them."
    ),
    click.option(
        "--date-format",
        "date_formats",
        multiple=True,
        metavar="COLUMN=FORMAT",
        help="Form of the dates in a column, such as %d/%m/%Y.",
    ),
    click.option(
        "--include",
        "included",
        multiple=True,
        metavar="RULE",
        help="Import users that are left out otherwise: disabled, deleted, service-accounts, test-users, all.",
    ),
    click.option("--null", "nulls", multiple=True, metavar="TEXT", help="Another text that means an empty cell."),
    click.option("--no-null", is_flag=True, help="Import texts such as NULL and N/A as they are."),
    click.option(
        "--region",
        metavar="XX",
        help="Country of phone numbers without a country code: US, DE, ...; + if only the + is missing.",
    ),
    click.option("--encoding", metavar="NAME", help="Encoding of the file.  [default: detected UTF-8 or UTF-16]"),
    click.option("--delimiter", metavar="CHAR", help="Delimiter between values: , ; tab ...  [default: detected]"),
    click.option(
        "--header-row", type=click.IntRange(0), metavar="N", help="Row with the column names; 0 if the file has none."
    ),
    click.option(
        "--records", metavar="PATH", help="Where the records of a JSON file are: users, data.users, *.  [detected]"
    ),
    click.option("--sheet", metavar="NAME", help="Sheet of a spreadsheet.  [default: the first]"),
)
"""The options that decide how a file is read and mapped."""
user_options = combine_options(
    click.option("--wallet-name", metavar="NAME", help="Name of wallets without one: metamask, phantom, ..."),
    click.option(
        "--wallet-provider", metavar="PROVIDER", help="Provider of wallets without one: browserExtension, ..."
    ),
    click.option("--wallet-chain", metavar="CHAIN", help="Chain of wallets without one: EVM, SOL, BTC, ..."),
    click.option(
        "--on-invalid",
        multiple=True,
        metavar="FIELD=ACTION",
        help="For values that the API refuses: replace, omit, metadata, review, send or error.",
    ),
    click.option("--allow-no-identity", is_flag=True, help="Import users who cannot sign in, without a question."),
)
"""The options for values that only users have, or that the API refuses in them."""


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """The values of `reading_options`."""

    kind: MappingKind
    """What is imported: `users` or `allowlist`."""
    mapping_name: str | None
    """Name of a saved mapping, or path of a mapping file."""
    maps: tuple[str, ...]
    """Texts `COLUMN=FIELD`."""
    sets: tuple[str, ...]
    """Texts `FIELD=VALUE`."""
    save_mapping: str | None
    """Name to save the mapping with."""
    accept_suggestions: bool
    """Whether cells are changed to what their problems suggest."""
    date_formats: tuple[str, ...]
    """Texts `COLUMN=FORMAT`."""
    included: tuple[str, ...]
    """Names of rules for rows that are left out otherwise."""
    nulls: tuple[str, ...]
    """Further texts that mean an empty cell."""
    no_null: bool
    """Whether the usual texts for an empty cell are imported as they are."""
    region: str | None
    """Country of phone numbers without a country code."""
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    """Number of the row with the column names; 0 for none, None to detect it."""
    records: str | None
    """Where the records of a JSON file are; None to find them."""
    sheet: str | None
    wallet_name: str | None = None
    """Name of wallets that have none; the next two are their provider and chain."""
    wallet_provider: str | None = None
    wallet_chain: str | None = None
    on_invalid: tuple[str, ...] = ()
    """Texts `FIELD=ACTION`."""


def open_file(file: str, options: ReadingOptions) -> Source:
    """Open the file of an import; `-` is standard input."""
    from dyntui.importer import open_source

    delimiter = options.delimiter
    if delimiter is not None:
        delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter.lower(), delimiter)
    read_options: dict[str, Any] = {
        "encoding": options.encoding,
        "delimiter": delimiter,
        "header_row": options.header_row,
        "sheet": options.sheet,
        "records": options.records,
    }
    if file == "-":
        return open_source(sys.stdin.buffer, name="standard input", **read_options)
    return open_source(Path(file), **read_options)


def make_mapping(context: CliContext, source: Source, options: ReadingOptions, custom_fields: Any = ()) -> Mapping:
    """Return the mapping: the one that --mapping names, a saved one for these columns, or an inferred one.

    The other options are applied to it. custom_fields: the custom fields of the environment, which are known only
    after connecting; the mapping is made again with them. Raises UsageError when a decision is missing.
    """
    from dyntui.importer import MissingChoice, propose_mapping
    from dyntui.importer.mapping import email_verified_choices
    from dyntui.services.imports.mappings import find_mapping, load_mapping

    kind = options.kind
    if options.mapping_name is not None:
        mapping = load_mapping(options.mapping_name).bind(source.info)
        if mapping.kind != kind:
            raise UsageError(f"The mapping {options.mapping_name} is for {mapping.kind}, not for {kind}.")
    elif saved := find_mapping(source.info, kind):
        if not custom_fields:  # else it was printed before
            context.print_message(f"Using the saved mapping {saved[0]}, which was made for these columns.")
        mapping = saved[1]
    else:
        mapping = propose_mapping(source.info, source.sample(), custom_fields=custom_fields, kind=kind)
    mapping = _with_options(mapping, options)
    if kind == "users" and "emailVerifiedAt" not in mapping.targets:
        raise MissingChoice("Choose whether the emails are verified.", hint=email_verified_choices())
    if mapping.missing_wallet_parts:
        raise MissingChoice("Choose the name and the provider of the wallets.", hint=mapping.wallet_choices)
    if mapping.missing:
        raise UsageError(mapping.missing[0], hint="Map a column with --map COLUMN=FIELD.")
    return mapping


def _with_options(mapping: Mapping, options: ReadingOptions) -> Mapping:
    from dyntui.importer import parse_assignment, parse_column_map
    from dyntui.importer.fields import WALLET_PROVIDERS
    from dyntui.importer.invalid_values import parse_on_invalid

    for text in options.maps:
        column, field, transforms = parse_column_map(_with_lookup_files(text), options.kind)
        mapping = mapping.with_column(column, field, transforms)
    for text in options.date_formats:
        column, equals, format = text.partition("=%")
        if not equals:
            raise UsageError(f"{text!r} is not COLUMN=FORMAT.", hint='For example: --date-format "Joined=%d/%m/%Y"')
        mapping = mapping.with_date_format(column.strip(), f"%{format}")
    for text in options.sets:
        mapping = mapping.with_constant(*parse_assignment(text, options.kind))
    for part, value in (
        ("walletName", options.wallet_name),
        ("walletProvider", options.wallet_provider),
        ("chain", options.wallet_chain),
    ):
        if value is not None:
            if part == "walletProvider" and value not in WALLET_PROVIDERS:
                raise UsageError(f"{value!r} is not a wallet provider.", hint=f"One of: {', '.join(WALLET_PROVIDERS)}.")
            mapping = mapping.with_constant(*parse_assignment(f"wallets.N.{part}={value}", options.kind))
    for text in options.on_invalid:
        mapping = mapping.with_on_invalid(*parse_on_invalid(text))
    mapping = mapping.with_included(options.included)
    return mapping.with_nulls(options.nulls, keep_usual=not options.no_null)


def _with_lookup_files(text: str) -> str:
    """Return the text of --map with the content of its lookup files, so that a saved mapping needs no other file."""
    from dyntui.importer.text_transforms import lookup_argument

    def content(match: re.Match[str]) -> str:
        return lookup_argument(_read_pairs(match[1])).replace("|", "\\|")

    return _LOOKUP_FILE.sub(content, text)


def _read_pairs(file: str) -> dict[str, str]:
    from dyntui.importer import open_source

    with open_source(Path(file), header_row=0) as source:
        if len(source.info.columns) != 2:
            raise UsageError(f"{file} does not have two columns, the old and the new value.")
        pairs: dict[str, str] = {}
        for row in source.rows():
            old, new = (str(cell).strip() for cell in row.cells)
            if pairs.setdefault(old, new) != new:
                raise UsageError(f"{file} has two new values for {old!r}.", hint="Delete one of them.")
        return pairs


def print_mapping(context: CliContext, mapping: Mapping) -> None:
    """Print what each column becomes, what is not mapped and why, and which rows are left out."""
    for column in mapping.mapped:
        context.print_message(
            f"  {column.column} -> {column.field}" + (f"  ({column.reason})" if column.reason else "")
        )
    context.print_message(*(f"  all rows: {name} = {value}" for name, value in mapping.constants.items()))
    for column in mapping.unmapped:
        context.print_message(f"  {column.column} is not mapped" + (f": {column.hint}" if column.hint else ""))
    context.print_message(*(f"  {text}" for text in dict.fromkeys(rule.text for rule in mapping.exclusions)))
