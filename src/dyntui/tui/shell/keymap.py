"""Action ids of earlier versions, so that an existing keymap.toml keeps working. The app reads it at start."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["RENAMED_ACTIONS", "current_keymap"]

RENAMED_ACTIONS: Mapping[str, str] = {
    "allowlist-entries.switch": "allowlist-entries.toggle",
    "allowlists.switch": "allowlists.toggle",
    "app.messages": "app.notifications",
    "app.notes": "app.notifications",
    "beside.next": "siblings.next",
    "beside.previous": "siblings.previous",
    "cell.keep": "cell.apply",
    "cell.leave": "cell.cancel",
    "columns.earlier": "columns.move_left",
    "columns.later": "columns.move_right",
    "columns.take": "columns.apply",
    "columns.turn": "columns.toggle",
    "columns.usual": "columns.reset",
    "confirm.keep": "confirm.cancel",
    "everything.open": "resources.open",
    "everything.probe": "resources.check",
    "figures.copy": "charts.copy",
    "figures.longer": "charts.longer",
    "figures.next": "charts.next",
    "figures.previous": "charts.previous",
    "figures.range": "charts.range",
    "figures.refresh": "charts.refresh",
    "figures.shorter": "charts.shorter",
    "drafts.kind": "entry-drafts.set_type",
    "drafts.leave": "entry-drafts.exclude",
    "drafts.send": "entry-drafts.add",
    "finish.mend": "finish.fix_failed",
    "gate.switch": "gate.toggle",
    "gates.switch": "gates.toggle",
    "impact.down": "confirm.down",
    "impact.page_down": "confirm.page_down",
    "impact.page_up": "confirm.page_up",
    "impact.up": "confirm.up",
    "import-undo.look": "import-undo.refresh",
    "jobs.mend": "jobs.fix_failed",
    "journal.copy": "session-log.copy",
    "journal.open": "session-log.open",
    "many.take": "multi-select.submit",
    "many.turn": "multi-select.toggle",
    "map.anew": "map.propose",
    "map.leave_out": "map.exclude",
    "once.copy": "secret.copy",
    "parse.found": "parse.reset",
    "pasting.take": "paste-entries.submit",
    "paste.take": "paste.submit",
    "person.add": "user-access.add",
    "person.open": "user-access.open",
    "person.refresh": "user-access.refresh",
    "person.remove": "user-access.remove",
    "person.why": "user-access.explain",
    "pick.choose": "select.choose",
    "raw.copy": "json.copy",
    "request.keep": "request.save",
    "request.line": "request.command",
    "review.look": "review.details",
    "run.go_on": "run.resume",
    "schema.pick": "schema.choose",
    "signature.check": "paste-text.submit",
    "source.fold": "source.collapse",
    "source.unfold": "source.expand",
    "taking.console": "copying.dashboard",
    "taking.copy": "copying.copy",
    "weigh.down": "confirm.down",
    "weigh.page_down": "confirm.page_down",
    "weigh.page_up": "confirm.page_up",
    "weigh.up": "confirm.up",
    "writing.take": "text-editor.submit",
}
"""Former action id -> the id that the action has now."""


def current_keymap(keymap: Mapping[str, str]) -> dict[str, str]:
    """Return `keymap` (action id -> keys) with the ids that the actions have now."""
    return {RENAMED_ACTIONS.get(action_id, action_id): keys for action_id, keys in keymap.items()}
