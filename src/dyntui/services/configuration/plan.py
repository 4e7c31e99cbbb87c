"""What has to be done to give an environment another configuration: from a folder, an environment or a snapshot.

Nothing here reads or writes: a plan is made from two configurations, so that the command line and the console show the
same one. `apply` does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dyntui.api.catalog import catalog
from dyntui.resources.cell_formats import get_path
from dyntui.resources.configuration import ENABLED
from dyntui.resources.resource import Resource
from dyntui.services.configuration.compare import ChangeKind, LeafChange, ObjectChange, compare
from dyntui.services.configuration.leaf_edit import references_in, with_leaves
from dyntui.services.configuration.model import (
    ABSENT,
    ConfigObject,
    EnvironmentConfig,
    LeafPath,
    ObjectKey,
    Reference,
    references_of,
    text_of_path,
    visit_leaves,
)
from dyntui.services.configuration.normal_form import FieldRules, configuration_of, is_secret_reference, value_schema
from dyntui.services.forms import body_schema

__all__ = [
    "ConfigPlan",
    "Impossible",
    "MissingValue",
    "broken_references",
    "changes_since",
    "entry_key",
    "for_other_environment",
    "make_plan",
    "select_changes",
    "settable_names",
]


@dataclass(frozen=True, slots=True)
class Impossible:
    """A difference that the API does not let dyntui remove."""

    change: ObjectChange
    path: LeafPath
    """The path of the value; () for the object as a whole."""
    reason: str

    @property
    def line(self) -> str:
        """The difference and the reason as text."""
        where = f" {text_of_path(self.path)}" if self.path else ""
        return f"{self.change.object.title}{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class MissingValue:
    """A value that has to be sent and is not known: it has to be in the environment variable of its name."""

    name: str
    """The name of its reference."""
    change: ObjectChange
    path: LeafPath


@dataclass(frozen=True, slots=True)
class ConfigPlan:
    """What has to be done to give an environment another configuration."""

    current: EnvironmentConfig
    """The configuration that it has."""
    desired: EnvironmentConfig
    """The configuration that it has to have."""
    prune: bool
    """Whether objects and allowlist entries that `desired` does not have are deleted."""
    changes: tuple[ObjectChange, ...]
    """What is done: objects on which others depend first, deletions where their resource is."""
    impossible: tuple[Impossible, ...] = ()
    """What differs and cannot be done."""
    extra: tuple[ObjectChange, ...] = ()
    """What is only in the environment, and would be deleted with `prune`."""
    needed: tuple[MissingValue, ...] = ()
    """The values that are sent and that are not in the files, such as secrets."""
    send_secrets: bool = False
    """Whether the secrets of objects that exist are sent again."""
    unsent: tuple[MissingValue, ...] = ()
    """The secrets that the environment does not show. It may have them, so they are only sent with `send_secrets`."""

    @property
    def is_empty(self) -> bool:
        """Whether the environment has the desired configuration, as far as it can be set."""
        return not self.changes

    @property
    def has_differences(self) -> bool:
        """Whether the two configurations differ, also in what is not done."""
        return bool(self.changes or self.impossible or self.extra)

    @property
    def is_partial(self) -> bool:
        """Whether the environment could not be compared with a part of `desired`, as for a token without its scope."""
        return any(name in self.desired.resources for name in self.current.unavailable) or any(
            (problem.resource, problem.name) in self.desired.objects for problem in self.current.problems
        )

    @property
    def not_creatable(self) -> tuple[Impossible, ...]:
        """The objects that the environment does not have and that no file can create."""
        return tuple(
            each
            for each in self.impossible
            if each.change.kind is ChangeKind.CREATE and not each.path and not _is_unidentified(each.change)
        )

    def count(self, kind: ChangeKind) -> int:
        """Return the number of objects that are created, updated or deleted."""
        return sum(change.kind is kind for change in self.changes)

    def missing(self, known: Mapping[str, str]) -> list[MissingValue]:
        """Return the values that are needed and not known. known: by name, such as the environment variables."""
        return [each for each in self.needed if not known.get(each.name)]


def make_plan(
    current: EnvironmentConfig, desired: EnvironmentConfig, *, prune: bool = False, send_secrets: bool = False
) -> ConfigPlan:
    """Plan what makes `current` the configuration `desired`.

    prune: whether to delete what `desired` does not have. send_secrets: whether to send the secrets of objects that
    exist, whose values cannot be compared. Only resources that both configurations know take part. A value that is not
    known is only set where the environment has none.
    """
    found = compare(_without_secrets(current) if send_secrets else current, desired)
    changes: list[ObjectChange] = []
    impossible: list[Impossible] = []
    extra: list[ObjectChange] = []
    unsent: list[MissingValue] = []
    deleted = {each.key for each in found if each.kind is ChangeKind.DELETE}
    unidentified = {each.object.resource for each in found if each.kind is ChangeKind.CREATE and _is_unidentified(each)}
    for each in found:
        change = each
        if change.kind is ChangeKind.UPDATE:
            change, hidden = _without_unknown(each, send_secrets=send_secrets)
            unsent += hidden
            if not change.leaves:
                continue
        is_deleted = change.kind is ChangeKind.DELETE
        if change.object.resource in unidentified and (is_deleted or _is_unidentified(change)):
            impossible.append(Impossible(change, (), _unidentified_reason(change, found)))
            continue
        if configuration_of(change.object.record).group_by:
            possible = _plan_entries(change, deleted, impossible, extra, prune=prune)
        else:
            possible = _plan_object(change, impossible)
        if possible is None:
            continue
        if possible.kind is ChangeKind.DELETE and not prune:
            extra.append(possible)
        else:
            changes.append(possible)
    needed = [each for change in changes for leaf in change.leaves for each in _references(change, leaf)]
    return ConfigPlan(
        current,
        desired,
        prune,
        tuple(changes),
        tuple(impossible),
        tuple(extra),
        tuple(needed),
        send_secrets,
        tuple(unsent),
    )


def broken_references(plan: ConfigPlan) -> list[tuple[ConfigObject, ConfigObject]]:
    """Return the objects that refer to one that the plan deletes, each with that one."""
    deleted = {change.key: change.object for change in plan.changes if change.kind is ChangeKind.DELETE}
    values = {key: each.values for key, each in plan.current.objects.items() if key not in deleted}
    for change in plan.changes:
        if change.before is not None and change.key in values:
            values[change.key] = with_leaves(change.object.record, change.before.values, change.leaves)
    found = []
    for key, its_values in values.items():
        each = plan.current.objects[key]
        rules = configuration_of(each.record)
        for path, resource in rules.references.items() if not rules.group_by else ():
            name = get_path(its_values, path)
            if isinstance(name, str) and (resource, name) in deleted:
                found.append((each, deleted[resource, name]))
    return found


def _references(change: ObjectChange, leaf: LeafChange) -> list[MissingValue]:
    return [MissingValue(reference.name, change, leaf.path) for reference in references_in(leaf.after)]


def _without_secrets(config: EnvironmentConfig) -> EnvironmentConfig:
    """Return a configuration as if no object had its secrets."""
    objects = {}
    for key, each in config.objects.items():
        secret = configuration_of(each.record).secret
        leaves = [LeafChange(tuple(name.split(".")), None, ABSENT) for name in secret]
        objects[key] = replace(each, values=with_leaves(each.record, each.values, leaves)) if secret else each
    return replace(config, objects=objects)


def _without_unknown(change: ObjectChange, *, send_secrets: bool) -> tuple[ObjectChange, list[MissingValue]]:
    """Return an update without the values that are not compared, and the secrets among them that could be sent."""
    record = change.object.record
    secret = {tuple(name.split(".")) for name in configuration_of(record).secret}
    leaves, hidden = [], []
    for leaf in change.leaves:
        if leaf.path in secret and references_in(leaf.after) and not send_secrets:
            hidden += _references(change, leaf)
        elif not _is_unknown(record, leaf):
            leaves.append(leaf)
    return replace(change, leaves=tuple(leaves)), hidden


_UNIDENTIFIED = {
    ChangeKind.CREATE: "What identifies it is a reference without a value.",
    ChangeKind.DELETE: "It may be in the files, where what identifies an object is a reference without a value.",
}


def _unidentified_reason(change: ObjectChange, found: Sequence[ObjectChange]) -> str:
    """Return why nothing is done with an object that may be another one. found: all that differs."""
    names = [
        each.object.title
        for each in found
        if each.kind is ChangeKind.DELETE and each.object.resource == change.object.resource and _is_unidentified(each)
    ]
    reason = _UNIDENTIFIED[change.kind]
    if change.kind is not ChangeKind.CREATE:
        return reason
    other = f" If it is {' or '.join(names)}, use that reference. Otherwise" if names else " So"
    return f"{reason}{other} {_how_to_identify(change)}"


def _how_to_identify(change: ObjectChange) -> str:
    """Return where to write the value of what identifies an object: never a secret into a file."""
    each = change.object
    identity = configuration_of(each.record).identity
    found = [(place, reference) for place, reference in references_of(each) if place.name in identity]
    names = " and ".join(reference.name for _, reference in found)
    if all(is_secret_reference(place, reference, FieldRules()) for place, reference in found):
        return f"set the environment variable {names} to it: it is a secret, which no file may have."
    return f"write {names} into values.ENV.yaml, or, if it is a secret, set an environment variable of this name."


def _is_unidentified(change: ObjectChange) -> bool:
    """Return whether it is not known what identifies an object."""
    if change.object.is_identified:
        return False
    values = change.object.values
    return any(references_in(get_path(values, path)) for path in configuration_of(change.object.record).identity)


def _is_unknown(record: Resource, leaf: LeafChange) -> bool:
    """Return whether it is not known what a value has to be, and the environment has one already."""
    if leaf.before is ABSENT:
        return False
    is_enabled = leaf.path == (ENABLED,) and bool(configuration_of(record).enabled_field)
    return bool(references_in(leaf.after)) or (is_enabled and leaf.after is ABSENT)


def _plan_object(change: ObjectChange, impossible: list[Impossible]) -> ObjectChange | None:
    """Return what can be done of a change; None for nothing. What cannot is added to `impossible`."""
    record = change.object.record
    rules = configuration_of(record)
    if change.kind is not ChangeKind.UPDATE:
        name = rules.create if change.kind is ChangeKind.CREATE else rules.delete
        if reason := _cannot(record, name):
            impossible.append(Impossible(change, (), reason))
            return None
    if change.kind is ChangeKind.DELETE:
        return change
    actions = (rules.edit,) if change.kind is ChangeKind.UPDATE else (rules.create, rules.edit)
    settable = frozenset().union(*(settable_names(record, name) for name in actions))
    possible = []
    for leaf in change.leaves:
        reason = _leaf_reason(record, change, leaf, settable)
        if reason:
            impossible.append(Impossible(change, leaf.path, reason))
        else:
            possible.append(leaf)
    return replace(change, leaves=tuple(possible)) if possible else None


def _leaf_reason(record: Resource, change: ObjectChange, leaf: LeafChange, settable: frozenset[str]) -> str:
    """Return why a value cannot be set; "" when it can."""
    rules = configuration_of(record)
    name = leaf.path[0]
    if name == ENABLED and rules.enabled_field:
        return _cannot(record, rules.enable if leaf.after else rules.disable)
    if name in settable or (change.kind is ChangeKind.CREATE and name in rules.identity):
        return ""
    if change.kind is ChangeKind.UPDATE and (reason := _cannot(record, rules.edit)):
        return reason
    return "The API does not let it be changed."


def _cannot(record: Resource, name: str) -> str:
    """Return why an action of a record is not possible with a file; "" when it is."""
    rules = configuration_of(record)
    if name in rules.cannot:
        return rules.cannot[name]
    if record.action(name) is not None:
        return ""
    again = " Delete it and create it again." if name == rules.edit and not rules.is_single else ""
    return f"The API cannot {name} it.{again}"


def settable_names(record: Resource, action_name: str) -> frozenset[str]:
    """Return the names of the values, at the first level, that an action of a record sends."""
    action = record.action(action_name)
    if action is None or action_name in configuration_of(record).cannot:
        return frozenset()
    names = body_schema(catalog(), catalog().get(action.operation), action.body_list).get("properties", {})
    return frozenset(names) & frozenset(value_schema(record.name)["properties"])


def _plan_entries(
    change: ObjectChange,
    deleted: set[ObjectKey],
    impossible: list[Impossible],
    extra: list[ObjectChange],
    *,
    prune: bool,
) -> ObjectChange | None:
    """Return what can be done of a change of the entries of one allowlist; None for nothing.

    Entries that are removed are deletions: they are extra without `prune`.
    """
    record = change.object.record
    rules = configuration_of(record)
    parent = next(iter(rules.references.values()))
    if change.kind is ChangeKind.DELETE:
        if (parent, change.object.name) not in deleted and any(
            leaf.path[0] != rules.group_by for leaf in change.leaves
        ):
            reason = f"No file says what they have to be. To remove all of them, write `{record.list.items}: []`."
            impossible.append(Impossible(change, (), reason))
        return None  # they are deleted with their list
    leaves = [leaf for leaf in change.leaves if len(leaf.path) > 1]
    added = {entry_key(leaf.after) for leaf in leaves if leaf.after is not ABSENT}
    removed = {entry_key(leaf.before) for leaf in leaves if leaf.before is not ABSENT}
    possible, left = [], []
    for leaf in leaves:
        key = entry_key(leaf.before if leaf.after is ABSENT else leaf.after)
        if key in added and key in removed:
            if leaf.after is not ABSENT:
                reason = "The API cannot change an entry in place: `dyntui allowlists edit-entry` does it."
                impossible.append(Impossible(change, leaf.path, reason))
        elif leaf.after is ABSENT and not prune:
            left.append(leaf)
        else:
            possible.append(leaf)
    if left:
        extra.append(replace(change, leaves=tuple(left)))
    return replace(change, leaves=tuple(possible)) if possible else None


def entry_key(entry: object) -> str:
    """Return what identifies an entry on its list: its identifier, without its alias."""
    from dyntui.services.access.drafts import key_of

    return key_of(entry) if isinstance(entry, Mapping) else str(entry)


def select_changes(plan: ConfigPlan, chosen: Mapping[ObjectKey, Iterable[LeafPath] | None]) -> ConfigPlan:
    """Return the plan with only some of its changes.

    chosen: the objects, each with the paths of the values to set; None for all of them. An object that is created or
    deleted is chosen as a whole.
    """
    objects = dict(plan.current.objects)
    for change in plan.changes:
        if change.key not in chosen:
            continue
        if change.after is None:
            del objects[change.key]
        elif change.before is None:
            objects[change.key] = change.after
        else:
            paths = chosen[change.key]
            selected = None if paths is None else frozenset(paths)
            leaves = [leaf for leaf in change.leaves if selected is None or leaf.path in selected]
            values = with_leaves(change.object.record, change.before.values, leaves)
            objects[change.key] = replace(change.after, values=values)
    order = plan.desired.resources
    known = {name: index for index, name in enumerate(order)}
    rows = sorted(objects.items(), key=lambda item: (known.get(item[0][0], len(order)), item[0][1]))
    desired = replace(plan.desired, objects=dict(rows))
    return make_plan(plan.current, desired, prune=plan.prune, send_secrets=plan.send_secrets)


def for_other_environment(config: EnvironmentConfig, rules: FieldRules) -> EnvironmentConfig:
    """Return the configuration of an environment for another one: values that differ by nature are references."""
    from dyntui.services.configuration.read import ReferenceNames

    names = ReferenceNames()

    def hidden(each: ConfigObject) -> ConfigObject:
        differing = rules.differing(each.record)
        leaves = [
            LeafChange(place.path, value, names.reference(each.record, each.name, place.path))
            for place, value in visit_leaves(each.record, each.values)
            if place.name in differing and not isinstance(value, Reference)
        ]
        return replace(each, values=with_leaves(each.record, each.values, leaves), id="", row=None)

    return replace(config, objects={key: hidden(each) for key, each in config.objects.items()})


def changes_since(plan: ConfigPlan, now: EnvironmentConfig) -> list[ObjectChange]:
    """Return how an environment differs from what a plan was made from, but for parts of the plan that are done.

    So a plan can be applied again after it was stopped.
    """
    planned = {change.key: change for change in plan.changes}
    created = {change.key for change in plan.changes if change.kind is ChangeKind.CREATE}
    found = []
    for change in compare(plan.current, now):
        known = planned.get(change.key)
        expected: Mapping[LeafPath, object] = {}
        if known is not None and known.after is not None:
            expected = known.after.leaves()
        rules = configuration_of(change.object.record)
        owner = rules.references.get(rules.group_by, "")
        is_new = change.key in created or (owner, change.object.name) in created
        leaves = tuple(leaf for leaf in change.leaves if not _is_done(leaf, known, expected, is_new=is_new))
        if leaves:
            found.append(replace(change, leaves=leaves))
    return found


def _is_done(
    leaf: LeafChange, planned: ObjectChange | None, expected: Mapping[LeafPath, object], *, is_new: bool
) -> bool:
    """Return whether the value of a leaf is as a plan makes it."""
    value = expected.get(leaf.path, ABSENT)
    if is_new and (value is ABSENT or leaf.path == (ENABLED,)):
        return True  # the server gives a new object values that the plan does not have
    if planned is None:
        return False
    return leaf.after == value or bool(references_in(value)) or leaf.after is ABSENT is value
