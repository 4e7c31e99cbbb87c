"""How a server understands the filters of its lists, found out when its rows do not hold what was asked for.

The vendor's client sends `filter[filterValue]=` (deep object), the vendor's OpenAPI document declares `filterValue=`
(form). A server that does not know a form ignores it and lists every row, or refuses it.
Source: docs/vendor-api.md#filter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from dyntui.api.catalog import Operation, Parameter, catalog
from dyntui.api.errors import BadPage, BadRequest, FilterUnsupported, Invalid
from dyntui.api.pagination import page_from
from dyntui.api.transport import ApiResponse
from dyntui.core.strict_json import load_json

__all__ = ["FilterForm", "FilterForms", "FilterReader", "FormStore", "search_parameter"]

Query = Mapping[str, object]

_VALUE, _COLUMN = "filterValue", "filterColumn"
_TEXT_PARAMETER = "query"
"""The filter that is one text."""
_SHORT = 4
"""Characters of a value below which rows may have it by chance, so that they prove nothing."""
_NO_SUCH_VALUE = "dyntui-no-such-value-0b9f4c"
"""A value that no row has: a server that returns rows for it ignores the filter."""


class FilterForm(StrEnum):
    """How a filter with several parts is encoded in the query."""

    DEEP_OBJECT = "deep-object"
    """`filter[filterValue]=ada`, as the vendor's client does."""
    FORM = "form"
    """`filterValue=ada`, as the vendor's OpenAPI document declares."""


class FormStore(Protocol):
    """Remembers the forms that a server understands, by operation id, for other processes."""

    def load(self) -> Mapping[str, str]:
        """Return the forms that are remembered."""

    def save(self, operation_id: str, form: str) -> None:
        """Remember a form; "" to forget it."""


@dataclass(slots=True)
class FilterForms:
    """What is known about the filters of a server. All clients of a connection share it, in any thread."""

    store: FormStore | None = None
    """Where the forms are remembered; None for only as long as this object."""
    known: dict[str, FilterForm] = field(default_factory=dict)
    """The form that the server certainly understands, by operation id."""
    unsupported: dict[str, str] = field(default_factory=dict)
    """`ignores` or `refuses`, by the id of an operation whose filter the server understands in no form."""
    _remembered: dict[str, str] | None = None
    """What the store had; None before it is needed."""

    def remembered(self, operation_id: str) -> FilterForm | None:
        """Return the form that the server understood earlier; None when that is not known."""
        if self._remembered is None:
            self._remembered = dict(self.store.load()) if self.store is not None else {}
        form = self._remembered.get(operation_id, "")
        return FilterForm(form) if form in [*FilterForm] else None

    def learn(self, operation_id: str, form: FilterForm) -> None:
        """Record the form that the server certainly understands."""
        self.known[operation_id] = form
        self._remember(operation_id, form)

    def learn_unsupported(self, operation_id: str, how: str) -> None:
        """Record that the server understands no form. how: `ignores` or `refuses`. This is not remembered."""
        self.unsupported[operation_id] = how
        self._remember(operation_id, "")

    def _remember(self, operation_id: str, form: str) -> None:
        if self.store is not None and (self.remembered(operation_id) or "") != form:
            self.store.save(operation_id, form)
            self._remembered = {**(self._remembered or {}), operation_id: form}


def search_parameter(operation: Operation, query: Query) -> Parameter | None:
    """Return the parameter that filters the rows of a list operation, if `query` has a value for it."""
    for parameter in operation.parameters:
        if parameter.where != "query" or not query.get(parameter.name):
            continue
        if parameter.name == _TEXT_PARAMETER or (parameter.deep and _VALUE in _properties(parameter)):
            return parameter
    return None


def _properties(parameter: Parameter) -> Mapping[str, object]:
    properties: Mapping[str, object] = catalog().resolve(parameter.schema).get("properties", {})
    return properties


