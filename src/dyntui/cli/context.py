"""What all commands share: the values of the global options, the connection, and the output of results and messages.

All modules of `dyntui.cli` use it; `CliContext` is the object that click passes to every command.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.output import print_lines
from dyntui.cli.output_options import OutputOptions
from dyntui.cli.progress import show_progress
from dyntui.cli.streams import ignore_closed_stream
from dyntui.core.errors import DyntuiError
from dyntui.core.process_state import permanent_objects
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.cli.rendering import ItemPrinter
    from dyntui.config.credentials import Credential
    from dyntui.config.profile import Profile
    from dyntui.core.json_types import Row
    from dyntui.resources.resource import Column
    from dyntui.services.connection import Connection
    from dyntui.services.field_names import FieldNames
    from dyntui.services.health import EnvironmentHealth

__all__ = ["CliContext", "ask_passphrase", "pass_context", "run"]

T = TypeVar("T")


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
    masked: int = 0
    """Number of values that were not shown since the last message about them."""
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
        profile = self.profile()
        with permanent_objects():
            import_module("dyntui.api.client")  # the largest part, which would be loaded for the first request
            from dyntui.cli.activity import shown_activity
            from dyntui.config.credentials import find_token
            from dyntui.services.connection import Connection
        credential = self._credential or find_token(profile, ask_passphrase=ask_passphrase)
        if credential.note and not self._credential:
            self.print_message(f"note: {credential.note}")
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

    def print_data(self, document: object, *, is_own: bool = False) -> None:
        """Print a result that is no list as data. Does nothing when text is printed, for `print_result`.

        is_own: whether it is of this program, so that no name in it says that a value of the server is a secret.
        """
        if self.prints_data:
            from dyntui.cli.rendering import print_data

            print_data(self.output, document if is_own else self._shown(document))
            self.announce_masked()

    def print_object(self, document: object, names: FieldNames | None = None) -> None:
        """Print one object in full. names: the fields that it can have."""
        from dyntui.cli.rendering import print_object

        print_object(self.output, self._shown(document), names)
        self.announce_masked()

    def print_items(
        self,
        items: Iterable[Row],
        columns: Sequence[Column] = (),
        *,
        total: int | None = None,
        next: int | None = None,
        names: FieldNames | None = None,
        empty: str = "",
        is_own: bool = False,
        **extra: object,
    ) -> None:
        """Print a list. columns: of tables, CSV and TSV; all fields when they are empty.

        total: how many items the list has, by default those given. next: the number of the first item left out. names:
        the fields that the items can have. empty: the message when there are none. is_own: as in `print_data`. extra:
        further fields of the JSON document.
        """
        printer = self.item_printer(columns, names, is_own=is_own)
        for item in items:
            printer.add(item)
        printer.end(total, next, **extra)
        if not printer.count and not self.prints_data:
            self.print_message(empty)

    def item_printer(
        self, columns: Sequence[Column] = (), names: FieldNames | None = None, *, is_own: bool = False
    ) -> ItemPrinter:
        """Return a printer for items that arrive one after the other. Its arguments are those of `print_items`."""
        from dyntui.cli.rendering import ItemPrinter

        shown = None if is_own else self._shown
        return ItemPrinter(self.output, columns, names, self._count_printed, shown, self.announce_masked)

    def _shown(self, document: Any) -> Any:
        """Return a JSON value of the server as it may be printed: without secrets, unless --reveal asks for them."""
        from dyntui.core.masking import mask_counted
        from dyntui.core.redact import redactor

        if self.output.reveal:
            redactor.add_revealed(document)
            return document
        masked, count = mask_counted(document)
        self.masked += count
        return masked

    def announce_masked(self, *, always: bool = False) -> None:
        """Print how many values were not shown, where the result is data or `always`: a table has few of them."""
        if self.masked and (always or self.prints_data):
            masked = f"{quantity(self.masked, 'value')} that may be secret {'is' if self.masked == 1 else 'are'}"
            self.print_message(f"{masked} not shown; --reveal shows what is secret by its name.")
        self.masked = 0

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


def run(work: Coroutine[object, object, T]) -> T:
    """Run the asynchronous part of a command and return its result."""
    from dyntui.cli.signals import stop_signals

    with stop_signals() as signals:
        return signals.run(work)
