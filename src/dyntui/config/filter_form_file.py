"""The forms of filters that servers understand, remembered for a day: one private file in the cache folder.

It has no data of users, and can be deleted at any time. A file that cannot be used is no reason to stop.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress

from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, locked, private_dir, read_private, remove_private
from dyntui.core.errors import DyntuiError
from dyntui.core.file_version import check_version
from dyntui.core.json_types import as_object
from dyntui.core.strict_json import parse_json
from dyntui.core.times import now

__all__ = ["MAX_AGE_S", "FilterFormFile"]

MAX_AGE_S = 24 * 60 * 60
"""Seconds after which a form is found out again, because the server may have changed."""

_UNUSABLE = (OSError, DyntuiError, ValueError)

_Forms = dict[str, tuple[str, float]]
"""Form and the time when it was found out, in seconds since 1970, by operation id."""


class FilterFormFile:
    """The forms that the server of one environment understands, by operation id."""

    def __init__(self, base_url: str, environment_id: str) -> None:
        self._key = f"{base_url} {environment_id}"

    def load(self) -> Mapping[str, str]:
        """Return the forms that were found out in the last day."""
        with suppress(*_UNUSABLE):
            return {operation: form for operation, (form, _) in _read().get(self._key, {}).items()}
        return {}

    def save(self, operation_id: str, form: str) -> None:
        """Remember the form for an operation; "" to forget it."""
        with suppress(*_UNUSABLE):
            path = paths().filter_forms_file
            private_dir(path.parent)
            with locked(path):
                stored = _read()
                forms = stored.setdefault(self._key, {})
                forms.pop(operation_id, None)
                if form:
                    forms[operation_id] = (form, now().timestamp())
                _write(stored)

    def forget(self) -> None:
        """Forget all forms of the environment."""
        path = paths().filter_forms_file
        if path.exists():
            with locked(path):
                _write({key: forms for key, forms in _read().items() if key != self._key})


def _read() -> dict[str, _Forms]:
    """Return the forms by environment, without old ones and entries that are not understood.

    Raises NewerFile for the file of a newer version.
    """
    path, oldest = paths().filter_forms_file, now().timestamp() - MAX_AGE_S
    try:
        stored = parse_json(read_private(path))
    except (FileNotFoundError, ValueError):
        return {}
    check_version(stored, path)
    found: dict[str, _Forms] = {}
    for key, forms in as_object(stored).items():
        for operation, entry in as_object(forms).items():
            form, at = as_object(entry).get("form"), as_object(entry).get("at")
            if isinstance(form, str) and isinstance(at, (int, float)) and oldest <= at <= now().timestamp():
                found.setdefault(key, {})[operation] = (form, at)
    return found


def _write(stored: Mapping[str, _Forms]) -> None:
    document = {
        key: {operation: {"form": form, "at": at} for operation, (form, at) in forms.items()}
        for key, forms in stored.items()
        if forms
    }
    if document:
        atomic_write(paths().filter_forms_file, json.dumps(document).encode())
    else:
        remove_private(paths().filter_forms_file)
