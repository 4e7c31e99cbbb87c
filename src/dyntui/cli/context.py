"""What all commands share: global options, base classes for commands and groups, output, signals and errors.

All modules of `dyntui.cli` use it; `CliContext` is the object that click passes to every command.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.output import ignore_closed_stream, print_lines, show_progress
from dyntui.cli.output_options import OutputOptions, make_output_options
from dyntui.core.errors import DyntuiError
from dyntui.core.process_state import set_environment_variable

if TYPE_CHECKING:
    from dyntui.cli.rendering import ItemPrinter
    from dyntui.config.credentials import Credential
    from dyntui.config.profile import Profile
    from dyntui.core.json_types import Row
    from dyntui.resources import Column
    from dyntui.services.connection import Connection
    from dyntui.services.field_names import FieldNames
    from dyntui.services.health import EnvironmentHealth

__all__ = [
    "BaseCommand",
    "CliContext",
    "CommandGroup",
    "combine_options",
    "confirm_options",
    "pass_context",
    "run",
]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class CliContext:
    """The global options of one run, and its output: results on standard output, messages on standard error."""

    profile_name: str | None = None
    environment_id: str | None = None
    """Environment id that overrides the one of the profile."""
    base_url: str | None = None
    """Base URL that overrides the one of the profile."""
    confirm_origin: str | None = None
    """Host that the token may be sent to although it is not one of Dynamic's."""
    read_only: bool = False
    output: OutputOptions = field(default_factory=OutputOptions)
    """The format of the result."""
    no_color: bool = False
    no_pager: bool = False
    no_cache: bool = False
    plain: bool = False
    """Write for a screen reader: only lines of text, no redrawn progress."""
    in_flight: int | None = None
    """Maximum of bulk requests in flight that overrides the setting."""
    dry_run: bool = False
    """Print what a write would send, and send no write."""
    debug: bool = False
    keeps_credential: bool = False
    """Whether the token is found one time for several connections, because finding it may ask for a passphrase."""
    _credential: Credential | None = None
    activity: Callable[[], str] | None = None
    """Describes what the command does, for the line that a terminal shows after two seconds."""
    printed: int = 0
    """Number of result rows printed so far. An error message states it, because the output is incomplete then."""

    def profile(self) -> Profile:
        """Return the profile selected by the options or environment variables, or else the current profile."""
        from dyntui.config.profile_resolution import resolve_profile

        return resolve_profile(
            self.profile_name,
            self.environment_id,
            self.base_url,
            self.read_only,
            confirmed_host=self.confirm_origin,
        )

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Open a connection to the selected environment, and record that its profile was used."""
        from dyntui.cli.activity import shown_activity
        from dyntui.config.credentials import find_token
        from dyntui.services.connection import Connection

        profile = self.profile()
        credential = self._credential or find_token(profile, ask_passphrase=ask_passphrase)
        self._credential = credential if self.keeps_credential else None
        async with Connection(profile, credential.token, token_source=credential.where) as connection:
            connection.write_gate.records.on_gap = lambda text: self.print_message(f"warning: {text}")
            connection.write_gate.is_dry_run = self.dry_run
            try:
                async with shown_activity(self._describe_activity):
                    with self.announced_waits(connection):
                        yield connection
            finally:
                _record_use(profile)
                if self.debug:
                    self._print_requests(connection)

    def _describe_activity(self) -> str:
        return self.activity() if self.activity is not None else "Working"

    def _print_requests(self, connection: Connection) -> None:
        """Print the request log, redacted, for --debug."""
        for entry in connection.log.entries():
            status = str(entry.status) if entry.status else "no response"
            again = f", attempt {entry.attempt}" if entry.attempt > 1 else ""
            line = f"{entry.method} {entry.path or entry.operation}: {status}, {entry.ms:,.0f} ms{again}"
            self.print_message(f"{line}: {entry.error}" if entry.error else line)

    def run_connected(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Open a connection, run the asynchronous part of a command with it, and return its result."""

        async def connect_and_work() -> T:
            async with self.connection() as connection:
                return await work(connection)

        return run(connect_and_work())

    @contextmanager
    def announced_waits(self, connection: Connection) -> Iterator[None]:
        """Print a message for each long wait of this connection when it begins."""
        announced: set[str] = set()

        def on_change() -> None:
            current = {wait.what: wait for wait in connection.log.waits.current()}
            for reason in current.keys() - announced:
                if sys.stderr.isatty():
                    with ignore_closed_stream(sys.stderr):
                        show_progress(f"waiting for {current[reason]}", end=True)
                else:
                    self.print_message(f"waiting for {current[reason]}")
            announced.clear()
            announced.update(current)

        unsubscribe = connection.log.subscribe(on_change)
        try:
            yield
        finally:
            unsubscribe()

    def read_health(self, profile: Profile, credential: Credential) -> EnvironmentHealth:
        """Check the token and the server of a profile."""
        from dyntui.services.connection import Connection
        from dyntui.services.health import check_health

        async def work() -> EnvironmentHealth:
            async with Connection(profile, credential.token, token_source=credential.where) as connection:
                with self.announced_waits(connection):
                    return await check_health(connection.client, profile.kind)

        return run(work())

    @property
    def prints_data(self) -> bool:
        """Whether the result is printed as data for a program, not as a table or text."""
        return not self.output.prints_text

    @property
    def can_ask(self) -> bool:
        """Whether the command may ask a question: on a terminal, and not when its result is printed as data."""
        from dyntui.cli import questions

        return not self.prints_data and questions.can_ask()

    def print_result(self, *lines: str) -> None:
        """Print lines of the result as text. Empty texts are left out. Does nothing when data is printed."""
        if not self.prints_data and (texts := [line for line in lines if line]):
            print_lines(*texts)

    def print_message(self, *lines: str) -> None:
        """Print messages on standard error. Empty texts are left out."""
        if texts := [line for line in lines if line]:
            with ignore_closed_stream(sys.stderr):
                print_lines(*texts, err=True)

    def print_data(self, document: object) -> None:
        """Print a result that is no list as data. Does nothing when text is printed, for `print_result`."""
        if self.prints_data:
            from dyntui.cli.rendering import print_data

            print_data(self.output, document)

    def print_object(self, document: object, names: FieldNames | None = None) -> None:
        """Print one object in full. names: the fields that it can have."""
        from dyntui.cli.rendering import print_object

        print_object(self.output, document, names)

    def print_items(
        self,
        items: Iterable[Row],
        columns: Sequence[Column] = (),
        *,
        total: int | None = None,
        next: int | None = None,
        names: FieldNames | None = None,
        **extra: object,
    ) -> None:
        """Print a list. columns: of tables, CSV and TSV; all fields when they are empty.

        total: how many items the list has, by default those given. next: the number of the first item left out. names:
        the fields that the items can have. extra: further fields of the JSON document.
        """
        printer = self.item_printer(columns, names)
        for item in items:
            printer.add(item)
        printer.end(total, next, **extra)

    def item_printer(self, columns: Sequence[Column] = (), names: FieldNames | None = None) -> ItemPrinter:
        """Return a printer for items that arrive one after the other. columns, names: as in `print_items`."""
        from dyntui.cli.rendering import ItemPrinter

        return ItemPrinter(self.output, columns, names, self._count_printed)

    def _count_printed(self) -> None:
        self.printed += 1


