"""Open a draft or a job in the wizard, and offer what was left unfinished; called by the app and the jobs screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dyntui.services.imports.jobs import JobSummary
    from dyntui.services.imports.wizard_draft import ImportDraft
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["offer_left", "open_draft", "open_job"]


def open_draft(console: ConsoleApp, draft: ImportDraft) -> None:
    """Go on with an import where it was left."""
    from dyntui.tui.features.imports.wizard import WizardScreen

    console.visit(WizardScreen(draft))


def open_job(console: ConsoleApp, job: JobSummary) -> None:
    """Look at a job, or go on with it."""
    from dyntui.services.imports.wizard_draft import draft_for
    from dyntui.store.states import JobState
    from dyntui.tui.features.imports.wizard import WizardScreen

    over = job.state in (JobState.DONE, JobState.CANCELED)
    draft = draft_for(job)
    draft.step = "finish" if over else "run" if job.has_begun else "plan"
    console.visit(WizardScreen(draft, begun=job.has_begun))


def offer_left(console: ConsoleApp) -> None:
    """Say what was left unfinished in this environment, and how to go on with it."""
    from dyntui.services.imports.jobs import list_jobs
    from dyntui.services.imports.wizard_draft import list_drafts
    from dyntui.store.states import JobState

    profile = console.session.profile
    if profile is None:
        return
    place = (profile.environment_id, profile.base_url)

    def look() -> None:
        for job in list_jobs():
            own = job.location is not None and (job.location.environment_id, job.location.base_url) == place
            if own and job.state is JobState.PAUSED and not job.is_busy:
                left = f"{job.open_rows:,} rows left"
                console.call_later(console.say, f"The import of {job.source} is paused, {left}. :jobs resumes it.")
                return
        draft = next(list_drafts(*place), None)
        if draft is not None:
            console.call_later(console.say, f"The import of {draft.name} was left at {draft.step}. i goes on with it.")

    console.run_worker(look, thread=True, group="offer")
