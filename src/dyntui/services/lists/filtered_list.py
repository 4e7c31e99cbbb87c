"""Lists with filters: the server is asked for what it can filter by, and every row is compared on this machine too."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.text import quantity
from dyntui.core.times import parse_time
from dyntui.resources.cell_formats import get_path
from dyntui.services.lists.filter_check import text_predicate
from dyntui.services.lists.list_source import ListQuery, ScannedRow, scan_pages
from dyntui.services.lists.row_conditions import MATCHES, Operator, RowConditions

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.core.json_types import Row
    from dyntui.resources.resource import Resource
    from dyntui.services.lists.row_match import RowFilter

__all__ = ["FilteredList", "check_fields", "scan_matching"]


class FilteredList:
    """The rows of a list that fit a query, conditions and a text."""

    def __init__(
        self, record: Resource, query: ListQuery, conditions: RowConditions, match: RowFilter | None = None
    ) -> None:
        """query: filter and order for the server. match: a text that rows are compared with on this machine only."""
        self._conditions = replace(
            conditions,
            chain=conditions.chain or query.filter.get("chain", ""),
            provider=conditions.provider or query.filter.get("filterSocialProvider", ""),
        )
        self.local: list[str] = []
        """What only this machine can filter by."""
        self._record, self._query = self._for_server(record, query)
        self._match = match
        self._server_text = text_predicate(record, self._query.filter) if match is None else None
        self._dropped = self._fitting = 0
        self._unsupported = ""
        """`ignores` or `refuses`, when the server does so with its part of the filters; "" while it does not."""
        self.total: int | None = None
        """How many rows fit; None when it is unknown."""
        self.read = 0
        """How many rows were read so far."""
        self.reported: int | None = None
        """How many rows the server has for its part of the filters; None when it is unknown."""

    @property
    def is_read_whole(self) -> bool:
        """Whether all pages are read also for some rows, because this machine filters."""
        return bool(self.local) or self._match is not None or bool(self._unsupported)

    @property
    def progress(self) -> str:
        """How much was read, as text: `1,200 of 5,000 users read`."""
        of_reported = f" of {self.reported:,}" if self.reported is not None else ""
        return f"{self.read:,}{of_reported} {self._record.plural} read"

    @property
    def message(self) -> str:
        """Which filters are not those of the server; "" for none."""
        if not self.local:
            return ""
        names = " and ".join((", ".join(self.local[:-1]), self.local[-1]) if self.local[1:] else self.local)
        return f"Filtered here: the server cannot filter by {names}."

    @property
    def dropped_message(self) -> str:
        """How many rows the server should not have sent, or that it does not filter at all; "" for none."""
        if self._unsupported:
            return f"Filtered here: the server {self._unsupported} the filter, so the whole list was read."
        if not self._dropped:
            return ""
        return f"Left out: {quantity(self._dropped, 'row')} from the server that did not match the filter."

    async def pages(
        self, client: Client, *, parent: str = "", max_rows: int | None = None, keeps_order: bool = False
    ) -> AsyncGenerator[Sequence[Row], None]:
        """Yield the fitting rows of each page. max_rows: how many rows are needed, in their order; None for all.

        keeps_order: whether all rows are read in the order of the query too, and not in the one that is safest.
        Raises UsageError for a condition on a field that the rows do not have.
        """
        from dyntui.api.errors import FilterUnsupported

        shown = set[str]()
        try:
            async with aclosing(self._pages(client, parent, max_rows, shown, keeps_order)) as pages:
                async for rows in pages:
                    yield rows
        except FilterUnsupported as problem:
            if self._record.filter is not None and self._record.filter.owner_column:
                raise  # the rows do not have what their owners were searched for
            self._unsupported = problem.how
            self._query = replace(self._query, filter={})
            self._dropped = self._fitting = self.read = 0
            async with aclosing(self._pages(client, parent, max_rows, set(), keeps_order)) as pages:
                async for rows in pages:
                    yield [row for row in rows if str(row.get(self._record.key)) not in shown]

    async def _pages(
        self, client: Client, parent: str, max_rows: int | None, shown: set[str], keeps_order: bool
    ) -> AsyncGenerator[Sequence[Row], None]:
        """Yield the rows as `pages` does. shown: gets the ids of the rows that may be read again."""
        record, query = self._record, self._query
        first = f"{record.time_field}-desc"
        is_ordered = any(column.order == record.time_field for column in record.columns if column.order)
        ends_early = "since" in self._local_times and is_ordered and query.order in ("", first)
        if ends_early:
            query = replace(query, order=first)
        if max_rows is None:
            limit = sys.maxsize if ends_early or keeps_order else None
        else:
            limit = sys.maxsize if self.is_read_whole else max_rows
        async with aclosing(self._fitting_pages(client, parent, query, limit, ends_early)) as pages:
            async for rows in pages:
                if limit == max_rows or query.filter:
                    shown.update(str(row[record.key]) for row in rows if record.key in row)
                yield rows
        is_cut = limit == max_rows and max_rows is not None and self.read >= max_rows > self._fitting
        if not (self._dropped and is_cut):
            return
        # The server does not filter as it should: the rows that are needed may be anywhere.
        self._dropped = self._fitting = self.read = 0
        async with aclosing(self._fitting_pages(client, parent, query, sys.maxsize, ends_early)) as pages:
            async for rows in pages:
                yield [row for row in rows if str(row.get(record.key)) not in shown]
        self.total = self._fitting

    async def _fitting_pages(
        self, client: Client, parent: str, query: ListQuery, limit: int | None, ends_early: bool
    ) -> AsyncGenerator[Sequence[Row], None]:
        """Yield the fitting rows of each page. ends_early: whether older rows follow the first that is too old."""
        is_checked = False
        async with aclosing(scan_pages(client, self._record, parent=parent, query=query, max_rows=limit)) as pages:
            async for page in pages:
                if not is_checked:
                    check_fields(self._conditions, page.rows, self._record)
                    is_checked = True
                self.read, self.reported = self.read + len(page.rows), page.total
                rows = [row for row in page.rows if self._fits(row)]
                self._fitting += len(rows)
                is_exact = not self.is_read_whole and not self._dropped
                self.total = page.total if is_exact else self._fitting if self.is_read_whole else None
                yield rows
                if ends_early and page.rows and self._is_before_range(page.rows[-1]):
                    return

    def _fits(self, row: Row) -> bool:
        if not self._conditions.fits(row, self._record) or (self._match is not None and not self._match.fits(row)):
            # A row that the server should not have sent; rows that only this machine can leave out are no surprise.
            self._dropped += not self.is_read_whole
            return False
        if self._server_text is not None and not self._server_text(row):
            self._dropped += 1
            return False
        return True

    def _is_before_range(self, row: Row) -> bool:
        moment, since = parse_time(get_path(row, self._record.time_field)), self._conditions.since
        return moment is not None and since is not None and moment < since

    def _for_server(self, record: Resource, query: ListQuery) -> tuple[Resource, ListQuery]:
        """Return record and query so that the server filters by what it can; set `local` to the rest."""
        conditions, spec = self._conditions, record.filter
        server_filter, sent, local = dict(query.filter), dict(record.list.query), list[str]()
        self._local_times = set[str]()
        for kind, name in (("since", record.list.since), ("until", record.list.until)):
            moment = conditions.since if kind == "since" else conditions.until
            if moment is not None and name:
                sent[name] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            elif moment is not None:
                self._local_times.add(kind)
                local.append(record.time_field)
        if conditions.chain and spec is not None and "chain" in spec.other_keys:
            server_filter["chain"] = conditions.chain
        elif conditions.chain:
            local.append("chain")
        if conditions.provider:
            server_filter["filterSocialProvider"] = conditions.provider
        if conditions.without_wallet:
            local.append("wallets")
        for each in conditions.conditions:
            is_text = each.operator in MATCHES and not each.is_for_no_value
            if each.operator is Operator.EQUAL and is_text and each.field in record.list.equal:
                sent[each.field] = each.text
            elif (
                is_text
                and spec is not None
                and spec.column_key
                and each.field in spec.columns
                and spec.key not in server_filter
            ):
                server_filter |= {spec.key: each.text, spec.column_key: each.field}
            else:
                local.append(each.field)
        self.local = list(dict.fromkeys(local))
        listing = record.list._replace(query=tuple(sent.items()))
        return replace(record, list=listing), replace(query, filter=server_filter)


def check_fields(conditions: RowConditions, rows: Sequence[Row], record: Resource | None = None) -> None:
    """Raise UsageError for a condition on a field that the rows cannot have or that is secret.

    record: what the rows are of; None for rows of this machine.
    """
    fields = conditions.fields(record)
    if not fields:
        return
    from dyntui.services.field_names import FieldNames, list_fields

    for name in fields:
        if record is not None and name.split(".")[0] in record.secrets:
            raise UsageError(f"{name} is secret, so rows cannot be selected by it.")
    (list_fields(record) if record is not None else FieldNames()).check(fields, rows)


async def scan_matching(
    client: Client, record: Resource, *, parent: str = "", query: ListQuery | None = None
) -> AsyncGenerator[ScannedRow, None]:
    """Yield every row that fits the filter of a query one time, compared on this machine too.

    For work on all of them: a row that a server lists although it does not match must not be marked or exported.
    """
    filtered = FilteredList(record, query or ListQuery(), RowConditions())
    seen = 0
    async with aclosing(filtered.pages(client, parent=parent)) as pages:
        async for rows in pages:
            for row in rows:
                seen += 1
                yield ScannedRow(row, seen, filtered.reported)
