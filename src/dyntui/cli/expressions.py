"""Evaluate `--jq` and `--template` on a JSON value."""

from __future__ import annotations

import re
import string
from functools import cache
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import UsageError
from dyntui.core.strict_json import dump_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

__all__ = ["compile_jq", "fill_template", "parse_template", "run_jq"]

_MAX_WIDTH = 1000
"""The largest width in a template, so that a wrong one does not fill the memory."""
_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\\\": "\\"}
_ESCAPE = re.compile(r"\\[nt\\]")


@cache
def compile_jq(expression: str) -> Any:
    """Return a jq program. Raises UsageError when the expression is wrong, or names a variable that has a token.

    `env` and `$ENV` have the environment without those.
    """
    import jq

    from dyntui.config.tokens import TOKEN_VARIABLES

    if named := next((name for name in TOKEN_VARIABLES if name in expression), ""):
        raise UsageError(
            f"jq expressions cannot read {named}.", hint="`env` and $ENV have no tokens, so that none is printed."
        )
    try:
        with _without_tokens():
            return jq.compile(expression)
    except ValueError as error:
        reason = " ".join(str(error).removeprefix("jq: error: ").split())
        raise UsageError(f"Wrong jq expression: {reason}") from None


def run_jq(expression: str, document: object) -> list[object]:
    """Return the results of a jq expression for a JSON value. Raises UsageError when it does not fit the value.

    A signal ends the process meanwhile, because an expression can run without end.
    """
    from dyntui.cli.signals import ending_signals

    program = compile_jq(expression)
    try:
        with ending_signals(), _without_tokens():
            return list(program.input_text(dump_json(document).decode()))
    except ValueError as error:
        raise UsageError(f"The jq expression does not fit the result: {error}.") from None


def _without_tokens() -> AbstractContextManager[None]:
    """Hide the tokens in the environment, which jq reads when it compiles and when it runs."""
    from dyntui.config.tokens import TOKEN_VARIABLES
    from dyntui.core.process_state import without_environment_variables

    return without_environment_variables(TOKEN_VARIABLES)


class _Template(string.Formatter):
    """Python's format strings with dot paths as names, which give access to nothing but the fields of the item."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        from dyntui.services.exports import cell_text
        from dyntui.services.field_names import value_at

        return cell_text(value_at(kwargs["item"], field_name)), field_name


def parse_template(template: str) -> tuple[str, ...]:
    """Return the fields that a template names. Raises UsageError when it is wrong."""
    try:
        parts = [part for part in string.Formatter().parse(template) if part[1] is not None]
        for _, _, format, _ in parts:
            if "{" in (format or ""):
                raise ValueError(f"A field cannot be inside of another: {format}")
            if any(int(number) > _MAX_WIDTH for number in re.findall(r"\d+", format or "")):
                raise ValueError(f"{format} is wider than {_MAX_WIDTH:,} characters")
        fields = tuple(name or "" for _, name, _, _ in parts)
        fill_template(template, {})
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise UsageError(f"Wrong template: {error}.", hint="Example: --template '{id:<36}  {email}'.") from None
    if not all(fields):
        raise UsageError("A field of the template has no name.", hint="Example: --template '{id}  {email}'.")
    return fields


def fill_template(template: str, item: object) -> str:
    """Return a template with the fields of an item. A backslash with n, t or a backslash in it is an escape."""
    return _Template().vformat(_ESCAPE.sub(lambda found: _ESCAPES[found[0]], template), (), {"item": item})
