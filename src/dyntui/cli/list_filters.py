"""The filters of all lists: --where, --since, --until, --chain and --no-wallet.

A list has only those that its rows can honor. The command gets their values as `conditions`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from dyntui.cli.context import CliContext
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from dyntui.core.json_types import Row
    from dyntui.resources.resource import Resource
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = [
    "check_filters",
    "check_order",
    "filter_options",
    "keep_rows",
    "local_filter_message",
    "local_filter_options",
    "parse_range",
    "refuse_empty",
    "text_option",
]

F = TypeVar("F", bound=Callable[..., Any])


def refuse_empty(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """Callback of a filter: refuse an empty text, such as that of an unset variable, which would select all rows."""
    is_given = parameter.name is not None and ctx.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    if is_given and not value.strip():
        raise click.BadParameter("It is empty. Leave the option out to list all.", ctx, parameter)
    return value


def check_order(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """Callback of --order: refuse what is no order. Which columns there are, only the server knows."""
    if value is not None and not _ORDER.fullmatch(value):
        column = value.partition("-")[0].strip() or "createdAt"
        raise click.BadParameter(f"{value!r} is no order. Write {column}-asc or {column}-desc.", ctx, parameter)
    return value or ""


_ORDER = re.compile(r"[A-Za-z]+-(asc|desc)")
_TIMES = "30m, 12h, 7d, 2026-01-31 or 2026-01-31T12:00:00Z"
text_option = click.option(
    "--filter", "text", metavar="TEXT", default="", callback=refuse_empty, help="Only rows with TEXT, or column:TEXT."
)
_where_option = click.option(
    "--where",
    "where",
    multiple=True,
    metavar="'FIELD OP VALUE'",
    help="Only rows with such a field, also a.b; repeatable. OP: = != ~ (contains) ^= (starts with) $= (ends with) "
    "> >= < <=.",
)
_time_options = (
    click.option("--since", metavar="TIME", callback=refuse_empty, help=f"Only rows since TIME: {_TIMES}."),
    click.option("--until", metavar="TIME", callback=refuse_empty, help="Only rows until TIME; a date is included."),
)
_chain_option = click.option(
    "--chain", metavar="CHAIN", callback=refuse_empty, help="Only rows of this chain: EVM, SOL, BTC, ..."
)
_no_wallet_option = click.option("--no-wallet", is_flag=True, help="Only rows without a wallet.")


def filter_options(record: Resource | None) -> Callable[[F], F]:
    """Return a decorator that adds the filters of a list; the command gets them as `conditions`.

    record: what the rows are of; None when that is an argument of the command, which then calls `check_filters`.
    """
    options = [_where_option]
    if record is None or record.time_field:
        options += _time_options
    if record is None or _has_chain(record):
        options.append(_chain_option)
    if record is None or _has_wallets(record):
        options.append(_no_wallet_option)
    return _with_conditions(options)


def local_filter_options(*, has_time: bool) -> Callable[[F], F]:
    """Return a decorator that adds --where, and --since and --until, to a list of what is on this machine."""
    return _with_conditions([_where_option, *(_time_options if has_time else ())])


def _with_conditions(options: Sequence[Callable[[F], F]]) -> Callable[[F], F]:
    def add_options(command: F) -> F:
        @functools.wraps(command)
        def with_conditions(
            *args: object,
            where: Sequence[str],
            since: str | None = None,
            until: str | None = None,
            chain: str | None = None,
            no_wallet: bool = False,
            **values: object,
        ) -> object:
            from dyntui.services.lists.row_conditions import RowConditions, chain_warnings, parse_condition

            conditions = RowConditions(
                tuple(parse_condition(text) for text in where),
                *parse_range(since, until),
                chain or "",
                without_wallet=no_wallet,
            )
            context = click.get_current_context().ensure_object(CliContext)
            context.print_message(*(f"warning: {line}" for line in chain_warnings(conditions.chain)))
            return command(*args, conditions=conditions, **values)

        decorated: F = with_conditions  # type: ignore[assignment]
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return add_options


def parse_range(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last time of a range. Raises UsageError for a text that is no time, or a wrong order."""
    from dyntui.core.times import parse_since, parse_until

    first, last = parse_since(since) if since else None, parse_until(until) if until else None
    if first and last and first > last:
        raise UsageError(f"--since {since} is after --until {until}.", hint="Swap them.")
    return first, last


def _has_chain(record: Resource) -> bool:
    in_filter = record.filter is not None and "chain" in record.filter.other_keys
    return in_filter or any(column.field == "chain" for column in record.columns)


def _has_wallets(record: Resource) -> bool:
    return any(column.field == "wallets" for column in record.columns)


def local_filter_message(record: Resource, text: str) -> str:
    """Return that the rows of a record are compared with a text on this machine."""
    return f"Filtered here: the server cannot filter {record.plural} by {text!r}."


def check_filters(record: Resource, conditions: RowConditions) -> None:
    """Raise UsageError for a filter that the rows of a record cannot honor."""
    refused = [
        (conditions.since is not None, "--since", bool(record.time_field), "have no time"),
        (conditions.until is not None, "--until", bool(record.time_field), "have no time"),
        (bool(conditions.chain), "--chain", _has_chain(record), "have no chain"),
        (conditions.without_wallet, "--no-wallet", _has_wallets(record), "have no wallets"),
    ]
    for is_given, option, is_honored, reason in refused:
        if is_given and not is_honored:
            raise UsageError(
                f"{option} cannot be used: {record.plural} {reason}.", hint="Use --where 'FIELD OP VALUE'."
            )


def keep_rows(
    context: CliContext,
    rows: Sequence[Row],
    conditions: RowConditions,
    record: Resource | None = None,
    *,
    text: str = "",
) -> list[Row]:
    """Return the rows of a list that was read whole that fulfill the conditions, and say that they were compared here.

    When none does, it says so.

    record: what the rows are of; None for rows of this machine. text: the value of `text_option`. Raises UsageError for
    an unknown field.
    """
    if text:
        from dyntui.services.lists.row_match import Match, RowFilter, row_filter

        found = row_filter(record, text, Match.CONTAINS) if record is not None else RowFilter(text, Match.CONTAINS)
        rows = [row for row in rows if found.fits(row)]
        if record is not None:
            context.print_message(local_filter_message(record, text))
        if not rows and not context.prints_data:
            context.print_message(f"No {record.plural if record is not None else 'rows'} match {text!r}.")
    if not conditions or (text and not rows):
        return list(rows)
    from dyntui.services.lists.filtered_list import FilteredList, check_fields
    from dyntui.services.lists.list_query import ListQuery

    check_fields(conditions, rows, record)
    if record is not None:
        context.print_message(FilteredList(record, ListQuery(), conditions).message)
    fitting = [row for row in rows if conditions.fits(row, record)]
    if not fitting and not context.prints_data:
        context.print_message(f"No {record.plural if record is not None else 'rows'} match {str(conditions)!r}.")
    return fitting
