"""Settings have defaults, are checked one by one, and a mistake names the file and the setting."""

from __future__ import annotations

from dataclasses import fields

import pytest

from dyntui.config.errors import ConfigError
from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write
from dyntui.config.settings import Settings
from dyntui.core.errors import UsageError


def test_without_a_file_the_defaults_are_used() -> None:
    assert Settings.load() == Settings()
    assert (Settings().rate_per_minute, Settings().bulk_per_minute) == (1500, 150)
    assert (Settings().embedded_wallets_per_minute, Settings().invites_per_minute) == (300, 20)


def test_values_of_the_file_are_used() -> None:
    atomic_write(paths().settings_file, b'# mine\ntheme = "nord"\nanimations = false\nrate_per_minute = 0\n')
    settings = Settings.load()
    assert (settings.theme, settings.animations, settings.rate_per_minute) == ("nord", False, 0)
    assert settings.bulk_per_minute == Settings().bulk_per_minute


def test_the_former_name_of_dashboard_url_is_read() -> None:
    atomic_write(paths().settings_file, b'console_url = "https://dash.example/{id}"\n')
    assert Settings.load().dashboard_url == "https://dash.example/{id}"


@pytest.mark.parametrize(("variable", "plain"), [("", True), ("1", True), ("yes", True), ("0", False)])
def test_the_variable_for_plain_mode_overrides_the_file(
    variable: str, plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    atomic_write(paths().settings_file, b"plain = true\n")
    monkeypatch.setenv("DYNTUI_PLAIN", variable)
    assert Settings.load().plain is plain
    monkeypatch.setenv("DYNTUI_PLAIN", "maybe")
    with pytest.raises(UsageError, match="DYNTUI_PLAIN is 'maybe'"):
        Settings.load()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rate_per_minute = -1", "rate_per_minute must be a whole number from 0"),
        ("rate_per_minute = true", "rate_per_minute must be"),
        ("bulk_per_minute = 1.5", "bulk_per_minute must be"),
        ("page_size = 1", "page_size must be a whole number from 2 to 100"),
        ("page_size = 101", "page_size must be a whole number from 2 to 100"),
        ('animations = "no"', "animations must be true or false"),
        ('theme = "a\\u001bb"', "theme must be text"),
        ("colours = 1", "no setting 'colours'; settings: theme"),
        ("theme = ", "line 1"),
    ],
)
def test_an_invalid_value_is_reported_with_file_and_setting(text: str, why: str) -> None:
    atomic_write(paths().settings_file, text.encode())
    with pytest.raises(ConfigError) as caught:
        Settings.load()
    assert str(paths().settings_file) in str(caught.value)
    assert why in str(caught.value)


def test_all_problems_of_the_settings_are_reported_together_each_with_its_line() -> None:
    text = '# mine\npage_size = 500\n\ntheem = "nord"\n[animations]\nx = 1\n[other]\n'
    atomic_write(paths().settings_file, text.encode())
    with pytest.raises(ConfigError) as caught:
        Settings.load()
    message = caught.value.message
    assert message.startswith(
        f"{paths().settings_file}, line 2: page_size must be a whole number from 2 to 100, not 500; "
        "line 4: there is no setting 'theem', but there is theme; "
        "line 5: animations must be true or false, not a table; "
        "line 7: there is no setting 'other'; settings: theme, animations, "
    )


def test_the_default_of_every_setting_follows_its_rule() -> None:
    for entry in fields(Settings):
        if entry.name != "keymap":
            assert entry.metadata["rule"](getattr(Settings(), entry.name)) == "", entry.name


def test_keys_are_read_from_keymap_toml_dotted_or_quoted() -> None:
    atomic_write(paths().keymap_file, b'quit = "ctrl+q"\nusers.delete = "d,delete"\n"jobs.resume" = "r"\n')
    assert Settings.load().keymap == {"quit": "ctrl+q", "users.delete": "d,delete", "jobs.resume": "r"}
    atomic_write(paths().keymap_file, b'users.edit = "e"\nusers.delete = 1\n"jobs.resume" = true\n')
    with pytest.raises(ConfigError) as caught:
        Settings.load()
    assert caught.value.message == (
        f'{paths().keymap_file}, line 2: users.delete must be keys in quotes, such as "ctrl+d", not 1; '
        'line 3: jobs.resume must be keys in quotes, such as "ctrl+d", not true.'
    )


def test_the_environment_variable_for_requests_in_flight_overrides_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    atomic_write(paths().settings_file, b"in_flight = 4\n")
    assert Settings.load().in_flight == 4
    monkeypatch.setenv("DYNTUI_IN_FLIGHT", "32")
    assert Settings.load().in_flight == 32


@pytest.mark.parametrize("value", ["0", "65", "-1", "many"])
def test_an_invalid_environment_variable_is_reported(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DYNTUI_IN_FLIGHT", value)
    with pytest.raises(ConfigError, match="DYNTUI_IN_FLIGHT must be a whole number from 1 to 64"):
        Settings.load()
