"""The folders and files of dyntui: three folders as usual on the platform, or all below DYNTUI_HOME."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

__all__ = ["HOME_VARIABLE", "Paths", "paths"]

HOME_VARIABLE = "DYNTUI_HOME"


@dataclass(frozen=True, slots=True)
class Paths:
    """The three folders and the names of the files in them. `config.private_files` creates them."""

    config: Path
    state: Path
    cache: Path

    @property
    def profiles_file(self) -> Path:
        """Profiles, without tokens."""
        return self.config / "profiles.toml"

    @property
    def settings_file(self) -> Path:
        """Settings of the user."""
        return self.config / "settings.toml"

    @property
    def keymap_file(self) -> Path:
        """Key bindings of the user."""
        return self.config / "keymap.toml"

    @property
    def lists_file(self) -> Path:
        """Columns and saved views of lists."""
        return self.config / "lists.json"

    @property
    def mappings_dir(self) -> Path:
        """Saved header mappings of imports."""
        return self.config / "mappings"

    @property
    def credentials_dir(self) -> Path:
        """Token files; in the state folder, so that they are not in synchronized dotfiles."""
        return self.state / "credentials"

    @property
    def jobs(self) -> Path:
        """Journals and reports of import jobs."""
        return self.state / "jobs"

    @property
    def audit_file(self) -> Path:
        """The audit log: one JSON line for each write."""
        return self.state / "audit.jsonl"

    @property
    def crash_dir(self) -> Path:
        """Redacted crash reports."""
        return self.state / "crashes"

    @property
    def recent_file(self) -> Path:
        """Recently opened files, jump targets and filters."""
        return self.state / "recent.json"


def paths() -> Paths:
    """Return the folders, from the current environment variables."""
    home = os.environ.get(HOME_VARIABLE, "")
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(config=root / "config", state=root / "state", cache=root / "cache")
    from platformdirs import PlatformDirs

    folders = PlatformDirs("dyntui", appauthor=False)
    return Paths(config=folders.user_config_path, state=folders.user_state_path, cache=folders.user_cache_path)
