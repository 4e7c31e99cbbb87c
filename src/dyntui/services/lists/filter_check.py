"""Compare rows with a filter of the server on this machine, because a server may ignore it or match loosely."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from dyntui.core.interface import by_interface
from dyntui.resources.users import USERS
from dyntui.services.lists.row_conditions import RowConditions
from dyntui.services.lists.row_match import Match, RowFilter

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.errors import FilterUnsupported
    from dyntui.api.pagination import RowPage
    from dyntui.core.json_types import Row
    from dyntui.resources.resource import Resource

__all__ = ["MAX_COMPARED", "PARTLY", "compare_rows", "filter_message", "filter_predicate", "text_predicate"]

MAX_COMPARED = 10_000
"""The number of rows that are read to apply a filter here that the server does not apply, in place of one page."""

PARTLY = "ignores a part of"
"""What a server does with a filter whose rows do not all fit it, such as one that ignores the chain."""


def text_predicate(record: Resource, server_filter: Mapping[str, str]) -> Callable[[Row], bool] | None:
    """Return a function that tells whether a row fits the text that the server is asked for.

    None without a text, and for rows that were found by their owner and compared then.
    """
    spec = record.filter
    if spec is None or spec.owner_column or not (text := server_filter.get(spec.key or spec.parameter, "")):
        return None
    column = server_filter.get(spec.column_key, "all")
    columns: Sequence[str] = spec.searched_locally or ((column,) if column != "all" else ())
    if columns:
        return RowFilter(text, Match.CONTAINS, columns).fits
    words = text.casefold().split()

    def has_words(row: Row) -> bool:
        from dyntui.store.cache import words_of

        found = words_of(row)
        return all(word in found for word in words)

    return has_words


def filter_predicate(record: Resource, server_filter: Mapping[str, str]) -> Callable[[Row], bool]:
    """Return a function that tells whether a row fits a filter of the server: its text, chain and provider."""
    fits_text = text_predicate(record, server_filter)
    conditions = RowConditions(
        chain=server_filter.get("chain", ""), provider=server_filter.get("filterSocialProvider", "")
    )
    return lambda row: conditions.fits(row, record) and (fits_text is None or fits_text(row))


def filter_message(
    client: Client, record: Resource, server_filter: Mapping[str, str], *, is_partly_filtered: bool = False
) -> str:
    """Return that a filter is applied on this machine, because the server does not apply it; "" when it does.

    is_partly_filtered: whether rows that the server listed did not fit the filter.
    """
    if not server_filter or record.filter is None:
        return ""
    searched = USERS if record.filter.owner_column else record
    if how := client.filter_forms.unsupported.get(searched.list.operation):
        return f"filtered here: the server {how} the filter"
    return "filtered here: the server ignores a part" if is_partly_filtered else ""


async def compare_rows(
    pages: AsyncGenerator[RowPage, None], fits: Callable[[Row], bool], problem: FilterUnsupported
) -> list[Row]:
    """Return the rows of a list without a filter that fit one. problem: why the server does not apply it.

    Raises it when the list is too long to be read for this.
    """
    found: list[Row] = []
    count = 0
    async with aclosing(pages):
        async for page in pages:
            count += len(page.rows)
            if count > MAX_COMPARED:
                problem.message = (
                    f"The server {problem.how} the filter, and the list is too long to be filtered here:"
                    f" more than {MAX_COMPARED:,} rows."
                )
                problem.hint = by_interface(
                    "`list` reads the whole list and filters it here.",
                    "Clear the filter with {app.back}, and search the loaded rows with {list.find}.",
                )
                raise problem
            found += [row for row in page.rows if fits(row)]
    return found
