"""Profiles live in a file that people edit too: words stay, mistakes are named, tokens follow the address."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.families import examples

from dyntui.config.credentials import CredentialKind, store_for
from dyntui.config.errors import ConfigError
from dyntui.config.paths import paths
from dyntui.config.private_files import UnsafeFile, atomic_write, remove_private
from dyntui.config.profile import Profile
from dyntui.config.profile_resolution import resolve_profile
from dyntui.config.profiles import Profiles, check_environment_id, check_name
from dyntui.core.errors import UsageError
from dyntui.core.times import parse_time

ID = "3f2a1b4c-0000-4000-8000-00000000000a"
TOKEN = "dyn_" + "Canary1" * 8
PROD = Profile("prod", "https://app.dynamic.xyz/api/v0", ID, credential=CredentialKind.FILE)
DEV = Profile("dev", "https://app.dynamicauth.com/api/v0", ID, kind="sandbox", credential=CredentialKind.SESSION)


def saved(*profiles: Profile) -> Profiles:
    found = Profiles.load()
    for profile in profiles:
        found.put(profile)
    assert found.save() == []
    return Profiles.load()


def write(text: str) -> Path:
    path = paths().profiles_file
    atomic_write(path, text.encode())
    return path


def test_without_a_file_no_profiles_are_listed() -> None:
    profiles = Profiles.load()
    assert profiles.names() == []
    assert profiles.current is None
    with pytest.raises(UsageError, match="no profile called 'x'") as caught:
        profiles.get("x")
    assert "dyntui env add" in caught.value.hint
    assert not paths().profiles_file.exists()


def test_the_older_spelling_of_color_is_read_and_replaced_by_the_next_change() -> None:
    path = write(
        f'[profiles.dev]\nbase_url = "{DEV.base_url}"\nenvironment_id = "{ID}"\nkind = "sandbox"\ncolour = "green"\n'
    )
    profiles = Profiles.load()
    assert profiles.get("dev").color == "green"
    profiles.put(replace(profiles.get("dev"), read_only=True))
    profiles.save()
    assert 'color = "green"' in path.read_text() and "colour" not in path.read_text()
    assert Profiles.load().get("dev").color == "green"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(50))
@given(
    st.builds(
        Profile,
        name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True),
        base_url=st.sampled_from(
            ["https://app.dynamic.xyz/api/v0", "http://127.0.0.1:3333/api/v0", "https://x.example"]
        ),
        environment_id=st.uuids().map(str),
        kind=st.sampled_from(["live", "sandbox"]),
        read_only=st.booleans(),
        color=st.sampled_from(["", "green", "#aabbcc"]),
        credential=st.sampled_from(CredentialKind),
        credential_command=st.sampled_from(["pass show 'a b'", 'op read "x"\\', "echo 'ü'"]),
        ca_file=st.sampled_from(["", "/etc/ssl/mine.pem"]),
        last_used=st.sampled_from(["", "2026-01-02T03:04:05.000Z"]),
    )
)
def test_a_saved_profile_is_loaded(profile: Profile) -> None:
    remove_private(paths().profiles_file)
    assert saved(profile).get(profile.name) == profile


def test_the_first_profile_is_the_current_one_and_use_changes_it() -> None:
    profiles = saved(PROD, DEV)
    assert profiles.names() == ["prod", "dev"]
    assert profiles.current == "prod"
    profiles.use("dev")
    profiles.save()
    assert Profiles.load().current == "dev"
    with pytest.raises(UsageError):
        profiles.use("none")


def test_a_change_keeps_comments_order_and_unknown_keys() -> None:
    path = write(
        f"""# my environments
current = "prod"

[profiles.prod]  # ask Ann first
base_url = "https://app.dynamic.xyz/api/v0"
environment_id = "{ID}"
kind = "live"
owner = "Ann"   # not dyntui's

