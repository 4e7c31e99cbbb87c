"""How many keys support work needs from the screen where it starts. Typed text does not count."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from tests.tui.tui_support import (
    SIZE,
    TOKEN,
    console_of,
    demo,
    jump,
    lines_of,
    paste,
    press,
    profile,
    settled,
    stored,
    text_of,
)
from textual.pilot import Pilot

from dyntui.config.credentials import CredentialKind, store_for
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.users import full_name
from dyntui.resources.webhooks import is_delivered
from dyntui.services.lists.list_source import scan
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.all_actions import ALL_ACTIONS
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.console_state import ConsoleState

KEYS = {action.id: action.keys[0] for action in ALL_ACTIONS if action.keys}


def top_of(console: Console) -> object:
    """The screen that is shown; of no type that an earlier assertion has narrowed."""
    return console.screen


class Counted:
    """Presses keys and counts them; text is pasted and does not count."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot
        self.count = 0

    async def press(self, *keys: str) -> None:
        """Press keys, or the keys of actions by their ids."""
        self.count += len(keys)
        await press(self.pilot, *(KEYS.get(key, key) for key in keys))

    async def type(self, text: str) -> None:
        await paste(self.pilot, text)


async def test_support_work_in_the_users_list_needs_few_keys() -> None:
    console = demo(60)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        table = console.screen.query_one("#list", Table)
        rows = [row for line in range(60) if (row := table.view.get(line)) and row["username"] and row["email"]]
        user = next(row for row in reversed(rows) if row["wallets"] and " " in full_name(row))
        address = user["wallets"][0]["publicKey"]  # type: ignore[index]
        for text in (user["email"], f"user {address}", user["username"], full_name(user), f"user {full_name(user)}"):
            keys = Counted(pilot)
            await keys.press("app.jump")
            await keys.type(str(text))
            await keys.press("enter")
            shown = top_of(console)
            assert isinstance(shown, UserScreen) and shown.object_id == user["id"] and keys.count == 2, text

        await jump(pilot, "user example.org")
        assert "users › /example.org" in lines_of(console)[0], "users that match, when there is not exactly one"
        await jump(pilot, "users")
        console.screen.query_one("#list", Table).move_to(1)  # the user of the first row has no sessions
        keys = Counted(pilot)
        await keys.press("list.open", "4")
        if not re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text_of(console)):
            await keys.press("app.times")
        assert isinstance(console.screen, UserScreen) and console.screen.query_one("#sessions", Table).count
        assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text_of(console)), "the exact time of the sign-in"
        assert keys.count <= 3

        await jump(pilot, "users")
        table = console.screen.query_one("#list", Table)
        table.mark(str(table.view.id_at(line)) for line in range(50))
        keys = Counted(pilot)
        await keys.press("users.allowlist")
        await keys.type("launch")
        await keys.press("enter", "y")
        assert re.search(r"50 users added to Launch", console.session.notifications[-1].text) and keys.count == 3


async def test_all_failed_messages_of_a_webhook_are_sent_again_with_four_keys() -> None:
    console = demo(60)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "webhooks")
        connection, webhook = console.session.connection, console.screen.query_one("#list", Table).row_id
        assert connection is not None and webhook is not None
        messages = [found.row async for found in scan(connection.client, RESOURCES["webhook-messages"], parent=webhook)]
        failed = [message for message in messages if is_delivered(message) is False]
        keys = Counted(pilot)
        await keys.press("list.open", "webhook.redeliver_failed", "y")
        sent = [each for each in connection.log.entries() if each.operation == "redeliverWebhookMessage"]
        assert 1 < len(sent) == len(failed) < len(messages) and keys.count <= 4


async def test_a_wrong_token_is_fixed_with_three_keys(serve: Callable[..., AbstractContextManager[Any]]) -> None:
    with serve(users=3) as sandbox:
        box = profile(
            "box", base_url=sandbox.url, environment_id=sandbox.environment_id, kind="sandbox",
            credential=CredentialKind.FILE,
        )  # fmt: skip
        stored(box)
        store_for(CredentialKind.FILE).set(box, TOKEN)
        console = Console(ConsoleState(profile=box))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            assert "not authorized" in lines_of(console)[-1]
            keys = Counted(pilot)
            await keys.press("app.environment")
            await keys.type(sandbox.token)
            await keys.press("form.save")
            assert console.session.error is None and console_of(pilot).screen.query_one("#list", Table).count == 3
            assert keys.count <= 3
