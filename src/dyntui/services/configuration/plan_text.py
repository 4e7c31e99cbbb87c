"""A plan as text for people, as JSON, as Markdown for a pull request, and as a list of differences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dyntui.core.text import quantity
from dyntui.services.configuration.compare import (
    ChangeKind,
    LeafChange,
    ObjectChange,
    change_lines,
    change_rows,
    leaf_line,
)
from dyntui.services.configuration.model import ABSENT
from dyntui.services.configuration.plan import ConfigPlan, broken_references
from dyntui.services.configuration.plan_file import SavedPlan
from dyntui.services.configuration.plan_impact import PlanImpact

__all__ = [
    "Difference",
    "differences",
    "extra_lines",
    "plan_document",
    "plan_lines",
    "plan_markdown",
    "plan_summary",
    "unsent_lines",
    "warning_lines",
]

_MAX_MARKDOWN = 60_000
"""Characters; GitHub refuses comments of more than 65,536."""


def plan_lines(plan: ConfigPlan, known: Mapping[str, str]) -> Iterator[str]:
    """Yield a plan as lines. The first character says what a line is: + create, ~ update, - delete, ! not possible.

    known: the values that references stand for.
    """
    for change in plan.changes:
        yield from change_lines(change)
    for each in plan.impossible:
        yield f"! {each.line}"
    yield from (f"? {line}" for line in _missing_lines(plan, known))


def _missing_lines(plan: ConfigPlan, known: Mapping[str, str]) -> list[str]:
    found = {each.name: f"{each.name} is not set. {each.change.object.title} needs it." for each in plan.missing(known)}
    return [*found.values()]


def extra_lines(plan: ConfigPlan) -> list[str]:
    """Return what is only in the environment and stays, as lines."""
    lines = []
    for change in plan.extra:
        if change.kind is ChangeKind.DELETE:
            lines.append(change.object.title)
        else:
            lines += [f"{change.object.title} {leaf_line(change, leaf)}" for leaf in change.leaves]
    return lines


def unsent_lines(plan: ConfigPlan) -> list[str]:
    """Return the secrets that are not compared and not sent, as one line; none when there are none."""
    names = ", ".join(dict.fromkeys(each.name for each in plan.unsent))
    shown = f"Not compared, because {plan.current.environment} does not show it: {names}. --send-secrets sends it."
    return [shown] if names else []


def warning_lines(plan: ConfigPlan) -> list[str]:
    """Return what refers to an object that the plan deletes, as lines."""
    return [f"{each.title} refers to {deleted.title}, which is deleted." for each, deleted in broken_references(plan)]


def plan_summary(plan: ConfigPlan) -> str:
    """Return the numbers of a plan as a sentence."""
    words = {ChangeKind.CREATE: "to create", ChangeKind.UPDATE: "to update", ChangeKind.DELETE: "to delete"}
    parts = [f"{plan.count(kind):,} {text}" for kind, text in words.items() if plan.count(kind)]
    parts += [f"{quantity(len(plan.impossible), 'difference')} that cannot be removed"] if plan.impossible else []
    if plan.extra:
        parts.append(f"{len(plan.extra):,} only there, which --prune would delete")
    name = plan.current.environment
    if not parts and plan.is_partial:
        return f"{name} has no difference in what could be compared."
    if not parts:
        return f"{name} is as it has to be."
    return f"{name}: {', '.join(parts)}."


def plan_document(saved: SavedPlan, impact: PlanImpact | None, known: Mapping[str, str]) -> dict[str, object]:
    """Return a plan as JSON. impact: None when it is not known."""
    plan = saved.plan
    return {
        "environment": plan.current.environment,
        "environment_id": plan.current.environment_id,
        "source": saved.source,
        "fingerprint": saved.fingerprint,
        "different": plan.has_differences,
        "counts": {kind.value: plan.count(kind) for kind in ChangeKind},
        "changes": change_rows(plan.changes),
        "impossible": [
            {"resource": each.change.object.resource, "name": each.change.object.name, "path": ".".join(each.path),
             "reason": each.reason}
            for each in plan.impossible
        ],
        "extra": change_rows(plan.extra),
        "missing": [*dict.fromkeys(each.name for each in plan.missing(known))],
        "warnings": warning_lines(plan),
        "unsent": [*dict.fromkeys(each.name for each in plan.unsent)],
        "effects": list(impact.requirement.effects) if impact is not None else [],
        "users": list(impact.lockout) if impact is not None else [],
        "confirm_with": impact.requirement.options if impact is not None and plan.changes else None,
        "not_compared": dict(plan.current.unavailable) | dict(plan.desired.unavailable),
    }  # fmt: skip


def plan_markdown(saved: SavedPlan, impact: PlanImpact | None, known: Mapping[str, str]) -> str:
    """Return a plan as Markdown for a pull request. It does not name locked-out users."""
    plan = saved.plan
    parts = [f"### Plan for `{_code(plan.current.environment)}` from `{_code(saved.source)}`", plan_summary(plan)]
    lines = [_diff_line(line) for line in plan_lines(plan, known)]
    if lines:
        parts.append(_block("diff", lines))
    if impact is not None and impact.requirement.effects:
        counted = impact.affected.lines(with_names=False) if impact.affected is not None else []
        parts += ["**Who can sign in**", _block("text", [*impact.requirement.effects, *counted])]
    if warnings := warning_lines(plan):
        parts += ["**Warnings**", _block("text", warnings)]
    if plan.extra:
        parts += ["**Only in the environment**", _block("text", extra_lines(plan))]
    return "\n\n".join(parts) + "\n"


def _diff_line(line: str) -> str:
    """Return a line for a diff block, where GitHub colors what begins with + - and !."""
    if line.startswith("~"):
        return f"! {line[2:]} (update)"
    return f"# {line[2:]}" if line.startswith(("!", "?")) else line


def _block(language: str, lines: list[str]) -> str:
    size = 0
    shown: list[str] = []
    for line in lines:
        size += len(line) + 1
        if size > _MAX_MARKDOWN:
            shown.append(f"… {len(lines) - len(shown):,} more lines")
            break
        shown.append(line.replace("\n", "\\n").replace("\r", "\\r"))
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in shown))
    return "\n".join([f"{fence}{language}", *shown, fence])


def _longest_run(line: str) -> int:
    """Return the length of the longest run of backticks in a line, which the fence has to be longer than."""
    return max((len(run) for run in re.findall("`+", line)), default=0)


def _code(text: str) -> str:
    return text.replace("`", "'").replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference of an environment from its files."""

    kind: str
    """`changed`, `missing` in the environment, or `extra`: only there."""
    resource: str
    object: str
    """The name of the object for people."""
    path: str
    """The path of the value; "" for a whole object."""
    expected: str
    """The value in the files."""
    actual: str
    """The value in the environment."""