[profiles.dev]
base_url = "https://app.dynamicauth.com/api/v0"
environment_id = "{ID}"
kind = "sandbox"
credential = "session"
"""
    )
    profiles = Profiles.load()
    profiles.put(replace(profiles.get("prod"), read_only=True))
    profiles.save()
    text = path.read_text()
    for line in ("# my environments", "# ask Ann first", 'owner = "Ann"   # not dyntui\'s'):
        assert line in text
    assert text.index("[profiles.prod]") < text.index("[profiles.dev]")
    assert Profiles.load().get("prod").read_only


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('current = "x"\n[profiles.x\n', 2),
        ("a = 1\na = 2\n", 2),
        ('[profiles.dev]\nkind = "live"\n[profiles.x] x\n', 3),
        ('[profiles.dev]\nkind = "live"\n[profiles.dev]\n', 3),
        ("[[profiles]]\nx = \n", 2),
    ],
)
def test_damage_outside_of_a_profile_is_reported_and_the_file_is_not_overwritten(text: str, line: int) -> None:
    path = write(text)
    with pytest.raises(ConfigError) as caught:
        Profiles.load()
    assert f"{path}, line {line}:" in str(caught.value)
    path.unlink()
    profiles = Profiles.load()
    profiles.put(PROD)
    write(text)
    with pytest.raises(ConfigError):
        profiles.save()
    assert path.read_text() == text


GOOD = f'''
[profiles.dev]  # mine
base_url = "http://127.0.0.1:9/api/v0"
environment_id = "{ID}"
kind = "sandbox"
'''


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (f'\n\n[profiles.x]\nbase_url = "https://a.example"\nenvironment_id = "{ID}"\n', 3, "kind is missing"),
        (f'[profiles.x]\nbase_url = 1\nenvironment_id = "{ID}"\nkind = "live"\n', 2, "base_url must be text"),
        (f'[profiles.x]\nbase_url = "http://a.example"\nenvironment_id = "{ID}"\nkind = "live"\n', 2, "https"),
        (
            f'[profiles.x]\nbase_url = "https://a.example"\nenvironment_id = "{ID}"\nkind = "test"\n',
            4,
            "kind must be live or sandbox, not 'test'",
        ),
        (
            '[profiles.x]\nbase_url = "https://a.example"\nenvironment_id = ""\nkind = "live"\n',
            3,
            "environment_id must be an id, not ''",
        ),
        (
            f'[profiles.x]\nbase_url = "https://a"\nenvironment_id = "{ID}"\nkind = "live"\ncredential = "cloud"\n',
            5,
            "credential must be one of",
        ),
        (
            f'[profiles.x]\nbase_url = "https://a.example"\nenvironment_id = "{ID}"\nkind = "live"\nread_only = "no"\n',
            5,
            "read_only must be true or false, not 'no'",
        ),
        (
            '[profiles."a b"]\nbase_url = "https://a"\nenvironment_id = "x"\nkind = "live"\n',
            1,
            "its name must be up to 64 letters",
        ),
    ],
)
def test_a_damaged_profile_is_reported_alone_and_stays_in_the_file(text: str, line: int, why: str) -> None:
    name = "a b" if '"a b"' in text else "x"
    path = write(text + GOOD)
    profiles = Profiles.load()
    assert profiles.names() == ["dev"]
    assert profiles.get("dev").kind == "sandbox"
    assert list(profiles.damaged) == [name]
    assert not profiles.is_empty
    for fails in (
        lambda: profiles.get(name),
        lambda: profiles.put(replace(PROD, name=name)),
        lambda: profiles.use(name),
    ):
        with pytest.raises(ConfigError) as caught:
            fails()
        assert f"{path}, line {line}:" in str(caught.value)
        assert why in str(caught.value)
    profiles.mark_used("dev")
    profiles.use("dev")
    profiles.put(PROD)
    profiles.save()
    assert path.read_text().startswith('current = "dev"\n' + text) or text in path.read_text()
    assert Profiles.load().names() == ["dev", "prod"]
    profiles = Profiles.load()
    profiles.remove(name)
    profiles.save()
    assert not Profiles.load().damaged


def test_all_problems_of_a_profile_are_reported_together_each_with_its_line() -> None:
    path = write(
        f"""[profiles.x]
