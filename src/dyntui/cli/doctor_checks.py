"""The checks of `dyntui doctor` that need no server: versions, terminal, files, settings. They change nothing."""

from __future__ import annotations

import codecs
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dyntui.core.errors import EXIT_SOME_FAILED, DyntuiError

__all__ = ["Check", "configuration", "files", "terminal", "versions"]

_PACKAGES = ("textual", "httpx", "click", "keyring", "cryptography", "pydantic")
_LEAST = (80, 24)
_AROUND = (("SSH", "SSH_CONNECTION"), ("tmux", "TMUX"), ("screen", "STY"), ("zellij", "ZELLIJ"))


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. state: ok, warn or fail. advice: what to do, empty when nothing is. exit_code: for a failed one."""

    name: str
    state: str
    text: str
    advice: str = ""
    exit_code: int = EXIT_SOME_FAILED


def versions() -> Iterator[Check]:
    """Python and the packages that matter."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from dyntui import __version__

    yield Check("dyntui", "ok", f"{__version__} on Python {platform.python_version()}, {platform.platform(terse=True)}")
    found, missing = [], []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    if missing:
        yield Check("packages", "fail", f"not installed: {', '.join(missing)}", "Install dyntui again.")
    yield Check("packages", "ok", ", ".join(found))


def terminal() -> Iterator[Check]:
    """What the console has to draw on."""
    term = os.environ.get("TERM", "")
    on_terminal = sys.stdout.isatty()
    if term == "dumb" or (not term and os.name == "posix"):
        state = "fail" if on_terminal else "warn"
        yield Check("terminal", state, f"TERM is {term or 'not set'}", "The console needs a real one: xterm-256color.")
    else:
        colours = os.environ.get("COLORTERM", "")
        depth = "24-bit colour" if colours in ("truecolor", "24bit") else "256 colours or fewer (COLORTERM is not set)"
        plain = ", NO_COLOR is set" if os.environ.get("NO_COLOR") else ""
        yield Check("terminal", "ok", f"{term or os.name}, {depth}{plain}")
    around = [name for name, variable in _AROUND if os.environ.get(variable)]
    if around:
        yield Check("session", "ok", f"inside {', '.join(around)}")
    encoding = sys.stdout.encoding or ""
    if _is_utf8(encoding):
        yield Check("encoding", "ok", "UTF-8")
    else:
        yield Check("encoding", "warn", f"{encoding or 'unknown'}, not UTF-8", "Set LANG to a UTF-8 locale: C.UTF-8")
    if on_terminal:
        columns, lines = shutil.get_terminal_size()
        small = columns < _LEAST[0] or lines < _LEAST[1]
        advice = f"Make it {_LEAST[0]} by {_LEAST[1]} or larger." if small else ""
        yield Check("size", "warn" if small else "ok", f"{columns} by {lines}", advice)


def writer(setting: str) -> Check:
    """Whether the terminal is sent only what changed, and how far away it is."""
    from dyntui.tui.kit.terminal.detection import lean_status, round_trip

    try:
        lean, text = lean_status(setting)
    except DyntuiError as error:
        return Check("writer", "fail", error.message, error.hint, exit_code=error.exit_code)
    if sys.stdin.isatty() and sys.stdout.isatty():
        seconds = round_trip()
        text += "; the terminal " + ("does not answer" if seconds is None else f"answers in {seconds * 1000:.1f} ms")
    return Check("writer", "ok" if lean else "warn", text, "" if lean else "On a slow line `lean` sends far less.")


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False


def files() -> Iterator[Check]:
    """The folders, and everything in them that ought to be ours alone."""
    from dyntui.config.paths import paths

    places = paths()
    for name, folder in (("config", places.config), ("state", places.state), ("cache", places.cache)):
        yield _folder(name, folder)
    private = [places.audit_file, *sorted(places.credentials_dir.glob("*.*"))]
    for file in private:
        if os.path.lexists(file) and (problem := _problem(file, 0o077)):
            yield Check("file", "fail", f"{file}: {problem}", f"Look at it, then: chmod 600 {file}")


def _folder(name: str, folder: Path) -> Check:
    if not os.path.lexists(folder):
        return Check(name, "ok", f"{folder} (will be made)")
    problem = _problem(folder, 0o022, folder=True)
    if problem:
        return Check(name, "fail", f"{folder}: {problem}", f"Make it a folder of your own: chmod 700 {folder}")
    if not os.access(folder, os.W_OK):
        return Check(name, "fail", f"{folder} cannot be written to", "Set DYNTUI_HOME to a folder you can write to.")
    mode = f", {stat.S_IMODE(folder.stat().st_mode):04o}" if os.name == "posix" else ""
    return Check(name, "ok", f"{folder}{mode}")


def _problem(path: Path, others: int, *, folder: bool = False) -> str:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return "it is a link"
    if not (stat.S_ISDIR if folder else stat.S_ISREG)(status.st_mode):
        return f"it is not a {'folder' if folder else 'regular file'}"
    if os.name != "posix":
        return ""
    if status.st_uid != os.geteuid():
        return f"it belongs to user {status.st_uid}"
    if status.st_mode & others:
        return f"others can {'write to' if folder else 'read or change'} it ({stat.S_IMODE(status.st_mode):04o})"
    return ""


def configuration() -> Iterator[Check]:
    """Whether the settings can be read, and what in the environment changes how we connect."""
    from dyntui.config.settings import Settings

    try:
        settings = Settings.load()
    except DyntuiError as error:
        yield Check("settings", "fail", error.message, error.hint, exit_code=error.exit_code)
    else:
        rate = f"{settings.rate_per_minute} requests a minute, {settings.bulk_per_minute} of them bulk"
        yield Check("settings", "ok", rate)
        yield writer(settings.terminal)
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        if value := os.environ.get(variable):
            shown = value if variable.startswith("SSL") else "set"  # a proxy's URL may hold a password
            missing = variable.startswith("SSL") and not Path(value).exists()
            advice = "Correct the path, or unset it." if missing else ""
            text = f"{variable}: {shown}" + (" (does not exist)" if missing else "")
            yield Check("network", "fail" if missing else "ok", text, advice)
