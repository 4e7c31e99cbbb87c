"""The console sends no token to an origin from environment variables before it is confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.e2e.terminal import Terminal, clean_environ
from tests.other_origin import HOST, serving_other_origin

ID = "3f2a1b4c-0000-4000-8000-00000000000a"
TOKEN = "dyn_" + "Canary1" * 8


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["none", "command"])
def test_the_console_shows_the_host_and_requires_its_confirmation(tmp_path: Path, profile: str) -> None:
    home = tmp_path / "home"
    marker = tmp_path / "command-ran"
    if profile == "command":
        (home / "config").mkdir(parents=True, mode=0o700)
        (tmp_path / "token.sh").write_text(f"touch {marker}; echo {TOKEN}\n")
        (home / "config" / "profiles.toml").write_text(
            'current = "prod"\n[profiles.prod]\nbase_url = "https://app.dynamicauth.com/api/v0"\n'
            f'environment_id = "{ID}"\nkind = "live"\ncredential = "command"\n'
            f'credential_command = "sh {tmp_path}/token.sh"\n'
        )
    with serving_other_origin(tmp_path, ID) as other:
        env = {
            **clean_environ(),
            **other.child_environ(tmp_path / "resolver"),
            "DYNTUI_HOME": str(home),
            "DYNTUI_BASE_URL": other.url,
            "DYNTUI_TOKEN": TOKEN,
            **({"DYNTUI_ENVIRONMENT_ID": ID} if profile == "none" else {"DYNTUI_PROFILE": "prod"}),
        }
        with Terminal(env=env, columns=120) as console:
            console.wait("which is not confirmed")
            assert HOST in console.screen.display[0]
        assert other.requests == []
        with Terminal("--confirm-origin", HOST, env=env, columns=120) as console:
            console.wait(lambda _: bool(other.tokens))
            assert HOST in console.screen.display[0]
        assert other.tokens == {f"Bearer {TOKEN}"}
        assert not marker.exists()
