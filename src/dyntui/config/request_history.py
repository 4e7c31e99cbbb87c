"""The requests that the API console sent, for the next start: one private file in the state folder.

It has operation, field values, status and time, for at most 100 requests; the caller leaves out secrets and emails.
For a profile whose row cache is forbidden, nothing is stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from dyntui.config.paths import paths
from dyntui.config.private_files import UnsafeFile, atomic_write, locked, private_dir, read_private, remove_private
from dyntui.config.profile import Profile
from dyntui.core.file_version import check_version
from dyntui.core.json_types import as_object
from dyntui.core.strict_json import parse_json

__all__ = ["StoredRequest", "add_request", "clear_requests", "count_requests", "forget_requests", "stored_requests"]

_MAX_REQUESTS = 100
_MAX_BODY = 4_000
"""The length of the longest body that is stored."""


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request that was sent, without its response."""

    operation: str
    values: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    status: int = 0
    ms: float = 0.0
    at: str = ""
    """RFC 3339 time of the response."""


def stored_requests(profile: Profile) -> list[StoredRequest]:
    """Return the stored requests of an environment, the latest last."""
    if not profile.keeps_ids:
        return []
    return [request for key, request in _read() if key == _key(profile)]


def add_request(profile: Profile, request: StoredRequest) -> None:
    """Store a request. The oldest ones of all environments are dropped; a long body is left out."""
    if not profile.keeps_ids:
        return
    path = paths().request_history_file
    body = request.body if len(request.body) <= _MAX_BODY else ""
    private_dir(path.parent)
    with locked(path):
        rows = [{"environment": key, **asdict(old)} for key, old in _read()]
        rows.append({"environment": _key(profile), **asdict(request), "body": body})
        atomic_write(path, json.dumps(rows[-_MAX_REQUESTS:], ensure_ascii=False).encode("utf-8", "replace"))


def forget_requests(base_url: str, environment_id: str) -> None:
    """Remove the requests to an environment."""
    path, removed = paths().request_history_file, _key(Profile("", base_url, environment_id))
    if not path.exists():
        return
    with locked(path):
        rows = [{"environment": key, **asdict(old)} for key, old in _read() if key != removed]
        atomic_write(path, json.dumps(rows, ensure_ascii=False).encode("utf-8", "replace"))


def clear_requests() -> None:
    """Remove the requests of all environments."""
    remove_private(paths().request_history_file)


def count_requests() -> int:
    """Return the number of stored requests of all environments."""
    return len(_read())


def _key(profile: Profile) -> str:
    return f"{profile.base_url} {profile.environment_id}"


def _read() -> list[tuple[str, StoredRequest]]:
    """Return environment and request. Entries that are not understood are ignored.

    Raises NewerFile for the file of a newer version.
    """
    try:
        stored = parse_json(read_private(paths().request_history_file))
    except (FileNotFoundError, ValueError, UnsafeFile):
        return []
    check_version(stored, paths().request_history_file)
    found = []
    for entry in stored if isinstance(stored, list) else []:
        row = as_object(entry)
        texts = [row.get(name) for name in ("environment", "operation", "body", "at")]
        status, ms, values = row.get("status"), row.get("ms"), as_object(row.get("values"))
        if not all(isinstance(text, str) for text in texts) or not isinstance(status, int):
            continue
        if isinstance(ms, (int, float)) and all(isinstance(value, str) for value in values.values()):
            environment, operation, body, at = (str(text) for text in texts)
            texts_of = {name: str(value) for name, value in values.items()}
            found.append((environment, StoredRequest(operation, texts_of, body, status, float(ms), at)))
    return found
