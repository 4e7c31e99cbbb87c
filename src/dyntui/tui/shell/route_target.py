"""What a screen is opened for."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from dyntui.core.json_types import Row
from dyntui.resources.resource import Resource

__all__ = ["RouteTarget"]


class RouteTarget(NamedTuple):
    """What a screen is opened for: a list, or an object of a resource."""

    record: Resource | None = None
    """The kind of `row`."""
    row_id: str = ""
    """The id of the object to open."""
    label: str = ""
    """The name of that object, in raw text."""
    row: Row = MappingProxyType({})
    """The object as a list shows it; empty when only its id is known."""
    parent: str = ""
    """The id of the object that `row` belongs to."""
    parent_label: str = ""
    """The name of the parent, in raw text."""
    filter_text: str = ""
    """The filter that a list starts with."""
