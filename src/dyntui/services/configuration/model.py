"""The configuration of an environment as values: from a server, a folder or a snapshot, always in one normal form.

In the normal form an object has the values that the API can set, and no others: no ids, no times, no values that are
the default. Names are in place of the ids of other objects, and a `Reference` is in place of each secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import TypeAlias

from dyntui.core.json_types import Row
from dyntui.core.masking import mask_field
from dyntui.core.redact import has_secret_in_url, is_secret_value, redact, without_secret_url
from dyntui.core.text import shorten
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.cell_formats import get_path
from dyntui.resources.configuration import WHOLE_ELEMENT
from dyntui.resources.resource import Resource

__all__ = [
    "ABSENT",
    "ConfigObject",
    "ConfigProblem",
    "EnvironmentConfig",
    "LeafPath",
    "LeafPlace",
    "ObjectKey",
    "Reference",
    "Values",
    "config_order",
    "config_records",
    "element_key",
    "identity_reference",
    "is_identity_reference",
    "is_secret_text",
    "map_leaves",
    "name_with_secrets",
    "object_name",
    "reference_name",
    "references_of",
    "text_of_path",
    "visit_leaves",
    "visit_values",
]

LeafPath: TypeAlias = tuple[str, ...]
"""The way to a value inside an object: names of values, and the keys of elements of lists that have keys."""
ObjectKey: TypeAlias = tuple[str, str]
"""The name of the resource and the name of the object."""
Values: TypeAlias = Mapping[str, object]
"""The values of an object: JSON, with `Reference` in place of values that are not known."""


_MAX_TITLE = 100
"""How many characters of a name a message has."""


class _Absent:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""The value of a leaf that an object does not have: it is not set, or the default."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that is not known here, `${NAME}` in a file: a secret, or one that differs between environments."""

    name: str

    def __str__(self) -> str:
        return f"${{{self.name}}}"


@dataclass(frozen=True, slots=True)
class ConfigObject:
    """One object of the configuration, such as one origin or all settings."""

    resource: str
    """The name of its resource."""
    name: str
    """What identifies it in every environment; the name of the resource when there is only one."""
    values: Values
    """Its values, in the normal form."""
    id: str = field(default="", compare=False)
    """The id of the row in the environment that it was read from; "" when it was read from a file."""
    row: Row | None = field(default=None, compare=False, repr=False)
    """The row as it was read, with ids, times and secrets. It is never saved."""
    place: str = field(default="", compare=False)
    """Where it was read, for messages: the path of its file in the folder; "" for an environment."""
    is_identified: bool = field(default=False, compare=False)
    """Whether `name` was made with the value of a secret that `values` only refer to."""

    @property
    def key(self) -> ObjectKey:
        """What identifies it in a configuration."""
        return self.resource, self.name

    @property
    def record(self) -> Resource:
        """The record of its resource."""
        return RESOURCES[self.resource]

    @property
    def title(self) -> str:
        """Its name for messages: `origin https://app.example.com`, `settings`, `entries of allowlist Staff`."""
        record = self.record
        rules, name = record.configuration, shorten(self.name, _MAX_TITLE)
        if rules is not None and rules.group_by:
            return f"{record.list.items} of {RESOURCES[record.parent_resource].singular} {name}"
        return record.plural if rules is not None and rules.is_single else f"{record.singular} {name}"

    def leaves(self) -> dict[LeafPath, object]:
        """Return its single values by path. A list whose order has a meaning is one value."""
        return {place.path: value for place, value in _leaves(LeafPlace(self.record), self.values)}

    def leaf_places(self) -> dict[LeafPath, LeafPlace]:
        """Return where each of its single values is, by path."""
        return {place.path: place for place, _ in _leaves(LeafPlace(self.record), self.values)}


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """An object that cannot be part of a configuration, and why."""

    resource: str
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class EnvironmentConfig:
    """The configuration of one environment, or what a folder or a snapshot says about it."""

    environment: str
    """Its name, for messages and for the file with its values."""
    environment_id: str
    """Its id; "" when a folder does not say it."""
    objects: Mapping[ObjectKey, ConfigObject]
    """Its objects, those on which others depend first."""
    resources: tuple[str, ...]
    """The names of the resources whose objects are known completely, in the same order."""
    unavailable: Mapping[str, str] = field(default_factory=dict)
    """By name: why a resource could not be read."""
    problems: tuple[ConfigProblem, ...] = ()
    """The objects that are left out."""

    def of(self, resource: str) -> list[ConfigObject]:
        """Return the objects of a resource, by name."""
        return [each for each in self.objects.values() if each.resource == resource]


