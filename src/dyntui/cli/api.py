"""`dyntui api`: call any operation of the catalog, by id or by method and path. Writes go through the write gate."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.field_arguments import print_event_warnings, print_warnings, read_data
from dyntui.cli.write_helpers import confirm_access_options, perform
from dyntui.core.errors import EXIT_ACCEPTED, UsageError
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from datetime import datetime

    from dyntui.api.catalog import Operation
    from dyntui.api.transport import ApiResponse
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection
    from dyntui.services.forms import FormField

__all__ = ["api"]

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_OPERATION = "dyntui.cli.api.operation"
"""The key of the context under which the words before --help are."""


class _ApiCommand(BaseCommand):
    """`dyntui api`, of which the help is about the operation that is named before --help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with suppress(click.UsageError):  # which the parser below raises as well
            values = self.make_parser(ctx).parse_args(list(args))[0]
            words = values.get("words")
            ctx.meta[_OPERATION] = words if isinstance(words, tuple) and not values.get("list_only") else ()
        return super().parse_args(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if words := ctx.meta.get(_OPERATION):
            _format_operation(formatter, _find_operation(words)[0])
        else:
            super().format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if not ctx.meta.get(_OPERATION):
            super().format_options(ctx, formatter)


def _format_operation(formatter: click.HelpFormatter, operation: Operation) -> None:
    """Write what an operation does, its parameters and body, and the scope that it needs."""
    from dyntui.api.catalog import catalog
    from dyntui.api.token_scopes import ORGANIZATION, is_public, required_scope
    from dyntui.resources.api_only import api_only_reason
    from dyntui.services.forms import operation_fields

    scope = required_scope(operation)
    if not operation.in_catalog:
        scope = "unknown"
    elif is_public(operation):
        scope = "none: apps call it before sign-in"
    elif scope == ORGANIZATION:
        scope = "none: the operation belongs to the organization, and needs the token of a member"
    elif scope:
        scope = f"{scope} (the vendor documents only some scopes, so the server may need another one)"
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(operation.summary or operation.id)
    deprecated = [("Deprecated", "Use another operation if there is one.")] if operation.deprecated else []
    newer = [("Newer", "Only the vendor's OpenAPI document has it: a server may lack it.")] if operation.newer else []
    codes = [("Status codes", ", ".join(operation.responses))] if operation.responses else []
    rows = [("Method", operation.method), ("Path", operation.path), ("Scope", scope or "any token")]
    reason = api_only_reason(operation)
    only = [("Only here", reason)] if reason else []
    with formatter.section("Request"):
        formatter.write_dl([*rows, *codes, *newer, *deprecated, *only])
    fields = operation_fields(catalog(), operation)
    body = [(field.label, _value_text(field)) for field in fields if field.location == "body"]
    others = [(field.label, f"{field.location}, {_value_text(field)}") for field in fields if field.location != "body"]
    for title, rows in (("Parameters (-p NAME=VALUE; * required)", others), ("Body (-d JSON; * required)", body)):
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)


def _value_text(field: FormField) -> str:
    return field.hint if field.kind == "json" else f"{field.kind}: {field.hint}" if field.hint else str(field.kind)


@click.command(cls=_ApiCommand)
@click.argument("words", nargs=-1, metavar="OPERATION | METHOD PATH")
@click.option(
    "-p",
    "parameters",
    multiple=True,
    metavar="KEY=VALUE",
    help="Path, query or header parameter; repeatable. Also name[key]=value.",
)
@click.option(
    "-d", "data", metavar="JSON|@FILE|-", help="Request body as JSON; from a file or standard input also as YAML."
)
@click.option(
    "-i", "--include", is_flag=True, help="Print status and headers of the response of a read on standard error."
)
@click.option("--all", "all_pages", is_flag=True, help="Fetch all pages of a list operation and print one list.")
@click.option(
    "--skeleton",
    is_flag=True,
    help="Print a body to fill in for -d @FILE, as YAML with the optional fields as comments; --json: as JSON.",
)
@click.option("--list", "list_only", is_flag=True, help="List operations; the arguments are search words.")
@confirm_access_options
@pass_context
def api(
    context: CliContext,
    words: tuple[str, ...],
    parameters: tuple[str, ...],
    data: str | None,
    include: bool,
    all_pages: bool,
    skeleton: bool,
    list_only: bool,
    confirmation: Confirmation,
) -> None:
    """Call an operation by id, or by METHOD and PATH below the base URL.

    A path that the catalog does not have is sent as it is; {environmentId} in it is the environment in use.
    `dyntui api OPERATION --help` shows its parameters, its body and the scope that it needs.
    """
    from dyntui.api.catalog import catalog

    if list_only:
        from dyntui.services.api_console import search_operations

        _print_operations(context, search_operations(catalog(), " ".join(words)))
        return
    operation, path = _find_operation(words)
    if skeleton:
        _print_skeleton(context, operation)
        return
    path, query, headers = _parse_parameters(operation, path, parameters)
    body = read_data(data) if data is not None else None
    if body is None and operation.body_required:
        raise UsageError(f"{operation.id} needs a request body.", hint="Use -d '{...}' or -d @FILE.")

    if body is not None and operation.in_catalog:
        print_warnings(context, operation.id, body)

    is_one_read = operation.reads and not all_pages
    if include and not is_one_read:
        raise UsageError("--include needs one read.", hint="Leave out --all; for a write, --debug prints the requests.")
    if all_pages:
        _print_all_pages(context, operation, path, query)
        return

    async def work(connection: Connection) -> object:
        from dyntui.services.actions.raw_writes import is_sensitive, raw_write_action
        from dyntui.services.actions.write_types import ACCEPTED_NOT_DONE, Target, WriteOutcome

        if operation.reads and not is_sensitive(operation, query):
            from dyntui.api.client import decode
            from dyntui.core.strict_json import dump_json

            content = dump_json(body) if body is not None else None
            answer = await connection.client.send(operation, path=path, query=query, content=content, headers=headers)
            if include:
                _print_headers(context, answer)
            return decode(answer)
        from dyntui.services.webhooks import OPERATIONS_WITH_EVENTS

        if operation.id in OPERATIONS_WITH_EVENTS:
            await print_event_warnings(context, connection, body)
        action = raw_write_action(operation, path=path, query=query, body=body, headers=headers)
        label = f"{operation.method} {operation.path} " + " ".join(f"{name}={value}" for name, value in path.items())
        target = Target(next(reversed(path.values()), operation.id), label=label)
        # What a write returns may be readable only now.
        context.output.reveal = True
        results = await perform(context, connection, action, [target], confirmation)
        if results.first_error is not None:
            raise results.first_error
        if results.count(WriteOutcome.ACCEPTED):
            not_done.append(ACCEPTED_NOT_DONE)
        return results.items[0].value

    not_done: list[str] = []
    response = context.run_connected(work)
    if not_done:
        context.print_message(*not_done)
        if response is not None:
            _print_response(context, response)
        raise click.exceptions.Exit(EXIT_ACCEPTED)
    if response is None:
        context.print_message("Done. The response has no content.")
        context.print_data(None)
    else:
        _print_response(context, response)


