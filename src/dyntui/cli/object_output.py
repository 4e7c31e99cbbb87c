"""Print one object of the API in full. The `get` commands use it."""

from __future__ import annotations

from collections.abc import Iterator

from dyntui.cli.context import CliContext

__all__ = ["show_object"]


def show_object(context: CliContext, document: object) -> None:
    """Print one object as JSON, or as lines of dot path and value."""
    context.emit_json(document)
    if not context.json:
        for name, value in _flatten(document):
            context.print_result(f"{name:<28}  {value}")


def _flatten(value: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Iterate over the values of a JSON document as pairs of dot path and value. Empty values are left out."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from _flatten(part, f"{prefix}.{key}" if prefix else key)
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from _flatten(part, f"{prefix}.{index}")
    elif value not in (None, "", [], {}):
        yield prefix, value
