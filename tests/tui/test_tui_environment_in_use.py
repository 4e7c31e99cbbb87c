"""Changes of the profile in use apply immediately, and the header shows them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.tui.import_support import go_to, job_at_rest, messy, send_first
from tests.tui.tui_support import (
    SIZE,
    SMALL,
    TOKEN,
    console_of,
    demo,
    fill,
    jump,
    lines_of,
    press,
    profile,
    settled,
    stored,
    text_of,
    until,
)
from textual.pilot import Pilot
from textual.widgets import Input

from dyntui.api.in_flight import InFlightLimit
from dyntui.config.credentials import CredentialKind, store_for
from dyntui.config.paths import paths
from dyntui.config.profile import Profile
from dyntui.config.profiles import Profiles
from dyntui.services.actions.audit import Audit
from dyntui.services.imports.jobs import find_job, summarize_job
from dyntui.store.states import JobState, RowState
from dyntui.tui.features.environments.environment_form import EnvironmentForm
from dyntui.tui.features.environments.environments_screen import EnvironmentsScreen
from dyntui.tui.kit.dialogs.form_dialog import FormDialog
from dyntui.tui.kit.dialogs.message_dialog import MessageDialog
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.console_state import ConsoleState

Serve = Callable[..., AbstractContextManager[Any]]


def _box(sandbox: Any, **fields: Any) -> Profile:
    """Store a profile of a local sandbox with its token, and return it."""
    defaults: dict[str, Any] = {"base_url": sandbox.url, "environment_id": sandbox.environment_id, "kind": "sandbox"}
    saved = profile("box", **(defaults | {"credential": CredentialKind.FILE} | fields))
    stored(saved)
    store_for(CredentialKind.FILE).set(saved, sandbox.token)
    return saved


async def _edit(pilot: Pilot[Any], *keys: str) -> None:
    """Open the form of the environment in use, press keys in it and save, one by one; the gate follows the frame."""
    console = console_of(pilot)
    await jump(pilot, "environments")
    await press(pilot, "g", "e", *keys)
    await pilot.press("ctrl+s")
    while console.is_running and not isinstance(console.screen, EnvironmentsScreen):
        await pilot.pause()
        _frame_and_gate_agree(console)
    await settled(pilot)


def _frame_and_gate_agree(console: Console) -> None:
    shown = "read-only" in lines_of(console)[0]
    connection = console.session.connection
    if shown and connection is not None:
        assert connection.write_gate.read_only


@pytest.mark.parametrize("read_only", slow_except([False, True], False))
async def test_read_only_applies_when_it_is_saved(serve: Serve, read_only: bool) -> None:
    with serve(users=3) as sandbox:
        console = Console(ConsoleState(profile=_box(sandbox, read_only=read_only)))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await _edit(pilot, "down", "down", "down", "down", "right")
            assert Profiles.load().get("box").read_only is not read_only
            assert ("read-only" in lines_of(console)[0]) is not read_only
            assert console.read_only is not read_only
            assert console.session.connection is not None
            assert console.session.connection.write_gate.read_only is not read_only
            assert isinstance(console.screen, EnvironmentsScreen)
            await jump(pilot, "users")
            await press(pilot, "d")
            texts = [note.text for note in console.session.notifications]
            assert ("This environment is read-only." in texts) is not read_only


async def test_a_changed_kind_applies_when_it_is_saved(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        console = Console(ConsoleState(profile=_box(sandbox)))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await _edit(pilot, "down", "down", "down", "right")
            assert "live  box" in lines_of(console)[0]
            assert console.has_class("-live")
            assert console.session.connection is not None
            assert console.session.connection.profile.kind == "live"


async def test_a_ca_file_is_completed_and_saved(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "company-ca.pem").touch()
    with serve(users=3) as sandbox:
        console = Console(ConsoleState(profile=_box(sandbox)))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await jump(pilot, "environments")
            await press(pilot, "e", *["down"] * 5, *f"{tmp_path}/none", "ctrl+s")
            assert "There is no file" in text_of(console)
            await press(pilot, *["backspace"] * 4, *"comp", "tab", "ctrl+s")
            assert Profiles.load().get("box").ca_file == str(tmp_path / "company-ca.pem")


async def test_a_changed_token_is_used_when_it_is_saved(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        console = Console(ConsoleState(profile=_box(sandbox)))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await jump(pilot, "environments")
            await press(pilot, "e", *["down"] * 7)
            await fill(pilot, TOKEN)
            connection = console.session.connection
            assert connection is not None
            assert connection.token_hint.endswith(TOKEN[-6:])
            await jump(pilot, "users")
            assert "not authorized" in lines_of(console)[-1]


async def test_a_changed_environment_id_closes_all_screens_of_the_old_environment(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        console = Console(ConsoleState(profile=_box(sandbox)))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await press(pilot, "enter")
            other = "00000000-0000-4000-8000-000000000001"
            await jump(pilot, "environments")
            await press(pilot, "e", "down", "down")
            await fill(pilot, other)
            await press(pilot, "ctrl+s")
            assert console.session.connection is not None
            assert console.session.connection.client.environment_id == other
            assert console.session.recent == {}
            assert console.back_disabled_reason() is not None


async def test_a_number_switches_to_another_environment(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        first = _box(sandbox)
        for other in (replace(first, name="second"), replace(first, name="third")):
            stored(other)
            store_for(CredentialKind.FILE).set(other, sandbox.token)
        console = Console(ConsoleState(profile=first))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            for key in ("at", "3"):  # without a wait until the profiles are read
                await pilot.press(key)
            await settled(pilot)
            assert "sandbox  third" in lines_of(console)[0]
            await press(pilot, "at")
            assert "1 box" in lines_of(console)[2] and "1-3 by number" in lines_of(console)[-1]
            await press(pilot, "slash", *"third", "enter", "2")
            assert "sandbox  second" in lines_of(console)[0]
            await press(pilot, "at", "7")
            assert console.session.notifications[-1].text == "There is no environment 7."
            await press(pilot, "colon", *"env", "space", "1", "enter")
            assert "sandbox  box" in lines_of(console)[0]
            await press(pilot, "colon", *"env", "space", *"third", "enter")
            assert "sandbox  third" in lines_of(console)[0]


@pytest.mark.parametrize("kind", ["sandbox", "live"])
async def test_recent_users_are_suggested_after_the_next_start(
    serve: Serve, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(users=5) as sandbox:
        box = _box(sandbox, kind=kind)
        console = Console(ConsoleState(profile=box))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            row = console.screen.query_one("#list", Table).row
            assert row is not None
            await press(pilot, "enter")
        assert ("@" in paths().recent_users_file.read_text()) == (kind == "sandbox")
        console = Console(ConsoleState(profile=box))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await press(pilot, "colon", *str(row["email"]).partition("@")[0])
            assert f"Recent user {row['id']}" in text_of(console)
            await press(pilot, "enter")
            assert str(row["email"]) in lines_of(console)[0]
        paths().recent_users_file.unlink()
        monkeypatch.setenv("DYNTUI_NO_CACHE", "1")
        console = Console(ConsoleState(profile=box))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await press(pilot, "enter")
        assert not paths().recent_users_file.exists()


async def test_typed_text_stays_when_the_same_environment_is_opened_again(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        console = Console(ConsoleState(profile=_box(sandbox)))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            console.session.drafts["u-1"] = "{}"
            await _edit(pilot, "down", "down", "down", "down", "right")
            assert console.session.drafts == {"u-1": "{}"}


async def test_removing_the_environment_in_use_leaves_it(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        console = Console(ConsoleState(profile=_box(sandbox)))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await jump(pilot, "environments")
            await press(pilot, "d", "y")
            assert Profiles.load().names() == []
            assert "no environment" in lines_of(console)[0]
            assert "box" not in lines_of(console)[2]
            assert console.session.connection is None
            assert isinstance(console.screen, EnvironmentsScreen)
            assert console.back_disabled_reason() is not None


@pytest.mark.slow
@pytest.mark.parametrize("size", [SIZE, SMALL])
async def test_the_job_status_names_its_environment_while_another_is_open(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    people = messy(tmp_path / "people.csv")
    stored(profile("acme-live", credential=CredentialKind.ENVIRONMENT))
    console = demo(users=5)
    async with console.run_test(size=size) as pilot:
        await go_to(pilot, people, "plan")
        await send_first(pilot)
        top = lines_of(console)[0]
        assert "job paused" in top
        assert "job paused in" not in top
        await jump(pilot, "environments")
        await press(pilot, "g", "enter")
        assert "acme-live" in lines_of(console)[0]
        assert "job paused in demo" in lines_of(console)[0]


WRONG = [("token", "token"), ("environment", "environment_id")]
"""What is wrong in a profile, and the field of its form."""


@pytest.mark.parametrize(
    ("wrong", "field", "key"),
    slow_except(
        [(*each, key) for each in WRONG for key in ("enter", "ctrl+e")], (*WRONG[0], "enter"), (*WRONG[1], "ctrl+e")
    ),
)
async def test_an_unusable_profile_leads_to_its_form(serve: Serve, wrong: str, field: str, key: str) -> None:
    with serve(users=3) as sandbox:
        saved = _box(sandbox)
        right = sandbox.token if wrong == "token" else sandbox.environment_id
        if wrong == "token":
            store_for(CredentialKind.FILE).set(saved, TOKEN)
        else:
            saved = _box(sandbox, environment_id="00000000-0000-4000-8000-000000000001")
        console = Console(ConsoleState(profile=saved))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            assert "dyntui auth" not in text_of(console)
            assert "Press ctrl+e to edit the token, id or address of the environment." in text_of(console)
            await press(pilot, key)
            form = console.screen
            assert isinstance(form, EnvironmentForm)
            assert form.focused is form.query_one(f"#field-{field}")
            await fill(pilot, right)
            if console.screen is form:
                form.query_one("#field-token", Input).value = sandbox.token
                await press(pilot, "ctrl+s")
            assert lines_of(console)[-1].rstrip().endswith("of 3 · just now")


async def test_a_notified_error_names_no_shell_command(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        saved = _box(sandbox)
        store_for(CredentialKind.FILE).set(saved, TOKEN)
        console = Console(ConsoleState(profile=saved))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            for place in ("webhooks", "settings", "allowlists", "analytics"):
                await jump(pilot, place)
                assert "dyntui auth" not in text_of(console)
            assert not [note.text for note in console.session.notifications if "dyntui auth" in note.text]


async def test_health_and_token_are_those_of_the_environment_in_use(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        console = Console(ConsoleState(profile=_box(sandbox)))
        async with console.run_test(size=(150, 30)) as pilot:
            await settled(pilot)
            await jump(pilot, "environments")
            assert "ok, 2 ms" in lines_of(console)[2]
            assert sandbox.token[-6:] in lines_of(console)[2]
            await press(pilot, "e", *["down"] * 7)
            await fill(pilot, TOKEN)
            assert TOKEN[-6:] in lines_of(console)[2]
            assert "ok," not in lines_of(console)[2]
            await jump(pilot, "users")
            await press(pilot, "escape")
            assert "token refused (401)" in lines_of(console)[2]
            assert "not usable" in lines_of(console)[-1]


async def test_a_write_during_a_switch_ends_and_names_its_environment(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(latency_ms=150, users=30) as sandbox:
        box = _box(sandbox)
        other = replace(box, name="other")
        stored(box, other)
        store_for(CredentialKind.FILE).set(other, sandbox.token)
        console = Console(ConsoleState(profile=box))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            old = console.session.connection
            assert old is not None
            closed, close = [], old.client.aclose

            async def on_close() -> None:
                closed.append(old.write_gate.is_running)
                await close()

            monkeypatch.setattr(old.client, "aclose", on_close)
            old.rate_limiters.in_flight = InFlightLimit(1)  # so that it takes longer than the switch
            await jump(pilot, "users")
            await press(pilot, *["space"] * 8, "X")
            await pilot.press("y")
            await until(pilot, lambda: old.write_gate.is_running)
            console.switch_environment(other)
            await until(pilot, lambda: console.session.connection not in (None, old))
            assert old.write_gate.is_running
            await until(pilot, lambda: closed)
            await settled(pilot)
            assert closed == [False]
            results = [note.text for note in console.session.notifications if note.text.startswith("box: ")]
            assert len(results) == 1
            assert "8" in results[0]
            lines = [line for line in Audit(paths().audit_file).lines() if line.action == "users.revoke-sessions"]
            assert sorted(line.outcome for line in lines) == ["done"] * 8 + ["started"] * 8
            assert {line.profile for line in lines} == {"box"}
            assert console.is_running


async def test_an_action_of_another_environment_is_not_confirmed_in_the_new_one(serve: Serve) -> None:
    with serve(users=5) as sandbox:
        box = _box(sandbox)
        console = Console(ConsoleState(profile=box))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await jump(pilot, "webhooks")
            await press(pilot, "d")
            assert isinstance(console.screen, ConfirmDialog)
            left = console.screen
            console.switch_environment(replace(box, name="other"))
            await settled(pilot)
            assert not left.is_attached
            assert [line for line in Audit(paths().audit_file).lines() if line.action.startswith("webhooks")] == []


async def test_navigation_cancels_open_dialogs_and_ends_their_waits(serve: Serve) -> None:
    console = demo(5)
    answers: list[object] = []
    passphrases: list[str] = []
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        console.ask(MessageDialog("first", "text"), answers.append)
        console.ask(MessageDialog("second", "text"), answers.append)
        await settled(pilot)
        console.visit_first()
        await settled(pilot)
        assert answers == [None, None]
        waiting = threading.Thread(target=lambda: passphrases.append(console.ask_passphrase("the token of box")))
        waiting.start()
        await until(pilot, lambda: isinstance(console.screen, FormDialog))
        console.visit_first()
        await until(pilot, lambda: not waiting.is_alive())
        assert passphrases == [""]


async def test_a_dialog_that_waits_for_a_prompt_is_canceled_with_its_screen() -> None:
    console = demo(5)
    answers: list[object] = []
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "slash")
        console.ask(MessageDialog("later", "text"), answers.append)
        await settled(pilot)
        assert answers == []
        console.start_demo()
        await settled(pilot)
        assert answers == [None]


@pytest.mark.slow
async def test_a_running_job_pauses_when_its_profile_becomes_read_only(serve: Serve, tmp_path: Path) -> None:
    with serve(users=5, latency_ms=150) as sandbox:
        box = _box(sandbox)
        console = Console(ConsoleState(profile=box))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await go_to(pilot, messy(tmp_path / "people.csv", rows=1500), "plan")
            await press(pilot, "full_stop")
            await pilot.press("y")
            await until(pilot, lambda: console.session.running is not None)
            await until(pilot, lambda: (summarize_job(find_job("last")).counts or {}).get(RowState.CREATED, 0) > 0)

            class Form:
                def finish(self) -> None: ...

            console.store_profile(replace(box, read_only=True), list, Form(), lambda profile: None)  # type: ignore[arg-type]
            await job_at_rest(pilot)
            job = summarize_job(find_job("last"))
            assert job.state is JobState.PAUSED
            assert job.open_rows > 0
            assert "read-only" in job.reason
            assert not (job.counts or {}).get(RowState.SENDING)