def differences(plan: ConfigPlan) -> list[Difference]:
    """Return the differences of a plan, also those that cannot be removed: one for each value or whole object.

    Objects that no file can create are not among them, because such a difference may be there for ever.
    """
    not_creatable = plan.not_creatable
    changes: dict[tuple[str, str], list[ObjectChange]] = {}
    for change in (*plan.changes, *plan.extra):
        changes.setdefault(change.key, []).append(change)
    for each in (each for each in plan.impossible if each not in not_creatable):
        leaves = tuple(leaf for leaf in each.change.leaves if leaf.path == each.path)
        left = ObjectChange(each.change.before, each.change.after, leaves)
        changes.setdefault(each.change.key, []).append(left)
    return [found for parts in changes.values() for found in _differences(parts)]


def _differences(parts: list[ObjectChange]) -> Iterator[Difference]:
    each = parts[0].object
    if parts[0].kind is not ChangeKind.UPDATE:
        kind = "missing" if parts[0].kind is ChangeKind.CREATE else "extra"
        yield Difference(kind, each.resource, each.title, "", "", "")
        return
    for part in parts:
        for leaf in part.leaves:
            yield _leaf_difference(part, leaf)


def _leaf_difference(change: ObjectChange, leaf: LeafChange) -> Difference:
    sides = ["" if value is ABSENT else leaf.text(value) for value in (leaf.after, leaf.before)]
    kind = "missing" if leaf.before is ABSENT else "extra" if leaf.after is ABSENT else "changed"
    path = ".".join(leaf.path[:-1]) if leaf.is_whole_element else leaf.name
    return Difference(
        kind if leaf.is_whole_element else "changed", change.object.resource, change.object.title, path, *sides
    )
