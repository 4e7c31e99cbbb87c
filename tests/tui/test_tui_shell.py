"""The console's shell by keys: frame, jump bar, filter, help, palette, history."""

from __future__ import annotations

import pytest
from tests.tui.tui_support import (
    SIZE,
    SMALL,
    console_of,
    demo,
    jump,
    lines_of,
    press,
    profile,
    settled,
    text_of,
    until,
)
from textual.command import CommandList
from textual.widgets.option_list import Option

from dyntui.config.credentials import CredentialKind
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.kit.widgets.prompt import Suggestion, Suggestions
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.header_footer import StatusBar
from dyntui.tui.shell.jump_targets import available_jumps
from dyntui.tui.shell.lists.resource_screen import ResourceScreen
from dyntui.tui.shell.palette import ActionPalette


async def test_header_and_footer_show_the_location_and_the_keys() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        first, *_, last = lines_of(console)
        assert first.startswith(" ● sandbox  demo · 26ff…982d")
        assert "users" in first
        assert first.rstrip().endswith("⇅ 2 ms")
        assert last.startswith(" / filter  enter open  space mark  a actions")
        assert last.rstrip().endswith("1 of 120 · just now")


async def test_a_live_environment_is_shown_by_a_word_and_a_class() -> None:
    console = Console(ConsoleState(profile=profile()))
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert lines_of(console)[0].startswith(" ● live  acme-live · 3f2a…9c1e")
        assert console.has_class("-live")


async def test_the_status_of_a_screen_is_shown_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with demo(users=3).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        screen = console_of(pilot).shown
        assert screen is not None
        for words in (
            "1 row",
            "400 rows = 387 ready + 13 problems",
            "5,000 rows = 4,930 ready + 66 problems + 4 left out",
        ):
            monkeypatch.setattr(screen, "status", lambda words=words: [(words, "warn")])
            screen.paint_header_footer()
            foot = screen.query_one(StatusBar)
            assert foot.render_line(0).text.endswith(f" {words} ")  # nothing was waited for: no layout, no message
            assert foot.render_line(0).cell_length == 100


async def test_the_header_shows_read_only() -> None:
    console = demo(read_only=True)
    async with console.run_test() as pilot:
        await settled(pilot)
        assert "read-only" in lines_of(console)[0]
        assert console.read_only


async def test_without_a_token_the_list_shows_the_reason_and_advice() -> None:
    console = Console(ConsoleState(profile=profile(credential=CredentialKind.ENVIRONMENT)))
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        text = text_of(console)
        assert "No token is set." in text
        assert "Press r to try again." in text
        assert "not authorized" in lines_of(console)[-1]


async def test_the_jump_bar_opens_a_resource_by_a_part_of_its_name() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "colon", "a", "l")
        assert "Who may sign in, by email, phone, wallet or domain" in text_of(console)
        await press(pilot, "enter")
        assert "allowlists" in lines_of(console)[0]
        assert "Beta testers" in text_of(console)


async def test_every_jump_target_says_what_is_there_and_is_shown_whole_in_80_columns() -> None:
    console = demo(users=3)
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        jumps = [*available_jumps(console)]
        assert len({jump.title for jump in jumps}) == len(jumps) > 50
        await press(pilot, "colon")
        for target in jumps:
            console.screen.query_one(Suggestions).show([Suggestion(target.name, target.title)])
            await pilot.pause()
            line = next(line for line in lines_of(console) if target.name in line and target.title in line)
            words = {target.name, target.name.removesuffix("s"), target.name.replace("-", " ")}
            assert "…" not in line and target.title.casefold() not in words


async def test_the_jump_bar_accepts_a_filter_after_the_name() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "colon", *"users", "space", *"anna", "enter")
        assert "/anna" in lines_of(console)[0]


async def test_the_jump_bar_reports_an_unknown_name() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "colon", *"zz", "enter")
        assert console.session.notifications[-1].text.startswith("Unknown name 'zz'.")


async def test_an_opened_user_is_a_jump_target() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter", "escape", "colon", *"anna", "enter")
        assert isinstance(console.screen, UserScreen)
        assert "anna.lange@mail.example.com" in lines_of(console)[0]


async def test_closing_the_prompt_restores_keys_and_focus() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "slash", "a", "escape")
        assert "/ filter" in lines_of(console)[-1]
        before = lines_of(console)[2]
        await press(pilot, "j")
        assert lines_of(console)[2] != before


async def test_the_filter_is_sent_to_the_server_and_escape_clears_it() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "slash", *"anna", "enter")
        screen = console.screen
        assert isinstance(screen, ResourceScreen)
        assert screen.view is not None
        assert dict(screen.view.query.filter) == {"filterValue": "anna", "filterColumn": "all"}
        assert 0 < screen.view.total < 120
        assert "users › /anna" in lines_of(console)[0]
        await press(pilot, "escape")
        assert screen.view.total == 120
        assert "/anna" not in lines_of(console)[0]


async def test_a_filter_without_a_match_shows_advice() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "slash", *"zzz", "enter")
        assert "No users match `zzz`. Press / to change the filter, esc to clear it." in text_of(console)


