"""Assemble values with dot paths into a request body: `wallets.0.chain`, `metadata.plan`."""

from __future__ import annotations

from dyntui.importer.problems import Problem

__all__ = ["NestedBody"]

_LISTS = frozenset({"wallets", "oauthAccounts"})
EVERY_ITEM = "N"
"""The step of a path that stands for every item of a list."""


class NestedBody:
    """The nested part of a body while it is assembled. Items of a list are kept by number; gaps are closed at the
    end.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._tree: dict[str | int, object] = {}
        self._whole: dict[str, list[object]] = {}

    def __bool__(self) -> bool:
        return bool(self._tree or self._whole)

    def put(self, path: tuple[str | int, ...], value: object) -> None:
        """Set the value at a path; a whole object or list is merged with its parts. Lists and objects are copied."""
        value = _copied(value)
        if len(path) == 1 and path[0] in _LISTS and isinstance(value, list):
            self._whole.setdefault(str(path[0]), []).extend(value)
        elif path == ("metadata",):
            if isinstance(value, dict):
                for key, each in value.items():
                    self._set(("metadata", key), each)
            else:
                self._tree["metadata"] = value
        else:
            self._set(path, value)

    def put_default(self, path: tuple[str | int, ...], value: object) -> None:
        """Set a constant where there is no value; inside a list only in items that the row has."""
        if path[0] not in _LISTS:
            if not self._has(path):
                self.put(path, value)
            return
        if len(path) == 1:
            if path[0] not in self._tree and path[0] not in self._whole:
                self.put(path, value)
            return
        items = self._tree.get(path[0])
        if path[1] == EVERY_ITEM:
            self._put_in_each(path, value)
        elif isinstance(items, dict) and path[1] in items:
            if not self._has(path):
                self._set(path, _copied(value))
        elif path[1] == 0 and len(path) == 3:
            for item in self._whole.get(str(path[0]), ()):
                if isinstance(item, dict):
                    item.setdefault(path[2], _copied(value))

    def _put_in_each(self, path: tuple[str | int, ...], value: object) -> None:
        """Set a part of every item of a list that lacks it."""
        items = self._tree.get(path[0])
        for place in list(items) if isinstance(items, dict) else ():
            if not self._has((path[0], place, *path[2:])):
                self._set((path[0], place, *path[2:]), _copied(value))
        for item in self._whole.get(str(path[0]), ()):
            if isinstance(item, dict) and len(path) == 3 and item.get(str(path[2])) in (None, ""):
                item[str(path[2])] = _copied(value)

    def _has(self, path: tuple[str | int, ...]) -> bool:
        node: object = self._tree
        for step in path:
            if not isinstance(node, dict) or step not in node:
                return False
            node = node[step]
        return True

    def _set(self, path: tuple[str | int, ...], value: object) -> None:
        node = self._tree
        for step in path[:-1]:
            below = node.setdefault(step, {})
            if not isinstance(below, dict):
                self._conflict(path)
                return
            node = below
        if path[-1] in node:
            self._conflict(path)
            return
        node[path[-1]] = value

    def _conflict(self, path: tuple[str | int, ...]) -> None:
        name = ".".join(map(str, path))
        message = f"Two columns are mapped to {name}. The first one is used."
        self._problems.append(Problem("error", "metadata_conflict", name, message))

    def result(self) -> dict[str, object]:
        """Return the assembled body."""
        built = {str(key): _listed(value) for key, value in self._tree.items()}
        for name, items in self._whole.items():
            parts = built.get(name, [])
            built[name] = items + (parts if isinstance(parts, list) else [parts])
        return built


def _copied(value: object) -> object:
    if isinstance(value, list):
        return [_copied(each) for each in value]
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return value


def _listed(node: object) -> object:
    if not isinstance(node, dict):
        return node
    if node and all(isinstance(key, int) for key in node):
        return [_listed(node[key]) for key in sorted(node)]
    return {key: _listed(value) for key, value in node.items()}
