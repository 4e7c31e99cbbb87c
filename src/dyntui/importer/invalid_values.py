"""What happens to a value that the API refuses: the row is not sent, or it goes with another value or without it.

A mapping has one action for each field (`Mapping.on_invalid`, `--on-invalid FIELD=ACTION`). The mapper applies them to
the errors of a row; each change is a warning that says what was changed and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dyntui.core.errors import UsageError
from dyntui.importer.fields import ALTERNATIVE_WALLETS, USER_FIELDS
from dyntui.importer.problems import Problem, has_errors

__all__ = ["ACTIONS", "IDENTITY_FIELDS", "Resolution", "default_action", "parse_on_invalid", "resolve_invalid_values"]

ACTIONS = {
    "error": "do not send the row",
    "replace": "send the suggested value instead",
    "omit": "send the row without the value",
    "metadata": "send the row without the value, and keep it in the metadata",
    "review": "hold the row for review",
    "send": "send the value as it is; the API decides",
}
"""The actions, with what they do."""

IDENTITY_FIELDS = ("email", "phoneNumber", "username", "wallets", "oauthAccounts")
"""Fields by which somebody can sign in as a user."""

_OMITTED_BY_DEFAULT = frozenset({"wallets", *ALTERNATIVE_WALLETS})
_LISTS = ("wallets", "oauthAccounts")
_ESSENTIAL = frozenset({"publicWalletAddress", "chain", "walletName", "walletProvider", "provider", "accountId"})
"""Parts of a wallet or social account that cannot be left out of it."""
_FIELDS = tuple(name for name in USER_FIELDS if name not in ("emailVerifiedAt", "firstName+lastName", "metadata"))


class Resolution(NamedTuple):
    """The problems of a row after the actions."""

    problems: list[Problem]
    needs_review: bool
    """Whether the row is held for review."""


def default_action(field: str) -> str:
    """Return the action for a field without one: a wallet is left out; a row with any other such value is not sent."""
    return "omit" if field in _OMITTED_BY_DEFAULT else "error"


def parse_on_invalid(text: str) -> tuple[str, str]:
    """Parse `--on-invalid FIELD=ACTION`. Raises UsageError for an unknown field or action."""
    field, equals, action = (part.strip() for part in text.partition("="))
    if not equals or field not in _FIELDS or action not in ACTIONS:
        actions = ", ".join(ACTIONS)
        raise UsageError(
            f"{text!r} is not FIELD=ACTION.",
            hint=f"For example: --on-invalid username=replace. Actions: {actions}. Fields: {', '.join(_FIELDS)}.",
        )
    return field, action


def resolve_invalid_values(
    user: dict[str, object], problems: Sequence[Problem], actions: Mapping[str, str]
) -> Resolution:
    """Apply the actions to the errors of a row, and change `user` accordingly.

    An error about the whole row, or about a cell that was not read, stays. A value is not left out when it is the only
    one by which somebody could sign in as the user.
    """
    resolved: list[Problem | None] = list(problems)
    needs_review = False
    dropped: set[str] = set()
    for place in _worst_order(problems):
        problem = problems[place]
        parts = problem.field.split(".")
        if problem.severity != "error" or parts[0] not in user:
            continue
        action = actions.get(parts[0]) or default_action(parts[0])
        path = _droppable(parts)
        if ".".join(path) in dropped:
            resolved[place] = None  # already reported for this value
            continue
        change = _apply(user, problem, path, action if len(path) < 3 else _of_part(problem, action))
        if change is not None:
            resolved[place] = change
            if change.code in ("unsendable_left_out", "unsendable_in_metadata"):
                dropped.add(".".join(path))
        needs_review = needs_review or action == "review"
    for name in _LISTS:
        if isinstance(items := user.get(name), list) and None in items:
            user[name] = [item for item in items if item is not None]
            if not user[name]:
                del user[name]
    left = [problem for problem in resolved if problem is not None]
    return Resolution(left, needs_review and has_errors(left))


def _worst_order(problems: Sequence[Problem]) -> Sequence[int]:
    """Return the places of the problems, those of the essential parts of an item before those of its other parts."""
    return sorted(range(len(problems)), key=lambda place: len(_droppable(problems[place].field.split("."))))


def _droppable(parts: Sequence[str]) -> tuple[str, ...]:
    """Return the path of what can be left out: a field, an item of a list, or a part that an item does not need."""
    if parts[0] in _LISTS and len(parts) > 1:
        return tuple(parts[:2] if len(parts) == 2 or parts[2] in _ESSENTIAL else parts[:3])
    return tuple(parts[:1])


def _of_part(problem: Problem, action: str) -> str:
    """Return the action for a part that an item does not need: it is replaced or left out, unless it should be sent."""
    if action in ("send", "review"):
        return action
    return "replace" if problem.suggestion is not None else "omit"


def _changed(problem: Problem, code: str, sentence: str) -> Problem:
    return Problem("warning", code, problem.field, f"{problem.message} {sentence}", problem.suggestion)


def _apply(user: dict[str, object], problem: Problem, path: tuple[str, ...], action: str) -> Problem | None:
    """Apply one action. Return the problem that replaces the error; None when the error stays."""
    if action == "send":
        return _changed(problem, "unsendable_sent", "It is sent as it is.")
    if action == "replace" and problem.suggestion is not None:
        if not _set(user, problem.field.split("."), problem.suggestion):
            return None
        return _changed(problem, "unsendable_replaced", f"“{problem.suggestion}” is sent.")
    if action not in ("omit", "metadata") or (len(path) < 3 and not _is_dispensable(user, path)):
        return None
    value = _remove(user, path)
    if action == "metadata":
        metadata = user.setdefault("metadata", {})
        if isinstance(metadata, dict):
            metadata.setdefault(".".join(path), value)
        return _changed(problem, "unsendable_in_metadata", f"It is kept in metadata.{'.'.join(path)}.")
    return _changed(problem, "unsendable_left_out", "It is left out.")


def _is_dispensable(user: Mapping[str, object], path: tuple[str, ...]) -> bool:
    """Return whether the user has another value by which to sign in, or the value is none."""
    if path[0] not in IDENTITY_FIELDS:
        return len(user) > 1
    others = [name for name in IDENTITY_FIELDS if name != path[0] and user.get(name)]
    items = user.get(path[0])
    if len(path) > 1 and isinstance(items, list):
        return bool(others) or sum(item is not None for item in items) > 1
    return bool(others)


def _set(user: dict[str, object], parts: Sequence[str], value: str) -> bool:
    node: object = user
    for part in parts[:-1]:
        node = _child(node, part)
    if isinstance(node, dict) and isinstance(node.get(parts[-1]), str):
        node[parts[-1]] = value
        return True
    return False


def _child(node: object, part: str) -> object:
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and part.isdigit() and int(part) < len(node):
        return node[int(part)]
    return None


def _remove(user: dict[str, object], path: tuple[str, ...]) -> object:
    """Remove the value at a path and return it; an item of a list becomes None, so that the others stay in place."""
    if len(path) == 1:
        return user.pop(path[0])
    items = user[path[0]]
    place = int(path[1]) if path[1].isdigit() else -1
    if not isinstance(items, list) or not 0 <= place < len(items):
        return user.pop(path[0])
    if len(path) == 2:
        value, items[place] = items[place], None
        return value
    item = items[place]
    return item.pop(path[2], None) if isinstance(item, dict) else None
