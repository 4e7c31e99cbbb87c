"""What a write changes is told to every screen that shows it, whichever part of the program wrote: screens of access
control, the API console, an import in the background and its undo."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from tests.services.resource_fixtures import FLAGS, perform, rows_of
from tests.tui.access_support import LAUNCH_PARTY, connection_of, read_allowlist
from tests.tui.import_support import go_to, job_at_rest, messy, wizard_of
from tests.tui.tui_support import SIZE, console_of, demo, fill, is_out_of_date, lines_of, press, settled, text_of, until

from dyntui.api.catalog import catalog
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.access.access_policy import read_access, read_lists
from dyntui.services.access.actions import access_target
from dyntui.services.access.compare import compare, plan_sync, read_list, sync_action
from dyntui.services.access.entries import add_entries, entry_target, removal_target, remove_entries
from dyntui.services.actions.raw_writes import raw_write_action
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.resource_changes import JOBS, resources_of
from dyntui.services.actions.user_actions import user_target
from dyntui.services.actions.write_types import Confirmation, Target
from dyntui.services.connection import Connection
from dyntui.services.lists.paged_view import PagedView
from dyntui.tui.features.access.allowlists_screen import AllowlistsScreen
from dyntui.tui.features.access.compare_screen import CompareAllowlistScreen
from dyntui.tui.features.access.entries_screen import EntriesScreen
from dyntui.tui.features.access.user_access import UserAccessScreen
from dyntui.tui.features.imports.jobs_screen import JobsScreen
from dyntui.tui.features.imports.undo_screen import ImportUndoScreen
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.shell.json_screen import JsonScreen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen
from dyntui.tui.shell.routes import list_screen


def view_of(screen: Any) -> PagedView:
    """The rows of a list screen."""
    assert isinstance(screen.view, PagedView)
    return screen.view


def summary_of(lists: Any) -> Any:
    """The summary of who may sign in that the allowlists show."""
    assert lists.access is not None
    return lists.access.summary()


async def visit(pilot: Any, screen: Any) -> Any:
    console_of(pilot).visit(screen)
    await settled(pilot)
    return screen


async def go_back_to(pilot: Any, screen: Any) -> str:
    """Go back to a screen; its text."""
    console = console_of(pilot)
    while console.screen is not screen:
        await console.action_back()
        await settled(pilot)
    assert not is_out_of_date(screen)
    return text_of(console)


async def go_back_to_first(pilot: Any, screen: Any) -> None:
    """Go back to the first screen, while a job runs."""
    while console_of(pilot).screen is not screen:
        await console_of(pilot).action_back()
        await pilot.pause()


def listed(name: str, **where: Any) -> ResourceScreen:
    return list_screen(RESOURCES[name], **where)


def count_requests(connection: Connection, operation: str) -> int:
    return sum(entry.operation == operation for entry in connection.log.entries())


async def test_enabling_an_allowlist_updates_the_list_screen_and_the_access_of_a_user() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection, launch_party = connection_of(pilot), await read_allowlist(pilot)
        user = (await connection.client.users.list(limit=1)).rows[0]
        access_screen = await visit(pilot, UserAccessScreen(str(user["id"]), "somebody"))
        lists = await visit(pilot, listed("allowlists"))
        assert isinstance(lists, AllowlistsScreen)
        before = summary_of(lists)
        entries = await visit(pilot, listed("allowlist-entries", parent=launch_party["id"], parent_label=LAUNCH_PARTY))
        await perform(connection, write_action("allowlists.enable"), access_target(launch_party))
        await settled(pilot)
        assert entries.row["enabledAt"]
        assert lists.out_of_date and access_screen.out_of_date
        text, now = await go_back_to(pilot, lists), (await read_access(connection.client)).summary()
        assert now != before
        assert summary_of(lists) == now
        assert now[0][:60] in text
        await go_back_to(pilot, access_screen)
        assert next(row for row in access_screen.rows_view.rows if row["id"] == launch_party["id"])["is_enabled"]


async def test_added_and_removed_entries_update_the_counts_and_select_the_first_new_one() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection, launch_party = connection_of(pilot), await read_allowlist(pilot)

        def count() -> int:
            view = lists.view
            return next(int(row["entries"]) for row in view.loaded_rows() if row["id"] == launch_party["id"])

        lists = await visit(pilot, listed("allowlists"))
        before = count()
        entries = await visit(pilot, listed("allowlist-entries", parent=launch_party["id"], parent_label=LAUNCH_PARTY))
        assert isinstance(entries, EntriesScreen)
        new = [entry_target({"email": f"new{n}@example.com"}) for n in range(3)]
        await perform(connection, add_entries(launch_party), *new)
        await settled(pilot)
        first = next(row for row in view_of(entries).loaded_rows() if "new" in str(row.get("email")))
        assert entries.table.row is not None and entries.table.row["id"] == first["id"]
        await go_back_to(pilot, lists)
        assert count() == before + 3
        console.action_forward()
        await settled(pilot)
        deleted = [
            row
            for row in await rows_of(connection, "allowlist-entries", launch_party["id"])
            if "new" in str(row.get("email"))
        ]
        await perform(connection, remove_entries(launch_party), *[removal_target(row) for row in deleted])
        await settled(pilot)
        assert not {row["id"] for row in view_of(entries).loaded_rows()} & {row["id"] for row in deleted}
        await go_back_to(pilot, lists)
        assert count() == before


async def test_a_sync_updates_the_comparison_and_the_lists_below() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection, launch_party = connection_of(pilot), await read_allowlist(pilot)
        other = next(row for row in await read_lists(connection.client) if row["id"] != launch_party["id"])
        lists = await visit(pilot, listed("allowlists"))
        both = await visit(pilot, CompareAllowlistScreen(launch_party, other))
        assert both.diff.only_right
        plan = plan_sync(launch_party, both.diff.left, both.diff.right, remove=False)
        action, targets = sync_action(plan)
        assessed = await connection.write_gate.with_impact(action, targets)
        needed = connection.write_gate.requirement(assessed, targets)
        confirmed = Confirmation(yes=True, typed=next(iter(needed.accepted), ""), read=needed.code)
        await connection.write_gate.perform(action, targets, confirmed)
        await settled(pilot)
        assert both.diff is not None and not both.diff.only_right
        assert lists.out_of_date
        await go_back_to(pilot, lists)
        now = compare(await read_list(connection.client, launch_party), await read_list(connection.client, other))
        shown = {row["id"]: int(row["entries"]) for row in lists.view.loaded_rows()}
        assert shown[launch_party["id"]] == len(now.only_left) + len(now.both)


async def test_created_users_are_selected_and_deleted_ones_removed_from_every_screen() -> None:
    console = demo(30)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection, users = connection_of(pilot), console.screen
        assert isinstance(users, ResourceScreen)
        users.table.move_to(12)
        (made,) = await perform(
            connection, write_action("users.create"), Target("", "", {"fields": {"email": "new@example.com"}})
        )
        await settled(pilot)
        assert users.table.row_id == made.value["id"]
        statistics = await visit(pilot, listed("statistics"))
        raw = await visit(pilot, JsonScreen(("users", "new"), made.value, users.shown_resources))
        detail = await visit(pilot, UserScreen(made.value["id"], "new@example.com"))
        target = user_target(made.value, fields={"firstName": "Nova"})
        await perform(connection, write_action("users.edit"), target)
        await settled(pilot)
        assert detail.document["firstName"] == "Nova"
        await go_back_to(pilot, users)
        assert (users.table.row or {})["firstName"] == "Nova"
        users.table.marks = {made.value["id"]}
        before = count_requests(connection, "getUser")
        await perform(connection, write_action("users.delete"), target)
        await settled(pilot)
        assert view_of(users).is_tombstone(view_of(users).index_of(made.value["id"]) or 0) and not users.table.marks
        console.action_forward()
        await settled(pilot)
        assert console.screen is statistics and not is_out_of_date(statistics)
        console.action_forward()
        await settled(pilot)
        assert console.screen is raw and "out of date" in lines_of(console)[-1], "nothing reads it again"
        console.action_forward()
        await settled(pilot)
        assert "This user was deleted." in text_of(console)
        assert count_requests(connection, "getUser") == before, "what is known to be gone is not asked for"


async def test_a_screen_reloads_one_time_after_many_writes_and_a_covered_one_when_shown() -> None:
    console = demo(30)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection, users = connection_of(pilot), console.screen
        rows = (await connection.client.users.list(limit=5)).rows
        before = count_requests(connection, "getEnvironmentUsers")
        await perform(connection, write_action("users.delete"), *[user_target(row) for row in rows[:3]])
        await settled(pilot)
        assert count_requests(connection, "getEnvironmentUsers") == before + 1
        await visit(pilot, listed("origins"))
        await perform(connection, write_action("users.delete"), user_target(rows[3]))
        await settled(pilot)
        assert is_out_of_date(users) and count_requests(connection, "getEnvironmentUsers") == before + 1
        total = connection.log.total
        await go_back_to(pilot, users)
        assert count_requests(connection, "getEnvironmentUsers") == before + 2
        await settled(pilot)
        assert connection.log.total == total + 1


async def test_a_write_of_the_api_console_updates_the_list_of_its_resource() -> None:
    console = demo(flags=FLAGS)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection = connection_of(pilot)
        origins = await visit(pilot, listed("origins"))
        write = raw_write_action(catalog().get("addOrigin"), body={"origin": "https://from.api.example"})
        await perform(connection, write, Target("addOrigin"))
        await settled(pilot)
        assert origins.table.row is not None
        assert origins.table.row["origin"] == "https://from.api.example"
        before = count_requests(connection, "getOrigins")
        unknown = next(each.id for each in catalog() if not each.reads and not resources_of(each.id))
        connection.changes.on_write(unknown, {}, b"")  # no record has it: anything may be different
        await until(pilot, lambda: count_requests(connection, "getOrigins") > before)


async def test_a_write_in_another_environment_reloads_no_screen() -> None:
    console = demo(30)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection, users = connection_of(pilot), console.screen
        other = replace(connection.profile, environment_id="26ffffff-0000-4000-8000-000000000000")
        async with Connection(other, connection._token, app=connection.app) as other_connection:
            console.follow_changes(other_connection)
            jobs = await visit(pilot, JobsScreen())
            other_connection.changes.on_write("deleteUser", {"userId": "x"}, b"")
            other_connection.changes.mark_changed(JOBS)
            await settled(pilot)
            assert not is_out_of_date(users) and not is_out_of_date(jobs)


@pytest.mark.slow
async def test_a_background_import_and_its_undo_update_users_jobs_and_the_finish_step(tmp_path: Path) -> None:
    people = messy(tmp_path / "people.csv")
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        users = next(screen for screen in console.open_screens if isinstance(screen, ResourceScreen))
        await press(pilot, "full_stop", "y")
        await job_at_rest(pilot)
        wizard = wizard_of(pilot)
        created = cast(Any, wizard.step).result.job.created_rows
        assert created and users.out_of_date
        jobs = await visit(pilot, JobsScreen())
        (row,) = jobs.rows_view.rows
        assert row["imported"] >= created and not row["undone"]
        await press(pilot, "u")
        assert isinstance(console.screen, ImportUndoScreen), console.session.notifications
        await press(pilot, "enter")
        await fill(pilot, "demo")
        await until(pilot, lambda: not console.screen._activity)  # type: ignore[attr-defined]
        await settled(pilot)
        await go_back_to(pilot, jobs)
        (row,) = jobs.rows_view.rows
        assert row["undone"] == f"{created:,}"
        assert "The job is already undone." in str(jobs.undo_disabled_reason())
        text = await go_back_to(pilot, wizard)
        assert "of them deleted by an undo" in text
        await go_back_to(pilot, users)
        assert view_of(users).reported == 5


@pytest.mark.slow
async def test_the_users_screen_grows_during_an_import(tmp_path: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, messy(tmp_path / "people.csv"), "plan")
        users = next(screen for screen in console.open_screens if isinstance(screen, ResourceScreen))
        await press(pilot, "full_stop", "y")
        await go_back_to_first(pilot, users)
        await until(pilot, lambda: not console.session.running.active)  # type: ignore[union-attr]
        await until(pilot, lambda: view_of(users).reported > 5 and not users.out_of_date)
        await until(
            pilot, lambda: view_of(users).reported == 5 + cast(Any, console.session.running).progress.counts["created"]
        )


async def test_reloads_after_background_writes_are_rate_limited() -> None:
    """One reading at once, and then one every two seconds however many batches are sent."""
    console = demo(30)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection = connection_of(pilot)
        before, start = count_requests(connection, "getEnvironmentUsers"), time.monotonic()
        for _ in range(50):
            connection.changes.on_write("bulkCreateUser", {}, b"")
            await pilot.pause()
        await until(pilot, lambda: count_requests(connection, "getEnvironmentUsers") >= before + 2)
        took = time.monotonic() - start
        assert count_requests(connection, "getEnvironmentUsers") <= before + 2 + took / console.RELOAD_INTERVAL_S
        await settled(pilot)
        assert not console.screen.out_of_date  # type: ignore[attr-defined]

        # While keys are pressed, the rows stay as they are, and the footer says so.
        await until(pilot, lambda: console._reload_timer is None)
        before, start = count_requests(connection, "getEnvironmentUsers"), time.monotonic()
        console.RELOAD_INTERVAL_S = 0.2
        while time.monotonic() - start < 4 * console.RELOAD_INTERVAL_S:
            await pilot.press("j")
            connection.changes.on_write("bulkCreateUser", {}, b"")
        assert count_requests(connection, "getEnvironmentUsers") == before
        assert "out of date" in text_of(console)
        await until(pilot, lambda: count_requests(connection, "getEnvironmentUsers") > before)