pass_context = click.make_pass_decorator(CliContext, ensure=True)


_USE_INTERVAL_S = 60.0
"""Minimum time between two records of a profile's use, so that commands in a loop do not write each time."""


def _record_use(profile: Profile) -> None:
    """Record the time at which a profile was used. A failure to write it is ignored."""
    from dyntui.config.profiles import remember_use
    from dyntui.core.times import now, parse_time

    last = parse_time(profile.last_used)
    if last is None or abs((now() - last).total_seconds()) >= _USE_INTERVAL_S:
        with suppress(OSError, DyntuiError):
            remember_use(profile)


def ask_passphrase(prompt: str, confirm: bool = False) -> str:
    """Ask for a passphrase on the terminal without echo, twice if `confirm`. Raises UsageError without a terminal."""
    from dyntui.cli import questions

    if not questions.can_ask():
        from dyntui.core.errors import UsageError

        raise UsageError(
            "The token is protected by a passphrase, which can only be entered on a terminal.",
            hint="Set DYNTUI_TOKEN instead.",
        )
    return questions.prompt(prompt, hidden=True, twice=confirm, on_terminal=True)


_VARIABLES = {
    "no_color": "NO_COLOR",
    "no_cache": "DYNTUI_NO_CACHE",
    "no_pager": "DYNTUI_NO_PAGER",
    "plain": "DYNTUI_PLAIN",
    "in_flight": "DYNTUI_IN_FLIGHT",
}
"""Options that set an environment variable, because the code that needs them reads the variable."""


