"""The steps of the wizard that send, by keys: check, plan, run and finish, then corrections and undo of the import."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.import_support import (
    bottom,
    go_to,
    job_at_rest,
    messy,
    send_first,
    step_bar,
    step_of,
)
from tests.tui.tui_support import SIZE, demo, fill, jump, lines_of, press, settled, text_of

from dyntui.tui.features.imports.check_step import CheckStep
from dyntui.tui.features.imports.jobs_screen import JobsScreen

pytestmark = pytest.mark.slow


# Check, plan, run, finish


async def test_the_next_key_is_shown_next_to_a_long_status(tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await go_to(pilot, messy(tmp_path / "people.csv", rows=3000), "check")
        await press(pilot, "right_square_bracket")
        assert "enter send first 10  . send all" in bottom(console)
        assert bottom(console).rstrip().endswith("not checked")


async def test_the_pre_check_shows_counts_that_add_up(people: Path, tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert console.session.connection is not None
        known = (await console.session.connection.client.users.list(limit=2)).rows
        path = tmp_path / "known.csv"
        lines = ["email,first name", *(f"{user['email']},Known" for user in known), "new@example.com,New"]
        path.write_text("\n".join(lines) + "\n")
        await go_to(pilot, path, "check")
        assert "not checked" in bottom(console)
        await press(pilot, "enter")
        text = text_of(console)
        assert "3 ROWS CHECKED" in text.upper()
        assert "exists" in text
        await press(pilot, "t")
        assert "updated (upsert)" in text_of(console)
        assert "not checked" in bottom(console)
        await press(pilot, "enter", "right_square_bracket")
        assert "existing users" in text_of(console)
        assert "Known" in text_of(console)


async def test_the_pre_check_names_the_conflicting_value_of_another_user(tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert console.session.connection is not None
        users = (await console.session.connection.client.users.list(limit=50)).rows
        user = next(user for user in users if user["phoneNumber"])
        path = tmp_path / "shared.csv"
        path.write_text(f"email,phone\nnew@example.com,{user['phoneNumber']}\n")
        await go_to(pilot, path, "check")
        await press(pilot, "enter")
        text = text_of(console)
        assert "! value of another user" in text
        assert f"phone {user['phoneNumber']}" in text
        assert "email new@example.com" not in text


async def test_the_pre_check_can_be_stopped(people: Path) -> None:
    console = demo(latency_ms=200)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "right_square_bracket")
        step = step_of(pilot)
        assert isinstance(step, CheckStep)
        await pilot.press("enter")
        while not step.is_checking:
            await pilot.pause()
        await pilot.press("escape")
        await settled(pilot)
        assert not step.is_checking
        assert step.summary is None
        assert step_of(pilot) is step


async def test_the_plan_describes_the_job_and_needs_a_confirmation(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        text = text_of(console)
        for part in ("created", "52", "not sent", "Emails stay unverified", "Webhooks of this environment"):
            assert part in text
        await press(pilot, "enter")
        assert "Import file people.csv" in text_of(console)
        await press(pilot, "enter")
        assert console.session.running is None
        assert step_of(pilot).NAME == "plan"


async def test_ten_rows_are_sent_first_and_every_row_has_an_outcome(people: Path) -> None:
    console = demo(users=30)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await send_first(pilot)
        assert step_of(pilot).NAME == "run"
        assert "sent the first 10 rows" in text_of(console)
        assert "job paused" in lines_of(console)[0]
        await press(pilot, "enter")
        await job_at_rest(pilot)
        assert step_of(pilot).NAME == "finish"
        assert "52 of 60 imported, 8 not imported" in bottom(console)
        text = text_of(console)
        for part in ("failed-rows.csv", "id-map.csv", "report.html", "email_invalid"):
            assert part in text
        assert console.session.connection is not None
        page = await console.session.connection.client.users.list(limit=1)
        assert page.total == 82
        await press(pilot, "left_square_bracket")
        assert "Rows have been sent" in console.session.notifications[-1].text


async def test_no_row_is_sent_in_a_read_only_environment(people: Path) -> None:
    console = demo(read_only=True)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        assert "send first 10" not in bottom(console)
        await press(pilot, "enter")
        assert console.session.notifications[-1].text == "This environment is read-only."


async def test_leaving_the_screen_does_not_stop_the_job(people: Path) -> None:
    console = demo(latency_ms=150)
    path = messy(people.with_name("more.csv"), rows=1500)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, path, "plan")
        await press(pilot, "full_stop")
        await pilot.press("y")
        while console.session.running is None:
            await pilot.pause()
        await pilot.press("colon", *"users", "enter")
        assert console.session.running.active
        await job_at_rest(pilot)
        assert any("Import into demo done" in note.text for note in console.session.notifications)
        await press(pilot, "escape")
        assert step_of(pilot).NAME == "finish"


async def test_quitting_is_confirmed_and_the_job_is_resumable(people: Path) -> None:
    from dyntui.services.imports.jobs import find_job, summarize_job
    from dyntui.store.states import JobState

    console = demo(latency_ms=800)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await press(pilot, "full_stop")
        await pilot.press("y")
        while console.session.running is None:
            await pilot.pause()
        await pilot.press("Q")
        await pilot.pause()
        assert "Quit dyntui while an import is running?" in text_of(console)
        await pilot.press("y")
        await pilot.pause()
    known = summarize_job(find_job("last"))
    assert not known.is_busy
    assert known.state in (JobState.PAUSED, JobState.DONE)
    assert console.session.running is not None
    assert not console.session.running.active


async def test_a_job_is_paused_and_resumed(people: Path) -> None:
    console = demo(latency_ms=60)
    path = messy(people.with_name("more.csv"), rows=900)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, path, "plan")
        await press(pilot, "full_stop")
        await pilot.press("y")
        while console.session.running is None or console.session.running.progress is None:
            await pilot.pause()
        await pilot.press("space")
        await job_at_rest(pilot)
        assert "paused" in text_of(console)
        await press(pilot, "enter")
        await job_at_rest(pilot)
        assert "892 of 900 imported, 8 not imported" in bottom(console)


async def test_remaining_rows_are_canceled_after_a_confirmation(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await send_first(pilot)
        await press(pilot, "X")
        assert "Cancel this import?" in text_of(console)
        await press(pilot, "y")
        assert step_of(pilot).NAME == "finish"
        assert "canceled" in step_bar(console)
        assert "10 of 60 imported, 50 not imported" in bottom(console)


async def test_an_import_into_a_live_environment_needs_its_name(people: Path) -> None:
    from dataclasses import replace

    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection = console.session.connection
        assert connection is not None
        connection.write_gate._profile = replace(connection.profile, kind="live")
        console.session.profile = connection.profile
        await go_to(pilot, people, "plan")
        await press(pilot, "enter")
        assert "Type demo to confirm:" in text_of(console)
        await press(pilot, *"nope", "enter")
        assert "The text does not match" in text_of(console)
        await fill(pilot, "demo")
        await job_at_rest(pilot)
        assert "sent the first 10 rows" in text_of(console)


# Afterwards


async def test_failed_rows_are_corrected_and_sent_in_the_same_job(people: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await press(pilot, "full_stop", "y")
        await job_at_rest(pilot)
        await press(pilot, "e")
        assert step_of(pilot).NAME == "review"
        assert "0 of 6 ready · 6 with problems" in bottom(console)
        await press(pilot, "enter")
        await fill(pilot, "person4@example.com")
        assert "1 of 6 ready · 5 with problems" in bottom(console)
        await press(pilot, "left_square_bracket", "left_square_bracket")
        assert "José" in text_of(console)
        await press(
            pilot, "right_square_bracket", "right_square_bracket", "right_square_bracket", "right_square_bracket"
        )
        assert step_of(pilot).NAME == "plan"
        await press(pilot, "enter", "y")
        await job_at_rest(pilot)
        assert "1 of 6 imported, 5 not imported" in bottom(console)


async def test_a_row_refused_by_the_server_has_a_problem_until_it_is_changed(tmp_path: Path) -> None:
    from dyntui.services.imports.jobs import find_job
    from dyntui.store.journal import Journal, JournalOutcome
    from dyntui.store.states import JobState, RowState

    path = tmp_path / "people.csv"
    path.write_text("email,first name\nada@example.com,Ada\n")
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, path, "plan")
        await jump(pilot, "users")
        with Journal.open(find_job("last")) as journal:
            journal.move(JobState.RUNNING)
            journal.begin_batch([1], "bulkCreateUser", 2)
            journal.settle(
                RowState.SENDING, [JournalOutcome(1, RowState.FAILED, "", "email_blocked", "email", "not wanted")]
            )
            journal.move(JobState.DONE)
        await jump(pilot, "jobs")
        await press(pilot, "e")
        assert step_of(pilot).NAME == "review"
        assert "0 of 1 ready · 1 with problems" in bottom(console)
        assert "Refused last time: not wanted" in text_of(console)
        await press(pilot, "enter")
        await fill(pilot, "ada@example.org")
        assert "1 of 1 ready · 0 with problems" in bottom(console)
        await press(pilot, "u")
        assert "0 of 1 ready · 1 with problems" in bottom(console)
        await jump(pilot, "jobs")
        jobs = console.screen
        assert isinstance(jobs, JobsScreen)
        # both jobs began in the same second of the clock that stands still: either may come first
        states = [str(jobs.table.view.get(place)) for place in range(jobs.table.count)]
        await press(
            pilot, *["down"] * next(place for place, state in enumerate(states) if "✓ done" in state), "full_stop"
        )
        assert step_of(pilot).NAME == "plan"
        assert "1 of 1 to send" in bottom(console)


async def test_an_import_is_undone_after_typing_the_name(people: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await press(pilot, "full_stop", "y")
        await job_at_rest(pilot)
        await press(pilot, "u")
        assert "52" in text_of(console)
        assert "to be deleted" in text_of(console)
        await press(pilot, "enter")
        assert "Type demo to confirm:" in text_of(console)
        await fill(pilot, "demo")
        assert "deleted from the server" in text_of(console)
        assert console.session.connection is not None
        page = await console.session.connection.client.users.list(limit=1)
        assert page.total == 5


async def test_allowlist_entries_are_imported_with_the_wizard(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    wallet = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    path.write_text(f"identifier,note\nada@example.com,Ada\n{wallet},W\nbad thing,x\nada@example.com,Again\n")
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "allowlists")
        await press(pilot, "i", "slash")
        await fill(pilot, str(path))
        await press(pilot, "right_square_bracket")
        assert "emailVerifiedAt" not in text_of(console)
        assert "walletPublicKey" in text_of(console)
        await press(pilot, "right_square_bracket")
        assert "2 of 4 ready · 2 with problems" in bottom(console)
        await press(pilot, "enter")
        await fill(pilot, "example.org")
        assert "3 of 4 ready · 1 with problems" in bottom(console)
        await press(pilot, "right_square_bracket", "enter", "right_square_bracket", "enter", "y")
        await job_at_rest(pilot)
        assert "3 of 4 imported, 1 not imported" in bottom(console)
        await press(pilot, "O")
        for part in ("ada@example.com", "example.org", "0x5aAeb6"):
            assert part in text_of(console)
        await press(pilot, "escape", "u")
        assert "ENTRIES CREATED BY THE JOB" in text_of(console)
        assert "to be deleted" in text_of(console)
        assert "no longer allow or block the users" in text_of(console)
        await press(pilot, "enter")
        assert "Type demo to confirm:" in text_of(console)
        await fill(pilot, "demo")
        assert "deleted from the server" in text_of(console)
        await press(pilot, "escape", "O")
        for part in ("ada@example.com", "0x5aAeb6"):
            assert part not in text_of(console)
        await jump(pilot, "jobs")
        await press(pilot, "u")
        assert console.session.notifications[-1].text == "The job is already undone."
