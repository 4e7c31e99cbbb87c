"""Changes by writes: each write changes some resources, and screens that show them are notified.

A record declares it: its own actions and further operations change the record itself, the record that it belongs to,
the records that belong to it, and those named in `also_changes`. An operation without a record may change
any resource. The clients of a connection report every write that reached the server, whichever part of the program
sent it: the write gate, the API console, an import in its own thread, or an undo.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Resource

__all__ = ["JOBS", "Change", "Changes", "changed_by", "resources_of"]

JOBS = "jobs"
"""The import jobs of this machine, which are shown like a resource of the API."""


_CREATE_PREFIXES = ("add", "create", "post")


@dataclass(frozen=True, slots=True)
class Change:
    """What changed since the last call of `take`."""

    resources: frozenset[str] = frozenset()
    """Names of records, and `JOBS`."""
    created: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of new rows, by the name of the record; "" where the response does not contain the id."""
    deleted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of deleted rows, by the name of the record."""

    def without_environment(self) -> Change:
        """Return only the changes of what belongs to this machine and not to an environment: the import jobs."""
        return Change(self.resources & {JOBS})


class Changes:
    """The changes made through one connection. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[bool], None]] = []
        self._resources: set[str] = set()
        self._created: dict[str, list[str]] = {}
        self._deleted: dict[str, list[str]] = {}
        self._open_batches = 0

    def subscribe(self, listener: Callable[[bool], None]) -> None:
        """Call `listener` after every change, in the thread that made it.

        Its argument `immediately` is True when the user waits for the result, and False for a write in the background.
        """
        self._listeners.append(listener)

    def on_write(self, operation_id: str, path: Mapping[str, object], body: bytes | None) -> None:
        """Record a write that reached the server, or may have.

        path: values of the path parameters. body: of the response, empty when there is none,
        None when the write is not done yet.
        """
        with self._lock:
            self._resources |= changed_by(operation_id)
            for ids, found in (
                (self._created, _created_by(operation_id, body)),
                (self._deleted, _deleted_by(operation_id, path)),
            ):
                if found is not None:
                    ids.setdefault(found[0], []).append(found[1])
            is_batch = bool(self._open_batches)
        if not is_batch:
            self._notify(immediately=False)

    def mark_changed(self, *resources: str) -> None:
        """Mark resources as changed, for objects that are saved on this machine."""
        with self._lock:
            self._resources |= set(resources)
        self._notify(immediately=True)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Notify the listeners one time, at the end, for all writes inside."""
        with self._lock:
            self._open_batches += 1
        try:
            yield
        finally:
            with self._lock:
                self._open_batches -= 1
                changed = bool(self._resources)
            if changed:
                self._notify(immediately=True)

    def take(self) -> Change:
        """Return what changed since the last call."""
        with self._lock:
            created, deleted = ({name: tuple(ids) for name, ids in each.items()} for each in self._ids())
            change = Change(frozenset(self._resources), created, deleted)
            self._resources.clear()
            for each in self._ids():
                each.clear()
        return change

    def _ids(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        return self._created, self._deleted

    def _notify(self, *, immediately: bool) -> None:
        for listener in tuple(self._listeners):
            listener(immediately)


def changed_by(operation_id: str) -> frozenset[str]:
    """Return the resources that an operation changes; all of them when no record has it."""
    return _declared().get(operation_id, frozenset(RESOURCES))


def resources_of(operation_id: str) -> frozenset[str]:
    return frozenset(record.name for record in RESOURCES.values() if operation_id in record.operations)


@cache
def _declared() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for record in RESOURCES.values():
        related = {record.name, record.parent_resource, *record.also_changes} - {""}
        related |= {child.name for child in RESOURCES.values() if child.parent_resource == record.name}
        actions = {action.operation for action in record.actions if not action.variant_of}
        for operation_id in actions | set(record.extra_operations):
            found.setdefault(operation_id, set()).update(related)
    return {operation_id: _with_shared_reads(names) for operation_id, names in found.items()}


def _with_shared_reads(names: Iterable[str]) -> frozenset[str]:
    """Return these resources and those that are read with the same operations (sessions are in the user)."""
    names = frozenset(names)
    read = {operation for name in names for operation in _reads(RESOURCES[name])}
    return names | {record.name for record in RESOURCES.values() if read & _reads(record)}


def _reads(record: Resource) -> set[str]:
    return {record.list.operation, record.detail} - {""}


@cache
def _row_operations() -> tuple[Mapping[str, Resource], Mapping[str, Resource]]:
    """Return the operations that create a row of a record, and those that delete one."""
    created, deleted = {}, {}
    for record in RESOURCES.values():
        for action in record.actions:
            if action.name == "delete":
                deleted[action.operation] = record
            elif not action.variant_of and action.operation.startswith(_CREATE_PREFIXES):
                created[action.operation] = record
    return created, deleted


def _created_by(operation_id: str, body: bytes | None) -> tuple[str, str] | None:
    """Return the record and the id of the created row; "" when the response does not contain the id."""
    record = _row_operations()[0].get(operation_id)
    if record is None or body is None:
        return None
    import orjson

    try:
        document = orjson.loads(body or b"null")
    except orjson.JSONDecodeError:
        document = None  # the caller that needs the response reports the error
    parts = (document, *document.values()) if isinstance(document, Mapping) else ()
    ids = (part[record.key] for part in parts if isinstance(part, Mapping) and part.get(record.key))
    return record.name, str(next(ids, ""))


def _deleted_by(operation_id: str, path: Mapping[str, object]) -> tuple[str, str] | None:
    """Return the record and the id of the deleted row: the last value of the path."""
    record = _row_operations()[1].get(operation_id)
    ids = [value for name, value in path.items() if name != "environmentId"]
    return (record.name, str(ids[-1])) if record is not None and ids else None