def _make_callback(name: str) -> Callable[[click.Context, click.Parameter, object], object]:
    """Return a click callback that stores the value of a global option in the field `name` of the context."""

    def store(ctx: click.Context, parameter: click.Parameter, value: object) -> object:
        if isinstance(value, str) and not value.strip():  # of an unset variable: it must not select another environment
            raise click.BadParameter("It is empty.", ctx, parameter)
        if value not in (None, False):
            setattr(ctx.ensure_object(CliContext), name, value)
            if name in _VARIABLES:
                set_environment_variable(_VARIABLES[name], "1" if value is True else str(value))
        return value

    return store


def _global_options() -> list[click.Option]:
    flags: list[tuple[str, str, str, str | None]] = [
        ("--profile", "profile_name", "Profile to use.", "PROFILE"),
        ("--environment-id", "environment_id", "Environment id; overrides the profile.", "ID"),
        ("--base-url", "base_url", "Base URL of the API; overrides the profile.", "URL"),
        ("--confirm-origin", "confirm_origin", "Allow sending the token to HOST, which is not Dynamic's.", "HOST"),
        ("--read-only", "read_only", "Refuse all writes.", None),
        ("--no-color", "no_color", "Disable color.", None),
        ("--no-pager", "no_pager", "Do not show long results in a pager.", None),
        ("--no-cache", "no_cache", "Do not read or write the row cache.", None),
        ("--plain", "plain", "Plain mode for screen readers: only lines of text.", None),
        ("--in-flight", "in_flight", "Send at most N requests of bulk work at a time; overrides the setting.", "N"),
        ("--debug", "debug", "Print the requests that were sent, and a redacted traceback with errors.", None),
    ]
    return [
        click.Option(
            [flag, f"_{name}"],
            is_flag=metavar is None,
            type=click.IntRange(1, 64) if flag == "--in-flight" else None,
            metavar=metavar,
            help=text,
            expose_value=False,
            callback=_make_callback(name),
        )
        for flag, name, text, metavar in flags
    ]


class _CompletedText(click.types.StringParamType):
    """A text, of which the shell completes the values by the metavar of its parameter."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem[str]]:
        from dyntui.cli.completion_values import complete

        return complete(ctx, param, incomplete)


_COMPLETED_TEXT = _CompletedText()

_OPERATORS = frozenset(("=", "!=", "~", "^=", "$=", ">", ">=", "<", "<="))


def _join_conditions(args: Sequence[str]) -> list[str]:
    """Return the arguments with `--where FIELD OP VALUE` as two arguments, also when it is four."""
    joined = list(args)
    for index in reversed(range(len(joined) - 3)):
        if joined[index] == "--where" and joined[index + 2] in _OPERATORS:
            joined[index + 1 : index + 4] = [" ".join(joined[index + 1 : index + 4])]
    return joined


def _output_options() -> Iterator[click.Option]:
    return make_output_options(lambda ctx: ctx.ensure_object(CliContext).output)


class BaseCommand(click.Command):
    """A command that accepts the global options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {option for parameter in self.params for option in parameter.opts}
        shared = [*_output_options(), *_global_options()]
        self.params += [option for option in shared if not own & set(option.opts)]
        for parameter in self.params:
            if parameter.type is click.STRING:
                parameter.type = _COMPLETED_TEXT

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _join_conditions(args))

    def invoke(self, ctx: click.Context) -> Any:
        ctx.ensure_object(CliContext).output.check()
        return super().invoke(ctx)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from dyntui.cli.examples import examples_of

        super().format_help_text(ctx, formatter)
        if examples := examples_of(ctx.command_path.partition(" ")[2]):
            with formatter.section("Examples"):
                formatter.write("".join(f"{'':>{formatter.current_indent}}{line}\n" for line in examples))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        titles = {option.name: "Output options" for option in _output_options()}
        titles |= {option.name: "Global options" for option in _global_options()}
        sections: dict[str, list[tuple[str, str]]] = {"Options": [], "Output options": [], "Global options": []}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)):
                sections[titles.get(parameter.name, "Options")].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


