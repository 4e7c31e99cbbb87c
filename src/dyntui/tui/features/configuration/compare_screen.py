"""Compare the configuration of the environment in use with another environment or a folder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from dyntui.core.errors import DyntuiError
from dyntui.core.text import quantity
from dyntui.core.typed_path import NO_FILES, PathRule, to_path
from dyntui.services.configuration.compare import ChangeKind
from dyntui.services.configuration.comparison import (
    Comparison,
    OtherSide,
    command_line,
    name_of_side,
    read_comparison,
)
from dyntui.services.configuration.model import config_order
from dyntui.tui.features.configuration.actions import CONFIGURATION_ACTIONS
from dyntui.tui.features.configuration.comparison_header import ComparisonHeader
from dyntui.tui.features.configuration.comparison_nodes import (
    CHANGE_NAMES,
    CHANGE_SIGNS,
    ComparisonNode,
    build_nodes,
    count_changes,
)
from dyntui.tui.features.configuration.comparison_table import ComparisonTable
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.fuzzy_select_dialog import named_choices
from dyntui.tui.kit.dialogs.select_dialog import Choice
from dyntui.tui.kit.progress import Progressed, progress_callback
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.workers import run_in_thread
from dyntui.tui.shell.console_state import NOT_OPEN
from dyntui.tui.shell.read_screen import ReadScreen
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.config.profile import Profile
    from dyntui.config.profiles import Profiles
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["CompareConfigurationScreen", "open_comparison"]

_FOLDER = "\0folder"
"""The key of the choice of a folder. The other keys are names of profiles."""
_Result = tuple[Comparison, list[ComparisonNode]]


def open_comparison(console: ConsoleApp, target: RouteTarget) -> None:
    """Open the comparison with the profile or folder that was typed after the name; ask for it when there is none."""
    from dyntui.config.profiles import Profiles

    if console.session.profile is None:
        console.notify(NOT_OPEN, "warning")
        return
    run_in_thread(
        console.screen,
        Profiles.load,
        partial(_on_profiles, console, target.filter_text),
        console.notify_error,
        group="profiles",
    )


def _on_profiles(console: ConsoleApp, typed: str, profiles: Profiles) -> None:
    others = {each.name: each for each in profiles.all() if not console.in_use(each.name)}
    if typed in others:
        console.visit(CompareConfigurationScreen(others[typed]))
    elif typed and (folder := to_path(typed)).is_dir():
        console.visit(CompareConfigurationScreen(folder))
    elif typed:
        console.notify(f"There is no other profile and no folder {typed!r}.", "warning")
    else:
        _ask_other_side(console, others)


def _ask_other_side(console: ConsoleApp, others: dict[str, Profile]) -> None:
    choices = [Choice(each.name, each.name, note=f"{each.kind} environment") for each in others.values()]
    choices.append(Choice(_FOLDER, "Folder …", note="written by `dyntui config pull`"))

    def on_choice(key: str) -> None:
        if key == _FOLDER:
            path = FormInput("path", "folder", path=PathRule(is_folder=True, suffixes=NO_FILES))
            form = FormDialog("Compare Configuration with Folder", (path,), verb="compare")
            console.ask_then(form, on_folder)
        else:
            console.visit(CompareConfigurationScreen(others[key]))

    def on_folder(values: Values) -> None:
        console.visit(CompareConfigurationScreen(to_path(values["path"])))

    console.ask_then(named_choices("Compare Configuration With", choices, verb="compare"), on_choice)


class CompareConfigurationScreen(TableScreen, ReadScreen[_Result]):
    """What differs between the environment in use and another environment or a folder, value by value."""

    BINDINGS = bindings(CONFIGURATION_ACTIONS, "comparison")
    open_action = "comparison.open"

    def __init__(self, other: OtherSide) -> None:
        super().__init__()
        self.other = other
        self.comparison: Comparison | None = None
        """The comparison; None until both sides are read."""
        self._progress: tuple[int, int] | None = None
        """How many lists are read, and of how many, while both sides are read."""

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        name = self.other.name if isinstance(self.other, Path) else name_of_side(self.other)
        return ("compare", name)

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset(config_order())

    def body(self) -> ComposeResult:
        with Vertical():
            yield ComparisonHeader()
            yield Static("", id="failure", markup=False)
            yield ComparisonTable(empty=self.empty_text)

    @property
    def table(self) -> ComparisonTable:
        return self.query_one(ComparisonTable)

    def on_mount(self) -> None:
        self._show_header()
        super().on_mount()

    def empty_text(self) -> str:
        if (kind := self.table.kind) is not None:
            return f"No differences are “{CHANGE_NAMES[kind]}”."
        return "Both sides have the same configuration."

    # Reading

    async def read(self, connection: Connection) -> _Result:
        comparison = await read_comparison(
            connection,
            self.other,
            ask_passphrase=self.console.ask_passphrase,
            on_progress=progress_callback(self),
        )
        return comparison, await asyncio.to_thread(build_nodes, comparison)

    @on(Progressed)
    def _on_progressed(self, event: Progressed) -> None:
        self._progress = (event.done, event.total or 0)
        self.refresh_status()

    def show_result(self, result: _Result) -> None:
        self.comparison, nodes = result
        self._show_header()
        self.table.show_nodes(nodes)

    def show_error(self, error: DyntuiError | None) -> None:
        self._progress = None
        super().show_error(error)

    def _show_header(self) -> None:
        connection, other = self.console.session.connection, self.other
        profile = connection.profile if connection is not None else self.console.session.profile
        is_read_only = connection is not None and connection.write_gate.read_only
        keys = f"{key_of('table.mark')} marks, {key_of('comparison.apply')} applies it here"
        effect = "read-only" if is_read_only else keys
        kind, name = ("folder", str(other)) if isinstance(other, Path) else (other.kind, other.name)
        lines = [
            (
                "this environment",
                profile.kind if profile is not None else "",
                f"{profile.name if profile is not None else ''} · {effect}",
            ),
            ("other side", kind, f"{name} · not changed"),
        ]
        if (comparison := self.comparison) is not None:
            counts = count_changes(comparison.changes)
            parts = [f"{CHANGE_SIGNS[kind]} {count:,} {CHANGE_NAMES[kind]}" for kind, count in counts.items() if count]
            if count := len(comparison.not_compared):
                parts.append(f"{quantity(count, 'resource')} not read")
            if comparison.unknown_secrets:
                parts.append(f"{quantity(comparison.unknown_secrets, 'secret')} not compared")
            lines.append(("differences", "", " · ".join(parts) or "none"))
        self.query_one(ComparisonHeader).show(lines)

    def status(self) -> Sequence[Piece]:
        if self._progress is not None:
            done, total = self._progress
            return [(f"reading {done:,} of {total:,} lists", "")]
        return ReadScreen.status(self)

    def position(self) -> list[Piece]:
        marks, kind = len(self.table.marks), self.table.kind
        shown = [(f"{marks:,} marked", "")] if marks else []
        return [*super().position(), *shown, *([(CHANGE_NAMES[kind], "")] if kind is not None else [])]

    def back_label(self) -> str | None:
        return "the filter" if self.table.kind is not None else None

    def handle_back(self) -> None:
        self._show_kind(None)

    # Actions

    def comparison_disabled_reason(self) -> str | None:
        return None if self.comparison is not None else self.not_loaded_reason("The comparison")

    def action_open(self) -> None:
        if self.table.folds:
            self.table.toggle_fold()
        else:
            self.table.action_show_row()

    def apply_disabled_reason(self) -> str | None:
        if reason := self.comparison_disabled_reason():
            return reason
        if self.table.marks:
            return None
        node = self.table.node
        return (node.reason if node is not None else "Nothing differs.") or None

    def action_apply(self) -> None:
        from dyntui.tui.features.configuration.apply_selection import apply_selection

        comparison = self.comparison
        assert comparison is not None
        source = name_of_side(self.other)
        apply_selection(self.console, comparison, self.table.chosen(), source, done=self._on_applied)

    def _on_applied(self, is_changed: bool) -> None:
        if not self.is_mounted:
            return
        if is_changed:
            self.table.action_unmark()
        self.action_refresh()

    def action_filter(self) -> None:
        kinds = (None, *ChangeKind)
        self._show_kind(kinds[(kinds.index(self.table.kind) + 1) % len(kinds)])

    def _show_kind(self, kind: ChangeKind | None) -> None:
        self.table.kind = kind
        self.table.update_rows()
        self.refresh_status()

    def action_command(self) -> None:
        connection = self.console.session.connection
        if connection is not None:
            send_to_clipboard(self.console, command_line(connection, self.other), "command")

    def action_copy(self) -> None:
        node = self.table.node
        if node is not None:
            send_to_clipboard(self.console, node.own_text, "line")
