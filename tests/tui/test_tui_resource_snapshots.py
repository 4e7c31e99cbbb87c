"""How other resources look: pytest -m '' tests/tui/test_tui_resource_snapshots.py --snapshot-update

A screen is taken in one size (see test_tui_snapshots.py). The lists of resources are one screen with other columns: a
few are taken, and test_tui_resources.py asserts what each of them shows.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from types import SimpleNamespace
from uuid import UUID

import pytest
from tests.tui.access_support import to
from tests.tui.test_tui_snapshots import keys
from tests.tui.tui_support import SIZE, demo, sized

pytestmark = pytest.mark.slow

Compare = Callable[..., bool]

SCREENS: dict[str, tuple[str, ...]] = {
    "resources": to("resources"),
    "webhook": to("webhooks", "enter"),
    "webhook-off": to("webhooks", "j", "enter"),
    "webhook-actions": to("webhooks", "a"),
    "webhook-failed": to("webhooks", "enter", "f"),
    "webhook-verify": to("webhooks", "enter", "V"),
    "message": to("webhooks", "enter", "enter"),
    "message-request": to("webhooks", "enter", "enter", "2"),
    "message-response": to("webhooks", "enter", "enter", "3"),
    "events": to("events"),
    "event": to("events", "enter"),
    "events-range": to("events", "P"),
    "export-new": to("exports", "plus"),
    "analytics": to("analytics"),
    "analytics-next": to("analytics", "]", "]"),
    "analytics-range": to("analytics", "P"),
    "settings": to("settings"),
    "setting-change": to("settings", "e"),
    "origin-new": to("origins", "plus"),
    "hostname": to("hostnames", "enter"),
    "custom-field": to("custom-fields", "enter"),
    "provider": to("providers", "enter"),
    "provider-edit": to("providers", "e"),
    "token-new": to("tokens", "plus"),
    "api": to("api"),
    "api-found": to("api", "slash", *"webhook", "enter"),
    "api-read": to("api", "slash", *"getWebhooks", "enter", "enter"),
    "api-answer": to("api", "slash", *"getWebhooks", "enter", "enter", "ctrl+s"),
    "api-write": to("api", "slash", *"createWebhook", "enter", "enter"),
}


@pytest.fixture(autouse=True)
def always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes during a request and all have one id; plotext, which shifts a date now and then, centers them."""

    def centred(line: list[str], label: str, column: int) -> int:
        return max(0, min(column - len(label) // 2, len(line) - len(label)))

    monkeypatch.setattr("dyntui.api.transport.uuid4", lambda: UUID(int=1))
    monkeypatch.setattr("dyntui.api.transport.time", SimpleNamespace(perf_counter=lambda: 0.0, monotonic=monotonic))
    monkeypatch.setattr("plotext._utility.correct_coord", centred)


TAKEN_LISTS = ("exports", "members", "providers", "webhooks")
"""Lists with ages, states, marks and long values."""
WIDE_ONES = ("resources", "webhook", "message-request", "event", "analytics", "setting-change", "api-answer")
"""The screens that are taken in 120x40."""


@pytest.mark.parametrize("name", TAKEN_LISTS)
def test_lists(snap_compare: Compare, name: str) -> None:
    assert snap_compare(demo(), terminal_size=SIZE, run_before=keys(*to(name)))


@pytest.mark.parametrize(("name", "size"), sized(SCREENS, WIDE_ONES))
def test_screens(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    assert snap_compare(demo(), terminal_size=size, run_before=keys(*SCREENS[name]))
