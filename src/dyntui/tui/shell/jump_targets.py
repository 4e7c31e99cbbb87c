"""Targets of the jump bar and the palette: screens, resources with their aliases, recent users, row numbers.

A new screen gets a line in `_SCREENS`; resource records are targets without one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dyntui.resources import RESOURCES, Resource, Scope
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.prompt import Suggestion
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["Jump", "available_jumps", "jump_to", "suggest_jumps"]


@dataclass(frozen=True, slots=True)
class Jump:
    """A target of the jump bar."""

    name: str
    """The name to type."""
    title: str
    """The description in the list of suggestions."""
    go: Callable[[ConsoleApp, str], None]
    """Opens the target; gets the text typed after the name, which is a filter."""
    aliases: tuple[str, ...] = ()
    """Other names, in lower case."""


def _route(name: str) -> Callable[[ConsoleApp, str], None]:
    return lambda console, rest: console.open_route(name, RouteTarget(filter_text=rest))


_SCREENS = (
    Jump(
        "environments", "Environments: switch, add, check, remove", _route("environments"), ("env", "envs", "profiles")
    ),
    Jump("import", "Import users from a file", _route("import"), ("i",)),
    Jump("jobs", "Import jobs: resume one, see its result", _route("jobs"), ("j", "imports")),
    Jump(
        "resources",
        "All resources, and which of them this token can read",
        _route("resource-index"),
        ("everything", "all"),
    ),
    Jump("api", "API console: send any operation of the API", _route("api-operations"), ("operations", "console")),
    Jump("requests", "Request log", _route("request-log"), ("log",)),
    Jump("notifications", "All notifications of this session", _route("notifications"), ("messages",)),
    Jump("quit", "Quit dyntui", lambda console, rest: console.action_leave(), ("q", "exit")),
)


def _resource_jump(record: Resource, console: ConsoleApp) -> Jump:
    from dyntui.services.lists.resource_reachability import reachability_of

    of = "the organization" if record.scope is Scope.ORGANIZATION else "this environment"
    connection = console.session.connection
    reason = reachability_of(connection.client).reason(record) if connection is not None else None
    title = reason or f"{record.title} of {of}"
    return Jump(record.name, title, lambda console, rest: console.open_named(record, rest), record.aliases)


def _user_jump(user_id: str, label: str) -> Jump:
    target = RouteTarget(row_id=user_id, label=label)
    return Jump(label, f"user {user_id}", lambda console, rest: console.open_route("user", target))


def available_jumps(console: ConsoleApp) -> Iterator[Jump]:
    """Yield every target that can be opened now."""
    if console.session.profile is not None or console.session.demo is not None:
        for record in RESOURCES.values():
            if record.scope is not Scope.PARENT:
                yield _resource_jump(record, console)
    yield from _SCREENS
    for user_id, label in reversed(console.session.recent.items()):
        yield _user_jump(user_id, label)


def _rank(jump: Jump, text: str) -> int | None:
    """Return how well `text` matches: 0 is best, None is no match."""
    names = (jump.name.casefold(), *jump.aliases)
    if text in names:
        return 0
    if any(name.startswith(text) for name in names):
        return 1
    return 2 if any(text in name for name in names) else None


def parse_row_number(text: str) -> int | None:
    """Return the row number that `text` such as `500,000` means; None when it is not a number."""
    digits = text.replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def suggest_jumps(console: ConsoleApp, typed: str) -> Sequence[Suggestion]:
    """Return the targets that match `typed`, the best first."""
    text = typed.strip().casefold()
    if parse_row_number(text) is not None:
        return [Suggestion(text, "Row of this list")]
    head = text.split(" ", 1)[0]
    ranked = [(rank, jump) for jump in available_jumps(console) if (rank := _rank(jump, text)) is not None]
    if not ranked and head != text:
        ranked = [(0, jump) for jump in available_jumps(console) if _rank(jump, head) == 0]
    ranked.sort(key=lambda pair: pair[0])
    return [Suggestion(jump.name, jump.title) for _, jump in ranked]


def jump_to(console: ConsoleApp, typed: str, chosen: Suggestion | None) -> None:
    """Go to the row or target that was typed: a full name with a filter, else the chosen suggestion."""
    text = typed.strip()
    if (number := parse_row_number(text)) is not None:
        lines = console.shown.default_focus() if isinstance(console.shown, ConsoleScreen) else None
        if isinstance(lines, LineList):
            lines.move_to(number - 1)
        return
    head, _, rest = text.partition(" ")
    for jump in available_jumps(console):
        if rest and _rank(jump, head.casefold()) == 0:
            jump.go(console, rest.strip())
            return
    if chosen is not None:
        next(jump for jump in available_jumps(console) if (jump.name, jump.title) == (chosen.text, chosen.note)).go(
            console, ""
        )
    elif text:
        console.notify(f"Unknown name {head!r}. Type : and a part of a name to see the suggestions.", "warning")
