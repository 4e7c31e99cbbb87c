"""Write to the terminal or a pipe. This module makes all text safe for a terminal.

Text from a server, a file or a profile can contain terminal sequences, bidi controls and line breaks. No other module
of `dyntui.cli` may call `click.echo` or `print`, or write to a standard stream, but `questions` for what it asks and
`progress`; a test checks it.
"""

from __future__ import annotations

import io
import os
import re
import sys
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

import click

from dyntui.cli.capture import CapturedLine, captured
from dyntui.cli.progress import clear_activity, omit_activity
from dyntui.cli.streams import has_color, is_plain
from dyntui.core.process_state import set_environment_variable, without_environment_variables
from dyntui.core.text import plain_json, safe, without_surrogates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dyntui.services.exports import Exporter, ExportFormat

__all__ = [
    "JsonText",
    "TextPart",
    "make_exporter",
    "print_captured",
    "print_document",
    "print_json",
    "print_lines",
    "print_results",
    "print_styled",
    "print_usage_error",
    "print_values",
    "redraw",
]

_MAX_LINE_CHARS = 20_000


class TextPart(NamedTuple):
    """A part of a line with its style."""

    text: str
    style: str = ""
    """`title`, or the value of a Role; "" for none."""


_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "good": {"fg": "green"},
    "warn": {"fg": "yellow"},
    "bad": {"fg": "red"},
    "read": {"fg": "cyan"},
    "dim": {"dim": True},
    "live": {"fg": "bright_red", "bold": True},
}
"""The colors of the terminal for the roles of `core.meanings`, as in the console's theme for 16 colors."""


def print_captured(lines: Sequence[CapturedLine]) -> None:
    """Print lines that were collected."""
    for line in lines:
        _print(line.text, err=line.err)


def redraw(lines: Sequence[str]) -> None:
    """Replace what the terminal shows with these lines, which are safe. Lines that do not fit are counted."""
    height = os.get_terminal_size(sys.stdout.fileno()).lines
    shown = list(lines)
    if len(shown) >= height:
        hidden = len(shown) - (height - 2)
        shown = [*shown[: height - 2], f"… {hidden:,} more lines"]
    # Without line wrapping, so that each line takes one row and is cut at the edge.
    text = "".join(f"{line}\x1b[K\n" for line in shown)
    click.echo(f"\x1b[H\x1b[?7l{text}\x1b[?7h\x1b[J", nl=False)


def _print(text: str, *, err: bool = False) -> None:
    clear_activity()
    if (lines := captured()) is None:
        click.echo(text, err=err)
    else:
        lines.extend(CapturedLine(line, err) for line in text.split("\n"))


def print_lines(*lines: str, err: bool = False) -> None:
    """Print each text on one line. Line breaks and control characters in a text are shown, not performed."""
    _print("\n".join(safe(line, _MAX_LINE_CHARS) for line in lines), err=err)


def print_document(text: str) -> None:
    """Print JSON or YAML. Characters that a terminal would interpret or hide are escaped as `\\uNNNN`."""
    _print_whole(plain_json(text))


def print_json(text: str) -> None:
    """Print JSON as `print_document`, in color on a terminal that has it."""
    text = plain_json(text)
    _print_whole(_colored_json(text) if has_color(sys.stdout) else text)


_JSON_TOKEN = re.compile(
    r'(?P<key>"[^"\\]*(?:\\.[^"\\]*)*"(?=:))|(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<word>true|false|null)'
)
_JSON_STYLES: dict[str, dict[str, Any]] = {
    "key": {"fg": "blue", "bold": True},
    "text": {"fg": "green"},
    "word": {"fg": "cyan"},
}
"""The colors of the parts of JSON, as in gh."""


def _colored_json(text: str) -> str:
    """Return JSON, or a part of it that consists of whole values, with colors. It must be safe for the terminal."""
    return _JSON_TOKEN.sub(lambda token: click.style(token[0], **_JSON_STYLES[str(token.lastgroup)]), text)


