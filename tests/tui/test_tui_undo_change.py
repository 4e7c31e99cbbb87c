"""The last change is undone with one key, after a confirmation."""

from __future__ import annotations

from tests.tui.tui_support import SIZE, demo, jump, press, settled

from dyntui.config.paths import paths
from dyntui.services.actions.audit import Audit
from dyntui.tui.shell.app import Console


def _last(console: Console) -> str:
    return console.session.notifications[-1].text


async def _enabled_webhooks(console: Console) -> list[object]:
    assert console.session.connection is not None
    page = await console.session.connection.client.page("getWebhooks", "data")
    return [row["isEnabled"] for row in page.rows]


async def test_disabling_is_undone_by_enabling() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "webhooks")
        before = await _enabled_webhooks(console)
        await press(pilot, "t", "y")
        assert _last(console).endswith("Press Z to undo it")
        await press(pilot, "Z", "y")
        after = await _enabled_webhooks(console)
        assert after == before
        actions = [line.action for line in Audit(paths().audit_file).lines() if line.outcome == "done"]
        assert sorted(actions[-2:]) == ["webhooks.disable", "webhooks.enable"]


async def test_a_created_object_is_deleted_again_and_a_deletion_offers_nothing() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "users")
        await press(pilot, "Z")
        assert _last(console).startswith("There is no change that can be undone.")
        await press(pilot, "plus", *"new@example.com", "ctrl+s", "y")
        assert "Press Z to undo it" in _last(console)
        await press(pilot, "Z")
        await press(pilot, "y")
        assert _last(console) == "User new@example.com deleted"
        await press(pilot, "Z")
        assert _last(console).startswith("There is no change that can be undone.")
