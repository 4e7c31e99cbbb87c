"""Automatic refresh of a screen: a key chooses the interval, the footer shows it and why it is paused."""

from __future__ import annotations

from math import ceil, inf
from time import monotonic
from typing import TYPE_CHECKING

from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.error_hints import errors_shown

if TYPE_CHECKING:
    from textual.timer import Timer

    from dyntui.config.list_preferences import ListPreferences
    from dyntui.services.bulk import BulkRun
    from dyntui.tui.shell.base_screen import ConsoleScreen as _Screen
else:
    _Screen = object

__all__ = ["AutoRefreshMixin"]

_MAX_DELAY_S = 300.0
"""Seconds between refreshes at most while they fail."""
_RATE_SHARE = 0.1
"""The share of the rate limit that refreshes use at most."""


class AutoRefreshMixin(_Screen):
    """A mixin for a screen that is refreshed at an interval while it is in front and nothing is marked, typed or asked.

    A refresh sends requests in the background, which give way to those of the user. After a failure the interval
    doubles, up to five minutes. It is longer than chosen when a refresh needs many requests.

    A subclass defines `refresh_name` and `refresh_in_background`.
    """

    REFRESH_INTERVALS_S: tuple[int, ...] = (0, 5, 15, 60)
    """The intervals that the key chooses from, in seconds; 0 is off."""
    REFRESH_NEEDS_SERVER = True
    """Whether a refresh sends requests, so that it is paused while the server does not respond."""
    refresh_interval_s = 0
    """Seconds between refreshes that the user chose; 0 for none."""
    _refresh_timer: Timer | None = None
    _refreshed_at = -inf
    """When the last refresh began (`time.monotonic`)."""
    _refresh_run: BulkRun | None = None
    """What the requests of the last refresh belong to."""
    _failures = 0
    """The number of refreshes that failed one after the other."""

    @property
    def refreshed(self) -> str:
        """What is refreshed, for messages."""
        return "list"

    @property
    def refresh_name(self) -> str:
        """The name under which the interval is saved."""
        raise NotImplementedError

    def refresh_in_background(self) -> BulkRun | None:
        """Read what the screen shows again, in the background. Called at each interval.

        Returns what the requests belong to, which counts them; None when the number is bounded otherwise.
        """
        raise NotImplementedError

    def has_refresh_failed(self) -> bool:
        """Return whether the last refresh failed."""
        return False

    def needed_interval_s(self) -> float:
        """Return the seconds between refreshes that the screen needs now by itself; 0 for none."""
        return 0

    def refresh_paused_reason(self) -> str:
        """Return why the screen is not refreshed now, such as `3 marked`; "" when it is."""
        if self.REFRESH_NEEDS_SERVER and self.console.offline_label:
            return "offline"
        if self.is_attached and self.has_prompt:
            return "prompt open"
        if not self.is_active and self.console.screen_stack[0] is self:
            return "dialog open"
        return ""

    def load_refresh_interval(self, preferences: ListPreferences) -> None:
        """Use the interval that was saved."""
        self.refresh_interval_s = preferences.refresh.get(self.refresh_name, self.refresh_interval_s)
        self.schedule_refresh()

    @property
    def _interval_s(self) -> float:
        chosen_s = self.refresh_interval_s or self.needed_interval_s()
        return max(chosen_s, self._shortest_interval_s()) if chosen_s else 0

    def _shortest_interval_s(self) -> int:
        """Return the seconds in which the requests of a refresh are the share of the rate limit that it may use."""
        limit = self._refresh_run.limit_per_minute if self._refresh_run is not None else 0
        return (
            ceil(self._refresh_run.attempts * 60 / (limit * _RATE_SHARE))
            if self._refresh_run is not None and limit
            else 0
        )

    def schedule_refresh(self) -> None:
        """Start the timer of the next refresh, unless it runs or no refresh is wanted."""
        if self._refresh_timer is None and self._interval_s:
            delay = min(self._interval_s * 2**self._failures, max(_MAX_DELAY_S, self._interval_s))
            self._refresh_timer = self.set_timer(delay, self.refresh_due)

    def refresh_due(self) -> None:
        """Refresh the screen, unless it is paused, and start the timer of the next refresh."""
        self._stop_timer()
        if not self._interval_s:
            return
        is_early = monotonic() - self._refreshed_at < self._shortest_interval_s()
        if self.is_active and self.is_mounted and not is_early and not self.refresh_paused_reason():
            self._failures = min(self._failures + 1, 16) if self.has_refresh_failed() else 0
            self._refreshed_at = monotonic()
            self._refresh_run = self.refresh_in_background()
        self.schedule_refresh()

    def _stop_timer(self) -> None:
        if self._refresh_timer is not None:
            self._refresh_timer.stop()
            self._refresh_timer = None

    def action_auto_refresh(self) -> None:
        from dyntui.config.list_preferences import ListPreferences

        intervals = self.REFRESH_INTERVALS_S
        longer = (seconds for seconds in intervals if seconds > self.refresh_interval_s)
        self.refresh_interval_s = next(longer, intervals[0])
        with errors_shown(self.console):
            ListPreferences.keep_refresh(self.refresh_name, self.refresh_interval_s)
        self._failures = 0
        self._stop_timer()
        self.schedule_refresh()
        every = self.refresh_interval_s
        self.console.notify(
            f"The {self.refreshed} is refreshed every {every} s." if every else "Automatic refresh is off."
        )
        self.refresh_status()

    def refresh_parts(self) -> list[Piece]:
        """Return the interval for the footer, or why the refresh is paused."""
        if not self._interval_s:
            return []
        if reason := self.refresh_paused_reason():
            return [(f"refresh paused: {reason}", "warn")]
        return [(f"every {self._interval_s:g} s", "")]

    def on_screen_resume(self) -> None:
        self.schedule_refresh()

    def on_screen_suspend(self) -> None:
        """Show that the refresh is paused while a dialog is open."""
        if self._interval_s and self.is_mounted and self in self.console.screen_stack:
            self._paint_status()