class JsonText(str):
    """A text that is JSON, among others that are values."""

    __slots__ = ()


def print_results(results: Sequence[str | JsonText]) -> None:
    """Print values as `print_values`, and JSON as `print_json`, each on lines of its own. Nothing when there are none.

    It is one result: a text longer than the terminal goes to the pager.
    """
    color = has_color(sys.stdout)
    texts = []
    for each in results:
        text = plain_json(each) if isinstance(each, JsonText) else _value_text(each)
        texts.append(_colored_json(text) if color and isinstance(each, JsonText) else text)
    if texts:
        _print_whole("\n".join(texts))


def print_values(text: str) -> None:
    """Print text that consists of values: unchanged into a pipe or file; on a terminal, safe but for tabs and lines."""
    _print_whole(_value_text(text))


def _value_text(text: str) -> str:
    if sys.stdout.isatty():
        lines = text.split("\n")
        text = "\n".join("\t".join(safe(part, _MAX_LINE_CHARS) for part in line.split("\t")) for line in lines)
    return without_surrogates(text)


def print_styled(lines: Sequence[Sequence[TextPart]]) -> None:
    """Print lines of parts, in color on a terminal that has it. A text longer than the terminal goes to the pager."""
    color = has_color(sys.stdout)
    _print_whole(
        "\n".join(
            "".join(_styled(part) if color else safe(part.text, _MAX_LINE_CHARS) for part in line) for line in lines
        )
    )


def _styled(part: TextPart) -> str:
    text = safe(part.text, _MAX_LINE_CHARS)
    style = _STYLES.get(part.style)
    return click.style(text, **style) if style else text


def _print_whole(text: str) -> None:
    """Print a whole result; in the pager if it does not fit on the terminal."""
    if captured() is not None or not sys.stdout.isatty() or not _set_pager():
        _print(text)
        return
    if text.count("\n") + 1 < os.get_terminal_size(sys.stdout.fileno()).lines:
        _print(text)
        return
    from dyntui.cli.signals import default_signals
    from dyntui.config.tokens import TOKEN_VARIABLES

    clear_activity()
    with default_signals(), without_environment_variables(TOKEN_VARIABLES):  # ctrl+c is for the pager
        click.echo_via_pager(text, color=has_color(sys.stdout))


def _set_pager() -> bool:
    """Set the variables from which click takes the pager, and return whether there is one, as in gh."""
    pager = os.environ.get("DYNTUI_PAGER", os.environ.get("PAGER", "less"))
    if os.environ.get("DYNTUI_NO_PAGER") or pager in ("", "cat") or is_plain():
        return False
    set_environment_variable("PAGER", pager)
    if "LESS" not in os.environ:
        set_environment_variable("LESS", "FRX")
    return True


def print_usage_error(error: click.ClickException) -> None:
    """Print a usage error of click: the usage line and where to find help."""
    text = io.StringIO()
    error.show(file=text)
    print_lines(*text.getvalue().rstrip("\n").split("\n"), err=True)


def make_exporter(format: ExportFormat, columns: Sequence[str], fields: Sequence[str] = ()) -> Exporter:
    """Return an exporter that writes rows to standard output: raw into a pipe or file, safe text on a terminal."""
    from dyntui.services.exports import Exporter

    if sys.stdout.isatty():
        omit_activity()  # the rows show it
    stream = sys.stdout.buffer if captured() is None else cast("BinaryIO", _CapturingStream())
    paint = _colored_json if has_color(sys.stdout) else None
    return Exporter(stream, format, columns, fields, on_terminal=sys.stdout.isatty(), paint_json=paint)


class _CapturingStream(io.RawIOBase):
    """Prints what is written, so that it can be captured. Each write is one or more whole lines."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        _print(bytes(data).decode().removesuffix("\n").replace("\r", ""))
        return len(data)
