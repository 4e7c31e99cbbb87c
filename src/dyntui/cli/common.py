"""What every command shares: the options that work everywhere, how results and messages are written, how errors end."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from dyntui.core.errors import DyntuiError
from dyntui.core.redact import redact
from dyntui.core.text import safe

if TYPE_CHECKING:
    from dyntui.config.profiles import Profile
    from dyntui.services.connect import Connection

__all__ = ["Command", "Context", "Group", "confirm_options", "fail", "pass_context", "run", "unless_gone"]

T = TypeVar("T")


@dataclass
class Context:
    """The options that work everywhere, and ways to write. Results go to standard output, messages beside it."""

    profile_name: str | None = None
    environment_id: str | None = None
    base_url: str | None = None
    read_only: bool = False
    json: bool = False
    no_color: bool = False
    no_cache: bool = False
    debug: bool = False
    printed: int = 0
    """Rows that went to standard output one by one."""

    def profile(self) -> Profile:
        """The profile that the options, the environment variables or the last use name."""
        from dyntui.config.active import resolve

        return resolve(self.profile_name, self.environment_id, self.base_url, self.read_only)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """The environment, open."""
        from dyntui.config.credentials import find_token
        from dyntui.services.connect import Connection

        profile = self.profile()
        credential = find_token(profile, ask_passphrase=ask_passphrase)
        async with Connection(profile, credential.token, where=credential.where) as connection:
            try:
                with self.announced_waits(connection):
                    yield connection
            finally:
                _remember(profile)

    @contextmanager
    def announced_waits(self, connection: Connection) -> Iterator[None]:
        """Say each long wait of this connection once, on standard error."""
        known: set[str] = set()

        def changed() -> None:
            current = {wait.what: wait for wait in connection.log.waits.current()}
            for what in current.keys() - known:
                self.note(f"waiting for {current[what]}")
            known.clear()
            known.update(current)

        end = connection.log.subscribe(changed)
        try:
            yield
        finally:
            end()

    def say(self, text: str = "") -> None:
        """A line of the result, for people; each line safe. Nothing with --json."""
        if not self.json:
            click.echo("\n".join(safe(line, 20_000) for line in text.split("\n")))

    def note(self, text: str) -> None:
        """A message beside the result."""
        with unless_gone(sys.stderr):
            click.echo("\n".join(safe(line, 20_000) for line in text.split("\n")), err=True)

    def emit(self, document: Any) -> None:
        """The result as one JSON document, when --json asks for it."""
        if self.json:
            import json

            click.echo(json.dumps(document, ensure_ascii=True, indent=2, default=str))

    def emit_line(self, document: Any) -> None:
        """One line of NDJSON."""
        import json

        click.echo(json.dumps(document, ensure_ascii=True, default=str))
        self.printed += 1

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Rows in columns, for people. Cells are made safe and cut to 60 characters."""
        if self.json:
            return
        cells = [[safe("—" if cell in (None, "") else cell, 60) for cell in row] for row in rows]
        widths = [max([len(title), *(len(row[i]) for row in cells)]) for i, title in enumerate(titles)]
        for row in ([title.upper() for title in titles], *cells):
            click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


pass_context = click.make_pass_decorator(Context, ensure=True)


_AGAIN = 60.0
"""Seconds after which the use of a profile is noted again: not with every command of a loop."""


def _remember(profile: Profile) -> None:
    """Note that a profile is used. Where it cannot be noted, that is no reason for a command to fail."""
    from dyntui.config.profiles import remember_use
    from dyntui.core.time import now, parse_time

    last = parse_time(profile.last_used)
    if last is None or abs((now() - last).total_seconds()) >= _AGAIN:
        with suppress(OSError, DyntuiError):
            remember_use(profile)


def ask_passphrase(prompt: str, confirm: bool = False) -> str:
    """Ask on the terminal, without showing it, twice with `confirm`. Raises Usage where there is none to ask on."""
    if not sys.stdin.isatty():
        from dyntui.core.errors import Usage

        raise Usage("A passphrase is needed and there is no terminal to ask on.", hint="Set DYNTUI_TOKEN instead.")
    answer: str = click.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True)
    return answer


_VARIABLES = {"no_color": "NO_COLOR", "no_cache": "DYNTUI_NO_CACHE"}
"""Options that stand for an environment variable, which whoever it concerns reads."""


