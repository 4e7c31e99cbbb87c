"""The screen of the audit log: changes with their values, undo of a chosen change, large and damaged logs."""

from __future__ import annotations

from tests.services.resource_fixtures import done
from tests.tui.tui_support import SIZE, demo, jump, lines_of, press, settled, text_of

from dyntui.config.paths import paths
from dyntui.tui.features.audit.audit_screen import AuditScreen
from dyntui.tui.features.audit.change_screen import ChangeScreen


async def test_a_change_is_shown_with_its_values_and_undone() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection = console.session.connection
        assert connection is not None
        await jump(pilot, "audit")
        assert "No changes were made in this environment" in text_of(console)
        await jump(pilot, "users")
        await press(pilot, "plus", *"new@example.com", "ctrl+s", "y")
        await jump(pilot, "webhooks")
        webhook = (await connection.client.page("getWebhooks", "data")).rows[0]
        await press(pilot, "t", "y")
        await press(pilot, "escape", "escape")
        await jump(pilot, "audit")
        screen = console.screen
        assert isinstance(screen, AuditScreen)
        rows = [(str(row["action"]), str(row["outcome"])) for row in screen.rows_view.rows]
        assert rows == [("webhooks.disable", "done"), ("users.create", "done")]
        assert [row["target"] for row in screen.rows_view.rows] == [webhook["url"], "new@example.com"]
        await press(pilot, "down", "enter")
        assert isinstance(console.screen, ChangeScreen)
        assert ["name", "new@example.com"] in [line.split() for line in lines_of(console)]
        assert any(line.split()[:2] == ["+", "id:"] for line in lines_of(console)), text_of(console)
        assert "Z shows what undoing it does now" in text_of(console)
        await press(pilot, "escape")
        await press(pilot, "up", "Z", "y")  # not the last change that Z undoes elsewhere, but the one under the cursor
        after = (await connection.client.page("getWebhooks", "data")).rows[0]
        assert after["isEnabled"] == webhook["isEnabled"]
        await press(pilot, "r")
        assert str(screen.rows_view.rows[0]["action"]) == "webhooks.enable"
        await press(pilot, "end", "Z", "y")
        assert console.session.notifications[-1].text == "User new@example.com deleted"
        await press(pilot, "r", "home", "Z")
        assert console.session.notifications[-1].text == "This cannot be undone. The API cannot restore a deleted user."
        for events in ("user.deleted", "user.updated"):
            await done(connection, "webhooks", "edit", fields={"events": events})
        edited = (await connection.client.page("getWebhooks", "data")).rows[-1]
        assert edited["events"] == ["user.updated"]
        await press(pilot, "r", "home", "down", "Z")  # the first of the two edits: the later one would be lost
        assert "Overwrite the later change?" in text_of(console)
        assert "events is user.updated now" in " ".join(text_of(console).split())
        await press(pilot, "y")
        assert "Restore webhook" in text_of(console)
        await press(pilot, "y")
        assert (await connection.client.page("getWebhooks", "data")).rows[-1]["events"] not in (
            ["user.updated"],
            ["user.deleted"],
        )
        for action in ("enable", "delete"):
            await done(connection, "exchanges", action)
        await press(pilot, "r", "home", "Z")
        assert "Then enable: coinbase" in text_of(console)
        await press(pilot, "y")
        assert "Enable exchange coinbase?" in text_of(console)
        await press(pilot, "y")
        (exchange,) = (await connection.client.page("getEnvironmentExchanges", "exchanges")).rows
        assert exchange["exchange"] == "coinbase" and exchange["enabledAt"]
        await press(pilot, "slash", *"webhooks since:1h", "enter")
        assert len(screen.rows_view.rows) == 5
        await press(pilot, "slash", "end", "shift+home", "backspace", *"since:then", "enter")
        assert "is not a time" in console.session.notifications[-1].text


async def test_a_large_log_is_paged_and_its_damaged_lines_are_named() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "webhooks")
        await press(pilot, "t", "y")
        file = paths().audit_file
        line = file.read_bytes().splitlines(keepends=True)[-1]
        file.write_bytes(line * 2_000 + b'{"cut\n' + line)
        await jump(pilot, "audit")
        screen = console.screen
        assert isinstance(screen, AuditScreen)
        assert "line 2,001 cannot be read" in lines_of(console)[3]
        assert screen.table.count == 500
        assert "more below" in lines_of(console)[-1]
        await press(pilot, "end")
        assert screen.table.count == 1_000
        for _ in range(4):
            await press(pilot, "end")
        assert screen.table.count == 2_002
        assert "2,002 of 2,002" in lines_of(console)[-1]
        assert "more below" not in lines_of(console)[-1]
