"""What every command shares: the options that work everywhere, how results and messages are written, how errors end."""

from __future__ import annotations

import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli import output
from dyntui.cli.output import ignore_closed_stream, print_json, print_lines, show_progress
from dyntui.core.errors import DyntuiError
from dyntui.core.process_state import set_environment_flag
from dyntui.core.redact import redact
from dyntui.core.text import safe

if TYPE_CHECKING:
    from dyntui.config.profile import Profile
    from dyntui.services.connection import Connection

__all__ = ["BaseCommand", "CliContext", "CommandGroup", "confirm_options", "fail", "pass_context", "run"]

T = TypeVar("T")


@dataclass
class CliContext:
    """The options that work everywhere, and ways to write. Results go to standard output, messages beside it."""

    profile_name: str | None = None
    environment_id: str | None = None
    base_url: str | None = None
    confirm_origin: str | None = None
    read_only: bool = False
    json: bool = False
    no_color: bool = False
    no_cache: bool = False
    debug: bool = False
    printed: int = 0
    """Rows that went to standard output one by one."""

    def profile(self) -> Profile:
        """The profile that the options, the environment variables or the last use name."""
        from dyntui.config.profile_resolution import resolve

        return resolve(
            self.profile_name,
            self.environment_id,
            self.base_url,
            self.read_only,
            confirmed_host=self.confirm_origin,
        )

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """The environment, open."""
        from dyntui.config.credentials import find_token
        from dyntui.services.connection import Connection

        profile = self.profile()
        credential = find_token(profile, ask_passphrase=ask_passphrase)
        async with Connection(profile, credential.token, token_source=credential.where) as connection:
            connection.write_gate.on_audit_gap = lambda text: self.note(f"warning: {text}")
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
                if sys.stderr.isatty():
                    with ignore_closed_stream(sys.stderr):
                        show_progress(f"waiting for {current[what]}", end=True)
                else:
                    self.note(f"waiting for {current[what]}")
            known.clear()
            known.update(current)

        end = connection.log.subscribe(changed)
        try:
            yield
        finally:
            end()

    def say(self, *lines: str) -> None:
        """Lines of the result, for people. Nothing with --json."""
        if not self.json:
            print_lines(*lines)

    def note(self, *lines: str) -> None:
        """A message on standard error, a line for each text that is not empty."""
        with ignore_closed_stream(sys.stderr):
            print_lines(*(line for line in lines if line), err=True)

    def emit(self, document: Any) -> None:
        """The result as one JSON document, when --json asks for it."""
        if self.json:
            print_json(document)

    def emit_always(self, document: Any) -> None:
        """The result as one JSON document, with --json or, for people to read, without."""
        print_json(document, ascii_only=self.json)

    def emit_line(self, document: Any) -> None:
        """One line of NDJSON."""
        print_json(document, indent=None)
        self.printed += 1

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Rows in columns, for people. Cells are made safe and cut to 60 characters."""
        if self.json:
            return
        cells = [[safe("—" if cell in (None, "") else cell, 60) for cell in row] for row in rows]
        widths = [max([len(title), *(len(row[i]) for row in cells)]) for i, title in enumerate(titles)]
        for row in ([title.upper() for title in titles], *cells):
            print_lines("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


pass_context = click.make_pass_decorator(CliContext, ensure=True)


_AGAIN = 60.0
"""Seconds after which the use of a profile is noted again: not with every command of a loop."""


def _remember(profile: Profile) -> None:
    """Note that a profile is used. Where it cannot be noted, that is no reason for a command to fail."""
    from dyntui.config.profiles import remember_use
    from dyntui.core.times import now, parse_time

    last = parse_time(profile.last_used)
    if last is None or abs((now() - last).total_seconds()) >= _AGAIN:
        with suppress(OSError, DyntuiError):
            remember_use(profile)


def ask_passphrase(prompt: str, confirm: bool = False) -> str:
    """Ask on the terminal, without showing it, twice with `confirm`. Raises Usage where there is none to ask on."""
    if not sys.stdin.isatty():
        from dyntui.core.errors import UsageError

        raise UsageError("A passphrase is needed and there is no terminal to ask on.", hint="Set DYNTUI_TOKEN instead.")
    return output.prompt(prompt, hidden=True, twice=confirm)


_VARIABLES = {"no_color": "NO_COLOR", "no_cache": "DYNTUI_NO_CACHE"}
"""Options that stand for an environment variable, which whoever it concerns reads."""


def _store(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if value not in (None, False):
            setattr(ctx.ensure_object(CliContext), name, value)
            if name in _VARIABLES:
                set_environment_flag(_VARIABLES[name])
        return value

    return keep


def _shared_options() -> list[click.Option]:
    flags: list[tuple[str, str, str, str | None]] = [
        ("--profile", "profile_name", "The environment to use, by its name here.", "NAME"),
        ("--environment-id", "environment_id", "The environment's id, instead of the profile's.", "ID"),
        ("--base-url", "base_url", "The API's base URL, instead of the profile's.", "URL"),
        ("--confirm-origin", "confirm_origin", "Yes, the token may go to this server, not one of Dynamic's.", "HOST"),
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


class BaseCommand(click.Command):
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


class CommandGroup(click.Group):
    """A group whose commands can be in modules that are imported only when the command is used."""

    command_class = BaseCommand

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})
        """Name of a command -> the command, as `module:name`, and its short help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.lazy:
            command: click.Command = resolve_name(self.lazy[cmd_name][0])
            return command
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
        help="Confirm what destroys something in a live environment: the profile's name, the environment's id where "
        "options or variables chose it; or what is asked for.",
    )(command)
    return click.option("--yes", is_flag=True, help="Confirm without asking.")(command)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's async part."""
    import asyncio

    with _exit_on_signals():
        return asyncio.run(work)


@contextmanager
def _exit_on_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end a command as ctrl-c does: what it has begun is put in order first, and no half-written
    file stays. What was set to be ignored (nohup) stays so."""
    import signal

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]

    def leave(number: int, frame: object) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = {number: signal.getsignal(number) for number in numbers}
    taken = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


def fail(error: DyntuiError, *, debug: bool = False, printed: int = 0) -> int:
    """Say what went wrong and what to do next, on standard error; returns the exit code. printed: rows of the result
    that were printed before."""
    lines = [f"error: {redact(error.message, people=False)}"]
    if debug:
        import traceback

        lines[:0] = redact("".join(traceback.format_exception(error))).rstrip("\n").split("\n")
    if error.hint:
        lines.append(f"       {redact(error.hint, people=False)}")
    if printed:
        lines.append(f"       What was printed ends after {printed:,} row{'' if printed == 1 else 's'}: it is not all.")
    with ignore_closed_stream(sys.stderr):
        print_lines(*lines, err=True)
    return error.exit_code
