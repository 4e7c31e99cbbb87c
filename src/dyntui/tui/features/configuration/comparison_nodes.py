"""The lines of a comparison as a tree: resources, their objects, and the values of each on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dyntui.core.text import quantity
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.configuration.compare import ChangeKind, LeafChange, ObjectChange
from dyntui.services.configuration.comparison import Comparison
from dyntui.services.configuration.model import LeafPath, LeafPlace, ObjectKey, Reference
from dyntui.services.configuration.normal_form import configuration_of, is_secret_place
from dyntui.services.text_diff import elide_common

__all__ = ["CHANGE_NAMES", "CHANGE_SIGNS", "ComparisonNode", "build_nodes", "count_changes"]

CHANGE_SIGNS: Mapping[ChangeKind, str] = {ChangeKind.CREATE: "+", ChangeKind.UPDATE: "~", ChangeKind.DELETE: "-"}
CHANGE_NAMES: Mapping[ChangeKind, str] = {
    ChangeKind.CREATE: "other only",
    ChangeKind.UPDATE: "different",
    ChangeKind.DELETE: "this only",
}
"""What an object is called by the change that would make this environment the same as the other side."""
_BY_NATURE = "It differs by nature between environments, so it is not copied."
_NOT_KNOWN = "Its value is not known, so it is not copied."
_PATH_SIGN = " › "
_MAX_OPEN = 50
"""An object with more values that differ is folded at first, such as the entries of an allowlist."""
_NONE = "—"
"""The text of a side that does not have the object."""


@dataclass
class ComparisonNode:
    """One line of the tree."""

    id: str
    name: str
    depth: int
    change: str
    """What differs, in short: the counts of a resource, what an object is, what is special about a value."""
    current: str = ""
    other: str = ""
    current_whole: str = ""
    """The text of this side in full, where `current` is shortened."""
    other_whole: str = ""
    path: str = ""
    """Its name with those of its parents."""
    reason: str = ""
    """Why it cannot be marked; "" when it can."""
    key: ObjectKey = ("", "")
    """What identifies the object of the line."""
    leaf: LeafPath | None = None
    """The path of the value; None for a line that is no value."""
    choices: tuple[str, ...] = ()
    """The ids of what is marked with it: values of an object that both sides have, and whole other objects."""
    kinds: frozenset[ChangeKind] = frozenset()
    """What changes are below it."""
    is_open: bool = False
    """Whether it is unfolded at first."""
    children: list[ComparisonNode] = field(default_factory=list)

    @cached_property
    def search_text(self) -> str:
        """The text in which a filter looks: that of the line and of all lines below, which keep their parents so."""
        return "\n".join(each.own_text for each in self.walk())

    @cached_property
    def own_text(self) -> str:
        """The whole text of the line."""
        return " ".join((self.path, self.change, self.current_whole or self.current, self.other_whole or self.other))

    def walk(self) -> Iterator[ComparisonNode]:
        """Yield the node and all nodes below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def count_changes(changes: Sequence[ObjectChange]) -> dict[ChangeKind, int]:
    """Return the number of objects by what they are."""
    return {kind: sum(change.kind is kind for change in changes) for kind in CHANGE_SIGNS}


def build_nodes(comparison: Comparison) -> list[ComparisonNode]:
    """Return the nodes of the resources: those that differ, then those that could not be compared."""
    builder = _Builder(comparison)
    by_resource: dict[str, list[ObjectChange]] = {}
    for change in comparison.changes:
        by_resource.setdefault(change.object.resource, []).append(change)
    nodes = [builder.resource(name, changes) for name, changes in by_resource.items()]
    nodes += builder.not_compared()
    for node in nodes:
        assert node.search_text is not None, "computed now, not in the console"
    return nodes