def _print_skeleton(context: CliContext, operation: Operation) -> None:
    """Print a body to fill in. JSON has no comments, so standard error has what is required and optional."""
    from dyntui.api.catalog import catalog
    from dyntui.services.body_skeleton import body_skeleton, skeleton_fields, yaml_skeleton

    if context.output.prints_text or context.output.format == "yaml":
        context.print_result(*yaml_skeleton(catalog(), operation).splitlines())
        return
    required, optional = skeleton_fields(catalog(), operation)
    context.print_data(body_skeleton(catalog(), operation))
    context.print_message(f"Required: {', '.join(required) or 'none'}", f"Optional: {', '.join(optional) or 'none'}")


def _print_response(context: CliContext, response: object) -> None:
    """Print a response: as JSON by default, or its rows if it is a list and the format has no documents."""
    from dyntui.api.errors import BadPage
    from dyntui.api.pagination import page_from

    if not (context.output.format or context.output.is_streamed):
        context.output.format = "json"
    if context.output.format in ("json", "yaml"):
        context.print_data(response)
        return
    try:
        page = page_from(response)
    except BadPage:
        context.print_object(response)
    else:
        context.print_items(page.rows, total=page.total)


def _print_headers(context: CliContext, answer: ApiResponse) -> None:
    """Print status and headers on standard error, so that standard output is only the body."""
    from dyntui.services.api_console import shown_headers

    context.print_message(
        f"{answer.status}", *(f"{name}: {value}" for name, value in shown_headers(answer.headers).items())
    )


def _print_all_pages(
    context: CliContext, operation: Operation, path: Mapping[str, str], query: Mapping[str, object]
) -> None:
    from dyntui.services.actions.raw_writes import all_rows

    if not (context.output.format or context.output.is_streamed):
        context.output.format = "json"
    printer = context.item_printer()

    async def work(connection: Connection) -> None:
        async for row in all_rows(connection.client, operation, path=path, query=query):
            printer.add(row)

    context.run_connected(work)
    printer.end()


def _print_operations(context: CliContext, operations: list[Operation]) -> None:
    from dyntui.resources.resource import Column

    items = (
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
    )
    context.print_items(
        items, (Column("operationId", "operation"), Column("method"), Column("group", format=_group_text))
    )
    if not context.prints_data:
        context.print_message(quantity(len(operations), "operation"))


def _group_text(value: object, now: datetime) -> str:
    from dyntui.api.operation_groups import group_title

    return group_title(str(value))


def _find_operation(words: tuple[str, ...]) -> tuple[Operation, dict[str, str]]:
    from dyntui.api.catalog import catalog

    if len(words) == 1:
        return catalog().get(words[0]), {}
    if len(words) == 2 and words[0].upper() in _METHODS:
        path, _, query = words[1].partition("?")
        if query:
            raise UsageError("The path must not contain a query string.", hint="Use -p KEY=VALUE for query parameters.")
        from dyntui.api.path_operation import operation_of_path

        method, path = words[0].upper(), "/" + path.removeprefix("/")
        return catalog().match(method, path) or operation_of_path(catalog(), method, path)
    raise UsageError(
        "Expected an operation id, or METHOD and PATH.", hint="Example: dyntui api getEnvironmentUsers -p limit=5"
    )


def _parse_parameters(
    operation: Operation, path: dict[str, str], parameters: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, object], dict[str, str]]:
    """Return path, query and headers: `path` and the KEY=VALUE arguments, by what the operation declares."""
    query: dict[str, object] = {}
    headers: dict[str, str] = {}
    header_names = {declared.name for declared in operation.parameters if declared.where == "header"}
    for parameter in parameters:
        key, separator, value = parameter.partition("=")
        if not separator or not key:
            raise UsageError(f"{parameter!r} is not KEY=VALUE.")
        if key in operation.path_names:
            path[key] = value
        elif key in header_names:
            headers[key] = value
        elif key.endswith("]") and "[" in key:
            name, _, inner = key[:-1].partition("[")
            mapping = query.setdefault(name, {})
            if not isinstance(mapping, dict):
                raise UsageError(f"{name} and {name}[{inner}] cannot be combined.")
            mapping[inner] = value
        elif key in query:
            previous = query[key]
            query[key] = [*previous, value] if isinstance(previous, list) else [previous, value]
        else:
            query[key] = value
    return path, query, headers