class FilterReader:
    """Sends list requests with a filter in a form that the server understands. It belongs to one event loop."""

    def __init__(self, forms: FilterForms) -> None:
        self._forms = forms
        self._lock = asyncio.Lock()
        """Held while the form is found out, so that this is done one time for many requests."""

    async def read(
        self,
        operation: Operation,
        parameter: Parameter,
        query: Query,
        send: Callable[[Query, FilterForm], Awaitable[ApiResponse]],
    ) -> ApiResponse:
        """Send the request, and return a response whose rows are those that the server filtered.

        Nothing more is sent as long as every row holds what was asked for, unless that may be chance and the form was
        not remembered. Raises FilterUnsupported when the server ignores the filter in every form, or refuses it.

        parameter: `search_parameter`. send: sends the operation with a query whose filter has that form.
        """
        if (form := self._known_form(operation)) is not None:
            return await send(query, form)
        refusal: BadRequest | Invalid | None = None
        remembered = self._forms.remembered(operation.id)
        tried = remembered or FilterForm.DEEP_OBJECT
        try:
            response = await send(query, tried)
        except (BadRequest, Invalid) as problem:
            refusal = problem
        else:
            if _holds(response, query[parameter.name], may_be_chance=remembered is not None):
                return response
        async with self._lock:
            if (form := self._known_form(operation)) is None:
                form = await self._find_form(operation, parameter, send, is_refused=refusal is not None)
        if form is tried:
            if refusal is not None:
                raise refusal  # because of this value
            return response
        return await send(query, form)

    def _known_form(self, operation: Operation) -> FilterForm | None:
        """Return the form that the server understands; None as long as it is unknown. Raises FilterUnsupported."""
        if how := self._forms.unsupported.get(operation.id):
            raise FilterUnsupported(how)
        return self._forms.known.get(operation.id)

    async def _find_form(
        self,
        operation: Operation,
        parameter: Parameter,
        send: Callable[[Query, FilterForm], Awaitable[ApiResponse]],
        *,
        is_refused: bool,
    ) -> FilterForm:
        """Ask for a value that no row has in each form, and remember the form in which the server finds nothing.

        is_refused: whether the request was refused, so that it is not known whether the list has rows at all.
        """
        has_limit = any(each.name == "limit" for each in operation.parameters)
        limit = {"limit": 1} if has_limit else {}
        value: object = {_VALUE: _NO_SUCH_VALUE} if parameter.deep else _NO_SUCH_VALUE
        how = "refuses"
        for form in FilterForm if parameter.deep else (FilterForm.DEEP_OBJECT,):
            try:
                response = await send({**limit, parameter.name: value}, form)
            except (BadRequest, Invalid):
                continue
            if _rows(response):
                how = "ignores"
                continue
            if not is_refused or _rows(await send(limit, form)):
                self._forms.learn(operation.id, form)
            return form
        self._forms.learn_unsupported(operation.id, how)
        raise FilterUnsupported(how)


def _rows(response: ApiResponse) -> list[Mapping[str, object]]:
    """Return the rows of a list response; [] for one that cannot be read, which its reader reports."""
    try:
        return list(page_from(load_json(response.body)).rows)
    except (ValueError, BadPage):
        return []


def _holds(response: ApiResponse, filter_: object, *, may_be_chance: bool = False) -> bool:
    """Return whether every row has the values of the filter somewhere, in any case.

    may_be_chance: whether a value counts that is so short that rows may have it by chance.
    """
    parts = filter_ if isinstance(filter_, Mapping) else {_VALUE: filter_}
    value, column = str(parts.get(_VALUE) or "").casefold(), str(parts.get(_COLUMN, ""))
    words = [str(each).casefold() for name, each in parts.items() if name != _COLUMN and each]
    rows = _rows(response)
    if rows and len(value) < _SHORT and not may_be_chance:
        return False
    for row in rows:
        named = row.get(column)
        if isinstance(named, str) and value not in named.casefold():
            return False
        texts = [text.casefold() for text in _texts(row)]
        if not all(any(word in text for text in texts) for word in words):
            return False
    return True


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a row, at any depth."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value
