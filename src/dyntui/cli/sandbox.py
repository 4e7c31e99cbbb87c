"""`dyntui sandbox`: run a local Dynamic server on loopback, for trials and for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.demo import sample_users_option

__all__ = ["sandbox"]


class _SandboxCommand(BaseCommand):
    """A command whose help lists every fault and every behavior flag."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from dyntui.sandbox.behavior_flags import BEHAVIOR_FLAGS
        from dyntui.sandbox.faults import FAULTS

        with formatter.section("Faults (--fault NAME=P, P from 0 to 1)"):
            formatter.write_dl(list(FAULTS.items()))
        with formatter.section("Behavior flags (--flag NAME=VALUE), for behavior that the vendor does not document"):
            formatter.write_dl(
                [
                    (
                        flag.name,
                        f"{flag.help}  [{' | '.join(flag.choices) or 'number'}; default {flag.default}]",
                    )
                    for flag in BEHAVIOR_FLAGS.values()
                ]
            )


@click.command(cls=_SandboxCommand)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Port on 127.0.0.1; 0 selects a free one.",
)
@sample_users_option(default=200, most=10_000_000)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed makes the same users, token and faults."
)
@click.option(
    "--data",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Store the state in this file. An existing file keeps its own users and seed.",
)
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME=P", help="Make this fault happen with probability P (repeatable)."
)
@click.option(
    "--latency",
    "latency_ms",
    type=click.IntRange(0),
    default=0,
    metavar="MS",
    help="Milliseconds to add to every response.",
)
@click.option("--flag", "flags", multiple=True, metavar="NAME=VALUE", help="Set a behavior flag (repeatable).")
@click.option(
    "--rate-limit",
    is_flag=False,
    flag_value="documented",
    metavar="[N[:BULK]]",
    help="Refuse more than N requests and BULK bulk requests a minute; without a value 1500:150.  [default: off]",
)
@click.option("--now", metavar="TIME", help="Stop the clock at this time (RFC 3339).")
@click.option("--empty", is_flag=True, help="Begin with no configuration but default settings, as a new environment.")
@click.option("--hostile", is_flag=True, help="Put terminal escapes, markup and the like into every text of responses.")
def sandbox(
    port: int,
    faults: tuple[str, ...],
    flags: tuple[str, ...],
    rate_limit: str | None,
    **options: Any,
) -> None:
    """Serve a local Dynamic on 127.0.0.1 until interrupted.

    Prints one line when it is ready: base URL, environment id and token.
    """
    from dyntui.sandbox.behavior_flags import parse_flags
    from dyntui.sandbox.faults import parse_faults
    from dyntui.sandbox.options import SandboxOptions, parse_rate_limit
    from dyntui.sandbox.server import serve

    sandbox_options = SandboxOptions(
        faults=parse_faults(faults),
        flags=parse_flags(flags),
        rate_limit=None if rate_limit is None else parse_rate_limit(rate_limit),
        **options,
    )
    serve(sandbox_options, port=port)