async def test_back_and_forward_keep_the_state_of_screens() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "j", "j", "enter")
        user = console.screen
        await press(pilot, "H")
        assert isinstance(console.screen, ResourceScreen)
        assert console.screen.table.cursor == 2
        await press(pilot, "L")
        assert console.screen is user
        await press(pilot, "q")
        assert isinstance(console.screen, ResourceScreen)


async def test_a_new_screen_clears_the_forward_history() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "enter", "escape")
        await jump(pilot, "wallets")
        assert console.forward_disabled_reason() is not None
        await press(pilot, "L")
        assert console.session.notifications[-1].text == "There is no screen to go forward to."


async def test_the_number_of_open_screens_is_bounded() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        for _ in range(25):
            await press(pilot, "R")
        assert len(console._screens) == 20


async def test_back_on_the_first_screen_shows_how_to_quit() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "escape")
        assert console.session.notifications[-1].text == "This is the first screen. Press Q to quit."


async def test_help_lists_keys_and_the_reasons_of_disabled_ones() -> None:
    console = demo()
    async with console.run_test(size=(120, 90)) as pilot:
        await settled(pilot)
        await press(pilot, "question_mark")
        text = text_of(console)
        assert "Show only matching rows." in text
        assert "not available: No row is marked." in text
        await press(pilot, "escape")
        assert "Show only matching rows." not in text_of(console)


async def test_the_palette_lists_actions_and_screens() -> None:
    console = demo()
    async with console.run_test(size=(120, 50)) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+p")
        text = text_of(console)
        assert text.index("new  (+)") < text.index("filter  (/)")
        assert "columns left" not in text, "the cursor keys come last"
        await press(pilot, *"go to allow", "enter")
        assert "allowlists" in lines_of(console)[0]


async def test_the_palette_shows_server_text_literally() -> None:
    console = demo(hostile=True)
    async with console.run_test(size=(120, 50)) as pilot:
        await settled(pilot)
        await press(pilot, "enter", "escape", "ctrl+p", *"unterminated")
        assert "[b]unterminated [/] [" in text_of(console)


async def test_notifications_are_stored_and_shown_again() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "U", "exclamation_mark")
        assert "No row is marked." in text_of(console)
        assert "warning" in text_of(console)


async def test_the_request_log_shows_requests_and_responses() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "R")
        assert "getEnvironmentUsers" in text_of(console)
        await press(pilot, "enter")
        assert "Response: 200 after 2 ms" in text_of(console)


async def test_a_notification_is_shown_literally() -> None:
    console = demo()
    async with console.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        console.notify("[b]Bob[/] [@click=app.leave]x[/] \x1b[2J")
        await settled(pilot)
        assert "[b]Bob[/] [@click=app.leave]x[/] ␛[2J" in text_of(console)


async def test_repeated_notifications_are_shown_one_time() -> None:
    console = demo()
    async with console.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, *["U"] * 20)
        assert text_of(console).count("No row is marked.") == 1
        assert [each.text for each in console.session.notifications].count("No row is marked.") == 20
        console.notify("Something else")
        await press(pilot, "U")
        assert text_of(console).count("No row is marked.") == 2, "it is the newest again"


@pytest.mark.parametrize("size", [(60, 20), pytest.param((80, 24), marks=pytest.mark.slow), (200, 50)])
async def test_every_terminal_size_works(size: tuple[int, int]) -> None:
    console = demo()
    async with console.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "enter", "2", "5", "question_mark", "escape", "escape")
        assert all(strip.cell_length == size[0] for strip in console.screen._compositor.render_strips())


async def test_a_long_wait_is_shown_until_it_ends() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection = console.session.connection
        assert connection is not None
        with connection.log.waits.known("the server's rate limit", 60):
            await until(pilot, lambda: "waiting for the server's rate limit, until " in lines_of(console)[-1])
        await until(pilot, lambda: "waiting for" not in text_of(console))


async def test_page_keys_of_the_palette_before_its_commands_are_laid_out_do_nothing() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+p")
        palette = console.screen
        assert isinstance(palette, ActionPalette)
        commands = palette.query_one(CommandList)
        commands.display = False
        await settled(pilot)
        commands.clear_options()
        commands.add_options([Option("one"), Option("two")])
        commands.set_reactive(CommandList.highlighted, 0)
        palette._action_command_list("page_up")
        assert console.screen is palette


async def test_a_screen_is_prepared_once_when_it_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual calls `on_mount` of every base class; a further call of one would read the server twice."""
    prepared: list[str] = []
    prepare = ConsoleScreen.on_mount

    def on_mount(screen: ConsoleScreen) -> None:
        prepared.append(type(screen).__name__)
        prepare(screen)

    monkeypatch.setattr(ConsoleScreen, "on_mount", on_mount)
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        for name in ("allowlists", "gates", "events", "environments", "jobs", "requests", "resources"):
            prepared.clear()
            await jump(pilot, name)
            assert prepared == [type(console.screen).__name__]


# Opening an object from the jump bar
