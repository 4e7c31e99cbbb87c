"""The recent users of each environment: what is stored for which profile, and when it is deleted."""

from __future__ import annotations

import stat
from dataclasses import replace

import pytest

from dyntui.config.cache_files import cache_file, cache_files, purge_all
from dyntui.config.credentials import CredentialKind
from dyntui.config.paths import paths
from dyntui.config.profile import Profile
from dyntui.config.profiles import Profiles
from dyntui.config.recent_users import MAX_USERS, forget_users, recent_users, remember_user
from dyntui.store.cache import RowCache

SANDBOX = Profile(
    "box",
    "http://127.0.0.1:9/api/v0",
    "3f2a0bcf-34e3-43cd-9cd5-091f0c3c9c1e",
    "sandbox",
    credential=CredentialKind.FILE,
)
OTHER = replace(SANDBOX, name="other", environment_id="00000000-0000-4000-8000-000000000001")
LIVE = replace(SANDBOX, kind="live")


def test_recent_users_are_private_bounded_and_of_one_environment() -> None:
    for number in range(MAX_USERS + 5):
        remember_user(SANDBOX, f"u-{number}", f"user-{number}@example.com")
    remember_user(SANDBOX, "u-7", "seven@example.com")
    remember_user(OTHER, "u-1", "one@example.com")
    found = recent_users(SANDBOX)
    assert len(found) == MAX_USERS and "u-0" not in found
    assert list(found.items())[-2:] == [("u-24", "user-24@example.com"), ("u-7", "seven@example.com")]
    assert recent_users(OTHER) == {"u-1": "one@example.com"}
    assert stat.S_IMODE(paths().recent_users_file.stat().st_mode) == 0o600
    forget_users(SANDBOX, ("u-7",))
    assert "u-7" not in recent_users(SANDBOX)


@pytest.mark.parametrize(
    ("keep_rows", "stored"), [(None, {"u-1": ""}), (False, {}), (True, {"u-1": "one@example.com"})]
)
def test_what_is_stored_for_a_live_environment_follows_its_row_cache(
    keep_rows: bool | None, stored: dict[str, str]
) -> None:
    profile = replace(LIVE, keep_rows=keep_rows)
    remember_user(profile, "u-1", "one@example.com")
    assert recent_users(profile) == stored
    assert paths().recent_users_file.exists() == bool(stored)

    remember_user(SANDBOX, "u-1", "one@example.com")  # the same environment, before it was known to be live
    assert recent_users(profile) == stored
    assert recent_users(SANDBOX) == stored


def test_recent_users_are_deleted_with_the_cache_and_with_the_environment() -> None:
    profiles = Profiles.load()
    for profile in (SANDBOX, OTHER, replace(OTHER, name="same")):
        profiles.put(profile)
        remember_user(profile, "u-1", "one@example.com")
    profiles.save()
    caches = {
        (profile.name, token): cache_file(paths().cache, profile.base_url, profile.environment_id, token)
        for profile in (SANDBOX, OTHER)
        for token in ("token-1", "token-2")
    }
    former = paths().cache / f"rows-{'0f' * 12}.db"
    for file in (*caches.values(), former):
        RowCache(file).put("users", "q", 0, [{"id": "u-1", "email": "one@example.com"}], 1)
    profiles.remove("other")
    profiles.remove("box")
    assert profiles.save() == []
    assert recent_users(SANDBOX) == {} and recent_users(OTHER), "`same` is a profile of that environment, too"
    remaining = [file for (name, _), file in caches.items() if name == "other"]
    assert cache_files(paths().cache) == sorted(remaining), (
        "rows of the removed environment are deleted, of all its tokens"
    )
    assert purge_all(paths().cache) == [*sorted(remaining), paths().recent_users_file]
    assert not paths().recent_users_file.exists() and recent_users(OTHER) == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"http://127.0.0.1:9/api/v0 x": 5}', '{"a b": {"u": 1}}'])
def test_a_damaged_file_is_replaced(text: str) -> None:
    remember_user(OTHER, "u-1", "one@example.com")
    paths().recent_users_file.write_text(text)
    assert recent_users(SANDBOX) == {}
    remember_user(SANDBOX, "u-2", "two@example.com")
    assert recent_users(SANDBOX) == {"u-2": "two@example.com"}