class _Builder:
    """Makes the nodes of one comparison."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        plan = comparison.plan
        self._possible = {change.key: {leaf.path for leaf in change.leaves} for change in plan.changes}
        self._reasons: dict[tuple[ObjectKey, LeafPath], str] = {
            (each.change.key, each.path): each.reason for each in plan.impossible
        }

    def resource(self, name: str, changes: list[ObjectChange]) -> ComparisonNode:
        """Return the node of a resource with differences."""
        record, comparison = RESOURCES[name], self._comparison
        counts = {kind: count for kind, count in count_changes(changes).items() if count}
        node = ComparisonNode(
            name,
            record.plural,
            0,
            " ".join(f"{CHANGE_SIGNS[kind]}{count:,}" for kind, count in counts.items()),
            path=record.plural,
            is_open=True,
        )
        if configuration_of(record).is_single and len(changes) == 1:
            self._add_leaves(node, changes[0])
            return node
        node.current, node.other = (
            quantity(len(side.of(name)), record.singular, record.plural)
            for side in (comparison.current, comparison.other)
        )
        node.children = [self._object(node, change) for change in changes]
        node.choices = tuple(choice for child in node.children for choice in child.choices)
        node.kinds = frozenset(counts)
        node.reason = "" if node.choices else "Nothing of it can be applied."
        return node

    def _object(self, parent: ComparisonNode, change: ObjectChange) -> ComparisonNode:
        name = change.object.name
        values = quantity(len(change.leaves), "value")
        node = ComparisonNode(
            f"{parent.id}\0{name}",
            name,
            1,
            CHANGE_NAMES[change.kind],
            path=f"{parent.path}{_PATH_SIGN}{name}",
            is_open=change.kind is ChangeKind.UPDATE and len(change.leaves) <= _MAX_OPEN,
        )
        if change.kind is ChangeKind.CREATE:
            node.current, node.other = _NONE, values
        elif change.kind is ChangeKind.DELETE:
            node.current, node.other = values, _NONE
        self._add_leaves(node, change)
        return node

    def _add_leaves(self, node: ComparisonNode, change: ObjectChange) -> None:
        """Add the values of an object to its node."""
        node.kinds, node.key = frozenset({change.kind}), change.key
        reason = self._reasons.get((change.key, ()), "")
        is_whole = change.kind is not ChangeKind.UPDATE
        if is_whole and change.key in self._possible:
            node.choices = (node.id,)
        sides = [side.leaf_places() for side in (change.before, change.after) if side is not None]
        places = {path: place for side in sides for path, place in side.items()}
        node.children = [self._leaf(node, change, leaf, places[leaf.path]) for leaf in change.leaves]
        if not is_whole:
            node.choices = tuple(choice for child in node.children for choice in child.choices)
        if not node.choices:
            node.reason = reason or next((child.reason for child in node.children if child.reason), _NOT_KNOWN)
            for child in node.children:
                child.reason = child.reason or node.reason

    def _leaf(self, parent: ComparisonNode, change: ObjectChange, leaf: LeafChange, place: LeafPlace) -> ComparisonNode:
        is_secret = is_secret_place(place, self._comparison.rules)
        texts = ["secret" if isinstance(value, Reference) else leaf.text(value) for value in (leaf.before, leaf.after)]
        current, other = elide_common(*texts)
        node = ComparisonNode(
            "\0".join((parent.id, *leaf.path)),
            leaf.name,
            parent.depth + 1,
            "secret" if is_secret else "",
            current if change.kind is not ChangeKind.CREATE else _NONE,
            other if change.kind is not ChangeKind.DELETE else _NONE,
            current_whole=texts[0],
            other_whole=texts[1],
            path=f"{parent.path}{_PATH_SIGN}{leaf.name}",
            key=change.key,
            leaf=leaf.path,
            kinds=frozenset({change.kind}),
        )
        is_by_nature = place.name in self._comparison.rules.differing(change.object.record)
        if is_by_nature:
            node.change = "by nature"
        if change.kind is not ChangeKind.UPDATE:
            node.choices = parent.choices
        elif leaf.path in self._possible.get(change.key, ()):
            node.choices = (node.id,)
        elif reason := self._reasons.get((change.key, leaf.path)):
            node.change, node.reason = "cannot be set", reason
        else:
            node.reason = _BY_NATURE if is_by_nature else _NOT_KNOWN
        return node

    def not_compared(self) -> Iterator[ComparisonNode]:
        """Yield the nodes of resources and objects that could not be compared, with the reason on its side."""
        readable = "can be read"
        for name, (current, other) in self._comparison.not_compared.items():
            plural = RESOURCES[name].plural
            reason = current or other
            yield ComparisonNode(
                f"{name}\0", plural, 0, "not read", current or readable, other or readable, path=plural, reason=reason
            )
        for side, config in (("current", self._comparison.current), ("other", self._comparison.other)):
            for problem in config.problems:
                name = f"{RESOURCES[problem.resource].plural}: {problem.name}"
                node = ComparisonNode(
                    f"{problem.resource}\0{problem.name}\0{side}",
                    name,
                    0,
                    "left out",
                    path=name,
                    reason=problem.message,
                )
                setattr(node, side, problem.message)
                yield node
