"""Open a draft or a job in the wizard, and offer unfinished imports; called by the app and the jobs screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.config.paths import paths
from dyntui.core.text import quantity
from dyntui.tui.kit.action_registry import key_of

if TYPE_CHECKING:
    from dyntui.services.imports.jobs import JobSummary
    from dyntui.services.imports.wizard_draft import ImportDraft
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["offer_unfinished", "open_draft", "open_job"]


def open_draft(console: ConsoleApp, draft: ImportDraft) -> None:
    """Open a draft at its step."""
    from dyntui.tui.features.imports.wizard import WizardScreen

    console.visit(WizardScreen(draft))


def open_job(console: ConsoleApp, job: JobSummary) -> None:
    """Open a job at the step that fits its state."""
    from dyntui.services.imports.wizard_draft import draft_for
    from dyntui.tui.features.imports.wizard import WizardScreen

    draft = draft_for(job)
    draft.step = "finish" if job.is_over else "run" if job.has_begun else "plan"
    console.visit(WizardScreen(draft, has_begun=job.has_begun))


def offer_unfinished(console: ConsoleApp) -> None:
    """Show a message about an unfinished import of this environment, and how to continue it."""
    connection = console.session.connection
    folders = (paths().jobs_dir, paths().drafts_dir)
    if connection is None or not any(any(folder.glob("*")) for folder in folders):
        return  # the code that reads jobs and drafts takes longer to load than the first users of the demo
    environment = (connection.profile.environment_id, connection.profile.base_url)

    def find_unfinished() -> None:
        from dyntui.services.imports.jobs import list_jobs
        from dyntui.services.imports.wizard_draft import list_drafts
        from dyntui.store.states import JobState

        for job in list_jobs():
            own = job.location is not None and (job.location.environment_id, job.location.base_url) == environment
            if own and job.state is JobState.PAUSED and not job.is_busy:
                remaining = f"{quantity(job.open_rows, 'row')} remaining"
                message = f"Import of {job.source} paused, {remaining}. Resume it in {key_of('app.jump')}jobs."
                console.call_later(console.notify, message)
                return
        draft = next(list_drafts(*environment), None)
        if draft is not None:
            console.call_later(
                console.notify,
                f"Import of {draft.name} not started, at step {draft.step}. Press {key_of('app.import')} to continue.",
            )

    console.run_worker(find_unfinished, thread=True, group="offer")
