"""How the objects of a resource are configuration: what identifies them across environments, and what is written.

A record says it with a `Configuration`; `services.configuration` reads environments and folders by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["ENABLED", "WHOLE_ELEMENT", "Configuration"]

ENABLED = "enabled"
"""The name of the value that says whether an object is enabled, where own operations enable and disable it."""

WHOLE_ELEMENT = "*"
"""In `Configuration.list_keys`: an element is identified by its whole value."""


_NONE: Mapping[str, str] = MappingProxyType({})


class Configuration(NamedTuple):
    """How the objects of a resource are read as configuration, compared across environments and written.

    Paths are dot paths into the values of an object. What can be set follows from the schemas of the actions that create
    and edit it; a value that is not in them is not written.
    """

    identity: tuple[str, ...] = ()
    """Paths of the values that identify an object in every environment, never its id; () when there is only one object."""
    values_path: str = ""
    """Path of the values in a row of the list; "" when the row has them itself."""
    schema: str = ""
    """The schema of the catalog for the values; "" for the bodies of the actions that create and edit an object."""
    enabled_field: str = ""
    """The field of a row that is set while the object is enabled, where own operations enable it; the value is `enabled`."""
    group_by: str = ""
    """The name of the parent in a file, where all rows of one parent are one object, a list; "" for one object a row."""
    by_choice: bool = False
    """Whether it is only read when it is asked for, because there may be many rows."""
    depends_on: tuple[str, ...] = ()
    """Names of the resources whose objects have to exist before."""
    references: Mapping[str, str] = _NONE
    """Paths of values that name objects of another resource, by what identifies these, and the name of that resource."""
    read_only: tuple[str, ...] = ()
    """Paths of values that the API returns and that cannot be set with this resource."""
    secret: tuple[str, ...] = ()
    """Paths of values that are never written: a file has a reference `${NAME}` in their place."""
    differs: tuple[str, ...] = ()
    """Paths of values that differ by nature between environments: a file has a reference `${NAME}`, and each environment
    has a file with the values. The manifest of a folder can name more."""
    defaults: Mapping[str, object] = _NONE
    """By path: values that are not written, because an object has them when nothing else is set. Null is always one."""
    list_keys: Mapping[str, str] = _NONE
    """By path of a list whose order has no meaning: the field that identifies an element, or WHOLE_ELEMENT."""
    create: str = "create"
    """The action of the record that creates an object, if the record has it; likewise the following."""
    edit: str = "edit"
    enable: str = "enable"
    disable: str = "disable"
    delete: str = "delete"
    cannot: Mapping[str, str] = _NONE
    """By name of an action: why a file is not enough for it, such as `create`: it needs a signature."""

    @property
    def is_single(self) -> bool:
        """Whether an environment has one object of the resource, which needs no identity."""
        return not self.identity