@cache
def config_order() -> tuple[str, ...]:
    """Return the names of the resources that are configuration, each after those on which it depends."""
    order: list[str] = []

    def add(record: Resource) -> None:
        for name in record.configuration.depends_on if record.configuration is not None else ():
            add(RESOURCES[name])
        if record.name not in order:
            order.append(record.name)

    for record in RESOURCES.values():
        if record.configuration is not None:
            add(record)
    return tuple(order)


def config_records(names: Iterable[str] = (), *, by_choice: bool = False) -> list[Resource]:
    """Return the records of these resources, or of all, in the order of `config_order`.

    by_choice: whether those that are only read when they are asked for are among all.
    """
    selected = set(names)
    records = [RESOURCES[name] for name in config_order()]
    return [
        record
        for record in records
        if record.configuration is not None
        and (record.name in selected if selected else by_choice or not record.configuration.by_choice)
    ]


def object_name(record: Resource, values: Row) -> str:
    """Return what identifies an object in every environment; "" when a value for it is missing.

    A value that is a secret, such as a URL with a token, is in the name as its reference in a file.
    """
    configuration = record.configuration
    if configuration is None or configuration.is_single:
        return record.name
    parts = [(path, get_path(values, path)) for path in configuration.identity]
    if any(part in (None, "") for _, part in parts):
        return ""
    return " ".join(str(identity_reference(record, path, part) or part) for path, part in parts)


def identity_reference(record: Resource, path: str, value: object) -> Reference | None:
    """Return the reference for a value that identifies an object and is a secret; None for another value.

    Its name has a part of the hash of the value, so that the name is the same for a file and for the server.
    """
    if not isinstance(value, str) or not is_secret_text(path, value):
        return None
    shown = redact(without_secret_url(value), people=False)
    return Reference(reference_name(record, f"{shown} {sha256(value.encode()).hexdigest()[:8]}", path.split(".")))


def name_with_secrets(each: ConfigObject, variables: Mapping[str, str]) -> str:
    """Return the name of an object that a secret identifies, made with the value of that secret; "" for another object.

    variables: the values of references, by name. One that is no secret is not used: it belongs into a file.
    """
    rules = each.record.configuration
    identity: dict[str, object] = {}
    for path in rules.identity if rules is not None else ():
        value = get_path(each.values, path)
        text = variables.get(value.name, "") if isinstance(value, Reference) else ""
        if identity_reference(each.record, path, text) is not None:
            identity[path] = text
    return object_name(each.record, {**each.values, **identity}) if identity else ""


_HASHED_NAME = re.compile(r"_[0-9A-F]{8}_[A-Z0-9_]+")


def is_identity_reference(record: Resource, path: str, reference: Reference) -> bool:
    """Return whether a reference has a name as `identity_reference` gives it, so that its value is a secret."""
    rules = record.configuration
    return rules is not None and path in rules.identity and bool(_HASHED_NAME.search(reference.name))


def is_secret_text(name: str, value: str) -> bool:
    """Return whether a text is a secret by the name of its field or by its form."""
    if redact(value, people=False) != value or mask_field(name, value) != value:
        return True
    return is_secret_value(name, value) or has_secret_in_url(value) or _has_key_in_path(name, value)


_KEY_IN_PATH = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9_-]{20,}")
"""A part of the path of a URL that is likely a key: long, with letters and digits."""


def _has_key_in_path(name: str, value: str) -> bool:
    """Return whether a value is the URL of an RPC node with a key in its path."""
    return "rpc" in name.lower() and "://" in value and any(map(_KEY_IN_PATH.fullmatch, value.split("/")[3:]))


