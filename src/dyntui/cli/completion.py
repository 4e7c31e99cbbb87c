"""`dyntui completion`: print a script with which a shell completes commands, options and their values.

click makes the script and finds what to complete; `dyntui.cli.completion_values` has the values. The classes below
change what click does in bash and zsh with values that have spaces, and with `NAME=`, which is no complete word.
"""

from __future__ import annotations

import os
import re
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.output import print_lines

__all__ = ["add_shells", "completion"]

_SETUP_LINES = {
    "bash": 'eval "$(dyntui completion bash)"            # in ~/.bashrc',
    "zsh": 'eval "$(dyntui completion zsh)"             # in ~/.zshrc, after compinit',
    "fish": "dyntui completion fish | source            # in ~/.config/fish/config.fish",
}
_SPECIAL = re.compile(r"([^\w@%+=:,./~-])")


class _BashComplete(BashComplete):
    """Completion in bash. Special characters of values are quoted, and no space follows `NAME=` and a folder."""

    source_template = (
        BashComplete.source_template.replace('"${COMP_WORDS[*]}"', '"${COMP_LINE:0:$COMP_POINT}"')
        .replace("read type value", "read -r type value")
        .replace(
            "COMPREPLY+=($value)", 'COMPREPLY+=("$value")\n            [[ $value == *[=/@] ]] && compopt -o nospace'
        )
    )

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)[1:]
        return (words, "") if not words or line[-1:].isspace() else (words[:-1], words[-1])

    def format_completion(self, item: CompletionItem[Any]) -> str:
        if item.type != "plain":
            return super().format_completion(item)
        start = self.get_completion_args()[1]
        is_quoted = bool(start) and os.environ["COMP_WORDS"].endswith((f'"{start}', f"'{start}"))
        before = start[: _end_of_last_break(start)]
        rest = item.value.removeprefix(before)
        return "plain," + (rest if is_quoted else _SPECIAL.sub(r"\\\1", rest))


def _end_of_last_break(start: str) -> int:
    """Return where the part of the word begins that bash replaces: a word ends at these characters."""
    return max(start.rfind(character) for character in "=:") + 1


class _ZshComplete(ZshComplete):
    """Completion in zsh. No space follows `NAME=` and a folder."""

    source_template = ZshComplete.source_template.replace(
        'if [[ "$descr" == "_" ]]; then',
        'if [[ "$key" == *[=/@] ]]; then\n                compadd -U -S "" -- "$key"\n'
        '            elif [[ "$descr" == "_" ]]; then',
    )


_SHELLS: dict[str, type[ShellComplete]] = {"bash": _BashComplete, "zsh": _ZshComplete, "fish": FishComplete}


def add_shells() -> None:
    """Let click use the classes of this module."""
    for shell_class in _SHELLS.values():
        add_completion_class(shell_class)


@click.command(
    cls=BaseCommand,
    epilog="Setup:\n\n\b\n" + "\n".join(_SETUP_LINES.values()),
)
@click.argument("shell", type=click.Choice(list(_SETUP_LINES)))
@pass_context
def completion(context: CliContext, shell: str) -> None:
    """Print a shell completion script."""
    script = _SHELLS[shell](click.get_current_context().find_root().command, {}, "dyntui", "_DYNTUI_COMPLETE").source()
    context.print_data({"shell": shell, "script": script})
    if not context.prints_data:
        print_lines(*script.split("\n"))
