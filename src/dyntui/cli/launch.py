"""Open the console. This module imports neither click nor the commands, so that `dyntui` alone starts fast."""

from __future__ import annotations

from dyntui.core.errors import NotAuthorized, UsageError

__all__ = ["main", "open_console"]


def main() -> int:
    """Open the console without options and return the exit code."""
    from dyntui.cli.error_handling import run_with_exit_code

    return run_with_exit_code(open_console)


def open_console(
    name: str | None = None,
    environment_id: str | None = None,
    base_url: str | None = None,
    read_only: bool = False,
    confirmed_host: str | None = None,
) -> int:
    """Open the console with the selected profile or the last used one; without any profile, the first-run setup.

    Returns the exit code.
    """
    from dyntui.config.paths import paths
    from dyntui.config.profile_resolution import resolve_profile
    from dyntui.config.profiles import Profiles
    from dyntui.tui import run

    try:
        profile = resolve_profile(name, environment_id, base_url, read_only, confirmed_host=confirmed_host)
    except (UsageError, NotAuthorized):
        if name or environment_id or base_url or not Profiles.load().is_empty:
            raise
        profile = None
    has_tour = profile is None and not paths().tour_file.exists()  # the setup offers the demo
    return run(profile, read_only=read_only, has_tour=has_tour)
