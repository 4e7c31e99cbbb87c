"""The recently opened users of each environment, for the jump bar of the next start.

One private file in the state folder. `Profile.stores_rows` decides whether it contains the labels of users, such as
their emails, or only their ids; for a profile whose row cache is forbidden, nothing is stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import islice

from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, locked, private_dir, read_private, remove_private
from dyntui.config.profile import Profile
from dyntui.core.file_version import check_version
from dyntui.core.json_types import as_object
from dyntui.core.strict_json import parse_json

__all__ = [
    "MAX_USERS",
    "clear_recent_users",
    "count_recent_users",
    "forget_environment",
    "forget_users",
    "recent_users",
    "remember_user",
]

MAX_USERS = 20
"""The maximum number of users of an environment."""
_MAX_ENVIRONMENTS = 50
_MAX_LENGTH = 320
"""The maximum length of an id or a label: that of an email."""

_Users = dict[str, str]
"""Labels by id, the user that was opened last at the end; "" for a label that is not stored."""


def recent_users(profile: Profile) -> dict[str, str]:
    """Return the labels of the recent users by id, the last one at the end; "" for a label that is not stored.

    What the profile does not allow to store any more is deleted from the file.
    """
    stored = _read().get(_key(profile), {})
    allowed = _allowed(profile, stored)
    if allowed != stored:
        _change(profile, lambda users: _allowed(profile, users))
    return allowed


def remember_user(profile: Profile, user_id: str, label: str) -> None:
    """Add a user that was opened."""
    if profile.keeps_ids and 0 < len(user_id) <= _MAX_LENGTH:
        _change(profile, lambda users: _allowed(profile, _with_last(users, user_id, label[:_MAX_LENGTH])))


def forget_users(profile: Profile, user_ids: tuple[str, ...]) -> None:
    """Remove users, such as deleted ones."""
    _change(profile, lambda users: {user_id: label for user_id, label in users.items() if user_id not in user_ids})


def forget_environment(base_url: str, environment_id: str) -> None:
    """Remove all users of an environment."""
    _change(Profile("", base_url, environment_id), lambda users: {})


def clear_recent_users() -> None:
    """Remove the users of all environments."""
    remove_private(paths().recent_users_file)


def count_recent_users() -> int:
    """Return the number of stored users of all environments."""
    return sum(map(len, _read().values()))


def _with_last(users: Mapping[str, str], user_id: str, label: str) -> _Users:
    others = {other: text for other, text in users.items() if other != user_id}
    return {**dict(islice(others.items(), max(0, len(others) + 1 - MAX_USERS), None)), user_id: label}


def _allowed(profile: Profile, users: _Users) -> _Users:
    """Return what may be stored of `users`."""
    if not profile.keeps_ids:
        return {}
    return users if profile.stores_rows else dict.fromkeys(users, "")


def _key(profile: Profile) -> str:
    return f"{profile.base_url} {profile.environment_id}"


def _read() -> dict[str, _Users]:
    """Return the recent users by environment. Entries that are not understood are ignored.

    Raises NewerFile for the file of a newer version.
    """
    try:
        stored = parse_json(read_private(paths().recent_users_file))
    except (FileNotFoundError, ValueError):
        return {}
    check_version(stored, paths().recent_users_file)
    found = {}
    for key, users in as_object(stored).items():
        entries = as_object(users).items()
        found[key] = {user_id: label for user_id, label in entries if isinstance(label, str)}
    return found


def _change(profile: Profile, change: Callable[[_Users], _Users]) -> None:
    path, key = paths().recent_users_file, _key(profile)
    if not path.exists() and not change({}):
        return
    private_dir(path.parent)
    with locked(path):
        stored = _read()
        before = stored.pop(key, {})
        after = change(before)
        if after == before and [*after] == [*before]:
            return
        others = islice(stored.items(), max(0, len(stored) + 1 - _MAX_ENVIRONMENTS), None)
        changed = {**dict(others), **({key: after} if after else {})}
        if changed:
            atomic_write(path, json.dumps(changed, ensure_ascii=False).encode())
        else:
            remove_private(path)