_MAX_SHORT_HELP = 200
"""In characters: more than the first sentence of any command, which the help of a group shows in full."""


class CommandGroup(click.Group):
    """A group whose commands can be in modules that are imported only when a command is run."""

    command_class = BaseCommand

    def __init__(
        self,
        *args: Any,
        lazy: Mapping[str, str] | None = None,
        short_helps: Mapping[str, str] | None = None,
        sections: Mapping[str, Sequence[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})
        """By command name: the command as `module:attribute`."""
        self.short_helps = dict(short_helps or {})
        """By command name: the short help of commands that the help of the group does not import."""
        self.sections = dict(sections or {"Commands": ()})
        """By title: the names of the commands under it in the help; () for all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*self.lazy, *super().list_commands(ctx)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.lazy:
            command: click.Command = resolve_name(self.lazy[cmd_name])
            return command
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        texts: dict[str, str] = {}
        for name in self.list_commands(ctx):
            command = None if name in self.short_helps else self.get_command(ctx, name)
            if command is None:
                texts[name] = self.short_helps[name]
            elif not command.hidden:
                texts[name] = command.get_short_help_str(_MAX_SHORT_HELP)
        for title, names in self.sections.items():
            if records := [(name, text) for name, text in texts.items() if name in names or not names]:
                with formatter.section(title):
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


def combine_options(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Return a decorator that adds several options, in the order of the help."""

    def add_options(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add_options


def confirm_options(command: Callable[..., T]) -> Callable[..., T]:
    """Add --dry-run, --yes, --confirm-environment and --confirm to a command that writes.

    The command gets all but the first as `confirmation`, with the code of --read when it has that option. --dry-run is
    in the context, for `write_helpers.confirm_action`.
    """

    @functools.wraps(command)
    def with_confirmation(
        *args: object,
        yes: bool,
        confirm_environment: str,
        confirm: str,
        dry_run: bool,
        read: str = "",
        **options: object,
    ) -> T:
        from dyntui.services.actions.write_types import Confirmation

        click.get_current_context().ensure_object(CliContext).dry_run = dry_run
        confirmation = Confirmation(yes, confirm or confirm_environment, read, confirm_environment.strip())
        return command(*args, confirmation=confirmation, **options)

    with_text = click.option(
        "--confirm", metavar="TEXT", default="", help="Confirm with the text that the command asks for."
    )(with_confirmation)
    with_option = click.option(
        "--confirm-environment",
        metavar="NAME",
        default="",
        help="Confirm a destructive action with the environment name. Another name is refused.",
    )(with_text)
    with_yes = click.option("--yes", is_flag=True, help="Skip the confirmation prompt.")(with_option)
    return click.option("--dry-run", is_flag=True, help="Print what would be sent and its impact, but send no write.")(
        with_yes
    )


def run(work: Coroutine[object, object, T]) -> T:
    """Run the asynchronous part of a command and return its result."""
    from dyntui.cli.signals import stop_signals

    with stop_signals() as signals:
        return signals.run(work)
