"""`dyntui completion`: what a shell needs to complete commands, resources, actions and operations."""

from __future__ import annotations

import click

from dyntui.cli.context import BaseCommand, CliContext, pass_context
from dyntui.cli.output import print_lines
from dyntui.core.errors import UsageError

__all__ = ["completion"]

_WHERE = {
    "bash": 'eval "$(dyntui completion bash)"            # in ~/.bashrc',
    "zsh": 'eval "$(dyntui completion zsh)"             # in ~/.zshrc, after compinit',
    "fish": "dyntui completion fish | source            # in ~/.config/fish/config.fish",
}


@click.command(
    cls=BaseCommand,
    epilog="\b\n" + "\n".join(_WHERE.values()),
)
@click.argument("shell", type=click.Choice(list(_WHERE)))
@pass_context
def completion(context: CliContext, shell: str) -> None:
    """Print the completion of a shell, to be read at its start."""
    from click.shell_completion import get_completion_class

    from dyntui.cli.root import root

    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"There is no completion for {shell}.")
    script = found(root, {}, "dyntui", "_DYNTUI_COMPLETE").source()
    context.emit_json({"shell": shell, "script": script})
    if not context.json:
        print_lines(*script.split("\n"))