def _store(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if value not in (None, False):
            setattr(ctx.ensure_object(Context), name, value)
            if name in _VARIABLES:
                os.environ[_VARIABLES[name]] = "1"
        return value

    return keep


def _shared_options() -> list[click.Option]:
    flags: list[tuple[str, str, str, str | None]] = [
        ("--profile", "profile_name", "The environment to use, by its name here.", "NAME"),
        ("--environment-id", "environment_id", "The environment's id, instead of the profile's.", "ID"),
        ("--base-url", "base_url", "The API's base URL, instead of the profile's.", "URL"),
        ("--read-only", "read_only", "Refuse every write.", None),
        ("--json", "json", "One JSON document on standard output.", None),
        ("--no-color", "no_color", "No colour.", None),
        ("--no-cache", "no_cache", "Keep nothing of lists, and use nothing that was kept.", None),
        ("--debug", "debug", "Show the whole (redacted) traceback of an error.", None),
    ]
    return [
        click.Option(
            [flag, f"_{name}"],
            is_flag=metavar is None,
            metavar=metavar,
            help=text,
            expose_value=False,
            callback=_store(name),
        )
        for flag, name, text, metavar in flags
    ]


class Command(click.Command):
    """A command that takes the options that work everywhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {option for parameter in self.params for option in parameter.opts}
        self.params += [option for option in _shared_options() if not own & set(option.opts)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        shared = {option.opts[0] for option in _shared_options()}
        own: list[tuple[str, str]] = []
        everywhere: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)):
                (everywhere if parameter.opts[0] in shared else own).append(record)
        for title, records in (("Options", own), ("Everywhere", everywhere)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Group(click.Group):
    """A group whose commands may be in modules that are imported only when they are called.

    lazy: name -> (module, short help). The module has a command of that name.
    """

    command_class = Command

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.lazy:
            from importlib import import_module

            named = vars(import_module(self.lazy[cmd_name][0])).values()
            return next(item for item in named if isinstance(item, click.Command) and item.name == cmd_name)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [(name, text) for name, (_, text) in self.lazy.items()]
        for name in super().list_commands(ctx):
            command = super().get_command(ctx, name)
            if command is not None and not command.hidden:
                records.append((name, command.get_short_help_str(80)))
        if records:
            with formatter.section("Commands"):
                formatter.write_dl(records)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=2)
            if near:
                raise click.UsageError(f"{error.message} Did you mean {' or '.join(near)}?", ctx) from None
            raise


def confirm_options(command: Callable[..., T]) -> Callable[..., T]:
    """Adds --yes and --confirm-environment NAME, for commands that write."""
    command = click.option(
        "--confirm-environment",
        "--confirm",
        "confirm_environment",
        metavar="NAME",
        default="",
        help="Confirm what destroys something in a live environment, by the environment's name; or what is asked for.",
    )(command)
    return click.option("--yes", is_flag=True, help="Confirm without asking.")(command)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's async part."""
    import asyncio

    return asyncio.run(work)


def fail(error: DyntuiError, *, debug: bool = False, printed: int = 0) -> int:
    """Say what went wrong and what to do next, on standard error; returns the exit code. printed: rows of the result
    that were printed before."""
    lines = [f"error: {safe_lines(redact(error.message, people=False))}"]
    if debug:
        import traceback

        lines.insert(0, safe_lines(redact("".join(traceback.format_exception(error)))))
    if error.hint:
        lines += [f"       {line}" for line in safe_lines(redact(error.hint, people=False)).split("\n")]
    if printed:
        lines.append(f"       What was printed ends after {printed:,} row{'' if printed == 1 else 's'}: it is not all.")
    with unless_gone(sys.stderr):
        click.echo("\n".join(lines), err=True)
    return error.exit_code


@contextmanager
def unless_gone(stream: TextIO) -> Iterator[None]:
    """Write to `stream`, unless its terminal or pipe went away: that does not change how a command ends."""
    try:
        yield
    except OSError:
        # Whatever is still in its buffer goes nowhere, so that the interpreter can empty it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def safe_lines(text: str) -> str:
    """`text` made safe line by line."""
    return "\n".join(safe(line) for line in text.splitlines())


def silence_stdout() -> None:
    """After a broken pipe: nothing more can be written, and the interpreter must not try when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
