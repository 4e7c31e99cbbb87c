"""The options that select the format of a result: -o, --json, --ndjson, --fields, -q and --template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["FORMATS", "OutputOptions", "make_output_options"]

FORMATS = ("table", "json", "ndjson", "csv", "csv-exact", "tsv", "yaml")
"""The values of --output."""
_STREAMED = ("ndjson", "csv", "csv-exact", "tsv")
"""The formats that are printed row by row, as the rows arrive."""


@dataclass(slots=True)
class OutputOptions:
    """How the result of a command is printed."""

    format: str = ""
    """One of FORMATS; "" for the default of the command, which is a table or text."""
    fields: tuple[str, ...] = ()
    """Dot paths of the only fields to print."""
    jq: str = ""
    """A jq expression, which gets the JSON document, or each line of NDJSON."""
    template: str = ""
    """A text with `{field}`, printed for each item."""
    reveal: bool = False
    """Whether the values of fields are printed that are secrets by their names."""

    @property
    def prints_text(self) -> bool:
        """Whether the result is a table or text for people, not data."""
        return self.format in ("", "table") and not self.jq and not self.template

    @property
    def is_streamed(self) -> bool:
        """Whether each item is printed when it arrives."""
        return bool(self.template) or self.format in _STREAMED

    @property
    def names_fields(self) -> bool:
        """Whether the options name fields, which have to exist."""
        return bool(self.fields or self.template)

    def check(self) -> None:
        """Raise a usage error for options that contradict each other, and for a wrong jq expression or template."""
        if self.jq and self.template:
            raise click.UsageError("--jq and --template cannot be combined.")
        if self.jq and self.format not in ("", "json", "ndjson"):
            raise click.UsageError(f"--jq works with JSON and NDJSON, not with {self.format}.")
        if self.template and self.format:
            raise click.UsageError(f"--template and -o {self.format} cannot be combined.")
        if self.jq:
            from dyntui.cli.expressions import compile_jq

            compile_jq(self.jq)
        if self.template:
            from dyntui.cli.expressions import parse_template

            parse_template(self.template)


class _FormatChoice(click.Choice[str]):
    """The choice of a format. A file name is answered with the option for files."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            if "." in str(value) or "/" in str(value):
                self.fail(f"{error.message} To write a file: export -O FILE, or > FILE.", param, ctx)
            raise


def make_output_options(options_of: Callable[[click.Context], OutputOptions]) -> Iterator[click.Option]:
    """Yield the options; each sets the OutputOptions that `options_of` returns for the context of the command."""

    def set_format(ctx: click.Context, parameter: click.Parameter, value: object) -> None:
        name = parameter.name.removeprefix("_") if value is True and parameter.name else value
        if not name:
            return
        options = options_of(ctx)
        if options.format not in ("", name):
            raise click.UsageError(f"-o {options.format} and -o {name} cannot be combined.", ctx)
        options.format = str(name)

    def set_fields(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            fields = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
            if not fields:
                raise click.UsageError("--fields names no field.", ctx)
            options_of(ctx).fields = fields

    def set_text(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if value is not None:
            if not value.strip():
                raise click.UsageError(f"{parameter.opts[-1]} is empty.", ctx)
            setattr(options_of(ctx), (parameter.name or "").removeprefix("_"), value)

    yield _option(
        "-o",
        "--output",
        name="_format",
        type=_FormatChoice(FORMATS),
        callback=set_format,
        help="Format of the result.  [default: a table; in a pipe, TSV]",
    )
    yield _option("--json", name="_json", is_flag=True, callback=set_format, help="Same as -o json.")
    yield _option(
        "--ndjson",
        name="_ndjson",
        is_flag=True,
        callback=set_format,
        help="Same as -o ndjson: one JSON object per line, as rows arrive.",
    )
    yield _option(
        "--fields", name="_fields", metavar="A,B.C", callback=set_fields, help="Print only these fields, in this order."
    )
    yield _option(
        "-q", "--jq", name="_jq", metavar="EXPRESSION", callback=set_text, help="Filter the JSON document with jq."
    )
    yield _option(
        "--template",
        name="_template",
        metavar="TEXT",
        callback=set_text,
        help="Print TEXT for each item, with {field} replaced: '{id} {email}'.",
    )

    def set_reveal(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
        if value:
            options_of(ctx).reveal = True

    yield _option(
        "--reveal",
        name="_reveal",
        is_flag=True,
        callback=set_reveal,
        help="Print values that are secrets by the names of their fields.",
    )


def _option(*opts: str, name: str, **rest: Any) -> click.Option:
    return click.Option([*opts, name], expose_value=False, **rest)
