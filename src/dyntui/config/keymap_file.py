"""Read and change keymap.toml, the keys that the user gave to actions of the console."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, locked, private_dir
from dyntui.config.table_rules import KeyProblem, invalid, rule
from dyntui.config.toml import edit_toml, read_toml

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

__all__ = ["load_keymap", "save_key"]

_KEYS = rule(lambda value: isinstance(value, str) and value.isprintable(), 'keys in quotes, such as "ctrl+d"')


def load_keymap() -> dict[str, str]:
    """Return the keys in the file by action id, comma-separated. The console checks the ids.

    Raises ConfigError with all problems of the file.
    """
    path = paths().keymap_file
    found: dict[str, str] = {}
    problems: list[KeyProblem] = []
    for keys, value in _entries(read_toml(path)):
        name = ".".join(keys)
        if wrong := _KEYS(value):
            problems.append(KeyProblem(keys, f"{name} {wrong}"))
        else:
            found[name] = str(value)
    if problems:
        raise invalid(path, problems)
    return found


def _entries(table: Mapping[str, object], parents: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield the keys that lead to each value: `users.delete = "d"` is a table in TOML."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _entries(value, (*parents, key))
        else:
            yield (*parents, key), value


def save_key(action_id: str, keys: str | None, former_ids: Collection[str] = ()) -> None:
    """Save the keys of an action; None removes them, which restores the default keys. Comments of the file are kept.

    keys: comma-separated. former_ids: ids that the action had; lines with them are removed. Raises ConfigError.
    """
    path = paths().keymap_file
    private_dir(path.parent)
    with locked(path):
        document = edit_toml(path)
        is_saved = False
        for found, _ in [*_entries(document)]:
            name, table = ".".join(found), _table_of(document, found)
            if name == action_id and keys is not None:
                table[found[-1]] = keys
                is_saved = True
            elif name == action_id or name in former_ids:
                del table[found[-1]]
        if keys is not None and not is_saved:
            document[action_id] = keys
        atomic_write(path, document.as_string().encode())


def _table_of(document: MutableMapping[str, Any], keys: tuple[str, ...]) -> MutableMapping[str, Any]:
    for key in keys[:-1]:
        document = document[key]
    return document