def element_key(element: object, key: str) -> str | None:
    """Return what identifies an element of a list that has keys. key: its field, or WHOLE_ELEMENT.

    Returns None for an element without the field.
    """
    if key == WHOLE_ELEMENT:
        return element if isinstance(element, str) else json.dumps(element, ensure_ascii=False, default=str)
    found = element.get(key) if isinstance(element, Mapping) else None
    return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class LeafPlace:
    """Where a single value is in an object."""

    record: Resource
    name: str = ""
    """The dot path of the values, without elements, as records and manifests name it: `chains.networks.rpcUrl`."""
    path: LeafPath = ()
    """The path with the key of each element, or with its position as `[0]` in a list without keys."""
    keys: tuple[str | int, ...] = ()
    """The path with the position of each element, as in a YAML document."""

    @property
    def is_by_position(self) -> bool:
        """Whether it is in a list without keys, so that it may move when the list changes."""
        return any(part.startswith("[") for part in self.path)

    @property
    def list_key(self) -> str | None:
        """What identifies the elements of a list here; None when their order has a meaning."""
        configuration = self.record.configuration
        return configuration.list_keys.get(self.name) if configuration is not None else None

    def part(self, name: str) -> LeafPlace:
        """Return the place of a value of an object that is here."""
        dotted = f"{self.name}.{name}" if self.name else name
        return LeafPlace(self.record, dotted, (*self.path, name), (*self.keys, name))

    def element(self, number: int, element: object) -> LeafPlace:
        """Return the place of an element of a list that is here."""
        key = None if self.list_key is None else element_key(element, self.list_key)
        path = (*self.path, f"[{number}]" if key is None else key)
        return LeafPlace(self.record, self.name, path, (*self.keys, number))


def _leaves(place: LeafPlace, value: object) -> Iterator[tuple[LeafPlace, object]]:
    """Yield place and value of each leaf."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(place.part(name), part)
    elif isinstance(value, list) and value and place.list_key is not None:
        for number, element in enumerate(value):
            if place.list_key == WHOLE_ELEMENT:
                yield place.element(number, element), element
            else:
                yield from _leaves(place.element(number, element), element)
    else:
        yield place, value


def map_leaves(
    record: Resource, values: Mapping[str, object], change: Callable[[LeafPlace, object], object]
) -> dict[str, object]:
    """Return the values of an object with each single value, in lists too, as `change` returns it."""

    def changed(place: LeafPlace, value: object) -> object:
        if isinstance(value, Mapping):
            return {name: changed(place.part(name), part) for name, part in value.items()}
        if isinstance(value, list):
            return [changed(place.element(number, part), part) for number, part in enumerate(value)]
        return change(place, value)

    return {name: changed(LeafPlace(record).part(name), value) for name, value in values.items()}


def visit_leaves(record: Resource, values: Mapping[str, object]) -> Iterator[tuple[LeafPlace, object]]:
    """Yield place and value of each single value of an object, in lists too."""
    return visit_values(LeafPlace(record), values)


def visit_values(place: LeafPlace, value: object) -> Iterator[tuple[LeafPlace, object]]:
    """Yield place and value of each single value of a value at a place, in lists too."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from visit_values(place.part(name), part)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from visit_values(place.element(number, part), part)
    else:
        yield place, value


def references_of(each: ConfigObject) -> Iterator[tuple[LeafPlace, Reference]]:
    """Yield place and reference of each value of an object that is not known."""
    for place, value in visit_leaves(each.record, each.values):
        if isinstance(value, Reference):
            yield place, value


_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^A-Za-z0-9]+")


def reference_name(record: Resource, name: str, path: Sequence[str]) -> str:
    """Return the name of the reference for a value of an object: `PROVIDERS_GOOGLE_CLIENT_SECRET`."""
    single = record.configuration is not None and record.configuration.is_single
    words = (record.name, *(() if single else (name,)), *(_WORD_START.sub("_", part) for part in path))
    return _NO_WORD.sub("_", "_".join(words)).strip("_").upper()


def text_of_path(path: LeafPath) -> str:
    """Return a path for messages: `chains.evm.networks.1.enabled`."""
    return ".".join(path)
