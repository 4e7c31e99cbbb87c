"""The folders and files of dyntui: three folders as usual on the platform, or all below DYNTUI_HOME."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["HOME_VARIABLE", "Paths", "paths", "zipapp_folder"]

HOME_VARIABLE = "DYNTUI_HOME"


class _Below:
    """A file or folder in one of the three folders."""

    def __init__(self, folder: str, name: str) -> None:
        self._folder = folder
        self._name = name

    def __get__(self, instance: Paths, owner: type[Paths]) -> Path:
        folder: Path = getattr(instance, self._folder)
        return folder / self._name


class Paths:
    """The three folders and the names of the files in them. `config.private_files` creates them."""

    profiles_file = _Below("config", "profiles.toml")
    """Profiles, without tokens."""
    settings_file = _Below("config", "settings.toml")
    """Settings of the user."""
    keymap_file = _Below("config", "keymap.toml")
    """Key bindings of the user."""
    lists_file = _Below("config", "lists.json")
    """Columns and saved views of lists, and the format of times."""
    mappings_dir = _Below("config", "mappings")
    """Saved header mappings of imports."""
    credentials_dir = _Below("state", "credentials")
    """Token files; in the state folder, so that they are not in synchronized dotfiles."""
    jobs_dir = _Below("state", "jobs")
    """Journals and reports of import jobs."""
    drafts_dir = _Below("state", "drafts")
    """Import drafts of the wizard."""
    audit_file = _Below("state", "audit.jsonl")
    """The audit log: one JSON line for each write."""
    crash_dir = _Below("state", "crashes")
    """Redacted crash reports."""
    snapshots_dir = _Below("state", "snapshots")
    """Snapshots of the configuration of environments."""
    recent_file = _Below("state", "recent.json")
    """Recently imported files."""
    tour_file = _Below("state", "tour")
    """Exists after the tour of the demo was finished or skipped."""
    recent_users_file = _Below("state", "recent-users.json")
    """Recently opened users of each environment."""
    request_history_file = _Below("state", "request-history.json")
    """Requests that the API console sent."""
    filter_forms_file = _Below("cache", "filter-forms.json")
    """The forms of filters that servers understand."""

    def __init__(self, config: Path, state: Path, cache: Path) -> None:
        self.config = config
        self.state = state
        self.cache = cache


def paths() -> Paths:
    """Return the folders, from the current environment variables."""
    home = os.environ.get(HOME_VARIABLE, "")
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(config=root / "config", state=root / "state", cache=root / "cache")
    from platformdirs import PlatformDirs

    folders = PlatformDirs("dyntui", appauthor=False)
    return Paths(config=folders.user_config_path, state=folders.user_state_path, cache=folders.user_cache_path)


def zipapp_folder() -> Path | None:
    """Return the folder that a zipapp was unpacked to at its first start; None when dyntui was installed.

    A zipapp of `make zipapp` (pex) makes a virtual environment with a PEX-INFO below the folder `venvs`.
    """
    prefix = Path(sys.prefix)
    if not (prefix / "PEX-INFO").is_file():
        return None
    return next((parent.parent for parent in prefix.parents if parent.name == "venvs"), None)
