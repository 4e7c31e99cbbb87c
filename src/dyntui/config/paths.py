"""Where dyntui's files are: three folders by the platform's custom, or all below DYNTUI_HOME."""

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
        """The environments a person works with; no token is ever in it."""
        return self.config / "profiles.toml"

    @property
    def settings_file(self) -> Path:
        """A person's preferences."""
        return self.config / "settings.toml"

    @property
    def keymap_file(self) -> Path:
        """Keys a person has put on other actions."""
        return self.config / "keymap.toml"

    @property
    def lists_file(self) -> Path:
        """The columns of lists, and views of them that were kept."""
        return self.config / "lists.json"

    @property
    def mappings_dir(self) -> Path:
        """Saved header mappings of imports."""
        return self.config / "mappings"

    @property
    def credentials_dir(self) -> Path:
        """Tokens that were put into a file on request; in the state folder, so that no synced dotfiles carry them."""
        return self.state / "credentials"

    @property
    def jobs(self) -> Path:
        """One folder or journal for each import job."""
        return self.state / "jobs"

    @property
    def audit_file(self) -> Path:
        """One JSON line for each write: the only record of who did what."""
        return self.state / "audit.jsonl"

    @property
    def crash_dir(self) -> Path:
        """Redacted crash reports."""
        return self.state / "crashes"

    @property
    def recent_file(self) -> Path:
        """What was opened last: files, jumps, filters."""
        return self.state / "recent.json"


def paths() -> Paths:
    """The folders of this moment's environment; read each time, so a changed DYNTUI_HOME counts at once."""
    home = os.environ.get(HOME_VARIABLE, "")
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(config=root / "config", state=root / "state", cache=root / "cache")
    from platformdirs import PlatformDirs

    folders = PlatformDirs("dyntui", appauthor=False)
    return Paths(config=folders.user_config_path, state=folders.user_state_path, cache=folders.user_cache_path)
