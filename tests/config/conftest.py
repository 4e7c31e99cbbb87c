"""Every test of config has a home of its own, no token in the environment and no keyring of the machine's."""

from __future__ import annotations

from pathlib import Path

import pytest

from dyntui.config import credentials

VARIABLES = (
    "DYNTUI_TOKEN",
    "DYNAMIC_TOKEN",
    "DYNAMIC_API_TOKEN",
    "DYN_CLI_TOKEN",
    "DYNTUI_PROFILE",
    "DYNTUI_ENVIRONMENT_ID",
    "DYNAMIC_ENVIRONMENT_ID",
    "DYNTUI_BASE_URL",
    "DYNTUI_READ_ONLY",
    "PYTHON_KEYRING_BACKEND",
    "DBUS_SESSION_BUS_ADDRESS",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))  # no keyringrc.cfg of the machine's
    monkeypatch.setattr(credentials, "_session", {})
    return tmp_path / "home"
