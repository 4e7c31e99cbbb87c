"""`dyntui completion`: print a script with which a shell completes commands, resources, actions and operations."""

from __future__ import annotations

import click

from dyntui.cli.context import BaseCommand, CliContext, pass_context
from dyntui.cli.output import print_lines
from dyntui.core.errors import UsageError

__all__ = ["completion"]

_SETUP_LINES = {
    "bash": 'eval "$(dyntui completion bash)"            # in ~/.bashrc',
    "zsh": 'eval "$(dyntui completion zsh)"             # in ~/.zshrc, after compinit',
    "fish": "dyntui completion fish | source            # in ~/.config/fish/config.fish",
}


@click.command(
    cls=BaseCommand,
    epilog="Setup:\n\n\b\n" + "\n".join(_SETUP_LINES.values()),
)
@click.argument("shell", type=click.Choice(list(_SETUP_LINES)))
@pass_context
def completion(context: CliContext, shell: str) -> None:
    """Print a shell completion script."""
    from click.shell_completion import get_completion_class

    from dyntui.cli.root import root

    completion_class = get_completion_class(shell)
    if completion_class is None:
        raise UsageError(f"Completion is not available for {shell}.")
    script = completion_class(root, {}, "dyntui", "_DYNTUI_COMPLETE").source()
    context.emit_json({"shell": shell, "script": script})
    if not context.json:
        print_lines(*script.split("\n"))
