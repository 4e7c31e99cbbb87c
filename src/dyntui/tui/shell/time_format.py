"""The format of times in the console: read at the start, switched by a key, saved with the preferences for lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.times import TimeFormat, now, time_display, zone_name
from dyntui.tui.shell.error_hints import errors_shown

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["load_time_format", "switch_time_format"]

_NEXT = {
    TimeFormat.RELATIVE: TimeFormat.LOCAL,
    TimeFormat.LOCAL: TimeFormat.UTC,
    TimeFormat.UTC: TimeFormat.RELATIVE,
}


def load_time_format(console: ConsoleApp) -> None:
    """Use the saved format; ages when it cannot be read, which is shown."""
    from dyntui.config.list_preferences import ListPreferences

    time_display.format = TimeFormat.RELATIVE
    try:
        time_display.format = ListPreferences.load().time_format
    except DyntuiError as error:
        console.notify_error(error)


def switch_time_format(console: ConsoleApp) -> None:
    """Use the next format, save the choice and name it in a notification."""
    from dyntui.config.list_preferences import ListPreferences

    time_display.format = _NEXT[time_display.format]
    with errors_shown(console):
        ListPreferences.keep_time_format(time_display.format)
    console.notify(f"Times are shown {_description()}.")


def _description() -> str:
    match time_display.format:
        case TimeFormat.RELATIVE:
            return "as ages"
        case TimeFormat.LOCAL:
            return f"in local time ({zone_name(now().astimezone())})"
        case TimeFormat.UTC:
            return "in UTC"
