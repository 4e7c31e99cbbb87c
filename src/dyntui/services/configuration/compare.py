"""Compare two configurations leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dyntui.resources.configuration import WHOLE_ELEMENT
from dyntui.services.configuration.file_format import to_shown_value
from dyntui.services.configuration.model import (
    ABSENT,
    ConfigObject,
    EnvironmentConfig,
    LeafPath,
    ObjectKey,
    Reference,
    element_key,
    text_of_path,
)
from dyntui.services.configuration.normal_form import configuration_of
from dyntui.services.forms import field_text
from dyntui.services.text_diff import elide_common

__all__ = [
    "ChangeKind",
    "LeafChange",
    "ObjectChange",
    "change_lines",
    "change_rows",
    "compare",
    "is_same_value",
    "leaf_line",
]

_SIGNS: Mapping[str, str] = {"create": "+", "update": "~", "delete": "-"}


@dataclass(frozen=True, slots=True)
class LeafChange:
    """A value of an object that differs."""

    path: LeafPath
    before: object
    """ABSENT when the object does not have it."""
    after: object

    @property
    def name(self) -> str:
        """The path as text."""
        return text_of_path(self.path)

    @property
    def field(self) -> str:
        """The name of the field of the value: for an element of a list, that of the list."""
        *parents, last = self.path
        is_element = parents and (self.is_whole_element or last.startswith("["))
        return parents[-1] if is_element else last

    @property
    def is_whole_element(self) -> bool:
        """Whether it is an element of a list that only one side has."""
        value = self.before if self.after is ABSENT else self.after
        is_one_side = len(self.path) > 1 and ABSENT in (self.before, self.after)
        return is_one_side and self.path[-1] == element_key(value, WHOLE_ELEMENT)

    def text(self, value: object) -> str:
        """Return one of its sides as text: `not set` for none, and no secret."""
        return "not set" if value is ABSENT else field_text(to_shown_value(value, self.field)) or '""'


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """An object that differs between two configurations, with the values that differ."""

    before: ConfigObject | None
    """None for an object that is only in the second configuration."""
    after: ConfigObject | None
    leaves: tuple[LeafChange, ...]

    @property
    def kind(self) -> ChangeKind:
        """What has to be done to make the first configuration the second one."""
        if self.before is None:
            return ChangeKind.CREATE
        return ChangeKind.DELETE if self.after is None else ChangeKind.UPDATE

    @property
    def object(self) -> ConfigObject:
        """The object, as the second configuration has it; as the first one has it when it is only there."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def key(self) -> ObjectKey:
        """What identifies the object."""
        return self.object.key


class ChangeKind(StrEnum):
    """What has to be done to an object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


def compare(before: EnvironmentConfig, after: EnvironmentConfig) -> list[ObjectChange]:
    """Return what differs, in the order of `after`, those on which others depend first; then what is only in `before`.

    Only resources that both configurations know completely are compared. A secret that both have, and one that `after`
    does not have, is no difference: its value is not known. Nor are the entries of an allowlist that has none.
    """
    left_out = {(each.resource, each.name) for each in (*before.problems, *after.problems)}
    resources = [name for name in after.resources if name in before.resources]
    changes = []
    for name in resources:
        old = {key: each for key, each in before.objects.items() if each.resource == name and key not in left_out}
        new = {key: each for key, each in after.objects.items() if each.resource == name and key not in left_out}
        for key, each in new.items():
            leaves = tuple(_leaf_changes(old.get(key), each))
            if key not in old or leaves:
                changes.append(ObjectChange(old.get(key), each, leaves))
        changes += [
            ObjectChange(each, None, tuple(_leaf_changes(each, None)))
            for key, each in old.items()
            if key not in new and not _is_empty_group(each)
        ]
    return changes


def _is_empty_group(each: ConfigObject) -> bool:
    """Return whether an object is the entries of an allowlist that has none: nobody has to write a file for it."""
    return bool(configuration_of(each.record).group_by) and not each.values.get(each.record.list.items)


def _leaf_changes(before: ConfigObject | None, after: ConfigObject | None) -> Iterator[LeafChange]:
    identity = configuration_of(after.record).identity if before is not None and after is not None else ()
    old: Mapping[LeafPath, object] = before.leaves() if before is not None else {}
    new: Mapping[LeafPath, object] = after.leaves() if after is not None else {}
    for path in dict.fromkeys((*new, *old)):
        value, other = old.get(path, ABSENT), new.get(path, ABSENT)
        if ".".join(path) in identity and isinstance(value, Reference):
            continue  # both have the same name, which has the hash of a secret that identifies an object
        if before is None or after is None or not is_same_value(value, other):
            yield LeafChange(path, value, other)


def is_same_value(before: object, after: object) -> bool:
    """Return whether two values of a leaf are the same as far as is known."""
    if isinstance(before, Reference):
        return isinstance(after, Reference) or after is ABSENT
    return before == after and isinstance(before, bool) is isinstance(after, bool)


def change_lines(change: ObjectChange) -> Iterator[str]:
    """Yield an object that differs as lines of text: the object, then one line for each value."""
    yield f"{_SIGNS[change.kind]} {change.object.title}"
    if change.kind is not ChangeKind.DELETE:
        for leaf in change.leaves:
            yield f"    {leaf_line(change, leaf)}"


def leaf_line(change: ObjectChange, leaf: LeafChange) -> str:
    """Return a value that differs as text: `scope: a → b`, `events: + user.created`."""
    if leaf.is_whole_element:
        sign, value = ("-", leaf.before) if leaf.after is ABSENT else ("+", leaf.after)
        text = " ".join(map(leaf.text, value.values())) if isinstance(value, Mapping) else leaf.text(value)
        return f"{text_of_path(leaf.path[:-1])}: {sign} {text}"
    if change.kind is ChangeKind.CREATE:
        return f"{leaf.name}: {leaf.text(leaf.after)}"
    before, after = elide_common(leaf.text(leaf.before), leaf.text(leaf.after))
    return f"{leaf.name}: {before} → {after}"


def change_rows(changes: Iterable[ObjectChange]) -> list[dict[str, object]]:
    """Return what differs as JSON: one object for each change, with its values."""
    return [
        {
            "change": change.kind.value,
            "resource": change.object.resource,
            "name": change.object.name,
            "values": [
                {
                    "path": leaf.name,
                    **_side("before", leaf.before, leaf.field),
                    **_side("after", leaf.after, leaf.field),
                }
                for leaf in change.leaves
            ],
        }
        for change in changes
    ]


def _side(name: str, value: object, field: str) -> dict[str, object]:
    return {} if value is ABSENT else {name: to_shown_value(value, field)}