base_url = "https://a.example"
environment_id = "{ID}"
kind = "prod"
reed_only = true
credential = "command"
color = 7
[profiles.x.last_used]
a = 1
"""
    )
    assert Profiles.load().damaged["x"].message == (
        f"{path}, line 4: profile 'x': kind must be live or sandbox, not 'prod'; "
        "line 5: there is no key 'reed_only', but there is read_only; "
        "line 6: credential_command is missing: the command that prints the token; "
        "line 7: color must be a color name, such as green, or #rrggbb, not 7; "
        "line 8: last_used must be text without control characters, not a table."
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("current = 5\n", "line 1: current must be text without control characters, not 5"),
        ("profiles = 5\n", "line 1: profiles must be a table, not 5"),
        ("x = 1\n\nprofiles = [1]\n", "line 3: profiles must be a table, not a list"),
        ("[profile.x]\n", "line 1: there is no key 'profile', but there is profiles"),
        (f"x = {'1' * 5000}\n", "A number has too many digits"),
        (f"x = 0x{'1' * 5000}\ncurrent = 0x{'1' * 5000}\n", "line 2: current must be"),
        (f"x = {'[' * 5000}\n", "It is nested too deeply"),
    ],
)
def test_a_problem_of_the_whole_file_is_reported_with_its_line(text: str, problem: str) -> None:
    path = write(text)
    with pytest.raises(ConfigError) as caught:
        Profiles.load()
    assert problem in caught.value.message
    assert str(path) in caught.value.message


def test_profiles_that_are_not_tables_are_named() -> None:
    path = write(f'[profiles]\nx = 1\ny = {{kind = "prod", base_url = "https://a", environment_id = "{ID}"}}\n')
    assert {name: error.message for name, error in Profiles.load().damaged.items()} == {
        "x": f"{path}, line 2: profile 'x': must be a table, not 1.",
        "y": f"{path}, line 3: profile 'y': kind must be live or sandbox, not 'prod'.",
    }


def test_a_token_in_the_wrong_place_is_not_shown() -> None:
    token = "dyn_" + "a1B2" * 12
    write(f'[profiles.x]\nbase_url = "https://a.example"\nenvironment_id = "{ID}"\nkind = "{token}"\n')
    message = Profiles.load().damaged["x"].message
    assert "kind must be live or sandbox, not '<token>'" in message


def test_a_folder_in_place_of_the_file_is_refused() -> None:
    paths().profiles_file.mkdir(parents=True, mode=0o700)
    with pytest.raises(UsageError, match=r"profiles\.toml"):
        Profiles.load()


@pytest.mark.parametrize(
    ("entry", "line", "why"),
    [
        (b'base_url = "https://a.example\n', 3, "Illegal character"),
        (b"kind = live\n", 3, ""),
        (b'kind = "live"\nkind = "live"\n', 4, ""),
        (b'color = "r\xf6d"\n', 3, "not UTF-8"),
    ],
)
def test_a_syntax_error_makes_only_its_profile_unusable(entry: bytes, line: int, why: str) -> None:
    path = paths().profiles_file
    text = b'current = "x"\n[profiles.x]\n' + entry + GOOD.encode()
    atomic_write(path, text)
    profiles = Profiles.load()
    assert profiles.names() == ["dev"]
    assert profiles.current == "x"
    assert f"{path}, line {line}: profile 'x':" in profiles.damaged["x"].message
    assert why in profiles.damaged["x"].message
    with pytest.raises(ConfigError, match="profile 'x'"):
        resolve_profile(environ={})
    assert resolve_profile("dev", environ={}).name == "dev"
    environ = {"DYNTUI_ENVIRONMENT_ID": ID, "DYNTUI_BASE_URL": "http://127.0.0.1:9/api/v0"}
    assert resolve_profile(environ=environ).overridden
    profiles.mark_used("dev")
    with pytest.raises(ConfigError):
        profiles.save()
    assert path.read_bytes() == text


def test_a_file_that_is_not_utf8_is_named_by_line() -> None:
    path = paths().profiles_file
    atomic_write(path, b'current = "x"\n# \xff\n')
    with pytest.raises(ConfigError, match=r"profiles\.toml, line 2: it is not UTF-8"):
        Profiles.load()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_profiles_file_that_others_can_write_is_refused() -> None:
    saved(PROD)
    paths().profiles_file.chmod(0o666)
    with pytest.raises(UnsafeFile):
        Profiles.load()
    paths().profiles_file.chmod(0o644)
    assert Profiles.load().names() == ["prod"]


def test_two_processes_keep_the_changes_of_each_other() -> None:
    saved(PROD)
    one, two = Profiles.load(), Profiles.load()
    one.put(DEV)
    one.save()
    two.put(replace(PROD, read_only=True))
    two.save()
    assert two.names() == ["prod", "dev"]
    assert Profiles.load().get("prod").read_only


def test_concurrent_writers_lose_no_change() -> None:
    def add(number: int) -> None:
        profiles = Profiles.load()
        profiles.put(replace(DEV, name=f"p{number}"))
        profiles.save()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Profiles.load().names()) == sorted(f"p{number}" for number in range(12))


def test_marking_a_profile_as_used_changes_no_other_field() -> None:
    saved(PROD)
    mine = Profiles.load()
    other = Profiles.load()
    other.put(replace(PROD, read_only=True))
    other.save()
    mine.mark_used("prod")
    mine.save()
    profile = Profiles.load().get("prod")
    assert profile.read_only
    assert parse_time(profile.last_used) is not None
    other.remove("prod")
    other.save()
    mine.mark_used("prod")
    mine.save()
    assert Profiles.load().names() == []


def test_a_changed_base_url_deletes_the_token_and_the_confirmation() -> None:
    old = replace(PROD, base_url="https://dyn.example/api", confirmed_origin="https://dyn.example:443")
    profiles = saved(old)
    store = store_for(CredentialKind.FILE)
    store.set(old, TOKEN)
    new = replace(profiles.get("prod"), base_url="https://evil.example/api")
    assert store.get(new) is None
    profiles.put(new)
    assert profiles.save() == []
    assert store.get(old) is None
    assert Profiles.load().get("prod").confirmed_origin == ""
    assert not any(paths().credentials_dir.iterdir())


def test_a_changed_path_on_the_same_host_deletes_the_token() -> None:
    profiles = saved(PROD)
    store = store_for(CredentialKind.FILE)
    store.set(PROD, TOKEN)
    profiles.put(replace(PROD, base_url="https://app.dynamic.xyz/api/v1"))
    profiles.save()
    assert store.get(PROD) is None


def test_a_changed_credential_kind_deletes_the_token_from_the_old_store_only() -> None:
    profiles = saved(PROD)
    store_for(CredentialKind.FILE).set(PROD, TOKEN)
    moved = replace(PROD, credential=CredentialKind.SESSION)
    store_for(CredentialKind.SESSION).set(moved, TOKEN)
    profiles.put(moved)
    profiles.save()
    assert store_for(CredentialKind.FILE).get(PROD) is None
    assert store_for(CredentialKind.SESSION).get(moved) == TOKEN


def test_other_changes_keep_the_token() -> None:
    profiles = saved(PROD)
    store_for(CredentialKind.FILE).set(PROD, TOKEN)
    profiles.put(replace(PROD, read_only=True, environment_id=ID.replace("a", "b"), kind="sandbox"))
    profiles.save()
    assert store_for(CredentialKind.FILE).get(PROD) == TOKEN


def test_removing_a_profile_deletes_its_token() -> None:
    profiles = saved(PROD, DEV)
    store_for(CredentialKind.FILE).set(PROD, TOKEN)
    profiles.remove("prod")
    assert profiles.save() == []
    assert Profiles.load().names() == ["dev"]
    assert Profiles.load().current is None
    assert store_for(CredentialKind.FILE).get(PROD) is None


def test_a_token_that_cannot_be_deleted_is_reported() -> None:
    profiles = saved(PROD)
    keyring = store_for(CredentialKind.KEYRING)
    profiles.put(replace(PROD, name="ring", credential=CredentialKind.KEYRING))
    profiles.save()
    profiles.remove("ring")
    (warning,) = profiles.save()
    assert "ring was not deleted" in warning
    assert keyring.describe() in warning


def test_the_profiles_file_contains_no_token() -> None:
    profiles = saved(PROD)
    store_for(CredentialKind.FILE).set(PROD, TOKEN)
    profiles.put(replace(PROD, last_used="2026-01-01T00:00:00Z"))
    profiles.save()
    assert TOKEN not in paths().profiles_file.read_text()
    assert TOKEN not in repr(profiles.get("prod"))


@pytest.mark.parametrize("name", ["", " ", "a b", "../x", ".hidden", "-x", "a/b", "a\x1b", "x" * 65, "é"])
def test_misleading_profile_names_are_refused(name: str) -> None:
    with pytest.raises(UsageError):
        check_name(name)


def test_environment_ids_are_uuids() -> None:
    assert check_environment_id(f" {ID.upper()} ") == ID
    with pytest.raises(UsageError, match="not an environment id"):
        check_environment_id("prod")


@pytest.mark.parametrize(
    "wrong",
    [
        {"color": "red; x"},
        {"kind": "prod"},
        {"credential": CredentialKind.COMMAND},
        {"environment_id": "a\x1bb"},
        {"base_url": "http://x.example"},
    ],
)
def test_an_inconsistent_profile_is_not_saved(wrong: dict[str, Any]) -> None:
    profiles = Profiles.load()
    with pytest.raises(UsageError):
        profiles.put(replace(PROD, **wrong))
    assert profiles.names() == []
