"""The console: the only code that imports Textual. `run` opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dyntui.config.profile import Profile
    from dyntui.sandbox.options import SandboxOptions

__all__ = ["run"]


def run(
    profile: Profile | None, *, demo: SandboxOptions | None = None, read_only: bool = False, has_tour: bool = False
) -> int:
    """Open the console and stay until it is left; the exit code.

    profile: the environment to open; None for the first-run setup. demo: open a sandbox inside the process instead.
    has_tour: show the hints of the tour while the demo is open.
    Raises Usage on a terminal that cannot show it. Any other error of its own is reported, and the exit code is 1.
    """
    import sys

    from dyntui.core.errors import DyntuiError

    try:
        code, crash_message = _run(profile, demo, read_only, has_tour)
    except (DyntuiError, OSError):
        raise
    except Exception as error:  # noqa: BLE001
        from dyntui.config import crash_report

        code, crash_message = 1, crash_report.report_crash(error)
    if crash_message:
        # Printed as it is: the terminal breaks the line, and the path of the report stays whole.
        print(crash_message, file=sys.stderr)
        return code or 1
    return code


def _run(profile: Profile | None, demo: SandboxOptions | None, read_only: bool, has_tour: bool) -> tuple[int, str]:
    """Open the console and stay until it is left; the exit code, and what to print after a crash."""
    from dyntui.core.process_state import pause_garbage_collection

    pause_garbage_collection()  # the app resumes it after its first screen
    from dyntui.config.settings import Settings
    from dyntui.tui.shell import startup

    settings = Settings.load()
    startup.check_terminal(settings.plain)
    startup.survive_hangup()
    from dyntui.tui.shell.app import Console
    from dyntui.tui.shell.console_state import ConsoleState

    console = Console(ConsoleState(profile=profile, demo=demo, read_only=read_only, has_tour=has_tour), settings)
    result = console.run()
    return console.return_code or result or 0, console.crash_message
