"""Lists that are open learn what became of their rows, so that going back shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.services.writes import Outcome, Results
from dyntui.tui.screens.resource_list import ResourceScreen

if TYPE_CHECKING:
    from dyntui.tui.app import Console

__all__ = ["tell_lists"]


def tell_lists(console: Console, name: str, results: Results, *, deleted: bool = False) -> None:
    """Show in every open list of resource `name` what was done: gone rows dim, others as they are now."""
    rows = console.session.rows
    if deleted and rows is not None:
        for item in results.items:
            if item.outcome is Outcome.DONE:
                rows.forget(name, item.target.id)
    for screen in console.open_screens:
        if not isinstance(screen, ResourceScreen) or screen.record.name != name or screen.view is None:
            continue
        view = screen.view
        for item in results.items:
            if item.outcome is not Outcome.DONE:
                continue
            if deleted:
                screen.table.marks.discard(item.target.id)
                view.remove(item.target.id)
            elif isinstance(item.reread, dict):
                place = view.index_of(item.target.id)
                row = view.get(place) if place is not None else None
                if row is not None:
                    view.replace({**row, **{key: item.reread[key] for key in row if key in item.reread}})
