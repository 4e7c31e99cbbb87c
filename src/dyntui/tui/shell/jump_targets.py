"""Names that the jump bar and the palette know: screens, resources with their aliases, users opened lately, rows.

A new screen gets a line in `_SCREENS`; a new resource record is found by itself.
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
    """A place one can go to by name. go: takes one there, with what was typed after the name."""

    name: str
    title: str
    go: Callable[[ConsoleApp, str], None]
    aliases: tuple[str, ...] = ()


def _quit(console: ConsoleApp, rest: str) -> None:
    console.action_leave()


def _route(name: str) -> Callable[[ConsoleApp, str], None]:
    return lambda console, rest: console.open_route(name, RouteTarget(filter_text=rest))


_SCREENS = (
    Jump(
        "environments", "Environments: switch, add, check, remove", _route("environments"), ("env", "envs", "profiles")
    ),
    Jump("import", "Import users from a file", _route("import"), ("i",)),
    Jump("jobs", "Import jobs: go on with one, look at its outcome", _route("jobs"), ("j", "imports")),
    Jump(
        "everything",
        "Everything the API has, and what this token reaches",
        _route("resource-index"),
        ("resources", "all"),
    ),
    Jump("api", "API console: any operation, filled in and sent", _route("api-operations"), ("operations", "console")),
    Jump("requests", "Request log: what went over the wire", _route("request-log"), ("log",)),
    Jump("messages", "All messages of this session", _route("notifications"), ("notifications",)),
    Jump("quit", "Leave dyntui", _quit, ("q", "exit")),
)


def _list_of(record: Resource, console: ConsoleApp) -> Jump:
    from dyntui.services.lists.resource_reachability import reachability_of

    def go(console: ConsoleApp, rest: str) -> None:
        console.open_named(record, rest)

    of = "the organization" if record.scope is Scope.ORGANIZATION else "this environment"
    connection = console.session.connection
    reason = reachability_of(connection.client).reason(record) if connection is not None else None
    return Jump(record.name, reason or f"{record.title} of {of}", go, record.aliases)


def _user(user_id: str, label: str) -> Jump:
    def go(console: ConsoleApp, rest: str) -> None:
        console.open_route("user", RouteTarget(row_id=user_id, label=label))

    return Jump(label, f"user {user_id}", go)


def available_jumps(console: ConsoleApp) -> Iterator[Jump]:
    """Every name, as far as it makes sense now."""
    if console.session.profile is not None or console.session.demo is not None:
        for record in RESOURCES.values():
            if record.scope is not Scope.PARENT:
                yield _list_of(record, console)
    yield from _SCREENS
    for user_id, label in reversed(console.session.recent.items()):
        yield _user(user_id, label)


def _rank(jump: Jump, text: str) -> int | None:
    """How well `text` fits: 0 best, None not at all."""
    names = (jump.name.casefold(), *jump.aliases)
    if text in names:
        return 0
    if any(name.startswith(text) for name in names):
        return 1
    return 2 if any(text in name for name in names) else None


def parse_row_number(text: str) -> int | None:
    """The row that is meant by `500,000`; None when it is no number."""
    digits = text.replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def suggest_jumps(console: ConsoleApp, typed: str) -> Sequence[Suggestion]:
    """What `typed` may mean, the best first."""
    text = typed.strip().casefold()
    if parse_row_number(text) is not None:
        return [Suggestion(text, "The row of this list")]
    head = text.split(" ", 1)[0]
    ranked = [(rank, jump) for jump in available_jumps(console) if (rank := _rank(jump, text)) is not None]
    if not ranked and head != text:
        ranked = [(0, jump) for jump in available_jumps(console) if _rank(jump, head) == 0]
    ranked.sort(key=lambda pair: pair[0])
    return [Suggestion(jump.name, jump.title) for _, jump in ranked]


def jump_to(console: ConsoleApp, typed: str, chosen: Suggestion | None) -> None:
    """Go where `typed` says: a whole name, a name and a filter, else the suggestion that was chosen."""
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
        console.say(f"There is no {head!r} here. Type : and a part of a name to see what there is.", "warning")
