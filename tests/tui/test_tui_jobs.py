"""The jobs screen: what there is, and going on with it, reporting, removing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.import_support import bottom, go_to, job_at_rest, messy, send_first, step_of
from tests.tui.tui_support import SIZE, SMALL, demo, jump, lines_of, press, profile, settled, text_of, until

from dyntui.services.imports.jobs import JobLocation, find_job, new_job, summarize_job
from dyntui.store.states import JobState
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.console_state import ConsoleState

pytestmark = pytest.mark.slow


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return messy(tmp_path / "people.csv")


async def test_without_jobs_the_list_is_empty() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "jobs")
        assert "No jobs yet. Press i to import a file." in text_of(console)


async def test_a_paused_job_is_resumed_from_the_list(people: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await send_first(pilot)
        await jump(pilot, "jobs")
        assert "‖ paused" in text_of(console)
        assert "job paused" in lines_of(console)[0]
        await press(pilot, "ctrl+s")
        await job_at_rest(pilot)
        assert "✓ done" in text_of(console)
        assert "job paused" not in lines_of(console)[0]


async def test_an_interrupted_job_is_offered_in_the_next_console(people: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await send_first(pilot)
    again = demo(users=5)
    async with again.run_test(size=SIZE) as pilot:
        await until(
            pilot, lambda: any("paused, 42 rows remaining" in note.text for note in again.session.notifications)
        )
        await jump(pilot, "jobs")
        await press(pilot, "enter")
        assert step_of(pilot).NAME == "run"
        assert "not sent yet" in text_of(again)
        await press(pilot, "enter")
        await job_at_rest(pilot)
        assert "52 of 60 imported, 8 not imported" in bottom(again)


async def test_a_finished_job_shows_its_outcome(people: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await press(pilot, "full_stop", "y")
        await job_at_rest(pilot)
        await jump(pilot, "jobs")
        await press(pilot, "enter")
        assert step_of(pilot).NAME == "finish"
        assert "rows not imported" in text_of(console)


async def test_a_draft_is_listed_with_its_step(people: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "map")
        await jump(pilot, "jobs")
        assert "· map" in text_of(console)
        await press(pilot, "enter")
        assert step_of(pilot).NAME == "map"
        await press(pilot, "t", "enter", "right_square_bracket")
        await jump(pilot, "jobs")
        assert "· review" in text_of(console)
        assert "1 of 1" in bottom(console)
        await press(pilot, "enter")
        assert step_of(pilot).NAME == "review"


async def test_a_job_of_another_environment_is_not_resumed() -> None:
    journal = new_job(
        "users", JobLocation("acme", "https://app.dynamicauth.com/api/v0", "other", "live"), source={"name": "x"}
    )
    journal.move(JobState.READY)
    journal.move(JobState.RUNNING)
    journal.move(JobState.PAUSED, "stopped")
    journal.close()
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "jobs")
        assert "acme" in text_of(console)
        await press(pilot, "ctrl+s")
        assert console.session.notifications[-1].text == "The job belongs to acme. Switch to that environment first."


async def test_a_job_is_deleted_after_a_confirmation(people: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await press(pilot, "full_stop", "y")
        await job_at_rest(pilot)
        path = find_job("last")
        await jump(pilot, "jobs")
        await press(pilot, "d")
        assert f"Remove {path.stem}?" in text_of(console)
        await press(pilot, "enter")
        assert path.exists()
        await press(pilot, "d", "y")
        assert not path.exists()
        assert "No jobs yet" in text_of(console)


async def test_reports_are_written_again(people: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await press(pilot, "full_stop", "y")
        await job_at_rest(pilot)
        folder = find_job("last").with_suffix("")
        (folder / "report.csv").unlink()
        await jump(pilot, "jobs")
        await press(pilot, "x")
        assert (folder / "report.csv").exists()
        assert "Reports and failed rows written to" in console.session.notifications[-1].text


async def test_a_journal_that_cannot_be_read_is_listed_with_the_reason(still: Path) -> None:
    folder = still / "state" / "jobs"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "20260101-000000-dead.sqlite").write_bytes(b"not a journal at all" * 100)
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "jobs")
        assert "✕ unreadable" in text_of(console)
        await press(pilot, "enter")
        assert console.is_running


async def test_the_jobs_are_listed_without_an_open_environment() -> None:
    console = Console(ConsoleState(profile=profile()))
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "escape")
        await jump(pilot, "jobs")
        assert "No jobs yet" in text_of(console)


async def test_a_running_job_counts_up_in_the_list(people: Path) -> None:
    console = demo(users=5, latency_ms=120)
    path = messy(people.with_name("more.csv"), rows=1500)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, path, "plan")
        await press(pilot, "full_stop")
        await pilot.press("y")
        while console.session.running is None:
            await pilot.pause()
        await pilot.press("colon", *"jobs", "enter")
        while "⧖ running" not in text_of(console):
            await pilot.pause()
        await pilot.press("space")
        await job_at_rest(pilot)
        assert "‖ paused" in text_of(console)
        assert summarize_job(find_job("last")).state is JobState.PAUSED
