"""The checks of `dyntui doctor` that need no server: versions, terminal, files and settings. They change nothing."""

from __future__ import annotations

import codecs
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dyntui.core.errors import EXIT_SOME_FAILED, DyntuiError

__all__ = ["Check", "check_file_versions", "check_files", "check_settings", "check_terminal", "check_versions"]

_PACKAGES = ("textual", "httpx", "click", "keyring", "cryptography", "pydantic")
_MIN_SIZE = (80, 24)
_SESSION_VARIABLES = (("SSH", "SSH_CONNECTION"), ("tmux", "TMUX"), ("screen", "STY"), ("zellij", "ZELLIJ"))


class Check(NamedTuple):
    """The result of one check."""

    name: str
    state: str
    """`ok`, `warn` or `fail`."""
    text: str
    advice: str = ""
    """What to do; not shown when the state is `ok`."""
    exit_code: int = EXIT_SOME_FAILED
    """Exit code of `dyntui doctor` when this is the first check that failed."""


def check_versions() -> Iterator[Check]:
    """Report the versions of dyntui, Python and required packages."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from dyntui import __version__

    yield Check("dyntui", "ok", f"{__version__} on Python {platform.python_version()}, {platform.platform(terse=True)}")
    installed, missing = [], []
    for package in _PACKAGES:
        try:
            installed.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        yield Check("packages", "fail", f"not installed: {', '.join(missing)}", "Reinstall dyntui.")
    yield Check("packages", "ok", ", ".join(installed))


def check_terminal() -> Iterator[Check]:
    """Check terminal type, color depth, encoding and size."""
    term = os.environ.get("TERM", "")
    is_terminal = sys.stdout.isatty()
    if term == "dumb" or (not term and os.name == "posix"):
        state = "fail" if is_terminal else "warn"
        yield Check(
            "terminal",
            state,
            f"TERM is {term or 'not set'}",
            "The console needs a full terminal, such as TERM=xterm-256color.",
        )
    else:
        has_truecolor = os.environ.get("COLORTERM", "") in ("truecolor", "24bit")
        depth = "24-bit color" if has_truecolor else "256 colors or fewer (COLORTERM is not set)"
        no_color = ", NO_COLOR is set" if os.environ.get("NO_COLOR") else ""
        yield Check("terminal", "ok", f"{term or os.name}, {depth}{no_color}")
    sessions = [name for name, variable in _SESSION_VARIABLES if os.environ.get(variable)]
    if sessions:
        yield Check("session", "ok", f"inside {', '.join(sessions)}")
    encoding = sys.stdout.encoding or ""
    if _is_utf8(encoding):
        yield Check("encoding", "ok", "UTF-8")
    else:
        yield Check(
            "encoding", "warn", f"{encoding or 'unknown'}, not UTF-8", "Set LANG to a UTF-8 locale, such as C.UTF-8."
        )
    if is_terminal:
        columns, lines = shutil.get_terminal_size()
        is_small = columns < _MIN_SIZE[0] or lines < _MIN_SIZE[1]
        advice = f"Enlarge the terminal to {_MIN_SIZE[0]} by {_MIN_SIZE[1]} or more." if is_small else ""
        yield Check("size", "warn" if is_small else "ok", f"{columns} by {lines}", advice)


def _check_writer(setting: str) -> Check:
    """Check which terminal writer is used, and measure the latency of the terminal."""
    from dyntui.tui.kit.terminal.detection import lean_status, measure_round_trip

    try:
        is_lean, text = lean_status(setting)
    except DyntuiError as error:
        return Check("writer", "fail", error.message, error.hint, exit_code=error.exit_code)
    if sys.stdin.isatty() and sys.stdout.isatty():
        seconds = measure_round_trip()
        text += "; the terminal " + ("does not respond" if seconds is None else f"responds in {seconds * 1000:.1f} ms")
    advice = "" if is_lean else "On a slow connection, the setting `terminal = lean` sends less data."
    return Check("writer", "ok" if is_lean else "warn", text, advice)


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False


def check_files() -> Iterator[Check]:
    """Check that folders and private files belong to this user and that others cannot change them."""
    from dyntui.config.paths import paths

    locations = paths()
    for name, folder in (("config", locations.config), ("state", locations.state), ("cache", locations.cache)):
        yield _check_folder(name, folder)
    for file in (locations.audit_file, *sorted(locations.credentials_dir.glob("*.*"))):
        if os.path.lexists(file) and (problem := _find_problem(file, 0o077)):
            yield Check("file", "fail", f"{file}: {problem}", f"Check its content, then run: chmod 600 {file}")


def check_file_versions() -> Iterator[Check]:
    """Report the files that a newer dyntui wrote. Settings and profiles have checks of their own."""
    from dyntui.config.paths import paths
    from dyntui.config.private_files import read_private
    from dyntui.core.file_version import NewerFile, check_version
    from dyntui.core.strict_json import parse_json

    places = paths()
    files = (places.lists_file, places.recent_file, places.recent_users_file, places.request_history_file)
    for file in (*files, *sorted(places.mappings_dir.glob("*.json")), *sorted(places.drafts_dir.glob("*.json"))):
        try:
            check_version(parse_json(read_private(file)), file)
        except NewerFile as error:
            yield Check("version", "warn", error.message, error.hint)
        except (OSError, ValueError, DyntuiError):
            continue  # what reads it says so


def _check_folder(name: str, folder: Path) -> Check:
    if not os.path.lexists(folder):
        if obstacle := _find_obstacle(folder):
            advice = "Set DYNTUI_HOME to a folder that can be written, or correct that one."
            return Check(name, "fail", f"{folder} cannot be created: {obstacle}", advice)
        return Check(name, "ok", f"{folder} (will be created)")
    problem = _find_problem(folder, 0o022, is_folder=True)
    if problem:
        return Check(
            name, "fail", f"{folder}: {problem}", f"Replace it with a folder of your own, or run: chmod 700 {folder}"
        )
    if not os.access(folder, os.W_OK):
        return Check(name, "fail", f"{folder} is not writable", "Set DYNTUI_HOME to a writable folder.")
    mode = f", {stat.S_IMODE(folder.stat().st_mode):04o}" if os.name == "posix" else ""
    return Check(name, "ok", f"{folder}{mode}")


def _find_obstacle(folder: Path) -> str:
    """Return why a folder that does not exist cannot be created; "" when it can."""
    existing = next(parent for parent in folder.absolute().parents if os.path.lexists(parent))
    if not existing.is_dir():
        return f"{existing} is not a folder"
    return "" if os.access(existing, os.W_OK | os.X_OK) else f"{existing} is not writable"


def _find_problem(path: Path, forbidden_mode: int, *, is_folder: bool = False) -> str:
    """Return what is wrong with type, owner or mode of a path; "" when nothing is.

    forbidden_mode: permission bits that group and others must not have.
    """
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return "is a symbolic link"
    if not (stat.S_ISDIR if is_folder else stat.S_ISREG)(status.st_mode):
        return f"is not a {'folder' if is_folder else 'regular file'}"
    if os.name != "posix":
        return ""
    if status.st_uid != os.geteuid():
        return f"belongs to user {status.st_uid}"
    if status.st_mode & forbidden_mode:
        access = "written" if is_folder else "read or changed"
        return f"can be {access} by others ({stat.S_IMODE(status.st_mode):04o})"
    return ""


def check_settings() -> Iterator[Check]:
    """Check the settings, the terminal writer, and the environment variables that change how dyntui connects."""
    from dyntui.config.settings import Settings

    try:
        settings = Settings.load()
    except DyntuiError as error:
        yield Check("settings", "fail", error.message, error.hint, exit_code=error.exit_code)
    else:
        rate = f"{settings.rate_per_minute} requests per minute, {settings.bulk_per_minute} of them bulk requests"
        yield Check("settings", "ok", rate)
        if settings.plain:
            yield Check("writer", "ok", "plain mode: lines of text for screen readers")
        else:
            yield _check_writer(settings.terminal)
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        if value := os.environ.get(variable):
            is_path = variable.startswith("SSL")
            is_missing = is_path and not Path(value).exists()
            text = f"{variable}: {value if is_path else 'set'}"  # the URL of a proxy may contain a password
            if is_missing:
                yield Check("network", "fail", f"{text} (does not exist)", "Correct the path, or unset the variable.")
            else:
                yield Check("network", "ok", text)
