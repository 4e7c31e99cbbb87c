"""`dyntui api`: any operation of the catalog, by id or by METHOD and path, through the same doors as the console."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import BaseCommand, CliContext, confirm_options, pass_context, run
from dyntui.cli.write_helpers import perform, read_option
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation

__all__ = ["api"]

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Ids of operations, for the shell."""
    from click.shell_completion import CompletionItem

    from dyntui.api.catalog import catalog

    found = [each for each in catalog() if each.id.lower().startswith(incomplete.lower())]
    return [CompletionItem(each.id, help=f"{each.method} {each.path}") for each in found]


@click.command(cls=BaseCommand)
@click.argument("words", nargs=-1, metavar="OPERATION | METHOD PATH", shell_complete=_complete)
@click.option(
    "-p", "parameters", multiple=True, metavar="KEY=VALUE", help="A path or query value; name[key]=value too."
)
@click.option("-d", "data", metavar="JSON|@FILE|-", help="The request body.")
@click.option("--all", "everything", is_flag=True, help="Every page of a list operation, as one array of rows.")
@click.option("--ndjson", is_flag=True, help="With --all: one row a line, as they come.")
@click.option("--list", "listing", is_flag=True, help="Name all operations; OPERATION then searches in them.")
@confirm_options
@read_option
@pass_context
def api(
    context: CliContext,
    words: tuple[str, ...],
    parameters: tuple[str, ...],
    data: str | None,
    everything: bool,
    ndjson: bool,
    listing: bool,
    yes: bool,
    confirm_environment: str,
    read: str,
) -> None:
    """Call an operation by its id, or by METHOD and path below the base URL."""
    from dyntui.api.catalog import catalog

    if listing:
        _list(context, [operation for operation in catalog() if _matches(operation, words)])
        return
    operation, path = _operation(words)
    path, query, headers = _values(operation, path, parameters)
    body = _body(data)
    if body is None and operation.body_required:
        raise UsageError(f"{operation.id} needs a body.", hint="Give it with -d '{...}' or -d @FILE.")

    if ndjson and not everything:
        raise UsageError("--ndjson goes with --all.")
    if everything:
        _all_pages(context, operation, path, query, ndjson=ndjson)
        return

    async def work() -> Any:
        async with context.connection() as connection:
            from dyntui.services.actions.raw_writes import is_sensitive, write_action
            from dyntui.services.actions.write_types import Target

            if operation.reads and not is_sensitive(operation, query):
                return await connection.client.call(operation.id, path=path, query=query, body=body, headers=headers)
            action = write_action(operation, path=path, query=query, body=body, headers=headers)
            target = Target(next(iter(reversed(list(path.values()))), operation.id), label=_line(operation, path))
            results = await perform(
                context, connection, action, [target], yes=yes, confirm_environment=confirm_environment, read=read
            )
            if results.first_error is not None:
                raise results.first_error
            return results.items[0].value

    answer = run(work())
    if answer is None:
        context.print_message("done, no content")
        context.emit_json(None)
    else:
        context.emit_json_always(answer)


def _all_pages(
    context: CliContext, operation: Operation, path: Mapping[str, str], query: Mapping[str, object], *, ndjson: bool
) -> None:
    from dyntui.services.actions.raw_writes import all_rows

    async def work() -> list[dict[str, Any]]:
        found = []
        async with context.connection() as connection:
            async for row in all_rows(connection.client, operation, path=path, query=query):
                if ndjson:
                    context.emit_json_line(row)
                else:
                    found.append(row)
        return found

    rows = run(work())
    if not ndjson:
        context.emit_json_always(rows)


def _line(operation: Operation, path: Mapping[str, str]) -> str:
    return f"{operation.method} {operation.path} " + " ".join(f"{name}={value}" for name, value in path.items())


def _matches(operation: Operation, words: tuple[str, ...]) -> bool:
    text = f"{operation.id} {operation.method} {operation.path} {operation.group} {operation.summary}".lower()
    return all(word.lower() in text for word in words)


def _list(context: CliContext, operations: list[Operation]) -> None:
    if context.json:
        context.emit_json(
            [
                {
                    "operationId": operation.id,
                    "method": operation.method,
                    "path": operation.path,
                    "group": operation.group,
                    "audience": operation.audience,
                    "deprecated": operation.deprecated,
                    "summary": operation.summary,
                }
                for operation in operations
            ]
        )
        return
    context.print_table(
        ("operation", "method", "group"),
        ((operation.id, operation.method, operation.group) for operation in operations),
    )
    context.print_message(f"{len(operations)} operations")


def _operation(words: tuple[str, ...]) -> tuple[Operation, dict[str, str]]:
    from dyntui.api.catalog import catalog

    if len(words) == 1:
        return catalog().get(words[0]), {}
    if len(words) == 2 and words[0].upper() in _METHODS:
        path, _, query = words[1].partition("?")
        if query:
            raise UsageError("A path takes no query here.", hint="Give each value with -p KEY=VALUE.")
        if found := catalog().match(words[0], "/" + path.lstrip("/")):
            return found
        raise UsageError(f"No operation is {words[0].upper()} {words[1]}.", hint="`dyntui api --list` names them all.")
    raise UsageError(
        "Give one operation id, or METHOD and PATH.", hint="For instance: dyntui api getEnvironmentUsers -p limit=5"
    )


def _values(
    operation: Operation, path: dict[str, str], parameters: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, object], dict[str, str]]:
    query: dict[str, object] = {}
    headers: dict[str, str] = {}
    named = {each.name for each in operation.parameters if each.where == "header"}
    for parameter in parameters:
        key, separator, value = parameter.partition("=")
        if not separator or not key:
            raise UsageError(f"{parameter!r} is not KEY=VALUE.")
        if key in operation.path_names:
            path[key] = value
        elif key in named:
            headers[key] = value
        elif key.endswith("]") and "[" in key:
            name, _, inner = key[:-1].partition("[")
            holder = query.setdefault(name, {})
            if not isinstance(holder, dict):
                raise UsageError(f"{name} is given both whole and in parts.")
            holder[inner] = value
        elif key in query:
            earlier = query[key]
            query[key] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            query[key] = value
    return path, query, headers


def _body(data: str | None) -> Any:
    if data is None:
        return None
    if data == "-":
        text = sys.stdin.read()
    elif data.startswith("@"):
        try:
            text = Path(data[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"The body cannot be read from {data[1:]}: {error}.") from None
    else:
        text = data
    from dyntui.services.metadata import read_json

    try:
        return read_json(text)
    except UsageError as error:
        raise UsageError(f"The body: {error.message}") from None
