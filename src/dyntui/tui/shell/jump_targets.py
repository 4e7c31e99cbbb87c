"""Targets of the jump bar and the palette: screens, resources with their aliases, recent users, row numbers.

The jump bar also looks up at the server: an email, a phone number, a wallet address, an id, a username or a full name.

A new screen gets a line in `_SCREENS`; resource records are targets without one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from dyntui.core.text import safe, shorten
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Resource, Scope
from dyntui.resources.users import full_name
from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.prompt import Suggestion
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.console_app import ConsoleApp
from dyntui.tui.shell.recent_users import labeled_users
from dyntui.tui.shell.route_target import RouteTarget

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.core.json_types import Row
    from dyntui.services.object_lookup import FoundObject, LookupResult

T = TypeVar("T")

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
        "environments",
        "Switch, add, check or remove; `env 2` switches",
        _route("environments"),
        ("env", "envs", "profiles"),
    ),
    Jump(
        "compare",
        "Compare configurations: other environment or folder",
        _route("compare"),
        ("configuration", "diff"),
    ),
    Jump("import", "Import users from CSV, Excel or JSON files", _route("import"), ("i",)),
    Jump("jobs", "Import jobs: resume, see results, undo", _route("jobs"), ("j", "imports")),
    Jump(
        "resources",
        "Every list, and whether this token can read it",
        _route("resource-index"),
        ("everything", "all"),
    ),
    Jump("api", "Send any request of the API, with a form", _route("api-operations"), ("operations", "console")),
    Jump("audit", "Changes from this machine: who, what, and undo", _route("audit"), ("changes", "history")),
    Jump("requests", "Requests that were sent, with status and time", _route("request-log"), ("log",)),
    Jump("notifications", "Messages that were shown since the start", _route("notifications"), ("messages",)),
    Jump("quit", "Quit dyntui", lambda console, rest: console.action_leave(), ("q", "exit")),
)


def _resource_jump(record: Resource, console: ConsoleApp) -> Jump:
    from dyntui.services.lists.resource_reachability import reachability_of

    connection = console.session.connection
    reason = reachability_of(connection.client).reason(record) if connection is not None else None
    return Jump(
        record.name,
        reason or record.description,
        lambda console, rest: console.open_named(record, rest),
        record.aliases,
    )


def _user_jump(user_id: str, label: str) -> Jump:
    target = RouteTarget(row_id=user_id, label=label)
    return Jump(label, f"Recent user {user_id}", lambda console, rest: console.open_route("user", target))


def available_jumps(console: ConsoleApp) -> Iterator[Jump]:
    """Yield every target that can be opened now."""
    if console.session.profile is not None or console.session.demo is not None:
        for record in RESOURCES.values():
            if record.scope is not Scope.PARENT:
                yield _resource_jump(record, console)
    yield from _SCREENS
    for user_id, label in labeled_users(console.session):
        yield _user_jump(user_id, label)


_MIN_LOOKUP_LENGTH = 3


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


def _without_sign(typed: str) -> str:
    """Return the typed text without the sign of the prompt, which some type again: `:users`."""
    return typed.strip().lstrip(":").lstrip()


def suggest_jumps(console: ConsoleApp, typed: str) -> Sequence[Suggestion]:
    """Return the targets that match `typed`, the best first."""
    text = _without_sign(typed)
    if parse_row_number(text) is not None:
        return [Suggestion(text, "Row of this list")]
    return [Suggestion(jump.name, jump.title) for jump in _matching_jumps(console, text)]


def _matching_jumps(console: ConsoleApp, typed: str) -> list[Jump]:
    """Return the targets that match `typed`, the best first, with the lookup at the server.

    The lookup is before the targets whose name only contains `typed`, except for a username or full name: that is last.
    """
    text = typed.casefold()
    head = text.split(" ", 1)[0]
    ranked: list[tuple[float, Jump]] = []
    ranked += [(rank, jump) for jump in available_jumps(console) if (rank := _rank(jump, text)) is not None]
    if not ranked and head != text:
        ranked += [(0, jump) for jump in available_jumps(console) if _rank(jump, head) == 0]
    if (lookup := _lookup_jump(console, typed)) is not None:
        ranked.append(lookup)
    ranked.sort(key=lambda pair: pair[0])
    return [jump for _, jump in ranked]


def jump_to(console: ConsoleApp, typed: str, chosen: Suggestion | None) -> None:
    """Go to the row or target that was typed: a full name with a filter, else the chosen suggestion."""
    text = _without_sign(typed)
    if (number := parse_row_number(text)) is not None:
        lines = console.shown.default_focus() if isinstance(console.shown, ConsoleScreen) else None
        if isinstance(lines, LineList):
            lines.move_to(number - 1)
        return
    head, _, rest = text.partition(" ")
    if _is_user(head) and rest:
        _open_user(console, rest.strip())
        return
    for jump in available_jumps(console):
        if rest and _rank(jump, head.casefold()) == 0:
            jump.go(console, rest.strip())
            return
    if chosen is not None:
        matching = _matching_jumps(console, text)
        next(jump for jump in matching if (jump.name, jump.title) == (chosen.text, chosen.note)).go(console, "")
    elif text:
        console.notify(
            f"Unknown name {head!r}. Press {key_of('app.jump')} and type a part of a name to see the suggestions.",
            "warning",
        )


# Lookup at the server


def _lookup_jump(console: ConsoleApp, text: str) -> tuple[float, Jump] | None:
    """Return the lookup of `text` at the server with its rank; None when the text is too short or nothing is open."""
    from dyntui.services.object_lookup import identify

    head, _, rest = text.partition(" ")
    if _is_user(head) and rest:
        return -1, Jump(text, f"Open the user with {shorten(rest, 40)}", lambda console, _: _open_user(console, rest))
    if len(text) < _MIN_LOOKUP_LENGTH or console.session.connection is None:
        return None
    match identify(text):
        case "email" | "phone":
            rank, title = 0.5, f"Open user {text}"
        case "address":
            rank, title = 0.5, f"Open wallet {shorten(text, 13)}"
        case "id":
            rank, title = 0.5, f"Open the user, wallet or other object with the id {shorten(text, 13)}"
        case _:
            rank, title = 3, f"Open the user with the username or full name {text}"
    return rank, Jump(text, title, lambda console, rest: _look_up(console, text))


def _look_up(console: ConsoleApp, text: str) -> None:
    from dyntui.services.object_lookup import find_objects

    _run_lookup(console, lambda client: find_objects(client, text), partial(_open_found, text))


def _run_lookup(
    console: ConsoleApp, look_up: Callable[[Client], Awaitable[T]], on_result: Callable[[ConsoleApp, T], None]
) -> None:
    """Look up at the server, and call `on_result` unless the user went to another screen meanwhile."""
    screen, connection = console.shown, console.session.connection
    if isinstance(screen, ConsoleScreen) and connection is not None:
        screen.run_worker_then(
            partial(look_up, connection.client),
            lambda result: on_result(console, result) if screen.is_current else None,
            group="lookup",
            exclusive=True,
        )


def _is_user(word: str) -> bool:
    """Return whether a word asks for one user: `user 0x…` opens the owner of a wallet, `0x…` the wallet."""
    return word.casefold() == RESOURCES["users"].singular


def _open_user(console: ConsoleApp, text: str) -> None:
    """Open the user that `text` identifies; the list of users that match when there is not exactly one."""
    from dyntui.services.object_lookup import find_matching_users

    users = RESOURCES["users"]

    def on_result(console: ConsoleApp, found: list[Row]) -> None:
        if len(found) == 1:
            console.open_row(users, found[0])
        else:
            console.open_named(users, text)

    _run_lookup(console, lambda client: find_matching_users(client, text), on_result)


def _open_found(text: str, console: ConsoleApp, result: LookupResult) -> None:
    """Open what the lookup found."""
    found = result.found
    if not found:
        denied = f" Not permitted for this token: {', '.join(result.not_permitted)}." if result.not_permitted else ""
        console.notify(f"Nothing was found for `{safe(text, 80)}`. Searched: {result.searched}.{denied}", "warning")
    elif len(found) == 1:
        console.open_row(found[0].record, found[0].row)
    else:
        from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog

        choices = [Choice(str(index), *_label_found(match)) for index, match in enumerate(found)]
        console.ask_then(
            SelectDialog(f"{len(found)} Matches for {safe(text, 40)}", [*choices]),
            lambda key: console.open_row(found[int(key)].record, found[int(key)].row),
        )


def _label_found(found: FoundObject) -> tuple[str, str, str]:
    """Return the label, the sign and the note of a match in the list of matches."""
    record, row = found.record, found.row
    row_id = str(row.get(record.key) or "")
    details = (record.singular, row.get("chain"), row.get("name") or full_name(row), row_id)
    return record.label_of(row) or row_id, "", " · ".join(str(part) for part in details if part)
