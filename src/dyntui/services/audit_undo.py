"""Whether and how a change of the audit log can be undone."""

from __future__ import annotations

from dyntui.core.interface import by_interface
from dyntui.services.access.undo import ENTRY_ACTIONS
from dyntui.services.actions.audit import AuditLine
from dyntui.services.actions.audit_log import AuditEntry
from dyntui.services.actions.undo_change import DoneChange, is_undoable

__all__ = ["entry_job", "undo_disabled_reason"]

_MAY_BE_DONE = ("done", "unknown", "started")


def entry_job(line: AuditLine) -> str:
    """Return the job on allowlist entries that a line belongs to, which is undone as a whole; "" for none."""
    return line.job if line.job and line.action in ENTRY_ACTIONS and line.outcome in _MAY_BE_DONE else ""


def undo_disabled_reason(entry: AuditEntry, environment: tuple[str, str]) -> str | None:
    """Return why a change cannot be undone, in one sentence; None when it can.

    environment: base URL and id of the environment in use.
    """
    line = entry.line
    if line is None:
        return "This line of the audit log is damaged, so what it says cannot be undone."
    if (line.base_url, line.environment) != environment:
        return "This change was made in another environment. Open that environment to undo it."
    if entry_job(line) or is_undoable(DoneChange.of_line(line)):
        return None
    if line.action.endswith(".import"):
        return "An import is undone from its job. " + by_interface(
            "`dyntui jobs list` shows the jobs, `dyntui jobs undo JOB` undoes one.", "Press {app.jump} and type jobs."
        )
    match line.outcome:
        case "failed" | "refused" | "not_tried":
            return "There is nothing to undo: nothing was changed."
        case "unknown" | "started":
            return "This cannot be undone here: it is not known whether the change was made. Check the object first."
    if line.action.startswith("api."):
        return "This cannot be undone: it is a request of the API, and only actions of dyntui have an undo."
    if line.action.endswith(".delete"):
        return "This cannot be undone: what was deleted is gone."
    return f"This cannot be undone: no action reverses {line.action}, and the values before are not in the audit log."
